"""NIfTI: labels lie where the scan does for nibabel and for SimpleITK, in all orientations; bad files say why."""

from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813  its own name for itself

from labelport.errors import InvalidError, RequestError
from labelport.kit import nifti
from labelport.kit.format import Input
from labelport.kit.label_volume import pack, unpack
from labelport.kit.volumes.grids import match
from labelport.model.asset import Series
from labelport.shapes.grid import Grid, grid_of
from tests.orientations import AFFINES, STRAIGHT

SHAPE = (5, 4, 3)
MARKED = (4, 1, 2)


def volume(top: int = 1) -> Any:
    voxels = np.zeros(SHAPE, np.uint32)
    voxels[MARKED] = top
    return unpack(pack(voxels))


def given(data: bytes, path: str = "a.nii.gz") -> Input:
    return Input(path, partial(BytesIO, data))


def saved(image: Any) -> bytes:
    found: bytes = image.to_bytes()
    return found


def scanned(data: bytes) -> tuple[Series, Grid]:
    scan = nifti.scan(given(data))
    return Series("s", shape=scan.grid.shape, affine=scan.grid.affine, extra=nifti.facts(scan)), scan.grid


def scan_of(affine: Any, qform: int, sform: int, kind: Any = nibabel.Nifti1Image) -> bytes:
    image = kind(np.zeros(SHAPE, np.int16), affine)
    image.set_sform(affine, sform)
    image.set_qform(affine, qform)
    return saved(image)


@pytest.mark.parametrize("affine", AFFINES)
def test_a25_labels_share_affine_shape_and_axes_with_the_scan_in_nibabel_and_simpleitk(
    affine: Any, tmp_path: Path
) -> None:
    data = scan_of(affine, 1, 1)
    (tmp_path / "scan.nii").write_bytes(data)
    (tmp_path / "labels.nii.gz").write_bytes(nifti.packed(*scanned(data), volume()))
    one, other = nibabel.load(tmp_path / "scan.nii"), nibabel.load(tmp_path / "labels.nii.gz")
    assert (one.affine == other.affine).all()
    assert one.shape == other.shape
    assert nibabel.aff2axcodes(one.affine) == nibabel.aff2axcodes(other.affine)
    first, second = (sitk.ReadImage(str(tmp_path / name)) for name in ("scan.nii", "labels.nii.gz"))
    assert first.GetSize() == second.GetSize()
    assert (first.GetOrigin(), first.GetSpacing(), first.GetDirection()) == (
        second.GetOrigin(),
        second.GetSpacing(),
        second.GetDirection(),
    )
    assert second[MARKED] == 1
    place = np.array(second.TransformIndexToPhysicalPoint(MARKED)) * (-1, -1, 1)
    assert np.allclose(place, grid_of(SHAPE, affine).world([MARKED]), atol=1e-4)


@pytest.mark.parametrize("codes", [(1, 2), (1, 0), (0, 3), (0, 0), (4, 1)])
def test_qform_and_sform_are_those_of_the_scan_with_their_codes(codes: tuple[int, int]) -> None:
    data = scan_of(AFFINES[-5], *codes)
    before = nibabel.Nifti1Image.from_bytes(data).header
    after = nibabel.Nifti1Image.from_bytes(nifti.plain(*scanned(data), volume())).header
    for name in (
        "qform_code",
        "sform_code",
        "quatern_b",
        "quatern_c",
        "quatern_d",
        "qoffset_x",
        "srow_x",
        "srow_z",
        "xyzt_units",
    ):
        assert (before[name] == after[name]).all(), name
    assert (before["pixdim"][:4] == after["pixdim"][:4]).all()


def test_a_qform_that_differs_from_the_sform_stays_as_it_is() -> None:
    image = nibabel.Nifti1Image(np.zeros(SHAPE, np.int16), AFFINES[3])
    image.set_sform(AFFINES[3], 2)
    image.set_qform(AFFINES[70], 1)
    labels = nibabel.Nifti1Image.from_bytes(nifti.plain(*scanned(saved(image)), volume()))
    assert (labels.get_qform() == image.get_qform()).all()
    assert (labels.affine == image.affine).all()


@pytest.mark.parametrize("affine", [AFFINES[0], AFFINES[50]])
def test_a_grid_that_no_file_told_of_is_written_in_both_forms(affine: Any) -> None:
    grid = grid_of(SHAPE, affine)
    labels = nibabel.Nifti1Image.from_bytes(nifti.plain(Series("s"), grid, volume()))
    assert np.allclose(labels.affine, affine, atol=1e-5)
    assert np.allclose(labels.get_qform(), affine, atol=1e-5)


def test_a_sheared_grid_has_no_qform() -> None:
    affine = STRAIGHT[0].copy()
    affine[0, 2] = 1.0
    labels = nibabel.Nifti1Image.from_bytes(nifti.plain(Series("s"), grid_of(SHAPE, affine), volume()))
    assert (int(labels.header["qform_code"]), int(labels.header["sform_code"])) == (0, 1)
    assert np.allclose(labels.affine, affine)


@pytest.mark.parametrize(("top", "kind"), [(255, "uint8"), (256, "uint16"), (65536, "uint32")])
def test_the_type_is_the_smallest_that_holds_the_values(top: int, kind: str) -> None:
    labels = nibabel.Nifti1Image.from_bytes(nifti.plain(Series("s"), grid_of(SHAPE, np.eye(4)), volume(top)))
    assert labels.get_data_dtype() == kind
    assert np.asarray(labels.dataobj)[MARKED] == top


def test_the_same_labels_give_the_same_packed_bytes_without_time_and_name() -> None:
    data = nifti.packed(Series("s"), grid_of(SHAPE, np.eye(4)), volume())
    assert data == nifti.packed(Series("s"), grid_of(SHAPE, np.eye(4)), volume())
    assert data[3:8] == b"\0\0\0\0\0"


@pytest.mark.parametrize("kind", [nibabel.Nifti1Image, nibabel.Nifti2Image])
def test_labels_of_both_versions_are_read_and_checked_to_be_on_the_grid(kind: Any) -> None:
    voxels = np.arange(60, dtype=np.int16).reshape(SHAPE)
    scan, found = nifti.labels(given(saved(kind(voxels, AFFINES[11]))))
    assert (found == voxels).all()
    assert found.dtype == np.uint8
    match("a", scan.grid, grid_of(SHAPE, AFFINES[11]))
    with pytest.raises(InvalidError, match=r"another grid than its scan: 5 x 4 x 3 voxels .*axes.*; the scan: .*axes"):
        match("a", scan.grid, grid_of(SHAPE, AFFINES[12]))


def bent(place: int, data: bytes) -> bytes:
    plain = bytearray(scan_of(np.eye(4), 0, 1))
    plain[place : place + len(data)] = data
    return bytes(plain)


NAN = b"\x00\x00\xc0\x7f"
BAD = {
    "empty": (b"", "no NIfTI"),
    "text": (b"hello, this is no file of voxels", "no NIfTI"),
    "truncated": (scan_of(np.eye(4), 0, 1)[:-7], "no NIfTI"),
    "packed and truncated": (nifti.packed(Series("s"), grid_of(SHAPE, np.eye(4)), volume())[:-5], "ends too early"),
    "NaN affine": (bent(280, NAN), "NaN"),
    "flat": (bent(280, bytes(16)), "independent"),
    "4D": (saved(nibabel.Nifti1Image(np.zeros((2, 2, 2, 3), np.uint8), np.eye(4))), "has 4 dimensions, 2 x 2 x 2 x 3"),
    "fractions": (saved(nibabel.Nifti1Image(np.full(SHAPE, 0.5, np.float32), np.eye(4))), "no whole numbers"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused_with_its_reason(case: str) -> None:
    data, reason = BAD[case]
    with pytest.raises(InvalidError, match=f"a.nii.gz.*{reason}"):
        nifti.labels(given(data))


def test_an_axis_too_long_for_the_format_is_refused() -> None:
    long = unpack(pack(np.zeros((40000, 1, 1), np.uint8)))
    with pytest.raises(RequestError, match="40000 voxels along an axis"):
        nifti.plain(Series("s"), grid_of((40000, 1, 1), np.eye(4)), long)
