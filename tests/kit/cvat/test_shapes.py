"""CVAT's numbers are the shapes that CVAT draws."""

import re
from math import cos, pi, radians, sin
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from pycocotools import mask as coco

from labelport.kit.cvat import shapes
from labelport.kit.cvat.shapes import Size
from labelport.model.geometry import Box, Cuboid, Ellipse, Keypoint, Keypoints, Mask, Point, RotatedBox
from labelport.shapes import rings

NOWHERE = Size()


@st.composite
def crops(draw: st.DrawFn) -> tuple[Any, int, int, Size]:
    """A crop of pixels, its left and top, and the picture around it; often it touches the picture's edges."""
    height, width = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    rows = draw(st.lists(st.lists(st.booleans(), min_size=width, max_size=width), min_size=height, max_size=height))
    left, top, right, below = (draw(st.sampled_from([0, 0, 1, 3])) for _ in range(4))
    return np.array(rows, np.uint8), left, top, Size(left + width + right, top + height + below)


def runs_along_rows(crop: Any) -> list[int]:
    """Count pixel by pixel, as CVAT's page does: zeros first."""
    found, last = [0], 0
    for pixel in crop.reshape(-1).tolist():
        if pixel != last:
            found.append(0)
            last = pixel
        found[-1] += 1
    return found


@given(crops())
@settings(max_examples=150, deadline=None)
def test_a_crop_along_rows_is_the_mask_that_pycocotools_has_of_the_whole_picture(
    drawn: tuple[Any, int, int, Size],
) -> None:
    crop, left, top, size = drawn
    height, width = crop.shape
    made = shapes.mask(runs_along_rows(crop), (left, top), (width, height), size)
    whole = np.zeros((size.height or 0, size.width or 0), np.uint8)
    whole[top : top + height, left : left + width] = crop
    assert made == Mask(*whole.shape, coco.encode(np.asfortranarray(whole))["counts"].decode())


def test_a_picture_of_unknown_size_ends_where_the_mask_does() -> None:
    assert shapes.geometry("mask", [0, 6, 1, 2, 3, 3], 0, NOWHERE) == shapes.mask([0, 6], (1, 2), (3, 2), Size(4, 4))


@pytest.mark.parametrize(
    ("numbers", "reason"),
    [
        ([1, 2, 0, 0, 1, 1], "the runs cover 3 pixels of a crop of 2 x 2"),
        ([-1, 5, 0, 0, 1, 1], "the runs cover 4 pixels"),
        ([4, -1, 0, 0, 1, 0], "the runs cover 3 pixels"),
        ([0.5, 3.5, 0, 0, 1, 1], "a run is no whole number"),
        ([0, 0, 9, 9], "4 numbers are no runs and crop"),
        ([4, 5, 5, 6, 6], "leaves a picture of 6 x 6"),
        ([1, 1, 1, 0, 0], "a crop of 0 x 0"),
        ([4, 0, 0, 1e9, 1e9], "is more than"),
    ],
)
def test_a24_a_mask_that_is_none_says_why(numbers: list[float], reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        shapes.geometry("mask", numbers, 0, Size(6, 6))


def test_a_mask_of_a_picture_beyond_all_pictures_is_refused() -> None:
    with pytest.raises(ValueError, match="is more than"):
        shapes.mask([4], (0, 0), (2, 2), Size(1 << 30, 1 << 30))


@pytest.mark.parametrize("angle", [30.0, 90.0, 179.9, 359.0])
def test_a17_a_turned_rectangle_has_cvats_corners(angle: float) -> None:
    made = shapes.box([1, 2, 7, 6], angle)
    assert isinstance(made, RotatedBox)
    turned = [
        number
        for x, y in ((1, 2), (7, 2), (7, 6), (1, 6))
        for number in (
            4 + cos(radians(angle)) * (x - 4) - sin(radians(angle)) * (y - 4),
            4 + sin(radians(angle)) * (x - 4) + cos(radians(angle)) * (y - 4),
        )
    ]
    assert rings.of_rotated_box(made) == pytest.approx(turned)


@pytest.mark.parametrize("angle", [0.0, 360.0, -720.0])
def test_a_rectangle_that_is_not_turned_is_a_box(angle: float) -> None:
    assert shapes.box([1, 2, 7, 6], angle) == Box(1, 2, 6, 4)


def test_an_ellipse_has_its_right_and_its_upper_end() -> None:
    assert shapes.geometry("ellipse", [10, 20, 14, 17], 30, NOWHERE) == Ellipse(10, 20, 4, 3, 30)


def test_one_point_is_a_point_and_several_are_one_set() -> None:
    assert shapes.points([1, 2]) == Point(1, 2)
    assert shapes.points([1, 2, 3, 4]) == Keypoints((Keypoint(1, 2, 2), Keypoint(3, 4, 2)))


def test_a_cuboid_has_each_face_from_its_upper_left_corner_clockwise() -> None:
    front = {"tl": (0, 10), "tr": (8, 10), "br": (8, 20), "bl": (0, 20)}
    back = {name: (x + 3, y - 3) for name, (x, y) in front.items()}
    upright = [*front["tl"], *front["bl"], *front["tr"], *front["br"]]
    upright += [*back["tr"], *back["br"], *back["tl"], *back["bl"]]
    faces = [number for face in (front, back) for corner in ("tl", "tr", "br", "bl") for number in face[corner]]
    assert shapes.cuboid(upright) == Cuboid(tuple(faces))


def test_a_cuboid_of_a_point_cloud_turns_about_its_axes() -> None:
    made = shapes.cuboid3d([1, 2, 3, 0, 0, pi / 2, 4, 5, 6, *[0] * 7])
    assert (made.centre, made.size) == ((1, 2, 3), (4, 5, 6))
    assert made.rotation == pytest.approx((0, 0, 0.5**0.5, 0.5**0.5))


@pytest.mark.parametrize(
    ("kind", "numbers"),
    [
        ("rectangle", [5, 5, 4, 6]),
        ("rectangle", [1, 2, 3]),
        ("ellipse", [10, 20, 9, 17]),
        ("polygon", [1, 2, 3, 4]),
        ("polygon", [1, 2, 3, 4, 5]),
        ("polyline", [1, 2]),
        ("points", []),
        ("cuboid", [1.0] * 14),
        ("mask", []),
        ("circle", [1, 2]),
    ],
)
def test_what_is_no_shape_says_so(kind: str, numbers: list[float]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        shapes.geometry(kind, numbers, 0, NOWHERE)
