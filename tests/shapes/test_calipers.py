"""The smallest rectangle holds all points, and gives rectangles back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelport.model.geometry import RotatedBox
from labelport.shapes import calipers, rings

SIDES = st.floats(1, 100)
COORDINATES = st.floats(-500, 500)
POINTS = st.lists(st.integers(-40, 40).map(float), min_size=2, max_size=24).filter(lambda flat: len(flat) % 2 == 0)


@settings(deadline=None, max_examples=60)
@given(st.builds(RotatedBox, COORDINATES, COORDINATES, SIDES, SIDES, st.floats(0, 359)))
def test_a17_a_rectangle_comes_back_from_its_corners(box: RotatedBox) -> None:
    found = calipers.rectangle(rings.of_rotated_box(box))
    assert 0 <= found.angle < 90
    assert (found.cx, found.cy) == pytest.approx((box.cx, box.cy), abs=1e-6)
    assert sorted((found.width, found.height)) == pytest.approx(sorted((box.width, box.height)), abs=1e-5)
    assert _near(rings.of_rotated_box(found), rings.of_rotated_box(box))


@settings(deadline=None, max_examples=60)
@given(POINTS)
def test_all_points_are_inside_and_no_side_is_longer_than_need_be(flat: list[float]) -> None:
    found = calipers.rectangle(flat)
    upright = rings.bounds(flat)
    assert found.width * found.height <= upright[2] * upright[3] + 1e-9
    turned = rings.of_rotated_box(RotatedBox(0, 0, 2, 2, -found.angle))
    cosine, sine = (turned[2] - turned[0]) / 2, (turned[3] - turned[1]) / 2
    for x, y in zip(flat[0::2], flat[1::2], strict=True):
        dx, dy = x - found.cx, y - found.cy
        assert abs(dx * cosine - dy * sine) <= found.width / 2 + 1e-6
        assert abs(dx * sine + dy * cosine) <= found.height / 2 + 1e-6


def test_points_on_a_line_and_a_single_one_have_no_area() -> None:
    assert calipers.rectangle((1.0, 1.0, 1.0, 1.0)) == RotatedBox(1.0, 1.0, 0.0, 0.0, 0.0)
    line = calipers.rectangle((0.0, 0.0, 3.0, 4.0, 6.0, 8.0))
    assert (line.width * line.height, max(line.width, line.height)) == pytest.approx((0, 10))


def _near(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Whether two rings have the same corners, wherever they begin."""
    return any(other[i:] + other[:i] == pytest.approx(one, abs=1e-4) for i in range(0, 8, 2))
