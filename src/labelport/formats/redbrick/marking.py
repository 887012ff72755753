"""Shapes as RedBrick tells them: on the grid of the voxels, or as shares of the picture."""

from collections.abc import Sequence
from math import acos, degrees, radians

import numpy as np

from labelport.formats.redbrick import document as doc
from labelport.kit.segmentations import NO_GRID
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
    Space,
    Triple,
)
from labelport.shapes.grid import LPS, Grid

NO_SIZE = "the size of its picture is not known"
TURNED = "it is turned against the voxels"
SEVERAL = "it has several parts or holes, and a list of points is one"
ACROSS = "it lies on no slice along k"
_UPRIGHT = (0.0, 0.0, 0.0, 1.0)
_STRAIGHT = 1e-6


class Frame:
    """A series as a frame for shapes: the grid of its voxels, and the size of its pictures (width and height)."""

    def __init__(self, grid: Grid | None, size: tuple[float, float] | None) -> None:
        """Know both, as far as they are known."""
        self._grid, self._size = grid, size

    def mark(self, shape: Geometry) -> doc.Mark | str:
        """Return a shape as RedBrick has it, or why it cannot be told so."""
        match shape:
            case SliceShape(axis, index, flat):
                if axis != "k":
                    return ACROSS
                found = self._flat(flat)
                if isinstance(found, doc.Mark):
                    found.video = doc.Moment(frame_index=index, series_item_index=index)
                return found
            case Landmark() | Length() | Angle() | Cuboid3D():
                if self._grid is None and (shape.space == "world" or isinstance(shape, Cuboid3D)):
                    return NO_GRID
                return self._solid(shape)
            case _:
                return self._flat(shape)

    def _solid(self, shape: Landmark | Length | Angle | Cuboid3D) -> doc.Mark | str:
        match shape:
            case Landmark(at, space):
                place = self._voxel(at, space)
                return doc.Landmark3D(point=_voxel(place), absolute_point=self._world(place))
            case Cuboid3D():
                return self._cuboid(shape)
            case Length() | Angle():
                return self._measured(shape)

    def _measured(self, shape: Length | Angle) -> doc.Measurement:
        start, end = (self._voxel(point, shape.space) for point in (shape.start, shape.end))
        vertex = self._voxel(shape.vertex, shape.space) if isinstance(shape, Angle) else None
        return doc.Measurement(
            type="angle" if isinstance(shape, Angle) else "length",
            point1=_voxel(start),
            point2=_voxel(end),
            vertex=_voxel(vertex) if vertex else None,
            absolute_point1=self._world(start),
            absolute_point2=self._world(end),
            absolute_vertex=self._world(vertex) if vertex else None,
            normal=(0.0, 0.0, 1.0),
            length=self._length(shape, start, end) if isinstance(shape, Length) else None,
            angle=self._degrees(shape, start, end) if isinstance(shape, Angle) else None,
        )

    def _length(self, shape: Length, start: Triple, end: Triple) -> float | None:
        if shape.millimetres is not None or self._grid is None:
            return shape.millimetres
        return float(np.linalg.norm(self._grid.matrix[:3, :3] @ (np.array(end) - start)))

    def _degrees(self, shape: Angle, start: Triple, end: Triple) -> float | None:
        if shape.degrees is not None or self._grid is None:
            return shape.degrees
        one, at, other = self._grid.world([start, self._voxel(shape.vertex, shape.space), end])
        arms = float(np.linalg.norm(one - at) * np.linalg.norm(other - at))
        return degrees(acos(min(1.0, max(-1.0, float((one - at) @ (other - at)) / arms)))) if arms else None

    def _cuboid(self, shape: Cuboid3D) -> doc.Cuboid | str:
        """Return a cuboid whose sides run along the axes of the voxels."""
        if shape.rotation != _UPRIGHT or (shape.space == "world" and not self._is_straight()):
            return TURNED
        low, high = (
            self._voxel((x + sign * a / 2, y + sign * b / 2, z + sign * c / 2), shape.space)
            for sign in (-1, 1)
            for (x, y, z), (a, b, c) in ((shape.centre, shape.size),)
        )
        return doc.Cuboid(
            point1=_voxel(low),
            point2=_voxel(high),
            absolute_point1=self._world(low),
            absolute_point2=self._world(high),
        )

    def _is_straight(self) -> bool:
        """Whether each axis of the voxels runs along one of the world's."""
        if self._grid is None:
            return False
        steps = np.abs(self._grid.matrix[:3, :3])
        return bool((np.sort(steps, axis=0)[:2] <= _STRAIGHT * steps.max(axis=0)).all())

    def _flat(self, shape: Geometry) -> doc.Mark | str:
        if self._size is None:
            return NO_SIZE
        width, height = self._size
        match shape:
            case Point(x, y):
                return doc.Landmark(point=self._share(x, y))
            case Box(x, y, wide, tall):
                return doc.BoundingBox(point_top_left=self._share(x, y), w_norm=wide / width, h_norm=tall / height)
            case Ellipse(x, y, rx, ry, angle):
                return doc.Ellipse(
                    point_center=self._share(x, y),
                    x_radius_norm=rx / width,
                    y_radius_norm=ry / height,
                    rotation_rad=radians(angle),
                )
            case Polygon(parts):
                return self._outline(parts)
            case Polyline(lines):
                return doc.Polyline(points=self._shares(lines[0])) if len(lines) == 1 else SEVERAL
            case _:
                raise TypeError(f"no flat shape: {shape}")

    def _outline(self, parts: tuple[tuple[tuple[float, ...], ...], ...]) -> doc.Polygon | str:
        """Return an outline; on a slice it may still have several parts, which one list of points cannot hold."""
        if len(parts) > 1 or len(parts[0]) > 1:
            return SEVERAL
        return doc.Polygon(points=self._shares(parts[0][0]))

    def _share(self, x: float, y: float) -> doc.Share:
        width, height = self._size or (1.0, 1.0)
        return doc.Share(x_norm=x / width, y_norm=y / height)

    def _shares(self, flat: Sequence[float]) -> tuple[doc.Share, ...]:
        return tuple(self._share(x, y) for x, y in zip(flat[::2], flat[1::2], strict=True))

    def _voxel(self, at: Triple, space: Space) -> Triple:
        if space == "voxel" or self._grid is None:
            return at
        i, j, k = self._grid.voxels([at])[0].tolist()
        return i, j, k

    def _world(self, at: Triple) -> doc.World | None:
        if self._grid is None:
            return None
        x, y, z = (LPS[:3, :3] @ self._grid.world([at])[0]).tolist()
        return doc.World(x=x, y=y, z=z)


def headers(grid: Grid) -> doc.Headers:
    """Return where voxels lie, as RedBrick says it: in LPS."""
    affine = LPS @ grid.matrix
    spacing = grid.spacing
    direction = affine[:3, :3] / np.array(spacing)
    return doc.Headers(
        dimensions=grid.shape,
        spacing=spacing,
        origin=tuple(affine[:3, 3].tolist()),
        direction=tuple(tuple(row) for row in direction.tolist()),
        affine=tuple(tuple(row) for row in affine.tolist()),
    )


def _voxel(at: Triple) -> doc.Voxel:
    return doc.Voxel(i=at[0], j=at[1], k=at[2])
