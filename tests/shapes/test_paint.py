"""Painting covers what pycocotools covers, the later above."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelport.model.asset import Asset
from labelport.model.geometry import Geometry, Mask, Point
from labelport.shapes import paint, rle
from labelport.testing.flat import box, ellipse, mask, polygons, rotated_box
from tests.formats.painter import inside

HEIGHT, WIDTH = 20, 30
ASSET = Asset("i", "image", width=WIDTH, height=HEIGHT)
SHAPES = st.one_of(
    box(ASSET),
    ellipse(ASSET),
    rotated_box(ASSET),
    mask(ASSET),
    polygons((1, 0), (1, 0))(ASSET),
    polygons((1, 1), (3, 2))(ASSET),
)
_quick = settings(deadline=None, max_examples=40)
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def masks(shapes: list[Geometry]) -> list[rle.Pixels]:
    return [rle.decode(runs, HEIGHT, WIDTH) for runs in paint.covers(shapes, HEIGHT, WIDTH)]


@_quick
@given(st.lists(SHAPES, max_size=4))
def test_each_shape_covers_what_pycocotools_says(shapes: list[Geometry]) -> None:
    for shape, found in zip(shapes, masks(shapes), strict=True):
        assert (found == inside(shape, HEIGHT, WIDTH)).all()


@_quick
@given(st.lists(SHAPES, max_size=4), st.sampled_from((1, 200, 300, 70_000)))
def test_the_later_lies_above_and_what_is_left_is_counted(shapes: list[Geometry], first: int) -> None:
    values = list(range(first, first + len(shapes)))
    covers = paint.covers(shapes, HEIGHT, WIDTH)
    painting = paint.paint(covers, values, HEIGHT, WIDTH)
    wanted = np.zeros((HEIGHT, WIDTH), np.int64)
    for runs, value in zip(covers, values, strict=True):
        wanted[rle.decode(runs, HEIGHT, WIDTH) > 0] = value
    assert (painting == wanted).all()
    for runs, value in zip(covers, values, strict=True):
        assert paint.left(painting, runs, value) == int((wanted == value).sum())


def test_many_stretches_are_painted_alike() -> None:
    height = width = 100
    stripes = np.ones(height * width, np.int64)
    painting = paint.paint([stripes], [9], height, width)
    assert (painting.ravel(order="F") == np.tile([0, 9], height * width // 2)).all()
    assert paint.left(painting, stripes, 9) == height * width // 2


@pytest.mark.parametrize(("top", "kind"), [(255, np.uint8), (256, np.uint16), (65535, np.uint16), (65536, np.uint32)])
def test_a_painting_is_as_deep_as_its_values(top: int, kind: type) -> None:
    painting = paint.paint([np.array([0, 6])], [top], 2, 3)
    assert painting.dtype == kind
    assert painting.tolist() == [[top] * 3] * 2


def test_what_has_no_inside_covers_nothing() -> None:
    assert not masks([Point(3, 3)])[0].any()


def test_a_mask_of_another_size_lies_in_the_upper_left_corner_and_is_cut() -> None:
    (small,) = masks([Mask(2, 2, "04")])
    assert (small.sum(), small[:2, :2].sum()) == (4, 4)
    whole = rle.write(np.array([0, 3 * HEIGHT * WIDTH]))
    (cut,) = masks([Mask(3 * HEIGHT, WIDTH, whole)])
    assert cut.all()
