"""Label volumes: what is packed comes back, overlaps are told apart, and what is broken is said to be so."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from labelport.errors import InvalidError
from labelport.kit.label_volume import MAGIC, combined, pack, unpack, whole

_few = settings(deadline=None, max_examples=25)
SHAPES = arrays.array_shapes(min_dims=3, max_dims=3, max_side=6)


@_few
@given(st.sampled_from((np.uint8, np.uint16, np.uint32)).flatmap(lambda kind: arrays.arrays(kind, SHAPES)))
def test_a_packed_volume_comes_back_with_its_counts(voxels: Any) -> None:
    volume = unpack(pack(voxels))
    assert (volume.voxels() == voxels).all()
    assert volume.header.counts == {int(v): int((voxels == v).sum()) for v in np.unique(voxels) if v}


@_few
@given(arrays.arrays(np.uint16, SHAPES, elements=st.integers(0, 300)))
def test_a_volume_has_the_smallest_type_and_the_same_bytes_in_any_layout(voxels: Any) -> None:
    assert pack(voxels) == pack(np.asfortranarray(voxels)) == pack(voxels.astype(np.uint32))
    assert unpack(pack(voxels)).header.type == ("uint8" if voxels.max() < 256 else "uint16")


@_few
@given(st.data(), SHAPES)
def test_overlapping_masks_come_back_whole_from_one_volume(data: st.DataObject, shape: tuple[int, int, int]) -> None:
    masks = data.draw(st.lists(arrays.arrays(np.bool_, shape), min_size=1, max_size=5))
    voxels, values = combined(iter(masks), shape)
    volume = unpack(pack(voxels))
    assert [(volume.inside(voxels, own) == mask).all() for own, mask in zip(values, masks, strict=True)] == [
        True
    ] * len(masks)


def test_two_hundred_overlapping_masks_take_a_wider_type() -> None:
    masks = [np.arange(400).reshape(400, 1, 1) >= i for i in range(300)]
    voxels, values = combined(iter(masks), (400, 1, 1))
    assert [int(np.isin(voxels, own).sum()) for own in values] == [400 - i for i in range(300)]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (np.full((1, 1, 1), 0.5), "no whole numbers"),
        (np.full((1, 1, 1), np.nan), "no whole numbers"),
        (np.full((1, 1, 1), -1), "the value -1: labels are from 0"),
        (np.full((1, 1, 1), 2**33), "the value 8589934592: labels"),
        (np.full((1, 1, 1), 1j), "complex128"),
    ],
)
def test_what_are_no_labels_is_refused(values: Any, reason: str) -> None:
    with pytest.raises(InvalidError, match=reason):
        whole("a.nii", values)


@pytest.mark.parametrize(
    "blob", [b"", b"{}", MAGIC, MAGIC + b"\x02\x00\x00\x00{}", pack(np.ones((1, 1, 1), np.uint8))[:-9]]
)
def test_what_is_no_label_volume_is_refused(blob: bytes) -> None:
    with pytest.raises(InvalidError, match="a label volume"):
        unpack(blob).voxels()
