"""What of a shape lies inside its picture."""

from labelport.model.geometry import Box
from labelport.shapes.rings import Ring


def box(shape: Box, width: float, height: float) -> Box | None:
    """Return what of a box is inside a picture; None where nothing is. A box of no size stays one."""
    left, top = max(shape.x, 0.0), max(shape.y, 0.0)
    right, bottom = min(shape.x + shape.width, float(width)), min(shape.y + shape.height, float(height))
    if right < left or bottom < top:
        return None
    return Box(left, top, right - left, bottom - top)


def ring(outline: Ring, width: float, height: float) -> Ring:
    """Return what of a ring is inside a picture, nothing where it is wholly outside.

    By Sutherland and Hodgman (1974): what falls into several pieces stays one ring, joined along the border.
    """
    for axis, limit, keeps in ((0, 0.0, 1.0), (0, float(width), -1.0), (1, 0.0, 1.0), (1, float(height), -1.0)):
        outline = _half(outline, axis, limit, keeps)
    return outline


def is_inside(flat: Ring, width: float, height: float) -> bool:
    """Whether all points are inside a picture, its border included."""
    xs, ys = flat[0::2], flat[1::2]
    return min(xs) >= 0 and min(ys) >= 0 and max(xs) <= width and max(ys) <= height


def _half(outline: Ring, axis: int, limit: float, keeps: float) -> Ring:
    """Return the ring on one side of a line: where `keeps` times the distance from it is not negative."""
    corners = list(zip(outline[0::2], outline[1::2], strict=True))
    found: list[float] = []
    for i, corner in enumerate(corners):
        before = corners[i - 1]
        was, now = keeps * (before[axis] - limit), keeps * (corner[axis] - limit)
        if (was < 0) != (now < 0):
            share = was / (was - now)
            crossing = [before[0] + share * (corner[0] - before[0]), before[1] + share * (corner[1] - before[1])]
            crossing[axis] = limit
            found += crossing
        if now >= 0:
            found += corner
    return tuple(found)
