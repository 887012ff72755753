"""Shapes as types and coordinates of Datumaro's, and back.

Coordinates are pixels of the displayed picture, as everywhere here. Corners of a cuboid go from front to back and back
again along its upper side, then along its lower one. An ellipse lies along the axes. Several lines of one object, or
parts of one outline, are annotations with its id. A point is `points` without a visibility, unlike joints.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from labelport.errors import Fault
from labelport.formats.datumaro.rows import AnnotationRow
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
from labelport.model.ontology import LabelClass
from labelport.shapes import rle, turns

CORNERS = (0, 4, 5, 1, 7, 6, 2, 3)
"""Which corner of ours each corner of `cuboid_2d` is."""
JOINED = ("polygon", "polyline")
"""Types of which one object may have several."""
Told = Mapping[str, object]
Size = tuple[int, int]
"""Height and width."""


class Given(NamedTuple):
    """The annotations of one object, its class, and the size of its picture, where they are known.

    `angle` is the turn of a box or an ellipse about its centre, which CVAT tells in an attribute.
    """

    rows: Sequence[AnnotationRow]
    of: LabelClass | None
    size: Size | None
    angle: float


_flat = msgspec.json.Decoder(tuple[float, ...])
_pairs = msgspec.json.Decoder(tuple[tuple[float, float], ...])


def told(shape: Geometry) -> Iterator[Told]:
    """Yield what tells a shape: once, or for each part of it."""
    match shape:
        case Box(x, y, width, height):
            yield {"type": "bbox", "bbox": (x, y, width, height)}
        case Polygon(parts):
            yield from ({"type": "polygon", "points": part[0]} for part in parts)
        case Polyline(lines):
            yield from ({"type": "polyline", "points": line} for line in lines)
        case Point(x, y):
            yield {"type": "points", "points": (x, y)}
        case Keypoints(points):
            flat = tuple(value for point in points for value in (point.x, point.y))
            yield {"type": "points", "points": flat, "visibility": tuple(point.visibility for point in points)}
        case Ellipse(x, y):
            rx, ry = _along_axes(shape)
            yield {"type": "ellipse", "points": (x - rx, y - ry, x + rx, y + ry)}
        case Mask(height, width, counts):
            yield {"type": "mask", "rle": {"counts": counts, "size": (height, width)}}
        case Cuboid(flat):
            yield {"type": "cuboid_2d", "points": [flat[2 * corner : 2 * corner + 2] for corner in CORNERS]}
        case Cuboid3D(centre, size, turn):
            yield {"type": "cuboid_3d", "position": centre, "rotation": turns.to_angles(turn), "scale": size}
        case other:
            raise AssertionError(f"not declared in `carries`: {other}")


def is_turned(shape: Geometry | None) -> bool:
    """Whether a shape is an ellipse that does not lie along the axes."""
    return isinstance(shape, Ellipse) and shape.rx != shape.ry and shape.angle % 90 != 0


def read(given: Given, faults: list[Fault]) -> Geometry | None:
    """Return the shape that annotations tell; what is wrong goes to `faults`, with paths below the first."""
    kind = given.rows[0].type
    if kind not in _READERS:
        faults.append(Fault(".type", f"{kind!r} is no type that is known"))
        return None
    return _READERS[kind](given, faults)


def _along_axes(shape: Ellipse) -> Size | tuple[float, float]:
    return (shape.ry, shape.rx) if shape.angle % 180 == 90 else (shape.rx, shape.ry)


def _box(given: Given, faults: list[Fault]) -> Geometry | None:
    row, angle = given.rows[0], given.angle
    if row.bbox is None or min(row.bbox[2:]) < 0:
        faults.append(Fault(".bbox", "is no box: x, y and a width and a height that are not negative"))
        return None
    x, y, width, height = row.bbox
    return RotatedBox(x + width / 2, y + height / 2, width, height, angle) if angle else Box(x, y, width, height)


def _ellipse(given: Given, faults: list[Fault]) -> Geometry | None:
    x, y, right, bottom = _points(given.rows[0], 4, faults)[:4]
    if right < x or bottom < y:
        faults.append(Fault(".points", "are no upper left and lower right corner of an ellipse"))
        return None
    return Ellipse((x + right) / 2, (y + bottom) / 2, (right - x) / 2, (bottom - y) / 2, given.angle)


def _mask(given: Given, faults: list[Fault]) -> Geometry | None:
    row, size = given.rows[0], given.size
    if row.rle is None or not isinstance(row.rle.counts, str):
        faults.append(Fault(".rle", "is missing" if row.rle is None else "holds no counts string"))
        return None
    height, width = row.rle.size
    reason = rle.fault(row.rle.counts, height, width)
    if reason:
        faults.append(Fault(".rle.counts", reason))
    if size is not None and size != (height, width):
        faults.append(Fault(".rle.size", f"is {height} x {width} in a picture of {size[0]} x {size[1]}"))
    return Mask(height, width, row.rle.counts)


def _cloud(given: Given, faults: list[Fault]) -> Geometry | None:
    row = given.rows[0]
    scale = row.scale or (1.0, 1.0, 1.0)
    if row.position is None or min(scale) < 0:
        faults.append(Fault(".position" if row.position is None else ".scale", "is missing or negative"))
        return None
    return Cuboid3D(row.position, scale, turns.to_quaternion(row.rotation or (0.0, 0.0, 0.0)))


def _cuboid(given: Given, faults: list[Fault]) -> Geometry | None:
    try:
        pairs = _pairs.decode(given.rows[0].points)
    except msgspec.ValidationError:
        pairs = ()
    if len(pairs) != len(CORNERS):
        faults.append(Fault(".points", "are no eight corners, each an x and a y"))
        return None
    return Cuboid(tuple(value for corner in range(8) for value in pairs[CORNERS.index(corner)]))


def _joints(given: Given, faults: list[Fault]) -> Geometry | None:
    row, of = given.rows[0], given.of
    flat = _points(row, 2, faults)
    seen = row.visibility if row.visibility is not None else (2,) * (len(flat) // 2)
    if len(seen) != len(flat) // 2 or not set(seen) <= {0, 1, 2}:
        faults.append(Fault(".visibility", "is no list of 0, 1 or 2 for each of the points"))
        return None
    joints = len(of.skeleton.joints) if of and of.skeleton else 0
    if len(seen) == 1 and (joints != 1 or row.visibility is None):
        return Point(*flat)
    if joints and len(seen) != joints:
        faults.append(Fault(".points", f"are {len(seen)}, and the skeleton of the class has {joints} joints"))
    return Keypoints(tuple(Keypoint(x, y, one) for x, y, one in zip(flat[0::2], flat[1::2], seen, strict=True)))


def _points(row: AnnotationRow, least: int, faults: list[Fault]) -> tuple[float, ...]:
    try:
        flat = _flat.decode(row.points)
    except msgspec.ValidationError:
        flat = ()
    if len(flat) < least or len(flat) % 2:
        faults.append(Fault(".points", f"are no list of x and y, of {least // 2} points or more"))
        return (0.0,) * least
    return flat


def _polygon(given: Given, faults: list[Fault]) -> Geometry | None:
    return Polygon(tuple((_points(one, 6, faults),) for one in given.rows))


def _polyline(given: Given, faults: list[Fault]) -> Geometry | None:
    return Polyline(tuple(_points(one, 4, faults) for one in given.rows))


_READERS: Mapping[str, Callable[[Given, list[Fault]], Geometry | None]] = {
    "bbox": _box,
    "cuboid_2d": _cuboid,
    "cuboid_3d": _cloud,
    "ellipse": _ellipse,
    "mask": _mask,
    "points": _joints,
    "polygon": _polygon,
    "polyline": _polyline,
}
