"""What is inside a picture stays, and nothing else."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelport.model.geometry import Box
from labelport.shapes import clip, raster, rle

WHOLE = st.integers(-10, 30).map(float)
RINGS = st.lists(st.tuples(WHOLE, WHOLE), min_size=3, max_size=7).map(
    lambda points: tuple(v for p in points for v in p)
)


@pytest.mark.parametrize(
    ("given_", "left"),
    [
        (Box(2, 3, 4, 5), Box(2, 3, 4, 5)),
        (Box(-2, -3, 4, 5), Box(0, 0, 2, 2)),
        (Box(18, 14, 9, 9), Box(18, 14, 2, 2)),
        (Box(20, 16, 0, 0), Box(20, 16, 0, 0)),
        (Box(21, 0, 5, 5), None),
        (Box(0, -6, 5, 5), None),
    ],
)
def test_a_box_keeps_what_is_inside(given_: Box, left: Box | None) -> None:
    assert clip.box(given_, 20, 16) == left


@settings(deadline=None, max_examples=100)
@given(RINGS)
def test_a_ring_stays_inside_and_covers_there_what_it_did(ring: tuple[float, ...]) -> None:
    left = clip.ring(ring, 20, 16)
    assert not left or clip.is_inside(left, 20, 16)
    pixels = [_pixels(one) for one in (ring, left)]
    border = 4 * (20 + 16)  # corners on the border are rounded to a fifth of a pixel, which may turn edges a little
    assert np.count_nonzero(pixels[0] != pixels[1]) <= border // 2


def test_a_ring_that_is_inside_is_left_as_it_is() -> None:
    ring = (0.0, 0.0, 20.0, 0.0, 10.0, 16.0)
    assert clip.ring(ring, 20, 16) == ring


def _pixels(ring: tuple[float, ...]) -> np.ndarray:
    if not ring:
        return np.zeros((16, 20), np.uint8)
    return rle.decode(raster.polygon([[ring]], 16, 20), 16, 20)
