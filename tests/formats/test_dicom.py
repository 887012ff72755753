"""DICOM: series are sorted as SimpleITK sorts them, segmentations come in as highdicom and the samples' NRRD have them."""

from collections.abc import Callable, Sequence
from functools import partial
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any

import highdicom
import numpy as np
import pydicom
import pytest
import SimpleITK as sitk  # noqa: N813  its own name for itself
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from labelport.kit import nrrd
from labelport.kit.format import Blob, Input, Item, Reject, Unread
from labelport.kit.label_volume import unpack
from labelport.model.geometry import Segment
from labelport.model.record import Record
from labelport.registry import format_named
from labelport.shapes.grid import LPS, grid_of_series
from tests.formats.back import decoded
from tests.orientations import AFFINES
from tests.samples import sample
from tests.spaces import Space

FORMAT = format_named("dicom")
ROOT = "1.2.826.0.1.3680043.10.1234"
SIZE = (6, 5, 4)
"""Columns, rows, slices."""
RIGHT = [LPS @ affine for affine in AFFINES if np.linalg.det(affine[:3, :3]) > 0]
"""Affines in LPS whose slices run along the normal of their plane, as all series do once they are sorted."""


def plane(affine: Any, k: int, **more: Any) -> Dataset:
    """Return a slice of a volume with its place in LPS."""
    sides = np.linalg.norm(affine[:3, :3], axis=0)
    found = Dataset()
    found.SOPClassUID, found.SOPInstanceUID = CTImageStorage, f"{ROOT}.{k + 1}"
    found.StudyInstanceUID, found.SeriesInstanceUID, found.FrameOfReferenceUID = (f"{ROOT}.9.{i}" for i in range(3))
    found.Modality, found.PatientName, found.PatientID = "CT", "Doe^Jane", "4711"
    found.PatientBirthDate = found.PatientSex = found.StudyDate = found.StudyTime = found.AccessionNumber = ""
    found.StudyID, found.SeriesNumber, found.InstanceNumber = "1", 1, 99 - k
    found.ReferringPhysicianName = found.Manufacturer = ""
    found.Columns, found.Rows = SIZE[:2]
    found.SamplesPerPixel, found.PhotometricInterpretation = 1, "MONOCHROME2"
    found.BitsAllocated = found.BitsStored = 16
    found.HighBit, found.PixelRepresentation = 15, 1
    found.PixelData = np.full(SIZE[:2], k, np.int16).tobytes()
    found.PixelSpacing = [float(sides[1]), float(sides[0])]
    found.ImageOrientationPatient = (affine[:3, :2] / sides[:2]).T.ravel().tolist()
    found.ImagePositionPatient = (affine[:3, 3] + k * affine[:3, 2]).tolist()
    found.SliceThickness = float(sides[2])
    for name, value in more.items():
        setattr(found, name, value)
    return found


def series(affine: Any) -> list[Dataset]:
    return [plane(affine, k) for k in range(SIZE[2])]


def saved(given: Dataset) -> bytes:
    given.file_meta = FileMetaDataset()
    given.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    stream = BytesIO()
    pydicom.dcmwrite(stream, given, enforce_file_format=True)
    return stream.getvalue()


def files(given: Sequence[Dataset]) -> dict[str, bytes]:
    """Return slices as files whose names tell nothing of their order."""
    return {f"{(7 * i + 3) % 11:02d}.dcm": saved(one) for i, one in enumerate(given)}


def record_of(items: Sequence[Item]) -> Record:
    (found,) = (item for item in items if isinstance(item, Record))
    return found


def reasons(items: Sequence[Item]) -> list[str]:
    return [fault.reason for item in items if isinstance(item, Reject) for fault in item.faults]


@pytest.mark.parametrize("affine", RIGHT)
def test_a25_a_series_lies_where_simpleitk_puts_it_whatever_its_files_are_called(affine: Any, tmp_path: Path) -> None:
    given = files(series(affine))
    for name, data in given.items():
        (tmp_path / name).write_bytes(data)
    found = record_of(decoded(FORMAT, given)).asset.series[0]
    grid = grid_of_series(found)
    assert grid is not None
    names = sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(tmp_path))
    image = sitk.ReadImage(names)
    assert tuple(Path(name).name for name in names) == found.uris
    assert image.GetSize() == grid.shape == SIZE
    for voxel in product(*((0, side - 1) for side in SIZE)):
        place = np.array(image.TransformIndexToPhysicalPoint(voxel)) * (-1, -1, 1)
        assert np.allclose(grid.world([voxel]), place, atol=1e-4)


def test_nothing_that_says_who_the_patient_is_comes_in() -> None:
    text = repr(decoded(FORMAT, files(series(RIGHT[0]))))
    assert "Doe" not in text
    assert "4711" not in text


STRAIGHT = RIGHT[0]


def changed(change: Callable[[list[Dataset]], object]) -> list[Item]:
    given = series(STRAIGHT)
    change(given)
    return decoded(FORMAT, files(given))


def test_a_missing_slice_is_told_with_its_neighbours_and_the_series_has_no_grid() -> None:
    items = changed(lambda given: given.pop(1))
    (reason,) = reasons(items)
    assert "slices are missing or shifted: '03.dcm' and '10.dcm' lie 6 mm apart, others 3 mm" in reason
    assert grid_of_series(record_of(items).asset.series[0]) is None


def test_a_slice_that_comes_twice_is_set_aside() -> None:
    items = changed(lambda given: given.append(plane(STRAIGHT, 2, SOPInstanceUID=f"{ROOT}.77")))
    (reason,) = reasons(items)
    assert "a slice comes once" in reason
    assert record_of(items).asset.series[0].shape == SIZE


def test_slices_of_several_directions_are_no_volume() -> None:
    items = changed(lambda given: setattr(given[1], "ImageOrientationPatient", [0, 1, 0, 0, 0, 1]))
    assert reasons(items) == ["its 4 slices differ in size, spacing or direction"]


def test_a_tilted_gantry_shears_the_grid() -> None:
    def tilt(given: list[Dataset]) -> None:
        for k, one in enumerate(given):
            one.ImagePositionPatient = [
                one.ImagePositionPatient[0],
                one.ImagePositionPatient[1] + 0.5 * k,
                one.ImagePositionPatient[2],
            ]

    grid = grid_of_series(record_of(changed(tilt)).asset.series[0])
    assert grid is not None
    assert np.allclose(
        LPS @ grid.matrix, [[*STRAIGHT[0]], [0, STRAIGHT[1, 1], 0.5, STRAIGHT[1, 3]], [*STRAIGHT[2]], [0, 0, 0, 1]]
    )


def test_files_that_are_cut_off_and_foreign_ones_are_told() -> None:
    given = files(series(STRAIGHT))
    items = decoded(
        FORMAT, {**given, "cut.dcm": given["03.dcm"][:-8], "text.txt": b"hello", "head.dcm": given["03.dcm"][:200]}
    )
    assert any("is cut off" in reason for reason in reasons(items))
    assert {item.file for item in items if isinstance(item, Reject)} == {"cut.dcm", "head.dcm"}
    assert [item.file for item in items if isinstance(item, Unread)] == ["text.txt"]
    assert record_of(items).asset.series[0].shape == SIZE


def test_a_multi_frame_file_is_a_volume() -> None:
    one = plane(STRAIGHT, 0, NumberOfFrames=SIZE[2], PixelData=bytes(2 * int(np.prod(SIZE))))
    for name in ("PixelSpacing", "ImageOrientationPatient", "ImagePositionPatient", "SliceThickness"):
        delattr(one, name)
    shared, measures, turn = Dataset(), Dataset(), Dataset()
    first = plane(STRAIGHT, 0)
    measures.PixelSpacing, measures.SliceThickness = first.PixelSpacing, first.SliceThickness
    turn.ImageOrientationPatient = first.ImageOrientationPatient
    shared.PixelMeasuresSequence, shared.PlaneOrientationSequence = [measures], [turn]
    one.SharedFunctionalGroupsSequence = [shared]
    frames = []
    for k in (2, 0, 3, 1):
        frame, place = Dataset(), Dataset()
        place.ImagePositionPatient = plane(STRAIGHT, k).ImagePositionPatient
        frame.PlanePositionSequence = [place]
        frames.append(frame)
    one.PerFrameFunctionalGroupsSequence = frames
    found = record_of(decoded(FORMAT, {"all.dcm": saved(one)})).asset.series[0]
    grid = grid_of_series(found)
    assert grid is not None
    assert np.allclose(LPS @ grid.matrix, STRAIGHT)
    assert (found.uris, (found.extra or {})["dicom"]["frames"]) == (("all.dcm",), [1, 3, 0, 2])


def block(*ranges: tuple[int, int]) -> Any:
    found = np.zeros(SIZE, np.bool_)
    found[tuple(slice(*one) for one in ranges)] = True
    return found


MASKS = (block((0, 3), (0, 3), (0, 3)), block((2, 5), (2, 5), (2, 4)))


def segmented(kind: str, affine: Any, masks: Sequence[Any] = MASKS) -> dict[str, bytes]:
    """Return a series with a segmentation that highdicom writes."""
    given = series(affine)
    stack = np.stack([mask.transpose(2, 1, 0) for mask in masks], axis=-1)
    pixels: Any = stack.astype(np.uint8)
    if kind == "FRACTIONAL":
        pixels = np.where(stack, 0.75, 0.25)
    if kind == "LABELMAP":
        pixels = (stack * np.arange(1, len(masks) + 1)).max(axis=-1).astype(np.uint8)
    code = highdicom.sr.CodedConcept("T-62000", "SRT", "Liver")
    parts = [
        highdicom.seg.SegmentDescription(i, f"part {i}", code, code, highdicom.seg.SegmentAlgorithmTypeValues.MANUAL)
        for i in range(1, len(masks) + 1)
    ]
    found = highdicom.seg.Segmentation(
        given, pixels, highdicom.seg.SegmentationTypeValues(kind), parts, f"{ROOT}.5.1", 1, f"{ROOT}.5.2", 1,
        "x", "x", "1", "1",
    )  # fmt: skip
    stream = BytesIO()
    found.save_as(stream)
    return {**files(given), "seg.dcm": stream.getvalue()}


@pytest.mark.parametrize("affine", [RIGHT[0], RIGHT[9], RIGHT[-3]])
@pytest.mark.parametrize("kind", ["BINARY", "FRACTIONAL", "LABELMAP"])
def test_segments_of_highdicom_come_in_voxel_by_voxel(kind: str, affine: Any) -> None:
    masks = MASKS if kind != "LABELMAP" else (MASKS[0] & ~MASKS[1], MASKS[1])
    items = decoded(FORMAT, segmented(kind, affine, masks))
    (blob,) = (item for item in items if isinstance(item, Blob))
    assert masks_of(record_of(items), blob) == {f"part {i}": mask.tolist() for i, mask in enumerate(masks, 1)}


def masks_of(record: Record, blob: Blob) -> dict[Any, Any]:
    volume = unpack(blob.data)
    found = {}
    for one in record.labels[0].annotations:
        if isinstance(one.geometry, Segment) and one.geometry.blob == blob.sha256:
            found[one.class_] = volume.inside(volume.voxels(), one.geometry.values).tolist()
    return found


def test_a_segmentation_without_its_series_or_on_another_grid_is_refused() -> None:
    given = segmented("BINARY", STRAIGHT)
    (reason,) = reasons(decoded(FORMAT, {"seg.dcm": given["seg.dcm"]}))
    assert "which is not here as a volume" in reason
    moved = STRAIGHT.copy()
    moved[0, 3] += 1
    (reason,) = reasons(decoded(FORMAT, {**files(series(moved)), "seg.dcm": given["seg.dcm"]}))
    assert "lies on another grid than its series: 6 x 5 voxels" in reason


def inputs(*folders: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for folder in folders for path in sorted(sample(folder).glob("*.dcm"))}


PARTS = {"GREEN": (1, 1), "ORANGE": (2, 2), "PURPLE": (3, 3), "LIGHT_BLUE": (1, 4), "DARK_BLUE": (1, 5)}
"""The segments of `partial_overlaps.dcm`: which of the NRRD files has them, and their values there."""


def test_the_sample_segmentations_agree_with_their_nrrd_files() -> None:
    items = decoded(FORMAT, inputs("dicom_ct_3slice", "dicom_seg"))
    record = record_of(items)
    grid = grid_of_series(record.asset.series[0])
    assert grid is not None
    blobs = {item.sha256: unpack(item.data) for item in items if isinstance(item, Blob)}
    pairs = {"Liver": ("liver_seg", 1)} | {
        name: (f"partial_overlaps-{file}", value) for name, (file, value) in PARTS.items()
    }
    assert {one.class_ for one in record.labels[0].annotations} == set(pairs)
    for one in record.labels[0].annotations:
        assert isinstance(one.geometry, Segment)
        name, value = pairs[str(one.class_)]
        kept = nrrd.read(Input(name, partial(BytesIO, sample(f"dicom_seg/{name}.nrrd").read_bytes())))
        assert kept.grid.is_like(grid)
        volume = blobs[one.geometry.blob]
        assert (volume.inside(volume.voxels(), one.geometry.values) == (kept.layers[0] == value)).all(), name


def test_an_oblique_sample_is_one_volume_though_its_files_name_three_studies() -> None:
    found = record_of(decoded(FORMAT, inputs("ct_oblique"))).asset.series[0]
    grid = grid_of_series(found)
    assert grid is not None
    assert (grid.shape, found.uris) == ((100, 50, 3), ("0.dcm", "1.dcm", "2.dcm"))
    assert np.allclose(grid.spacing, (2.5, 3.5, 4.5), atol=0.1)


def test_a_study_comes_out_as_masks_on_its_grid(tmp_path: Path) -> None:
    for path, data in segmented("BINARY", RIGHT[-3]).items():
        (tmp_path / path).write_bytes(data)
    space = Space(tmp_path / "space")
    report = space.work.import_files("scans", "dicom", [str(tmp_path)])
    assert (report.records, report.annotations) == (1, 2)
    delivered = space.delivered("scans", formats=("nrrd",), options={"nrrd": {"kind": "instance"}})
    masks = [
        nrrd.read(Input(path, partial(BytesIO, data))) for path, data in delivered.items() if path.endswith(".nrrd")
    ]
    assert [(one.layers[0] == 1).tolist() for one in masks] == [mask.tolist() for mask in MASKS]
    assert np.allclose(LPS @ masks[0].grid.matrix, RIGHT[-3])
