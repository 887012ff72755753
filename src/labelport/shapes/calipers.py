"""The smallest rectangle round some points, turned as it may be."""

from collections.abc import Sequence
from math import atan2, degrees

from labelport.model.geometry import RotatedBox

Point = tuple[float, float]


def rectangle(flat: Sequence[float]) -> RotatedBox:
    """Return the rectangle of least area round points; of two alike, the one turned less (from 0 to 90 degrees).

    One of its sides lies on a side of the convex hull (Freeman and Shapira, 1975).
    """
    hull = _hull(sorted(set(zip(flat[0::2], flat[1::2], strict=True))))
    if len(hull) == 1:
        return RotatedBox(*hull[0], 0.0, 0.0, 0.0)
    found = [_along(hull, hull[i - 1], hull[i]) for i in range(len(hull))]
    least = min(box.width * box.height for box in found)
    return min((box for box in found if box.width * box.height <= least * (1 + 1e-9)), key=lambda box: box.angle)


def _hull(points: list[Point]) -> list[Point]:
    """Return the corners of the convex hull of sorted points (Andrew's monotone chain)."""
    if len(points) < 3:
        return points
    lower, upper = _chain(points), _chain(points[::-1])
    return lower[:-1] + upper[:-1]


def _chain(points: list[Point]) -> list[Point]:
    found: list[Point] = []
    for x, y in points:
        while len(found) > 1:
            (ax, ay), (bx, by) = found[-2:]
            if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                break
            found.pop()
        found.append((x, y))
    return found


def _along(hull: list[Point], start: Point, end: Point) -> RotatedBox:
    """Return the rectangle round a hull with a side along the line through two points."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = (dx * dx + dy * dy) ** 0.5
    ux, uy = dx / length, dy / length
    across = [x * ux + y * uy for x, y in hull]
    down = [y * ux - x * uy for x, y in hull]
    u, v = (max(across) + min(across)) / 2, (max(down) + min(down)) / 2
    width, height = max(across) - min(across), max(down) - min(down)
    angle = degrees(atan2(dy, dx)) % 180
    if angle >= 90:
        angle, width, height = angle - 90, height, width
    return RotatedBox(u * ux - v * uy, u * uy + v * ux, width, height, angle)
