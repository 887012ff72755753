"""Cuboids in the coordinates of the scanner, and as rows have them in those of the camera.

Along its own axes a cuboid is long, wide and high. A row turns it about the camera's y axis alone.
"""

from itertools import chain, product
from math import atan2, cos, hypot, pi, sin

import numpy as np

from labelport.formats.kitti_3d.calibration import Matrix, Rig
from labelport.kit.kitti import Four, Space, Three
from labelport.model.geometry import Cuboid3D

LEVEL = 1e-3
"""How far, in radians, a cuboid may lean before it counts as another one when it stands upright."""
NEAR = 0.01
"""What is nearer to the camera, or behind it, is not in the picture."""
_LYING = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
"""The own axes of a cuboid (length, width, height) that a row does not turn, for the camera."""


def space(shape: Cuboid3D, rig: Rig) -> Space:
    """Return where a cuboid is for the camera, upright."""
    centre = rig.turn @ np.array(shape.centre) + rig.shift
    ahead = rig.turn @ _matrix(shape.rotation)[:, 0]
    length, width, height = shape.size
    turn = atan2(-ahead[2], ahead[0])
    x, y, z = (float(at) for at in centre)
    return Space(_round(turn - atan2(x, z)), (height, width, length), (x, y + height / 2, z), turn)


def leans(shape: Cuboid3D, rig: Rig) -> bool:
    """Return whether a cuboid does not stand upright before the camera."""
    up = rig.turn @ _matrix(shape.rotation)[:, 2]
    return hypot(up[0], up[2]) > LEVEL or up[1] > 0


def cuboid(found: Space, rig: Rig) -> Cuboid3D:
    """Return the cuboid of a row."""
    height, width, length = found.size
    x, y, z = found.place
    centre = rig.turn.T @ (np.array([x, y - height / 2, z]) - rig.shift)
    cosine, sine = cos(found.turn), sin(found.turn)
    about_y = np.array([[cosine, 0.0, sine], [0.0, 1.0, 0.0], [-sine, 0.0, cosine]])
    rotation = _quaternion(rig.turn.T @ about_y @ _LYING)
    return Cuboid3D((float(centre[0]), float(centre[1]), float(centre[2])), (length, width, height), rotation)


def ends(found: Space) -> tuple[tuple[Three, ...], tuple[Three, ...]]:
    """Return the corners of a row's cuboid, four at the end that it looks away from and four at the other."""
    height, width, length = found.size
    x, y, z = found.place
    cosine, sine = cos(found.turn), sin(found.turn)
    back, front = (
        tuple(
            (x + cosine * along + sine * across, y - up, z - sine * along + cosine * across)
            for up, across in product((0.0, height), (-width / 2, width / 2))
        )
        for along in (-length / 2, length / 2)
    )
    return back, front


def seen(point: Three, rig: Rig) -> tuple[float, float] | None:
    """Return where a point is in the picture; None where it is not before the camera, or nothing leads there."""
    if rig.projection is None or point[2] <= NEAR:
        return None
    x, y, depth = rig.projection @ (*point, 1.0)
    return float(x / depth), float(y / depth)


def sides(found: Space, rig: Rig, picture: tuple[int | None, int | None]) -> Four | None:
    """Return the box around a cuboid in the picture (height, width), cut off there; None where that is not known."""
    places = [at for corner in chain(*ends(found)) if (at := seen(corner, rig))]
    if not places:
        return None
    across, down = zip(*places, strict=True)
    tall, wide = picture
    return (*_cut(min(across), min(down), wide, tall), *_cut(max(across), max(down), wide, tall))


def _cut(x: float, y: float, wide: int | None, tall: int | None) -> tuple[float, float]:
    return (min(max(x, 0.0), wide or x), min(max(y, 0.0), tall or y)) if wide and tall else (x, y)


def _round(angle: float) -> float:
    """Return an angle as one between -pi and pi."""
    return (angle + pi) % (2 * pi) - pi


def _matrix(rotation: tuple[float, float, float, float]) -> Matrix:
    x, y, z, w = rotation
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def _quaternion(turn: Matrix) -> tuple[float, float, float, float]:
    """Return a turn as a quaternion (x, y, z, w): the greatest eigenvector (Bar-Itzhack, 2000)."""
    a, b, c = turn
    sums = np.array(
        [
            [a[0] - b[1] - c[2], b[0] + a[1], c[0] + a[2], c[1] - b[2]],
            [b[0] + a[1], b[1] - a[0] - c[2], c[1] + b[2], a[2] - c[0]],
            [c[0] + a[2], c[1] + b[2], c[2] - a[0] - b[1], b[0] - a[1]],
            [c[1] - b[2], a[2] - c[0], b[0] - a[1], a[0] + b[1] + c[2]],
        ]
    )
    _, vectors = np.linalg.eigh(sums)
    x, y, z, w = (float(part) for part in vectors[:, -1] * (1 if vectors[3, -1] >= 0 else -1))
    return x, y, z, w
