"""Slices of a series sorted into a volume by where they lie (PS3.3, C.7.6.2 and C.7.6.16).

Names of files, their order and their numbers say nothing. i runs along the columns, j along the rows, k from slice to
slice; slices may be shifted against each other evenly, as under a tilted gantry: the affine says so.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from labelport.shapes.grid import LPS, Grid, grid_of

NEAR = 0.01
"""How far, as a share of the step, slices may lie from where they should."""
_ROUND = 4
"""Digits in which directions are alike."""


class Plane(NamedTuple):
    """A slice: its file, its place in it, its instance, and where it lies (LPS)."""

    path: str
    frame: int
    instance: str
    position: tuple[float, float, float]
    orientation: tuple[float, ...]
    spacing: tuple[float, float]
    size: tuple[int, int]
    thickness: float | None


class Fitted(NamedTuple):
    """Planes in order with their grid; without one where they make no volume, and why; and those set aside."""

    planes: tuple[Plane, ...]
    grid: Grid | None
    faults: tuple[str, ...] = ()
    twice: tuple[tuple[Plane, Plane], ...] = ()


def planes(path: str, header: Any) -> Iterator[Plane]:  # noqa: ANN401  a data set of pydicom, which has no types
    """Yield the slices of a file; none where it does not say where they lie."""
    shared = _first(header, "SharedFunctionalGroupsSequence")
    frames = header.get("PerFrameFunctionalGroupsSequence") or [None] * int(header.get("NumberOfFrames") or 1)
    for place, frame in enumerate(frames):
        position = _told(("PlanePositionSequence", "ImagePositionPatient"), frame, shared, header)
        orientation = _told(("PlaneOrientationSequence", "ImageOrientationPatient"), frame, shared, header)
        spacing = _told(("PixelMeasuresSequence", "PixelSpacing"), frame, shared, header)
        if position is None or orientation is None or spacing is None:
            return
        thickness = _told(("PixelMeasuresSequence", "SpacingBetweenSlices"), frame, shared, header)
        if thickness is None:
            thickness = _told(("PixelMeasuresSequence", "SliceThickness"), frame, shared, header)
        x, y, z = (float(number) for number in position)
        tall, wide = (float(number) for number in spacing)
        yield Plane(
            path,
            place,
            str(header.get("SOPInstanceUID", "")),
            (x, y, z),
            tuple(float(number) for number in orientation),
            (tall, wide),
            (int(header.Columns), int(header.Rows)),
            None if thickness is None else abs(float(thickness)),
        )


def fitted(given: Sequence[Plane]) -> Fitted:
    """Return the planes of a series as a volume, in order."""
    kinds = {(tuple(np.round(one.orientation, _ROUND)), one.spacing, one.size) for one in given}
    if len(kinds) > 1:
        return Fitted(tuple(given), None, (f"its {len(given)} slices differ in size, spacing or direction",))
    normal = np.cross(given[0].orientation[:3], given[0].orientation[3:])
    ordered = sorted(given, key=lambda one: (float(normal @ one.position), one.path, one.frame))
    kept, twice = _single(ordered, normal)
    steps = np.diff(np.array([one.position for one in kept]), axis=0)
    if not len(steps):
        thick = kept[0].thickness
        if not thick:
            return Fitted(tuple(kept), None, ("it is one slice that does not say how thick it is",), tuple(twice))
        return Fitted(tuple(kept), _grid(kept, normal * thick), (), tuple(twice))
    step = steps[int(np.linalg.norm(steps, axis=1).argmin())]
    off = np.linalg.norm(steps - step, axis=1) > max(NEAR * float(np.linalg.norm(step)), 1e-3)
    if off.any():
        return Fitted(tuple(kept), None, tuple(_gaps(kept, steps, step, off)), tuple(twice))
    mean = (np.array(kept[-1].position) - kept[0].position) / len(steps)
    return Fitted(tuple(kept), _grid(kept, mean), (), tuple(twice))


def _single(ordered: Sequence[Plane], normal: NDArray[np.float64]) -> tuple[list[Plane], list[tuple[Plane, Plane]]]:
    """Return the slices of which no other one lies at the same place before, and the others with those."""
    kept: list[Plane] = []
    twice: list[tuple[Plane, Plane]] = []
    for one in ordered:
        if kept and abs(float(normal @ (np.array(one.position) - kept[-1].position))) < 1e-3:
            twice.append((one, kept[-1]))
        else:
            kept.append(one)
    return kept, twice


def _gaps(
    kept: Sequence[Plane], steps: NDArray[np.float64], step: NDArray[np.float64], off: NDArray[np.bool_]
) -> Iterator[str]:
    usual = float(np.linalg.norm(step))
    for place in np.flatnonzero(off)[:3].tolist():
        apart = float(np.linalg.norm(steps[place]))
        between = f"{kept[place].path!r} and {kept[place + 1].path!r}"
        yield f"slices are missing or shifted: {between} lie {apart:.6g} mm apart, others {usual:.6g} mm"


def _grid(kept: Sequence[Plane], step: NDArray[np.float64]) -> Grid:
    first = kept[0]
    affine = np.eye(4)
    affine[:3, 0] = np.array(first.orientation[:3]) * first.spacing[1]
    affine[:3, 1] = np.array(first.orientation[3:]) * first.spacing[0]
    affine[:3, 2] = step
    affine[:3, 3] = first.position
    return grid_of((*first.size, len(kept)), LPS @ affine)


def _told(at: tuple[str, str], *places: Any) -> Any:  # noqa: ANN401  as above
    """Return what the nearest of several places says: a frame's, what frames share, or the file's own."""
    sequence, name = at
    for place in places:
        if place is None:
            continue
        found = (_first(place, sequence) or {}).get(name)
        if found is None:
            found = place.get(name)
        if found is not None:
            return found
    return None


def _first(place: Any, name: str) -> Any:  # noqa: ANN401  as above
    found: Iterable[Any] = place.get(name) or ()
    return next(iter(found), None)
