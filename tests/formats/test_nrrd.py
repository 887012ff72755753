"""NRRD: read by pynrrd and by SimpleITK; Slicer's keys, layers and spaces come in; the samples agree with their files."""

import gzip
import json
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import nrrd
import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813  its own name for itself

from labelport.errors import InvalidError
from labelport.kit import nrrd as ours
from labelport.kit.format import Context, Input, Reject
from labelport.kit.label_volume import combined, pack, unpack
from labelport.model.asset import Asset, Series
from labelport.model.geometry import Segment
from labelport.model.label import Annotation, Label
from labelport.model.ontology import LabelClass
from labelport.model.record import Record
from labelport.registry import format_named
from labelport.shapes.grid import LPS, grid_of
from labelport.testing.render import render
from tests.formats.back import decoded
from tests.formats.volumes import Blobs, VolumeFormatTests
from tests.orientations import AFFINES
from tests.samples import sample

FORMAT = format_named("nrrd")
SHAPE = (5, 4, 3)
MARKED = (4, 1, 2)


def given(data: bytes, path: str = "a.seg.nrrd") -> Input:
    return Input(path, partial(BytesIO, data))


def opened(data: bytes) -> tuple[Any, Any]:
    stream = BytesIO(data)
    header = nrrd.read_header(stream)
    return nrrd.read_data(header, stream), header


class TestNrrd(VolumeFormatTests):
    name = "nrrd"

    def opened(self, data: bytes) -> Any:
        return opened(data)[0]


def volume() -> Any:
    voxels = np.zeros(SHAPE, np.uint8)
    voxels[MARKED] = 7
    return unpack(pack(voxels))


@pytest.mark.parametrize("affine", AFFINES)
def test_a25_labels_lie_at_the_same_place_in_simpleitk_and_pynrrd(affine: Any, tmp_path: Path) -> None:
    grid = grid_of(SHAPE, affine)
    data = ours.write(grid, volume(), [ours.Segment("a", "liver", 7)])
    (tmp_path / "a.seg.nrrd").write_bytes(data)
    image = sitk.ReadImage(str(tmp_path / "a.seg.nrrd"))
    assert image[MARKED] == 7
    assert np.allclose(np.array(image.TransformIndexToPhysicalPoint(MARKED)) * (-1, -1, 1), grid.world([MARKED]))
    voxels, header = opened(data)
    assert voxels[MARKED] == 7
    assert np.allclose(header["space directions"].T, (LPS @ affine)[:3, :3])
    assert ours.read(given(data)).grid.is_like(grid)


def test_segments_have_the_keys_of_slicer_and_come_back() -> None:
    segments = (ours.Segment("m1", "liver, left", 7, colour=(255, 128, 0)), ours.Segment("m2", "two\nlines", 9))
    data = ours.write(grid_of(SHAPE, np.eye(4)), volume(), segments)
    _, header = opened(data)
    assert (header["Segment0_Name"], header["Segment0_LabelValue"], header["Segment0_Layer"]) == (
        "liver, left",
        "7",
        "0",
    )
    assert header["Segment0_Color"] == "1 0.501961 0"
    assert ours.read(given(data)).segments == segments


def file(header: str, body: bytes) -> bytes:
    return f"NRRD0004\n{header}\n\n".encode() + body


PLAIN = {
    "type": "short",
    "dimension": "3",
    "space": "left-posterior-superior",
    "sizes": "5 4 3",
    "space directions": "(1,0,0) (0,1,0) (0,0,1)",
    "endian": "little",
    "encoding": "raw",
    "space origin": "(1,2,3)",
}
BODY = np.arange(60, dtype="<i2").tobytes()


def plain(body: bytes = BODY, **changed: str) -> bytes:
    told = PLAIN | {key.replace("_", " "): value for key, value in changed.items()}
    return file("\n".join(f"{key}: {value}" for key, value in told.items()), body)


@pytest.mark.parametrize(
    ("data", "origin"),
    [
        (plain(), (-1, -2, 3)),
        (plain(space="RAS"), (1, 2, 3)),
        (plain(space="left-anterior-superior"), (-1, 2, 3)),
        (plain(gzip.compress(BODY), encoding="gzip"), (-1, -2, 3)),
        (plain(np.arange(60, dtype=">i2").tobytes(), endian="big"), (-1, -2, 3)),
    ],
)
def test_spaces_orders_and_packings_are_read(data: bytes, origin: tuple[float, ...]) -> None:
    found = ours.read(given(data))
    assert found.grid.affine[3::4][:3] == origin
    assert (found.layers[0].ravel(order="F") == np.arange(60)).all()


def test_layers_of_slicer_are_volumes_that_may_overlap() -> None:
    layers = np.zeros((2, 5, 4, 3), np.uint8)
    layers[0, :3] = 1
    layers[1, 2:] = 1
    body = layers.tobytes(order="F")
    keys = (
        "\nSegment0_LabelValue:=1\nSegment0_Layer:=0\nSegment0_Name:=liver\nSegment1_LabelValue:=1\nSegment1_Layer:=1"
    )
    told = plain(body, type="uchar", dimension="4", sizes="2 5 4 3", space_directions="none (1,0,0) (0,1,0) (0,0,1)")
    data = told.replace(b"\n\n", keys.encode() + b"\nSegment1_Name:=lesion\n\n", 1)
    items = decoded(FORMAT, {"ct.nrrd": plain(), "ct.seg.nrrd": data})
    (record,) = (item for item in items if isinstance(item, Record))
    marks = record.labels[0].annotations
    assert [(one.id, one.class_) for one in marks] == [("0/1", "liver"), ("1/1", "lesion")]
    assert [one.geometry.blob for one in marks if isinstance(one.geometry, Segment)] == [
        item.sha256 for item in items if hasattr(item, "sha256")
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"no", "no NRRD file"),
        (plain(BODY[:-1]), "no NRRD file that can be read"),
        (plain(type="block"), "whole numbers"),
        (plain(encoding="bzip2"), "raw and gzip"),
        (plain(space="scanner-xyz"), "does not say where the patient's left is"),
        (plain(space_directions="(nan,0,0) (0,1,0) (0,0,1)"), "NaN"),
        (plain(space_directions="(1,0,0) (0,1,0)"), "axes"),
        (plain(gzip.compress(BODY)[:-9], encoding="gzip"), "ends too early"),
        (plain(b"\xff" * 120), "the value -1"),
        (file("type: short", b""), "no NRRD file that can be read: 'encoding'"),
        (plain(data_file="x.raw"), "in another file"),
    ],
)
def test_a_bad_file_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(InvalidError, match=reason):
        ours.read(given(data))


def test_a_delivery_has_names_and_colours_of_classes_and_comes_back() -> None:
    blobs = Blobs()
    first, second = (np.zeros(SHAPE, np.bool_) for _ in range(2))
    first[:2], second[3:] = True, True
    voxels, values = combined((first, second), SHAPE)
    blob = blobs.put(pack(voxels))
    marks = tuple(Annotation(f"m{i}", class_=i + 1, geometry=Segment(blob, own)) for i, own in enumerate(values))
    series = Series("s", "CT", shape=SHAPE, affine=tuple(AFFINES[30].ravel().tolist()))
    record = Record("t", "t", Asset("a", "volume", series=(series,)), 1, "t", labels=(Label("l", annotations=marks),))
    classes = (LabelClass(1, "liver", "#ff8000"), LabelClass(2, "spleen"))
    files = render(FORMAT, [record], Context(classes, {"kind": "labelled"}, blob=blobs.read))
    _, header = opened(files["segmentations/t/CT.seg.nrrd"])
    assert [header[f"Segment{i}_{key}"] for i in (0, 1) for key in ("ID", "Name")] == ["m0", "liver", "m1", "spleen"]
    (back,) = (item for item in decoded(FORMAT, files) if isinstance(item, Record))
    assert [(one.id, one.class_) for one in back.labels[0].annotations] == [("m0", 1), ("m1", 2)]
    assert json.loads(files["volumes.ndjson"])["volumes"][0]["file"] == "segmentations/t/CT.seg.nrrd"


SAMPLES = ("heart_seg", "liver_seg", "spine_seg", "partial_overlaps-1", "partial_overlaps-2", "partial_overlaps-3")


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_are_read_as_pynrrd_and_simpleitk_read_them(name: str) -> None:
    path = sample(f"dicom_seg/{name}.nrrd")
    found = ours.read(given(path.read_bytes()))
    voxels, _ = nrrd.read(str(path))
    assert (found.layers[0] == voxels).all()
    image = sitk.ReadImage(str(path))
    place = np.array(image.TransformIndexToPhysicalPoint((10, 20, 1))) * (-1, -1, 1)
    assert np.allclose(found.grid.world([(10, 20, 1)]), place)


def test_a25_a_segmentation_on_another_grid_is_refused_with_both_grids() -> None:
    items = decoded(FORMAT, {"ct.nrrd": plain(), "ct.seg.nrrd": plain(space_origin="(1,2,4)")})
    (reject,) = (item for item in items if isinstance(item, Reject))
    assert (
        "(-1, -2, 4) in RAS+, axes LPS; the scan: 5 x 4 x 3 voxels of 1 x 1 x 1 mm, from (-1, -2, 3)"
        in reject.faults[0].reason
    )
