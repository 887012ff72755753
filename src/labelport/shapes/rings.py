"""Rings and what is made of other flat shapes: bounds, corners, ellipses as polygons, holes joined to their outline.

A ring is flat, x0, y0, x1, y1, ..., and closes by itself. Angles are degrees, clockwise on screen.
"""

from collections.abc import Sequence
from itertools import chain
from math import acos, ceil, cos, pi, radians, sin
from operator import mul, sub

from labelport.model.geometry import (
    Box,
    Cuboid,
    Ellipse,
    Geometry,
    Keypoints,
    Mask,
    Point,
    Polygon,
    Polyline,
    RotatedBox,
)
from labelport.shapes import rle

Ring = tuple[float, ...]
Bounds = tuple[float, float, float, float]
"""x, y, width, height."""

TOLERANCE = 0.25
"""How far, in pixels, an ellipse's polygon may lie inside it."""
_MANY = 512
"""Pairs of numbers from which on comparing all at once is faster than one by one."""
_QUARTERS = {0.0: (1.0, 0.0), 90.0: (0.0, 1.0), 180.0: (-1.0, 0.0), 270.0: (0.0, -1.0)}


def bounds(flat: Sequence[float]) -> Bounds:
    """Return the smallest box around the points."""
    xs, ys = flat[0::2], flat[1::2]
    x, y = min(xs), min(ys)
    return x, y, max(xs) - x, max(ys) - y


def signed_area(ring: Sequence[float]) -> float:
    """Return the area inside the ring, positive where it runs clockwise on screen."""
    xs, ys = list(ring[0::2]), list(ring[1::2])
    ahead = map(mul, xs, ys[1:] + ys[:1])
    behind = map(mul, xs[1:] + xs[:1], ys)
    doubled: float = sum(map(sub, ahead, behind))
    return doubled / 2


def turn(angle: float) -> tuple[float, float]:
    """Return cosine and sine of an angle in degrees, exact for quarter turns."""
    return _QUARTERS.get(angle % 360) or (cos(radians(angle)), sin(radians(angle)))


def of_box(box: Box) -> Ring:
    """Return the corners, clockwise on screen from the upper left one."""
    x, y = box.x + box.width, box.y + box.height
    return (box.x, box.y, x, box.y, x, y, box.x, y)


def of_rotated_box(box: RotatedBox) -> Ring:
    """Return the corners, clockwise on screen, from the one that is upper left before the turn."""
    across, down = box.width / 2, box.height / 2
    cosine, sine = turn(box.angle)
    return tuple(
        value
        for x, y in ((-across, -down), (across, -down), (across, down), (-across, down))
        for value in (box.cx + x * cosine - y * sine, box.cy + x * sine + y * cosine)
    )


def of_ellipse(ellipse: Ellipse, tolerance: float = TOLERANCE) -> Ring:
    """Return a polygon with corners on the ellipse, nowhere further than `tolerance` inside it."""
    cosine, sine = turn(ellipse.angle)
    return tuple(
        value
        for x, y in (
            (ellipse.rx * cos(step), ellipse.ry * sin(step)) for step in _steps(max(ellipse.rx, ellipse.ry), tolerance)
        )
        for value in (ellipse.cx + x * cosine - y * sine, ellipse.cy + x * sine + y * cosine)
    )


def keyhole(part: Sequence[Ring]) -> Ring:
    """Return one ring that goes round the outline and, over a seam walked both ways, round each hole.

    By the even-odd rule it covers what the part covers, where the holes lie inside the outline and apart.
    """
    ring = part[0]
    for hole in part[1:]:
        at, start = _nearest(ring, hole)
        turned = hole[start:] + hole[:start] + hole[start : start + 2]
        ring = ring[: at + 2] + turned + ring[at:]
    return ring


def envelope(shape: Geometry) -> Box | None:
    """Return the smallest box around a flat shape; None where it marks nothing or is not flat."""
    if isinstance(shape, Box):
        return shape
    match shape:
        case Ellipse():
            return _round_ellipse(shape)
        case Mask(height, _, counts):
            x, y, width, high = rle.bounds_all(rle.parse_all([counts]), [height])[0].tolist()
            return Box(float(x), float(y), float(width), float(high)) if width else None
        case Keypoints(points):
            seen = tuple(value for point in points if point.visibility for value in (point.x, point.y))
            return Box(*bounds(seen)) if seen else None
        case _:
            flat = _points(shape)
            return Box(*bounds(flat)) if flat else None


def _points(shape: Geometry) -> Ring:
    match shape:
        case Polygon(parts):
            return tuple(chain.from_iterable(part[0] for part in parts))
        case Polyline(lines):
            return tuple(chain.from_iterable(lines))
        case Point(x, y):
            return (x, y)
        case RotatedBox():
            return of_rotated_box(shape)
        case Cuboid(corners):
            return corners
        case _:
            return ()


def _round_ellipse(ellipse: Ellipse) -> Box:
    cosine, sine = turn(ellipse.angle)
    across = ((ellipse.rx * cosine) ** 2 + (ellipse.ry * sine) ** 2) ** 0.5
    down = ((ellipse.rx * sine) ** 2 + (ellipse.ry * cosine) ** 2) ** 0.5
    return Box(ellipse.cx - across, ellipse.cy - down, 2 * across, 2 * down)


def _steps(radius: float, tolerance: float) -> list[float]:
    """Return the angles of the corners: a chord of a circle lies `radius * (1 - cos(half its angle))` inside it."""
    least = 8
    number = ceil(pi / acos(1 - tolerance / radius)) if radius > tolerance else least
    number = max(least, number + -number % 4)
    return [2 * pi * step / number for step in range(number)]


def _nearest(ring: Ring, hole: Ring) -> tuple[int, int]:
    """Return where the corners of the ring and of the hole begin that lie nearest to each other."""
    if len(ring) * len(hole) > _MANY:
        return _nearest_of_many(ring, hole)
    return min(
        ((i, j) for i in range(0, len(ring), 2) for j in range(0, len(hole), 2)),
        key=lambda pair: (
            (ring[pair[0]] - hole[pair[1]]) ** 2 + (ring[pair[0] + 1] - hole[pair[1] + 1]) ** 2,
            pair,
        ),
    )


def _nearest_of_many(ring: Ring, hole: Ring) -> tuple[int, int]:
    import numpy as np  # noqa: PLC0415  few rings need it, and it is a quarter of a short command

    ours, theirs = (np.array(one).reshape(-1, 2) for one in (ring, hole))
    best, found = float("inf"), (0, 0)
    for start in range(0, len(ours), _MANY):
        apart = ours[start : start + _MANY, None] - theirs[None]
        squares = apart[..., 0] ** 2 + apart[..., 1] ** 2
        at = int(squares.argmin())
        if squares.flat[at] < best:
            best, found = float(squares.flat[at]), (2 * (start + at // len(theirs)), 2 * (at % len(theirs)))
    return found
