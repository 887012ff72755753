"""YOLO detection: a line for each object, `class x y width height`, the centre and size as shares of the picture.

https://docs.ultralytics.com/datasets/detect/
"""

from labelport.kit import listing
from labelport.kit.format import Format
from labelport.kit.pictures import Mark, found_back
from labelport.kit.yolo.layout import (
    FLAT,
    NOTHING,
    OUTSIDE,
    SLIGHT,
    Line,
    Size,
    clipped,
    count,
    documents,
    dropped,
    encoder,
    once,
    place,
)
from labelport.kit.yolo.reading import Data, Shapes, box, decoder
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


def draw(mark: Mark, size: Size) -> Line:
    """Return the box of a mark, cut off at the border of the picture."""
    found = envelope(mark.shape) if mark.shape is not None else None
    if found is None:
        return dropped(mark, NOTHING)
    inside = clip.box(found, size.width, size.height)
    if inside is None:
        return dropped(mark, OUTSIDE)
    across, down = (inside.x + inside.width / 2) / size.width, (inside.y + inside.height / 2) / size.height
    text = f"{across:.8g} {down:.8g} {inside.width / size.width:.8g} {inside.height / size.height:.8g}"
    is_cut = max(found.width - inside.width, found.height - inside.height) > SLIGHT
    return text, clipped(mark) if is_cut else None


def parse(_: int, values: list[float], size: Size, data: Data) -> Shapes:  # noqa: ARG001
    """Return the box of a line."""
    if len(values) != 4:
        raise ValueError(
            f"{len(values)} values after the class, not 4: lines of other lengths are of `yolo_segment`, `yolo_obb` or "
            "`yolo_pose`"
        )
    return [Box(*box(values, size))]


FORMAT = Format(
    "YOLO detection",
    CARRIES,
    encoder(draw),
    documents,
    once=once,
    decode=decoder(parse),
    typed=True,
    holds={listing.SECTION: "task"},
    number=listing.number,
    count=count,
    found=found_back,
    parts="own",
    place=place,
)
