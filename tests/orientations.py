"""All 48 ways in which the axes of a volume may run, with sides of voxels that differ; and oblique ones."""

from itertools import permutations, product

import numpy as np
from numpy.typing import NDArray

SPACING = (0.7, 1.25, 3.0)
ORIGIN = (-11.5, 23.25, 7.75)


def _straight(order: tuple[int, ...], signs: tuple[int, ...]) -> NDArray[np.float64]:
    affine = np.eye(4)
    affine[:3, :3] = 0
    for axis, (world, sign) in enumerate(zip(order, signs, strict=True)):
        affine[world, axis] = sign * SPACING[axis]
    affine[:3, 3] = ORIGIN
    return affine


def turned(affine: NDArray[np.float64], x: float, z: float) -> NDArray[np.float64]:
    """Return an affine turned by angles about x and z."""
    about_x = np.array([[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]])
    about_z = np.array([[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]])
    found = affine.copy()
    found[:3] = about_x @ about_z @ affine[:3]
    return found


STRAIGHT = [_straight(order, signs) for order in permutations(range(3)) for signs in product((1, -1), repeat=3)]
OBLIQUE = [turned(affine, 0.2, -0.35) for affine in STRAIGHT]
AFFINES = [*STRAIGHT, *OBLIQUE]
