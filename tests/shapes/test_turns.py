"""Turns in space as quaternions and as angles."""

from math import cos, pi, radians, sin, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from labelport.shapes.turns import Angles, Quaternion, to_angles, to_quaternion

Matrix = NDArray[np.float64]
angles = st.floats(-pi, pi)


def of_angles(turn: Angles) -> Matrix:
    """Return the matrix of turns about x, then y as x has left it, then z."""
    (a, b, c), (u, v, w) = (tuple(map(fun, turn)) for fun in (cos, sin))
    about_x = np.array([[1, 0, 0], [0, a, -u], [0, u, a]])
    about_y = np.array([[b, 0, v], [0, 1, 0], [-v, 0, b]])
    about_z = np.array([[c, -w, 0], [w, c, 0], [0, 0, 1]])
    turned: Matrix = about_x @ about_y @ about_z
    return turned


def of_quaternion(turn: Quaternion) -> Matrix:
    x, y, z, w = turn
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


@settings(deadline=None)
@given(st.tuples(angles, angles, angles))
def test_a_quaternion_turns_as_its_angles_do(turn: Angles) -> None:
    assert of_quaternion(to_quaternion(turn)) == pytest.approx(of_angles(turn), abs=1e-9)


@settings(deadline=None)
@given(st.tuples(angles, angles, angles))
def test_angles_turn_as_their_quaternion_does(turn: Angles) -> None:
    quaternion = to_quaternion(turn)
    assert of_angles(to_angles(quaternion)) == pytest.approx(of_quaternion(quaternion), abs=1e-5)


@pytest.mark.parametrize("up", [1, -1])
def test_a_quarter_turn_about_y_is_told_by_x_alone(up: int) -> None:
    quaternion = to_quaternion((radians(20), up * pi / 2, radians(10)))
    found = to_angles(quaternion)
    assert found[2] == 0
    assert of_angles(found) == pytest.approx(of_quaternion(quaternion), abs=1e-9)


def test_a_turn_about_z_is_a_yaw() -> None:
    assert to_angles((0.0, 0.0, sqrt(0.5), sqrt(0.5))) == pytest.approx((0, 0, pi / 2))
