"""YOLO segmentation: a line for each object, `class x1 y1 x2 y2 ...`, one polygon in shares of the picture.

https://docs.ultralytics.com/datasets/segment/. Several parts and holes become one polygon, as Ultralytics' own
converters have it (`merge_multi_segment`): joined, where they are nearest, by a seam that is walked both ways.
"""

from collections.abc import Iterator

from labelport.kit.format import Lost
from labelport.kit.scenes import Mark
from labelport.kit.yolo.layout import (
    FLAT,
    NOTHING,
    OUTSIDE,
    Line,
    Size,
    clipped,
    dropped,
    each,
    is_inside,
    laid_out,
    share,
)
from labelport.kit.yolo.reading import Data, Shapes, box, decoder, ring
from labelport.kit.yolo.splicing import Outlined, Runs, is_whole, splicing
from labelport.model.export import Carries
from labelport.model.geometry import Box, Mask, Polygon
from labelport.shapes import clip, convert
from labelport.shapes.rings import Ring

CONVERTED = sorted({*FLAT} - {"polygon", "cuboid"})
CARRIES = Carries(
    kinds=frozenset({"polygon", *CONVERTED}),
    converts={**dict.fromkeys(CONVERTED, "polygon"), "track": "frames"},
    features=frozenset({"on", "outside"}),
)


def draw(mark: Mark, size: Size) -> Iterator[Line | Lost]:
    """Yield the outline of a mark as one ring, cut off at the border of the picture."""
    found = parts = convert.parts(mark.shape)
    is_whole = all(is_inside(part[0], size) for part in parts)
    if not is_whole:
        parts = tuple(
            tuple(left for ring in part if (left := clip.ring(ring, size.width, size.height)))
            for part in found
            if clip.ring(part[0], size.width, size.height)
        )
    if not parts:
        yield dropped(mark, OUTSIDE if found else NOTHING)
        return
    outline = convert.joined(parts)
    shares = [share(value, size[i & 1]) for i, value in enumerate(outline)]
    yield Line(mark.class_, ("%.8g " * len(shares) % tuple(shares))[:-1])
    if not is_whole:
        yield clipped(mark)


def outlined(row: Outlined, size: Size) -> str | None:
    """Return the outline of a row of COCO as one ring."""
    if not is_whole(row.bbox, size):
        return None
    found: convert.Parts
    if isinstance(row.segmentation, Runs):
        found = convert.parts(Mask(*row.segmentation.size, row.segmentation.counts))
    elif not row.segmentation:
        found = convert.parts(Box(*row.bbox))
    elif any(map(_is_filled_up, row.segmentation)):
        return None
    else:
        found = tuple((one,) for one in row.segmentation)
    outline = convert.joined(found)
    shares = list(outline)
    shares[0::2] = [x / size.width for x in outline[0::2]]
    shares[1::2] = [y / size.height for y in outline[1::2]]
    return ("%.8g " * len(shares) % tuple(shares))[:-1]


def _is_filled_up(outline: Ring) -> bool:
    """Whether COCO may have made three points of fewer."""
    return len(outline) == 6 and outline[-2:] == outline[-4:-2]


def parse(_: int, values: list[float], size: Size, data: Data) -> Shapes:  # noqa: ARG001
    """Return the polygon of a line; four values are a box, as in Ultralytics' loader."""
    if len(values) == 4:
        return [Box(*box(values, size))]
    if len(values) < 6 or len(values) % 2:
        raise ValueError(f"{len(values)} values after the class are not three points or more")
    return [Polygon(((ring(values, size),),))]


FORMAT = splicing(laid_out("YOLO segmentation", CARRIES, each(draw), decoder(parse)), Outlined, outlined)
