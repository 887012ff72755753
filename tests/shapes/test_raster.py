"""Polygons cover the pixels that pycocotools says they cover."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask as coco

from labelport.shapes import raster, rle

HEIGHT, WIDTH = 23, 31
GRID = st.integers(-12, 200).map(lambda tenth: tenth / 5)
ANY = st.floats(-50, 90, allow_nan=False)
HUNDREDTHS = st.integers(-300, 3600).map(lambda hundredth: hundredth / 100)
FAR = st.floats(allow_nan=False, allow_infinity=False)


def rings(number: st.SearchStrategy[float]) -> st.SearchStrategy[list[float]]:
    return st.lists(st.tuples(number, number), min_size=3, max_size=12).map(
        lambda points: [v for p in points for v in p]
    )


RING = st.one_of(rings(GRID), rings(ANY), rings(HUNDREDTHS), rings(st.sampled_from([0.0, 5.0, 5.3, 22.9, 23.0, 31.0])))


def judged(ring: list[float], height: int = HEIGHT, width: int = WIDTH) -> dict[str, Any]:
    found: dict[str, Any] = coco.frPyObjects([ring], height, width)[0]
    return found


@given(st.lists(RING, max_size=6))
@settings(deadline=None, max_examples=150)
def test_runs_are_the_judges_bytes(given_rings: list[list[float]]) -> None:
    found = [rle.write(runs) for runs in raster.runs(given_rings, HEIGHT, WIDTH)]
    assert found == [judged(ring)["counts"].decode() for ring in given_rings]


@given(st.lists(st.tuples(RING, st.integers(1, 40), st.integers(1, 40)), max_size=6))
@settings(deadline=None, max_examples=150)
def test_areas_are_the_judges_in_pictures_of_any_size(items: list[tuple[list[float], int, int]]) -> None:
    found = raster.areas([i[0] for i in items], [i[1] for i in items], [i[2] for i in items])
    assert found.tolist() == [coco.area(judged(*item)) for item in items]


@given(rings(FAR))
@settings(deadline=None, max_examples=50)
def test_far_outside_the_picture_costs_nothing(ring: list[float]) -> None:
    near = [min(max(v, -1e4), 1e4) for v in ring]
    assert rle.write(raster.runs([near], 9, 9)[0]) == judged(near, 9, 9)["counts"].decode()
    assert 0 <= raster.areas([ring], 9, 9)[0] <= 81


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # the judge's
@given(st.lists(st.lists(RING, min_size=1, max_size=3), min_size=1, max_size=3))
@settings(deadline=None, max_examples=50)
def test_a_polygon_is_the_union_of_its_parts_less_their_holes(parts: list[list[list[float]]]) -> None:
    expected = np.zeros((HEIGHT, WIDTH), bool)
    for outer, *holes in parts:
        part = coco.decode(judged(outer)).astype(bool)
        for hole in holes:
            part &= ~coco.decode(judged(hole)).astype(bool)
        expected |= part
    assert (rle.decode(raster.polygon(parts, HEIGHT, WIDTH), HEIGHT, WIDTH) == expected).all()


@given(st.lists(RING, min_size=1, max_size=5))
@settings(deadline=None, max_examples=50)
def test_batches_do_not_show(given_rings: list[list[float]]) -> None:
    whole = raster.areas(given_rings, HEIGHT, WIDTH).tolist()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(raster, "_CORNERS", 4)
        assert raster.areas(given_rings, HEIGHT, WIDTH).tolist() == whole


def test_a22_a_square_covers_the_pixels_whose_centres_it_holds() -> None:
    mask = rle.decode(raster.runs([[10, 10, 20, 10, 20, 20, 10, 20]], 30, 30)[0], 30, 30)
    assert mask[10:20, 10:20].all()
    assert mask.sum() == 100


def test_rings_without_corners_cover_nothing() -> None:
    assert raster.areas([[], [1, 1, 5, 1, 5, 5, 1, 5], []], 9, 9).tolist() == [0, 16, 0]


def test_no_rings_have_no_areas() -> None:
    assert raster.areas([], 9, 9).tolist() == []
