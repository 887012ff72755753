"""Outlines of masks cover exactly what the masks set."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from labelport.shapes import contours, raster, rings, rle

MASKS = st.tuples(st.integers(1, 9), st.integers(1, 9)).flatmap(lambda shape: arrays(np.bool_, shape))


def outline(rows: list[str]) -> tuple[tuple[contours.Ring, ...], ...]:
    pixels = np.array([[letter == "#" for letter in row] for row in rows])
    return contours.parts(rle.encode(pixels), *pixels.shape)


@settings(deadline=None, max_examples=200)
@given(MASKS)
def test_an_outline_covers_the_pixels_of_its_mask(mask: np.ndarray) -> None:
    runs = rle.encode(mask)
    found = contours.parts(runs, *mask.shape)
    assert bool(found) == mask.any()
    if found:
        assert (rle.decode(raster.polygon(found, *mask.shape), *mask.shape) == mask).all()


@settings(deadline=None, max_examples=100)
@given(MASKS)
def test_areas_of_outlines_less_their_holes_are_whole_pixels(mask: np.ndarray) -> None:
    for outer, *holes in contours.parts(rle.encode(mask), *mask.shape):
        assert rings.signed_area(outer) > 0
        assert sum(map(rings.signed_area, holes)) < rings.signed_area(outer)


def test_a_square_has_four_corners_from_the_upper_left_clockwise() -> None:
    assert outline(["....", ".##.", ".##."]) == (((1, 1, 3, 1, 3, 3, 1, 3),),)


def test_pixels_that_touch_at_a_corner_are_parts_of_their_own() -> None:
    assert outline(["#.", ".#"]) == (((0, 0, 1, 0, 1, 1, 0, 1),), ((1, 1, 2, 1, 2, 2, 1, 2),))
    assert outline([".#", "#."]) == (((1, 0, 2, 0, 2, 1, 1, 1),), ((0, 1, 1, 1, 1, 2, 0, 2),))


def test_an_island_in_a_hole_is_a_part_and_its_hole_its_own() -> None:
    found = outline(["#######", "#.....#", "#.###.#", "#.#.#.#", "#.###.#", "#.....#", "#######"])
    assert [len(part) for part in found] == [2, 2]
    assert found[1][1] == (3, 3, 4, 3, 4, 4, 3, 4)


def test_an_empty_mask_has_no_outline() -> None:
    assert outline(["..", ".."]) == ()


@pytest.mark.parametrize("side", [64])
def test_every_other_pixel_is_a_part(side: int) -> None:
    pixels = np.indices((side, side)).sum(axis=0) % 2 == 1
    assert len(contours.parts(rle.encode(pixels), side, side)) == side * side // 2
