"""Turns in space: unit quaternions (x, y, z, w), and angles about the axes.

Angles are radians about x, y and z, each about the axis as the turns before it have left it (intrinsic x-y'-z'').
"""

from math import asin, atan2, copysign, cos, pi, sin

Quaternion = tuple[float, float, float, float]
Angles = tuple[float, float, float]
_STEEP = 1 - 1e-12
"""From here on the turn about y is a quarter, and those about x and z are one and the same."""


def to_angles(turn: Quaternion) -> Angles:
    """Return the angles of a quaternion; where the one about y is a quarter turn, that about z is 0."""
    x, y, z, w = turn
    up = 2 * (x * z + w * y)
    if abs(up) > _STEEP:
        return 2 * atan2(x, w), copysign(pi / 2, up), 0.0
    about_x = atan2(2 * (w * x - y * z), 1 - 2 * (x * x + y * y))
    about_z = atan2(2 * (w * z - x * y), 1 - 2 * (y * y + z * z))
    return about_x, asin(up), about_z


def to_quaternion(angles: Angles) -> Quaternion:
    """Return the quaternion of angles."""
    (a, b, c), (u, v, w) = ((fun(angles[0] / 2), fun(angles[1] / 2), fun(angles[2] / 2)) for fun in (cos, sin))
    return (
        u * b * c + a * v * w,
        a * v * c - u * b * w,
        a * b * w + u * v * c,
        a * b * c - u * v * w,
    )
