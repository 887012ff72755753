"""Run lengths are pycocotools', byte for byte."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from pycocotools import mask as coco

from labelport.errors import InvalidError
from labelport.shapes import rle

SHAPES = st.tuples(st.integers(1, 9), st.integers(1, 9))
MASKS = SHAPES.flatmap(lambda shape: arrays.arrays(np.uint8, shape, elements=st.integers(0, 1)))
PAIRS = SHAPES.flatmap(
    lambda shape: st.tuples(*[arrays.arrays(np.uint8, shape, elements=st.integers(0, 1)) for _ in range(2)])
)
RUNS = st.lists(st.integers(1, 2**31), min_size=1, max_size=12)


def judged(mask: rle.Pixels) -> dict[str, Any]:
    found: dict[str, Any] = coco.encode(np.asfortranarray(mask))
    return found


@given(MASKS)
@settings(deadline=None, max_examples=40)
def test_encode_and_write_give_the_judges_bytes(mask: rle.Pixels) -> None:
    assert rle.write(rle.encode(mask)) == judged(mask)["counts"].decode()


@given(MASKS)
@settings(deadline=None, max_examples=40)
def test_memory_order_does_not_matter(mask: rle.Pixels) -> None:
    assert rle.encode(np.asfortranarray(mask)).tolist() == rle.encode(np.ascontiguousarray(mask)).tolist()


@given(MASKS)
@settings(deadline=None, max_examples=40)
def test_decode_undoes_encode(mask: rle.Pixels) -> None:
    assert (rle.decode(rle.encode(mask), *mask.shape) == mask).all()


@given(RUNS)
@settings(deadline=None, max_examples=40)
def test_parse_undoes_write_whatever_the_runs(runs: list[int]) -> None:
    assert rle.parse(rle.write(np.array(runs))).tolist() == runs


@given(st.lists(RUNS, max_size=5))
@settings(deadline=None, max_examples=40)
def test_many_are_parsed_as_one_by_one(masks: list[list[int]]) -> None:
    stack = rle.parse_all([rle.write(np.array(runs)) for runs in masks])
    assert [
        stack.runs[start : start + size].tolist() for start, size in zip(stack.starts, stack.sizes, strict=True)
    ] == masks


@given(MASKS)
@settings(deadline=None, max_examples=40)
def test_area_and_bounds_are_the_judges(mask: rle.Pixels) -> None:
    runs, theirs = rle.encode(mask), judged(mask)
    assert rle.area(runs) == coco.area(theirs)
    assert list(rle.bounds(runs, mask.shape[0])) == coco.toBbox(theirs).tolist()


@given(st.lists(MASKS, max_size=5))
@settings(deadline=None, max_examples=40)
def test_areas_and_bounds_of_many_are_those_of_each(masks: list[rle.Pixels]) -> None:
    stack = rle.parse_all([rle.write(rle.encode(mask)) for mask in masks])
    assert rle.areas(stack).tolist() == [rle.area(rle.encode(mask)) for mask in masks]
    assert rle.bounds_all(stack, [len(mask) for mask in masks]).tolist() == [
        list(rle.bounds(rle.encode(mask), len(mask))) for mask in masks
    ]


@given(PAIRS)
@settings(deadline=None, max_examples=40)
def test_union_is_the_judges_merge(pair: tuple[rle.Pixels, rle.Pixels]) -> None:
    merged = coco.merge([judged(mask) for mask in pair])
    assert rle.write(rle.union(map(rle.encode, pair))) == merged["counts"].decode()


@given(PAIRS)
@settings(deadline=None, max_examples=40)
def test_difference_is_that_of_the_pixels(pair: tuple[rle.Pixels, rle.Pixels]) -> None:
    expected = rle.encode(pair[0] > pair[1])
    assert rle.difference(*map(rle.encode, pair)).tolist() == expected.tolist()


def test_masks_of_many_runs_decode_too() -> None:
    mask = np.random.default_rng(1).integers(0, 2, (128, 128), dtype=np.uint8)
    assert (rle.decode(rle.encode(mask), 128, 128) == mask).all()


def test_a_mask_of_no_pixels_is_one_empty_run() -> None:
    assert rle.encode(np.zeros((0, 4), np.uint8)).tolist() == [0]


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ("5", "the runs add up to 5 pixels, not to 2 x 2 = 4"),
        ("", "the runs add up to 0 pixels, not to 2 x 2 = 4"),
        ("5N1", "run 1 is negative"),
        ("4P", "ends within a number"),
        ("4 0", "holds a character outside '0' to 'o'"),
        ("4é", "holds a character that is not ASCII"),
        ("P" * 12 + "1", "holds a number too large for any picture"),
    ],
)
def test_a24_an_invalid_mask_is_named_with_its_reason(counts: str, reason: str) -> None:
    assert rle.fault(counts, 2, 2) == reason


def test_a_valid_mask_has_no_fault() -> None:
    assert rle.fault("13", 2, 2) is None


def test_parse_refuses_what_is_no_mask() -> None:
    with pytest.raises(InvalidError, match="ends within a number"):
        rle.parse("P")
