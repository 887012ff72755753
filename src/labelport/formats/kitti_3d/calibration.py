"""How a camera and a laser scanner stand to each other: KITTI's `calib` files, as they are kept and as they are used.

A point of the scanner is, for the camera, `R0_rect * Tr_velo_to_cam * point`; `P2` is its projection into the picture
(the readme of the object devkit). A file has a matrix a line, row by row behind its name.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from labelport.errors import Fault, InvalidError
from labelport.model.asset import Asset

KEY = "calibration"
"""Where it is kept in an asset's `extra`."""
FOLDER = "calib"
_SHAPES = {"P2": (3, 4), "R0_rect": (3, 3), "Tr_velo_to_cam": (3, 4)}
"""What is used; the other matrices are kept."""
Matrix = NDArray[np.float64]
Kept = dict[str, list[float]]


class Rig(NamedTuple):
    """How to get from the scanner to the camera, a turn and a shift; `projection` leads into the picture."""

    turn: Matrix
    shift: Matrix
    projection: Matrix | None = None


AXES = Rig(np.array([[0.0, -1.0, 0.0], [0.0, 0.0, -1.0], [1.0, 0.0, 0.0]]), np.zeros(3))
"""What is known without a calibration: ahead is z, left is -x, up is -y."""


def parse(text: str) -> Kept:
    """Return the matrices of a file; raises `InvalidError` with every line that is none."""
    found: Kept = {}
    faults: list[Fault] = []
    for number, line in enumerate(text.splitlines(), 1):
        name, _, rest = line.partition(":")
        try:
            numbers = [float(cell) for cell in rest.split()]
        except ValueError:
            numbers = []
        if not line.strip():
            continue
        if not numbers or not np.isfinite(numbers).all() or len(numbers) != np.prod(_SHAPES.get(name, len(numbers))):
            faults.append(Fault(str(number), f"{line[:60]!r} is no matrix of a calibration"))
        found[name.strip()] = numbers
    if faults:
        raise InvalidError("a calibration", faults)
    return found


def of(asset: Asset) -> Kept | None:
    """Return what an asset keeps; None where that is no calibration."""
    try:
        found = msgspec.convert((asset.extra or {}).get(KEY), Kept)
    except msgspec.ValidationError:
        return None
    return found if all(len(found.get(name, ())) in (0, np.prod(shape)) for name, shape in _SHAPES.items()) else None


def text(kept: Mapping[str, Sequence[float]]) -> str:
    """Return the file of a calibration."""
    return "".join(f"{name}: {' '.join(map(repr, numbers))}\n" for name, numbers in kept.items())


def rig(kept: Kept | None) -> Rig:
    """Return how to get from the scanner to the camera, as far as is known."""
    kept = kept or {}
    projection = _matrix(kept, "P2")
    leads = _matrix(kept, "Tr_velo_to_cam")
    if leads is None:
        return AXES._replace(projection=projection)
    straight = _matrix(kept, "R0_rect")
    if straight is not None:
        leads = straight @ leads
    return Rig(_rigid(leads[:, :3]), leads[:, 3], projection)


def _matrix(kept: Kept, name: str) -> Matrix | None:
    return np.array(kept[name]).reshape(_SHAPES[name]) if kept.get(name) else None


def _rigid(turn: Matrix) -> Matrix:
    """Return the turn that is nearest to a matrix of few digits, which is none to the last of them."""
    left, _, right = np.linalg.svd(turn)
    flip = np.diag([1.0, 1.0, np.linalg.det(left @ right)])
    found: Matrix = left @ flip @ right
    return found
