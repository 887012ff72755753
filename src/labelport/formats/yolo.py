"""YOLO detection: a line for each object, `class x y width height`, the centre and size as shares of the picture.

https://docs.ultralytics.com/datasets/detect/
"""

from collections.abc import Iterator

from labelport.kit.format import Lost
from labelport.kit.scenes import Mark
from labelport.kit.yolo.layout import FLAT, NOTHING, OUTSIDE, SLIGHT, Line, Size, clipped, dropped, each, laid_out
from labelport.kit.yolo.reading import Data, Shapes, box, decoder
from labelport.kit.yolo.splicing import Bounded, is_whole, splicing
from labelport.model.export import Carries
from labelport.model.geometry import Box
from labelport.shapes import clip
from labelport.shapes.rings import envelope

TO_BOX = {*FLAT, "polyline", "point", "keypoints"} - {"box"}
CARRIES = Carries(
    kinds=frozenset({"box", *TO_BOX}),
    converts={**dict.fromkeys(sorted(TO_BOX), "box"), "track": "frames"},
    features=frozenset({"on", "outside"}),
)


def draw(mark: Mark, size: Size) -> Iterator[Line | Lost]:
    """Yield the box of a mark, cut off at the border of the picture."""
    found = envelope(mark.shape)
    inside = clip.box(found, size.width, size.height) if found else None
    if found is None or inside is None:
        yield dropped(mark, OUTSIDE if found else NOTHING)
        return
    yield Line(mark.class_, _text(inside.x, inside.y, inside.width, inside.height, size))
    if max(found.width - inside.width, found.height - inside.height) > SLIGHT:
        yield clipped(mark)


def bounded(row: Bounded, size: Size) -> str | None:
    """Return the box of a row of COCO, which is that of the object."""
    if not is_whole(row.bbox, size):
        return None
    x, y, width, height = row.bbox
    return _text(x, y, x + width - x, y + height - y, size)


def _text(x: float, y: float, width: float, height: float, size: Size) -> str:
    across, down = size
    middle, level = (x + width / 2) / across, (y + height / 2) / down
    return f"{middle:.8g} {level:.8g} {width / across:.8g} {height / down:.8g}"


def parse(_: int, values: list[float], size: Size, data: Data) -> Shapes:  # noqa: ARG001
    """Return the box of a line."""
    if len(values) != 4:
        raise ValueError(
            f"{len(values)} values after the class, not 4: lines of other lengths are of `yolo_segment`, `yolo_obb` or "
            "`yolo_pose`"
        )
    return [Box(*box(values, size))]


FORMAT = splicing(laid_out("YOLO detection", CARRIES, each(draw), decoder(parse)), Bounded, bounded)
