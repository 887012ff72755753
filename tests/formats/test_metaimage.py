"""MetaImage: written and read as SimpleITK does, in all orientations; bad files say why."""

from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813  its own name for itself

from labelport.errors import InvalidError
from labelport.kit import metaimage
from labelport.kit.format import Input
from labelport.kit.label_volume import pack, unpack
from labelport.model.record import Record
from labelport.registry import format_named
from labelport.shapes.grid import grid_of
from tests.formats.volumes import VolumeFormatTests
from tests.orientations import AFFINES

FORMAT = format_named("metaimage")
SHAPE = (5, 4, 3)
MARKED = (4, 1, 2)


def given(data: bytes, path: str = "a.mha") -> Input:
    return Input(path, partial(BytesIO, data))


class TestMetaImage(VolumeFormatTests):
    name = "metaimage"

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        type(self).place = tmp_path_factory.mktemp("volumes") / "a.mha"

    place: Path

    def opened(self, data: bytes) -> Any:
        self.place.write_bytes(data)
        return sitk.GetArrayFromImage(sitk.ReadImage(str(self.place)))


@pytest.mark.parametrize("affine", AFFINES)
def test_a25_labels_lie_at_the_same_place_in_simpleitk(affine: Any, tmp_path: Path) -> None:
    grid = grid_of(SHAPE, affine)
    voxels = np.zeros(SHAPE, np.uint16)
    voxels[MARKED] = 300
    (tmp_path / "a.mha").write_bytes(metaimage.write(grid, unpack(pack(voxels))))
    image = sitk.ReadImage(str(tmp_path / "a.mha"))
    assert (image[MARKED], image.GetSize(), image.GetPixelIDTypeAsString()) == (300, SHAPE, "16-bit unsigned integer")
    assert np.allclose(np.array(image.TransformIndexToPhysicalPoint(MARKED)) * (-1, -1, 1), grid.world([MARKED]))
    sitk.WriteImage(image, str(tmp_path / "b.mha"), useCompression=bool(voxels.sum() % 2))
    found, back = metaimage.read(given((tmp_path / "b.mha").read_bytes()))
    assert found.is_like(grid)
    assert (back == voxels).all()


PLAIN = metaimage.write(grid_of(SHAPE, np.eye(4)), unpack(pack(np.ones(SHAPE, np.uint8))))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"no", "no MetaImage"),
        (PLAIN[:-9], "ends too early"),
        (PLAIN[:-4] + b"abcd", "cannot be unpacked"),
        (PLAIN.replace(b"MET_UCHAR", b"MET_UCHAR_ARRAY"), "whole numbers"),
        (PLAIN.replace(b"DimSize = 5 4 3", b"DimSize = 5 4"), "2 dimensions"),
        (PLAIN.replace(b"DimSize = 5 4 3", b"DimSize = 5 4 4"), "no MetaImage that can be read"),
        (PLAIN.replace(b"ElementSpacing = 1.0", b"ElementSpacing = nan"), "NaN"),
        (PLAIN.replace(b"LOCAL", b"a.raw"), "in another file"),
    ],
)
def test_a_bad_file_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(InvalidError, match=reason):
        metaimage.read(given(data))


def test_a_scan_comes_in_with_the_mask_beside_it() -> None:
    assert FORMAT.decode is not None
    items = list(FORMAT.decode([given(PLAIN, "ct.mha"), given(PLAIN, "ct_seg.mha")]))
    (record,) = (item for item in items if isinstance(item, Record))
    assert [one.class_ for one in record.labels[0].annotations] == ["label 1"]
