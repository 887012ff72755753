"""YOLO oriented boxes: a line for each object, `class x1 y1 x2 y2 x3 y3 x4 y4`, its corners in shares of the picture.

https://docs.ultralytics.com/datasets/obb/. Corners run clockwise from the one that is upper left before the turn.
"""

from collections.abc import Iterator
from math import atan2, degrees, hypot

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
from labelport.kit.yolo.reading import Data, Shapes, decoder, ring
from labelport.model.export import Carries
from labelport.model.geometry import RotatedBox
from labelport.shapes import calipers, clip, convert, rings

CONVERTED = sorted({*FLAT} - {"rotated_box"})
CARRIES = Carries(
    kinds=frozenset({"rotated_box", *CONVERTED}),
    converts={**dict.fromkeys(CONVERTED, "rotated_box"), "track": "frames"},
    features=frozenset({"on", "outside"}),
)
SQUARE = 1e-3
"""How far, in pixels, a corner may be from where a rectangle has it: what eight digits of a share leave."""


def draw(mark: Mark, size: Size) -> Iterator[Line | Lost]:
    """Yield the corners of the smallest rectangle round a mark, moved to the border where they are over it."""
    envelope = rings.envelope(mark.shape)
    if envelope is None or clip.box(envelope, size.width, size.height) is None:
        yield dropped(mark, OUTSIDE if envelope else NOTHING)
        return
    corners = rings.of_rotated_box(convert.rotated_box(mark.shape))
    shares = [share(value, size[i & 1]) for i, value in enumerate(corners)]
    yield Line(mark.class_, ("%.8g " * 8 % tuple(shares))[:-1])
    if not is_inside(corners, size):
        yield clipped(mark)


def parse(_: int, values: list[float], size: Size, data: Data) -> Shapes:  # noqa: ARG001
    """Return the box of a line: the one whose corners they are, or the smallest round four points."""
    if len(values) != 8:
        raise ValueError(f"{len(values)} values after the class are not four corners")
    corners = ring(values, size)
    x, y, u, v, p, q, s, t = corners
    if hypot(x + p - u - s, y + q - v - t) > SQUARE or abs(hypot(p - x, q - y) - hypot(s - u, t - v)) > SQUARE:
        return [calipers.rectangle(corners)]
    width, height = hypot(u - x, v - y), hypot(p - u, q - v)
    across = (u - x, v - y) if width >= height else (q - v, u - p)
    angle = degrees(atan2(across[1], across[0])) % 360 if any(across) else 0.0
    return [RotatedBox((x + p) / 2, (y + q) / 2, width, height, angle)]


FORMAT = laid_out("YOLO oriented boxes", CARRIES, each(draw), decoder(parse))
