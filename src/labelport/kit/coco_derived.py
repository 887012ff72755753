"""What a COCO element says twice: `area`, and `bbox` beside a segmentation, held against the outline they follow from.

An export computes both anew. Where they say what the outline says, nothing of them is lost; where not, they are told as
keys that are not read. Tools disagree by a pixel's edge, and by whether an area is that of the outline or of its mask.
"""

from collections import Counter

from labelport.kit.coco_document import AnnotationRow
from labelport.model.geometry import Box, Geometry, Mask, Polygon
from labelport.shapes import rings, rle

Measured = tuple[Box, float]
"""Bounds and area of a mask."""
EDGE = 1.0
"""Pixels by which bounds may differ, at each side."""
SHARE = 0.01
"""Of the area, by which areas may differ whatever the outline's length."""


def check(row: AnnotationRow, outline: Geometry | None, measured: Measured | None, unread: Counter[str]) -> None:
    """Count what is said beside the outline, and is not what the outline gives; of a mask it may be measured before."""
    beside = row.bbox if row.segmentation else None
    if row.area is None and beside is None:
        return
    bounds, areas = _measured(outline) if measured is None else (measured[0], (measured[1], measured[1]))
    if beside is not None and not _same_bounds(beside, bounds):
        unread["$.annotations[].bbox"] += 1
    if row.area is not None and not _same_area(row.area, areas, bounds):
        unread["$.annotations[].area"] += 1


def _measured(outline: Geometry | None) -> tuple[Box | None, tuple[float, float]]:
    """Return bounds, and the least and the greatest area that the outline may have: its parts may overlap."""
    match outline:
        case Box(_, _, width, height):
            return outline, (width * height, width * height)
        case Polygon(parts):
            sizes = [abs(rings.signed_area(part[0])) for part in parts]
            flat = [value for part in parts for value in part[0]]
            return Box(*rings.bounds(flat)), (max(sizes), sum(sizes))
        case Mask(height, _, counts):
            runs = rle.parse(counts)
            area = rle.area(runs)
            return Box(*rle.bounds(runs, height)), (area, area)
        case _:
            return None, (0, 0)


def _same_bounds(said: tuple[float, ...], bounds: Box | None) -> bool:
    if bounds is None or len(said) != 4:
        return False
    x, y, width, height = said
    ours = (bounds.x, bounds.y, bounds.x + bounds.width, bounds.y + bounds.height)
    return all(abs(a - b) <= EDGE for a, b in zip((x, y, x + width, y + height), ours, strict=True))


def _same_area(said: object, areas: tuple[float, float], bounds: Box | None) -> bool:
    if bounds is None or not isinstance(said, int | float):
        return False
    least, most = areas
    edge = max(2 * (bounds.width + bounds.height), SHARE * most)
    return least - edge <= said <= most + edge
