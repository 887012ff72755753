"""Corners, envelopes and outlines are where geometry says."""

from math import cos, hypot, radians, sin, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelport.model.geometry import (
    Box,
    Cuboid,
    Ellipse,
    Geometry,
    Keypoint,
    Keypoints,
    Landmark,
    Mask,
    Point,
    Polygon,
    Polyline,
    RotatedBox,
)
from labelport.shapes import raster, rings, rle

ROOT3 = sqrt(3)
NUMBERS = st.floats(-500, 500, allow_nan=False)
SIZES = st.floats(0, 300, allow_nan=False)
RADII = st.floats(1, 300, allow_nan=False)


@pytest.mark.parametrize(
    ("angle", "corners"),
    [
        (0, (-2, -1, 2, -1, 2, 1, -2, 1)),
        (90, (1, -2, 1, 2, -1, 2, -1, -2)),
        (
            30,
            (
                -ROOT3 + 0.5,
                -1 - ROOT3 / 2,
                ROOT3 + 0.5,
                1 - ROOT3 / 2,
                ROOT3 - 0.5,
                1 + ROOT3 / 2,
                -ROOT3 - 0.5,
                -1 + ROOT3 / 2,
            ),
        ),
        (179.9, (2, 1, -2, 1, -2, -1, 2, -1)),
    ],
)
def test_a17_a_rotated_box_has_its_corners_at(angle: float, corners: tuple[float, ...]) -> None:
    tolerance = 1e-12 if angle != 179.9 else hypot(2, 1) * radians(0.1)
    assert rings.of_rotated_box(RotatedBox(0, 0, 4, 2, angle)) == pytest.approx(corners, abs=tolerance)


def test_a17_the_corners_at_179_9_degrees_are_those_of_the_closed_form() -> None:
    cosine, sine = cos(radians(179.9)), sin(radians(179.9))
    assert rings.of_rotated_box(RotatedBox(7, 5, 4, 2, 179.9))[:2] == pytest.approx(
        (7 - 2 * cosine + sine, 5 - 2 * sine - cosine), abs=1e-12
    )


def test_quarter_turns_are_exact() -> None:
    assert rings.of_rotated_box(RotatedBox(0.1, 0.2, 4, 2, 450)) == (1.1, -1.8, 1.1, 2.2, -0.9, 2.2, -0.9, -1.8)


@given(st.builds(RotatedBox, NUMBERS, NUMBERS, SIZES, SIZES, NUMBERS))
@settings(deadline=None, max_examples=40)
def test_a_rotated_box_runs_clockwise_round_its_area(box: RotatedBox) -> None:
    assert rings.signed_area(rings.of_rotated_box(box)) == pytest.approx(box.width * box.height, rel=1e-6, abs=1e-6)


@given(st.builds(Ellipse, NUMBERS, NUMBERS, RADII, RADII, NUMBERS))
@settings(deadline=None, max_examples=40)
def test_an_ellipse_has_its_corners_on_the_curve_and_its_edges_within_the_tolerance(ellipse: Ellipse) -> None:
    ring = rings.of_ellipse(ellipse)
    cosine, sine = cos(radians(-ellipse.angle)), sin(radians(-ellipse.angle))
    points = [
        ((x - ellipse.cx) * cosine - (y - ellipse.cy) * sine, (x - ellipse.cx) * sine + (y - ellipse.cy) * cosine)
        for x, y in zip(ring[0::2], ring[1::2], strict=True)
    ]
    for i, (x, y) in enumerate(points):
        u, v = points[i - 1]
        middle = ((x + u) / 2, (y + v) / 2)
        scale = 1 / sqrt(_level(*middle, ellipse))
        assert _level(x, y, ellipse) == pytest.approx(1, abs=1e-6)
        assert hypot(middle[0] * (scale - 1), middle[1] * (scale - 1)) <= rings.TOLERANCE + 1e-6


def _level(x: float, y: float, ellipse: Ellipse) -> float:
    return (x / ellipse.rx) ** 2 + (y / ellipse.ry) ** 2


@pytest.mark.parametrize(
    ("shape", "box"),
    [
        (Box(1, 2, 3, 4), Box(1, 2, 3, 4)),
        (RotatedBox(5, 5, 4, 2, 90), Box(4, 3, 2, 4)),
        (Ellipse(5, 5, 4, 2, 90), Box(3, 1, 4, 8)),
        (Polygon((((0.0, 0.0, 4.0, 0.0, 0.0, 4.0),), ((9.0, 9.0, 8.0, 9.0, 9.0, 8.0),))), Box(0, 0, 9, 9)),
        (Polyline(((1.0, 1.0, 2.0, 3.0), (5.0, 0.0))), Box(1, 0, 4, 3)),
        (Point(3, 4), Box(3, 4, 0, 0)),
        (Keypoints((Keypoint(0, 0, 0), Keypoint(2, 3, 1), Keypoint(4, 8, 2))), Box(2, 3, 2, 5)),
        (Keypoints((Keypoint(0, 0, 0),)), None),
        (Cuboid((0, 0, 4, 0, 4, 4, 0, 4, 1, 1, 6, 1, 6, 5, 1, 5)), Box(0, 0, 6, 5)),
        (Mask(2, 3, "222"), Box(1, 0, 1, 2)),
        (Mask(2, 3, "6"), None),
        (Landmark((0, 0, 0)), None),
    ],
)
def test_the_envelope_is_the_smallest_box(shape: Geometry, box: Box | None) -> None:
    assert rings.envelope(shape) == box


def test_a_box_has_its_corners_clockwise() -> None:
    assert rings.of_box(Box(1, 2, 3, 4)) == (1, 2, 4, 2, 4, 6, 1, 6)


def test_a_keyhole_joins_the_nearest_corners() -> None:
    outer, hole = (0.0, 0.0, 9.0, 0.0, 9.0, 9.0, 0.0, 9.0), (2.0, 2.0, 2.0, 4.0, 4.0, 4.0)
    assert rings.keyhole([outer, hole]) == (0, 0, 2, 2, 2, 4, 4, 4, 2, 2, 0, 0, 9, 0, 9, 9, 0, 9)


@given(
    st.lists(st.tuples(st.floats(3, 13), st.floats(3, 13)), min_size=3, max_size=6),
    st.lists(st.tuples(st.floats(16, 27), st.floats(3, 27)), min_size=3, max_size=6),
)
@settings(deadline=None, max_examples=40)
def test_a20_a_keyhole_covers_the_same_pixels(one: list[tuple[float, float]], other: list[tuple[float, float]]) -> None:
    part = [(0.3, 0.7, 29.1, 1.0, 28.0, 29.0, 1.0, 28.3), *(tuple(v for p in hole for v in p) for hole in (one, other))]
    joined = raster.runs([rings.keyhole(part)], 30, 30)[0]
    assert rle.write(joined) == rle.write(raster.polygon([part], 30, 30))
