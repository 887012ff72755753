"""CVAT's shapes as geometry; a `ValueError` says why numbers are none.

The kinds and their numbers as the API has them: rectangle (two corners), ellipse (centre, right end, upper end),
polygon, polyline and points (pairs), cuboid (eight corners), mask (runs, then the first and last column and row, in the
order left, top, right, bottom). Several points in one shape are one annotation, `Keypoints` whose joints have no names.
"""

from collections.abc import Callable, Mapping, Sequence
from math import cos, sin, trunc
from typing import NamedTuple

import numpy as np

from labelport.model.geometry import (
    Box,
    Cuboid,
    Cuboid3D,
    Ellipse,
    Geometry,
    Keypoint,
    Keypoints,
    Mask,
    Point,
    Polygon,
    Polyline,
    RotatedBox,
)
from labelport.shapes import rle

MOST = 1 << 26
"""Pixels of a mask's crop at most."""
LARGEST = 1 << 40
"""Pixels of a picture at most."""
_CORNERS = (0, 2, 3, 1, 6, 4, 5, 7)
"""Our order of the corners: each face from its upper left one, clockwise.

CVAT goes by upright edges, top before bottom: front left, front right, back right, back left. (XML names the third edge
`tl2`, `bl2` and the fourth `tr2`, `br2`; they are the back face's right and left one all the same.)
"""


class Size(NamedTuple):
    """Width and height of the picture, where they are known."""

    width: int | None = None
    height: int | None = None


def geometry(kind: str, numbers: Sequence[float], angle: float, size: Size) -> Geometry:
    """Return a flat shape from the numbers that the API has for its kind."""
    if kind in _PLAIN:
        return _PLAIN[kind](numbers)
    match kind:
        case "rectangle":
            return box(numbers, angle)
        case "ellipse":
            cx, cy, right, top = _exactly(4, numbers)
            return ellipse(cx, cy, right - cx, cy - top, angle)
        case "mask":
            return _mask_of_points(numbers, size)
        case _:
            raise ValueError(f"{kind!r} is no kind of shape")


def box(numbers: Sequence[float], angle: float) -> Box | RotatedBox:
    """Return a rectangle from two corners, turned about its centre."""
    x1, y1, x2, y2 = _exactly(4, numbers)
    if x2 < x1 or y2 < y1:
        raise ValueError(f"the corner {x2:g}, {y2:g} lies left of or above {x1:g}, {y1:g}")
    if angle % 360:
        return RotatedBox((x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1, angle)
    return Box(x1, y1, x2 - x1, y2 - y1)


def ellipse(cx: float, cy: float, rx: float, ry: float, angle: float) -> Ellipse:
    """Return an ellipse from centre and radii."""
    if rx < 0 or ry < 0:
        raise ValueError(f"the radii {rx:g} and {ry:g} are not both positive")
    return Ellipse(cx, cy, rx, ry, angle)


def polygon(numbers: Sequence[float]) -> Polygon:
    """Return a polygon from its corners."""
    return Polygon(((_pairs(numbers, 3),),))


def polyline(numbers: Sequence[float]) -> Polyline:
    """Return a line from its points."""
    return Polyline((_pairs(numbers, 2),))


def points(numbers: Sequence[float]) -> Point | Keypoints:
    """Return one point, or several together."""
    flat = _pairs(numbers, 1)
    if len(flat) == 2:
        return Point(*flat)
    return Keypoints(tuple(Keypoint(x, y, 2) for x, y in zip(flat[0::2], flat[1::2], strict=True)))


def cuboid(numbers: Sequence[float]) -> Cuboid:
    """Return a cuboid from its eight corners in CVAT's order."""
    flat = _exactly(16, numbers)
    return Cuboid(tuple(flat[2 * corner + axis] for corner in _CORNERS for axis in (0, 1)))


def cuboid3d(numbers: Sequence[float]) -> Cuboid3D:
    """Return a cuboid of a point cloud: centre, angles about x, y and z in turn (radians), sizes, and fill."""
    flat = _exactly(16, numbers)
    if min(flat[6:9]) < 0:
        raise ValueError("a size is negative")
    cx, cy, cz = (cos(angle / 2) for angle in flat[3:6])
    sx, sy, sz = (sin(angle / 2) for angle in flat[3:6])
    turned = (
        sx * cy * cz + cx * sy * sz,
        cx * sy * cz - sx * cy * sz,
        cx * cy * sz + sx * sy * cz,
        cx * cy * cz - sx * sy * sz,
    )
    return Cuboid3D((flat[0], flat[1], flat[2]), (flat[6], flat[7], flat[8]), turned)


def mask(runs: Sequence[int], corner: tuple[int, int], crop: tuple[int, int], size: Size) -> Mask:
    """Return a mask of the whole picture from runs along the rows of a crop: its left and top, its width and height.

    A picture of unknown size is taken to end where the crop does.
    """
    (left, top), (width, height) = corner, crop
    if width < 1 or height < 1 or left < 0 or top < 0:
        raise ValueError(f"a crop of {width} x {height} pixels at {left}, {top} is none")
    if width * height > MOST:
        raise ValueError(f"a crop of {width} x {height} pixels is more than {MOST} pixels")
    if min(runs, default=0) < 0 or sum(runs) != width * height:
        raise ValueError(f"the runs cover {sum(runs)} pixels of a crop of {width} x {height}")
    wide, high = size.width or left + width, size.height or top + height
    if left + width > wide or top + height > high:
        raise ValueError(f"a crop of {width} x {height} pixels at {left}, {top} leaves a picture of {wide} x {high}")
    if wide * high > LARGEST:
        raise ValueError(f"a picture of {wide} x {high} pixels is more than {LARGEST} pixels")
    on = np.zeros((width, height + 2), bool)
    on[:, 1:-1] = np.repeat(np.arange(len(runs)) & 1, runs).reshape(height, width).T
    columns, rows = np.nonzero(on[:, 1:] != on[:, :-1])
    turns = (left + columns) * high + top + rows
    again = np.flatnonzero(turns[1:] == turns[:-1])
    turns = np.delete(turns, np.concatenate([again, again + 1]))
    return Mask(high, wide, rle.write(rle.from_turns(turns, high * wide)))


def _mask_of_points(numbers: Sequence[float], size: Size) -> Mask:
    if len(numbers) < 5:
        raise ValueError(f"{len(numbers)} numbers are no runs and crop")
    if not all(float(number).is_integer() for number in numbers[:-4]):
        raise ValueError("a run is no whole number")
    left, top, right, bottom = map(trunc, numbers[-4:])
    return mask(list(map(int, numbers[:-4])), (left, top), (right - left + 1, bottom - top + 1), size)


def _exactly(count: int, numbers: Sequence[float]) -> tuple[float, ...]:
    if len(numbers) != count:
        raise ValueError(f"{len(numbers)} numbers are not {count}")
    return tuple(numbers)


def _pairs(numbers: Sequence[float], least: int) -> tuple[float, ...]:
    if len(numbers) % 2:
        raise ValueError(f"{len(numbers)} numbers are not pairs of x and y")
    if len(numbers) < 2 * least:
        raise ValueError(f"{len(numbers) // 2} points are fewer than {least}")
    return tuple(numbers)


_PLAIN: Mapping[str, Callable[[Sequence[float]], Geometry]] = {
    "polygon": polygon,
    "polyline": polyline,
    "points": points,
    "cuboid": cuboid,
}
