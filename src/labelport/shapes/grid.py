"""Where the voxels of a volume lie: its shape, and the affine from voxel indices to millimetres in RAS+.

An index is that of a voxel's centre (NIfTI-1, "3D image orientation"); RAS+ runs to the right, the front and the head
of the patient. DICOM, ITK and NRRD run to the left, the back and the head (LPS): the first two rows change sign.
"""

from collections.abc import Iterable, Sequence
from itertools import product

import msgspec
import numpy as np
from numpy.typing import NDArray

from labelport.model.asset import Series

Affine = NDArray[np.float64]
"""Four rows of four."""
LPS = np.diag([-1.0, -1.0, 1.0, 1.0])
"""Turns millimetres in RAS+ to LPS, and back."""
TOLERANCE = 0.01
"""How far the corners of two like grids may lie apart, as a share of the smallest side of a voxel."""
_ENDS = ("LR", "PA", "IS")
"""What the axes of RAS+ run from and to."""


class Grid(msgspec.Struct, frozen=True):
    """A grid of voxels: how many along each of its three axes, and its affine, row by row."""

    shape: tuple[int, int, int]
    affine: tuple[float, ...]

    @property
    def matrix(self) -> Affine:
        """Return the affine as a matrix."""
        return np.array(self.affine).reshape(4, 4)

    @property
    def spacing(self) -> tuple[float, float, float]:
        """Return the sides of a voxel in millimetres."""
        x, y, z = np.linalg.norm(self.matrix[:3, :3], axis=0).tolist()
        return x, y, z

    @property
    def axes(self) -> str:
        """Return to where each axis runs, as of the nearest of RAS+: `LPS` for a usual DICOM series."""
        steps = self.matrix[:3, :3] / np.maximum(self.spacing, np.finfo(float).tiny)
        free, found = {0, 1, 2}, [""] * 3
        for axis in sorted(range(3), key=lambda axis: -float(np.abs(steps[:, axis]).max())):
            world = max(free, key=lambda row: float(abs(steps[row, axis])))
            free.remove(world)
            found[axis] = _ENDS[world][int(steps[world, axis] > 0)]
        return "".join(found)

    def __str__(self) -> str:
        return (
            f"{_by(self.shape)} voxels of {_by(self.spacing)} mm, "
            f"from ({_plain(self.matrix[:3, 3], ', ')}) in RAS+, axes {self.axes}"
        )

    def faults(self) -> Iterable[str]:
        """Yield what keeps it from being a grid."""
        if min(self.shape) < 1:
            yield f"{_by(self.shape)} voxels are none"
        if not np.isfinite(self.matrix).all():
            yield "the affine holds numbers that are none (NaN or infinite)"
        elif abs(np.linalg.det(self.matrix[:3, :3])) <= 1e-12:
            yield "the affine lays several voxels upon each other: its axes are not independent"

    def is_like(self, other: "Grid") -> bool:
        """Whether both have as many voxels at the same places."""
        if self.shape != other.shape:
            return False
        apart = np.linalg.norm(self.world(_corners(self.shape)) - other.world(_corners(self.shape)), axis=1)
        return bool(apart.max() <= TOLERANCE * min(*self.spacing, *other.spacing))

    def world(self, voxels: Sequence[Sequence[float]] | NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the places of voxels (n rows of i, j, k) in millimetres, RAS+."""
        found: NDArray[np.float64] = np.asarray(voxels) @ self.matrix[:3, :3].T + self.matrix[:3, 3]
        return found

    def voxels(self, world: Sequence[Sequence[float]] | NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the indices of places (n rows of x, y, z in RAS+) as fractions."""
        back = np.linalg.inv(self.matrix[:3, :3])
        found: NDArray[np.float64] = (np.asarray(world, np.float64) - self.matrix[:3, 3]) @ back.T
        return found


def grid_of(shape: Sequence[int], affine: NDArray[np.float64]) -> Grid:
    """Return a grid by its affine as a matrix."""
    i, j, k = shape
    return Grid((int(i), int(j), int(k)), tuple(np.asarray(affine, np.float64).ravel().tolist()))


def grid_of_series(series: Series) -> Grid | None:
    """Return the grid of a series; None where it has none that is known."""
    if len(series.shape) != 3 or series.affine is None or len(series.affine) != 16:
        return None
    i, j, k = series.shape
    return Grid((i, j, k), series.affine)


def _corners(shape: Sequence[int]) -> NDArray[np.float64]:
    return np.array(list(product(*((0, side - 1) for side in shape))), np.float64)


def _by(numbers: Iterable[float]) -> str:
    return _plain(numbers, " x ")


def _plain(numbers: Iterable[float], between: str) -> str:
    return between.join(f"{number:.6g}" for number in numbers)
