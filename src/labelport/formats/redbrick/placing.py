"""Marks of RedBrick as shapes: shares as pixels of the picture, voxels as they are."""

from collections.abc import Iterable, Iterator
from math import degrees

import numpy as np

from labelport.formats.redbrick import document as doc
from labelport.model.geometry import (
    Angle,
    Box,
    Cuboid3D,
    Ellipse,
    Geometry,
    Landmark,
    Length,
    Point,
    Polygon,
    Polyline,
    SliceShape,
    Triple,
)
from labelport.shapes.grid import LPS, Grid

NO_SIZE = "is told in shares of a picture whose size is not known: imageHeaders are missing"
NO_PLACE = "has neither voxels nor, on a known grid, millimetres"


def marks(series: doc.Series) -> Iterator[doc.Mark]:
    """Yield the marks of a series, list by list."""
    yield from series.landmarks
    yield from series.landmarks3d
    yield from series.measurements
    yield from series.bounding_boxes
    yield from series.cuboids
    yield from series.ellipses
    yield from series.polygons
    yield from series.polylines


def shape(mark: doc.Mark, grid: Grid | None, size: tuple[float, float] | None) -> Geometry:
    """Return the shape of a mark; raises `ValueError` with the reason where it has no place."""
    match mark:
        case doc.Landmark3D():
            return Landmark(_at(mark.point, mark.absolute_point, grid))
        case doc.Cuboid():
            return _cuboid(mark, grid)
        case doc.Measurement():
            return _measured(mark)
        case _:
            return _flat(mark, size)


def on_slice(found: Geometry, index: int) -> Geometry:
    """Return a flat shape on a slice of a volume; a point is a landmark there."""
    match found:
        case Box() | Ellipse() | Polygon() | Polyline():
            return SliceShape("k", index, found)
        case Point(x, y):
            return Landmark((x - 0.5, y - 0.5, float(index)))
        case _:
            return found


def _measured(mark: doc.Measurement) -> Length | Angle:
    if mark.type == "length":
        return Length(_voxel(mark.point1), _voxel(mark.point2), millimetres=mark.length)
    if mark.vertex is None:
        raise ValueError("is an angle without a vertex")
    return Angle(_voxel(mark.point1), _voxel(mark.vertex), _voxel(mark.point2), degrees=mark.angle)


def _cuboid(mark: doc.Cuboid, grid: Grid | None) -> Cuboid3D:
    one = np.array(_at(mark.point1, mark.absolute_point1, grid))
    other = np.array(_at(mark.point2, mark.absolute_point2, grid))
    return Cuboid3D(_triple((one + other) / 2), _triple(np.abs(other - one)), space="voxel")


def _at(voxel: doc.Voxel | None, world: doc.World | None, grid: Grid | None) -> Triple:
    if voxel is not None:
        return _voxel(voxel)
    if world is None or grid is None:
        raise ValueError(NO_PLACE)
    return _triple(grid.voxels((LPS[:3, :3] @ (world.x, world.y, world.z))[None])[0])


def _flat(mark: doc.Mark, size: tuple[float, float] | None) -> Geometry:
    if size is None:
        raise ValueError(NO_SIZE)
    width, height = size
    match mark:
        case doc.Landmark(point=at):
            return Point(at.x_norm * width, at.y_norm * height)
        case doc.BoundingBox(point_top_left=at, w_norm=wide, h_norm=tall):
            return Box(at.x_norm * width, at.y_norm * height, wide * width, tall * height)
        case doc.Ellipse(point_center=at, x_radius_norm=rx, y_radius_norm=ry, rotation_rad=turn):
            return Ellipse(at.x_norm * width, at.y_norm * height, rx * width, ry * height, degrees(turn))
        case doc.Polygon(points=points):
            return Polygon(((_pixels(points, width, height),),))
        case doc.Polyline(points=points):
            return Polyline((_pixels(points, width, height),))
        case _:
            raise TypeError(f"no flat mark: {mark}")


def _pixels(points: Iterable[doc.Share], width: float, height: float) -> tuple[float, ...]:
    return tuple(number for at in points for number in (at.x_norm * width, at.y_norm * height))


def _voxel(at: doc.Voxel) -> Triple:
    return at.i, at.j, at.k


def _triple(numbers: Iterable[float]) -> Triple:
    i, j, k = (float(number) for number in numbers)
    return i, j, k
