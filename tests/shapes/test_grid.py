"""Grids: axes, places there and back, likeness, and what is no grid."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nibabel.affines import apply_affine
from nibabel.orientations import aff2axcodes

from labelport.shapes.grid import Grid, grid_of
from tests.orientations import AFFINES

_few = settings(deadline=None, max_examples=30)


@pytest.mark.parametrize("affine", AFFINES)
def test_axes_are_those_that_nibabel_names(affine: Any) -> None:
    assert grid_of((3, 4, 5), affine).axes == "".join(aff2axcodes(affine))


@_few
@given(st.sampled_from(AFFINES), st.tuples(*[st.integers(-20, 20)] * 3))
def test_a_voxel_is_found_again_at_its_place(affine: Any, voxel: tuple[int, int, int]) -> None:
    grid = grid_of((3, 4, 5), affine)
    assert np.allclose(grid.world([voxel]), apply_affine(affine, voxel))
    assert np.allclose(grid.voxels(grid.world([voxel])), [voxel], atol=1e-9)


def test_a_grid_is_like_one_of_rounded_numbers_and_not_one_moved_by_a_fiftieth_of_a_voxel() -> None:
    affine = AFFINES[-1]
    moved = affine.copy()
    moved[0, 3] += 0.02 * grid_of((9, 9, 9), affine).spacing[0]
    grid = grid_of((9, 9, 9), affine)
    assert grid.is_like(grid_of((9, 9, 9), affine.astype(np.float32)))
    assert not grid.is_like(grid_of((9, 9, 9), moved))
    assert not grid.is_like(grid_of((9, 9, 8), affine))


def test_a_grid_tells_shape_spacing_origin_and_axes() -> None:
    grid = grid_of((512, 512, 9), np.array([[-0.7, 0, 0, 90], [0, -0.7, 0, 126.5], [0, 0, 3, -72], [0, 0, 0, 1]]))
    assert str(grid) == "512 x 512 x 9 voxels of 0.7 x 0.7 x 3 mm, from (90, 126.5, -72) in RAS+, axes LPS"


@pytest.mark.parametrize(
    ("shape", "change", "reason"),
    [((0, 1, 1), 1.0, "none"), ((1, 1, 1), float("nan"), "NaN"), ((1, 1, 1), 0.0, "independent")],
)
def test_what_is_no_grid_says_why(shape: tuple[int, int, int], change: float, reason: str) -> None:
    grid = Grid(shape, tuple((np.eye(4) * change).ravel().tolist()))
    assert [reason in fault for fault in grid.faults()] == [True]
