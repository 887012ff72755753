"""DICOM segmentations (PS3.3, A.51 and C.8.20) as label volumes on the grid of the series that they are of.

Binary ones, whose segments may overlap; fractional ones, of which a voxel belongs to a segment from one half on; and
label maps.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from labelport.kit.dicom.series import planes
from labelport.kit.format import broken
from labelport.kit.label_volume import Inside, Voxels, combined
from labelport.shapes.grid import LPS, Grid

CLASS = ("1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7")
"""Segmentation Storage, and Label Map Segmentation Storage (PS3.4, B.5)."""
OFF = 0.01
"""How far, in voxels, a frame may lie from a slice of the series."""


class Segment(NamedTuple):
    """A segment: its number, its label, and its values in the volume."""

    number: int
    label: str
    values: tuple[int, ...]


def references(header: Any) -> list[str]:  # noqa: ANN401  a data set of pydicom, which has no types
    """Return the series that a segmentation says it is of."""
    return [str(one.SeriesInstanceUID) for one in header.get("ReferencedSeriesSequence") or ()]


def read(path: str, found: Any, grid: Grid) -> tuple[Voxels, list[Segment]]:  # noqa: ANN401  as above
    """Return the label volume on a grid, and its segments; raises `InvalidError`."""
    told = [(int(one.SegmentNumber), str(one.get("SegmentLabel") or "")) for one in found.SegmentSequence]
    told = [one for one in told if one[0] != _background(found)]
    pixels = np.asarray(found.pixel_array)
    frames = pixels.reshape(-1, *pixels.shape[-2:])
    places = _places(path, found, grid, len(frames))
    masks = _Masks(found, frames, places, grid)
    voxels, values = combined((masks.of(number) for number, _ in told), grid.shape)
    return voxels, [Segment(number, label, own) for (number, label), own in zip(told, values, strict=True)]


def _background(found: Any) -> int:  # noqa: ANN401  as above
    """Return the number of what is no segment, which label maps list among them (C.8.20.2)."""
    return int(found.get("PixelPaddingValue") or 0)


class _Masks:
    """The masks of segments, put together from frames."""

    def __init__(self, found: Any, frames: Any, places: list[int], grid: Grid) -> None:  # noqa: ANN401  as above
        self._frames, self._places, self._grid = frames, places, grid
        self._kind = str(found.get("SegmentationType", "BINARY"))
        self._half = float(found.get("MaximumFractionalValue") or 1) / 2
        groups = found.get("PerFrameFunctionalGroupsSequence") or ()
        shared = found.get("SharedFunctionalGroupsSequence") or ()
        self._numbers = list(_numbers(groups, shared[0] if shared else None, len(frames)))

    def of(self, number: int) -> Inside:
        """Return where a segment is."""
        mask = np.zeros(self._grid.shape, np.bool_, order="F")
        for frame, place, own in zip(self._frames, self._places, self._numbers, strict=True):
            if self._kind == "LABELMAP":
                mask[:, :, place] |= number == frame.T
            elif own == number:
                mask[:, :, place] |= self._half <= frame.T if self._kind == "FRACTIONAL" else frame.T > 0
        return mask


def _places(path: str, found: Any, grid: Grid, count: int) -> list[int]:  # noqa: ANN401  as above
    """Return on which slice of the grid each frame lies."""
    given = list(planes(path, found))
    if len(given) != count:
        raise broken(path, f"has {count} frames, and says of {len(given)} where they lie")
    voxels = grid.voxels(np.array([one.position for one in given]) @ LPS[:3, :3])
    rounded = np.rint(voxels)
    wide, tall = given[0].size
    steps = np.linalg.solve(grid.matrix[:3, :3], LPS[:3, :3] @ _steps(given[0]))
    is_like = np.abs(steps - np.eye(3)[:, :2]).max() * max(grid.shape) <= OFF
    inside = (rounded[:, 2] >= 0) & (rounded[:, 2] < grid.shape[2])
    if (
        (wide, tall) != grid.shape[:2]
        or not is_like
        or np.abs(voxels - rounded).max() > OFF
        or rounded[:, :2].any()
        or not inside.all()
    ):
        x, y, z = (LPS[:3, :3] @ given[0].position).tolist()
        sides = f"{given[0].spacing[1]:.6g} x {given[0].spacing[0]:.6g} mm"
        own = f"{wide} x {tall} voxels of {sides}, from ({x:.6g}, {y:.6g}, {z:.6g}) in RAS+"
        raise broken(path, f"lies on another grid than its series: {own}; the series: {grid}")
    return [int(k) for k in rounded[:, 2]]


def _steps(plane: Any) -> Any:  # noqa: ANN401  as above
    across = np.array(plane.orientation[:3]) * plane.spacing[1]
    down = np.array(plane.orientation[3:]) * plane.spacing[0]
    return np.stack((across, down), axis=1)


def _numbers(groups: Any, shared: Any, count: int) -> Iterator[int]:  # noqa: ANN401  as above
    """Yield the segment of each frame; of a label map, which has all, 0."""
    for place in range(count):
        frame = groups[place] if place < len(groups) else {}
        told = frame.get("SegmentIdentificationSequence") or (shared or {}).get("SegmentIdentificationSequence") or ()
        yield int(told[0].ReferencedSegmentNumber) if told else 0
