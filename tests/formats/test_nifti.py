"""NIfTI masks: read by nibabel, and held voxel by voxel to what went in; folders of others come in by name."""

import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import nibabel
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from labelport.kit import segmentations
from labelport.kit.format import Blob, Context, Lost, Reject, Unread
from labelport.kit.label_volume import combined, pack, unpack
from labelport.model.asset import Asset, Series
from labelport.model.geometry import Segment
from labelport.model.label import Annotation, Label
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.record import Record
from labelport.registry import format_named
from labelport.testing.render import encoded, render
from tests.formats.back import decoded
from tests.formats.volumes import Blobs, VolumeFormatTests, mask
from tests.orientations import AFFINES
from tests.spaces import Space

Files = Mapping[str, bytes]
FORMAT = format_named("nifti")
SHAPE = (6, 5, 4)


def opened(data: bytes) -> Any:
    image = nibabel.Nifti1Image.from_bytes(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)
    return np.asarray(image.dataobj)


def volumes(made: Files) -> dict[str, Any]:
    return {path: opened(data) for path, data in made.items() if ".nii" in path}


class _Volumes(VolumeFormatTests):
    name = "nifti"

    def opened(self, data: bytes) -> Any:
        return opened(data)


class TestLabelled(_Volumes):
    pass


class TestInstances(_Volumes):
    options: ClassVar[Mapping[str, Any]] = {"kind": "instance", "packing": "none"}


class TestSemantic(_Volumes):
    options: ClassVar[Mapping[str, Any]] = {"kind": "semantic"}

    def objects(self, given_: Sequence[Record]) -> int:
        lost = self._lost(given_, self.context(Ontology()))
        return sum(len(group) for record in given_ for group in _classes(record, self.blobs)) + lost

    def returned(self, given_: Sequence[Record]) -> tuple[int, int]:
        return len(given_), self.objects(given_)


def _classes(record: Record, blobs: Blobs) -> list[set[Any]]:
    """Return the classes of each label on each series that cover a voxel."""
    found: dict[tuple[str, str | None], set[Any]] = {}
    for label in record.labels:
        for one in label.annotations:
            if isinstance(one.geometry, Segment) and unpack(blobs.read(one.geometry.blob)).covered(one.geometry.values):
                found.setdefault((label.id, one.on.series if one.on else None), set()).add(one.class_)
    return list(found.values())


CLASSES = (LabelClass(1, "liver"), LabelClass(4, "lesion"), LabelClass(300, "vessel"))
_quick = settings(deadline=None, max_examples=12)
KINDS = ("labelled", "grouped", "instance", "semantic", "class", "binary")


@st.composite
def scans(draw: st.DrawFn) -> tuple[Record, Blobs, dict[str, Any]]:
    """Draw a scan with segments; the masks come beside."""
    names = [f"s{n}" for n in draw(st.lists(st.integers(0, 999), min_size=1, max_size=4, unique=True))]
    masks = {name: mask(name, SHAPE) for name in names}
    voxels, values = combined(masks.values(), SHAPE)
    blobs = Blobs()
    blob = blobs.put(pack(voxels))
    marks = [
        Annotation(name, class_=draw(st.sampled_from((1, 4, 300))), geometry=Segment(blob, own))
        for name, own in zip(names, values, strict=True)
    ]
    affine = tuple(draw(st.sampled_from(AFFINES)).ravel().tolist())
    return scan(tuple(marks), affine), blobs, masks


def scan(marks: tuple[Annotation, ...], affine: tuple[float, ...] = tuple(np.eye(4).ravel().tolist())) -> Record:
    asset = Asset("a", "volume", series=(Series("s", "CT", shape=SHAPE, affine=affine),))
    return Record("t", "case", asset, 1, "case", labels=(Label("l", annotations=marks),))


def made(record: Record, blobs: Blobs, **options: Any) -> dict[str, bytes]:
    asked = {"kind": "labelled", "packing": "gzip", **options}
    return render(FORMAT, [record], Context(CLASSES, asked, blob=blobs.read))


def told(record: Record, blobs: Blobs, **options: Any) -> list[Lost]:
    asked = {"kind": "labelled", "packing": "gzip", **options}
    found = encoded(FORMAT, record, Context(CLASSES, asked, blob=blobs.read))
    return [item for item in found if isinstance(item, Lost)]


@pytest.mark.parametrize("kind", KINDS)
@_quick
@given(scans())
def test_every_voxel_of_every_segment_is_in_the_files_at_its_place(kind: str, drawn: tuple[Record, Blobs, Any]) -> None:
    record, blobs, masks = drawn
    record_marks = record.labels[0].annotations
    files_ = made(record, blobs, kind=kind)
    index = json.loads(files_["volumes.ndjson"])
    found = volumes(files_)
    for one in record_marks:
        wanted = masks[one.id]
        parts = [
            (found[volume["file"]], part["values"])
            for volume in index.get("volumes", ())
            for part in volume["parts"]
            if part.get("annotation", one.id) == one.id and part.get("class", one.class_) == one.class_
        ]
        seen = np.zeros(SHAPE, np.bool_)
        for voxels, values in parts:
            seen |= np.isin(voxels, values)
        same = [
            other
            for other in record_marks
            if kind == "binary" or (kind in {"semantic", "class"} and other.class_ == one.class_)
        ]
        whole = np.logical_or.reduce([masks[other.id] for other in same]) if same else wanted
        assert (seen == whole).all() or not wanted.any()


@_quick
@given(scans())
def test_segments_come_back_voxel_by_voxel(drawn: tuple[Record, Blobs, Any]) -> None:
    record, blobs, masks = drawn
    items = decoded(FORMAT, made(record, blobs))
    kept = {item.sha256: item.data for item in items if isinstance(item, Blob)}
    (back,) = (item for item in items if isinstance(item, Record))
    found = {}
    for one in back.labels[0].annotations:
        assert isinstance(one.geometry, Segment)
        volume = unpack(kept[one.geometry.blob])
        found[one.id] = (one.class_, volume.inside(volume.voxels(), one.geometry.values).tolist())
    marks = record.labels[0].annotations
    assert found == {one.id: (one.class_, masks[one.id].tolist()) for one in marks if masks[one.id].any()}
    assert back.asset.series == record.asset.series


def block(*ranges: tuple[int, int]) -> Any:
    found = np.zeros(SHAPE, np.bool_, order="F")
    found[tuple(slice(*one) for one in ranges)] = True
    return found


FIRST, SECOND, APART = block((0, 3), (0, 3), (0, 3)), block((2, 5), (2, 5), (2, 4)), block((5, 6), (0, 2), (0, 1))


def marked(masks: Sequence[Any], classes: Sequence[int]) -> tuple[Record, Blobs]:
    blobs = Blobs()
    voxels, values = combined(masks, SHAPE)
    blob = blobs.put(pack(voxels))
    pairs = enumerate(zip(values, classes, strict=True))
    return scan(
        tuple(Annotation(f"m{i}", class_=class_, geometry=Segment(blob, own)) for i, (own, class_) in pairs)
    ), blobs


def test_segments_that_overlap_are_split_into_files_and_told() -> None:
    record, blobs = marked((FIRST, SECOND, APART), (1, 4, 1))
    folder = "segmentations/case/CT"
    assert list(volumes(made(record, blobs))) == [f"{folder}/instance-{i}.nii.gz" for i in (1, 2, 3)]
    assert [(one.fate, one.how) for one in told(record, blobs)] == [("converted", segmentations.SPLIT)] * 3
    assert list(volumes(made(record, blobs, kind="semantic"))) == [f"{folder}/category-{i}.nii.gz" for i in (1, 4)]
    assert told(record, blobs, kind="instance") == []


def test_segments_of_one_class_may_overlap_in_a_semantic_volume() -> None:
    record, blobs = marked((FIRST, SECOND), (300, 300))
    (voxels,) = volumes(made(record, blobs, kind="semantic")).values()
    assert voxels.dtype == np.uint16
    assert ((voxels == 300) == (FIRST | SECOND)).all()
    assert told(record, blobs, kind="semantic") == []


def test_a_segment_that_is_left_out_leaves_its_voxels_too() -> None:
    record, blobs = marked((FIRST, APART), (1, 4))
    label = replace(record.labels[0], annotations=record.labels[0].annotations[1:])
    (voxels,) = volumes(made(replace(record, labels=(label,)), blobs)).values()
    assert set(np.unique(voxels).tolist()) == {0, 2}


def test_an_empty_segment_is_told_and_an_empty_task_has_a_volume_of_zeros() -> None:
    record, blobs = marked((FIRST, FIRST & APART), (1, 4))
    assert [(one.fate, one.how) for one in told(record, blobs)] == [("dropped", segmentations.NOWHERE)]
    (voxels,) = volumes(made(scan(()), blobs)).values()
    assert (voxels.shape, voxels.any()) == (SHAPE, False)
    assert volumes(made(replace(record, labels=()), blobs)) == {}


def test_series_without_names_have_letters_and_like_names_are_numbered() -> None:
    series = tuple(Series(str(i), name) for i, name in enumerate(("CT", None, "ct", "a/b", "..")))
    places = segmentations.paths(Record("t", "t", Asset("a", "volume", series=series), path="case"))
    names = [path.removeprefix("segmentations/case/") for path in places.values()]
    assert names == ["CT", "B", "ct~01", "a%2Fb", "%2E%2E"]


def test_masks_of_two_people_lie_beside_each_other() -> None:
    record, blobs = marked((FIRST,), (1,))
    second = replace(record.labels[0], id="other")
    both = made(replace(record, labels=(record.labels[0], second)), blobs)
    assert list(volumes(both)) == ["segmentations/case/CT.nii.gz", "segmentations/case/CT_1.nii.gz"]
    (back,) = (item for item in decoded(FORMAT, both) if isinstance(item, Record))
    assert [label.id for label in back.labels] == ["l", "other"]


def test_a_volume_of_another_shape_than_its_series_fails_its_task() -> None:
    record, blobs = marked((FIRST,), (1,))
    series = replace(record.asset.series[0], shape=(6, 5, 5))
    with pytest.raises(ValueError, match=r"\(6, 5, 4\) voxels, where the series has \(6, 5, 5\)"):
        made(replace(record, asset=replace(record.asset, series=(series,))), blobs)


def nii(voxels: Any, affine: Any = None) -> bytes:
    data: bytes = gzip.compress(nibabel.Nifti1Image(voxels, np.eye(4) if affine is None else affine).to_bytes())
    return data


SCAN = np.zeros(SHAPE, np.int16)
LABELS = (FIRST & ~SECOND) * np.uint8(1) + SECOND * np.uint8(2)
NNUNET = {
    "dataset.json": b'{"labels": {"background": 0, "liver": 1, "lesion": 2}, "name": "x"}',
    "imagesTr/a_0000.nii.gz": nii(SCAN),
    "imagesTr/b_0000.nii.gz": nii(SCAN),
    "labelsTr/a.nii.gz": nii(LABELS),
    "readme.txt": b"",
}


def test_a_folder_of_nnunet_comes_in_by_names() -> None:
    items = decoded(FORMAT, NNUNET)
    first, second = (item for item in items if isinstance(item, Record))
    assert [(one.id, one.class_) for one in first.labels[0].annotations] == [("1", "liver"), ("2", "lesion")]
    assert (first.name, first.asset.uri, second.name, second.labels) == ("a", "imagesTr/a_0000.nii.gz", "b", ())
    assert [item for item in items if isinstance(item, Unread)] == [Unread("readme.txt", "$", 1)]


def test_segmentations_beside_their_scans_come_in_by_suffix() -> None:
    items = decoded(
        FORMAT, {"p1/ct.nii.gz": nii(SCAN), "p1/ct_seg.nii.gz": nii(LABELS), "p2/ct.nii": gzip.decompress(nii(SCAN))}
    )
    names = [(item.name, len(item.labels)) for item in items if isinstance(item, Record)]
    assert names == [("p1/ct", 1), ("p2/ct", 0)]


def test_a25_a_segmentation_on_another_grid_is_refused_with_both_grids_and_its_scan_stays() -> None:
    flipped = np.diag([-1.0, 1.0, 1.0, 1.0])
    items = decoded(FORMAT, {"ct.nii.gz": nii(SCAN), "ct_seg.nii.gz": nii(LABELS, flipped)})
    (reject,) = (item for item in items if isinstance(item, Reject))
    assert (
        "axes LAS; the scan: 6 x 5 x 4 voxels of 1 x 1 x 1 mm, from (0, 0, 0) in RAS+, axes RAS"
        in reject.faults[0].reason
    )
    assert [item.labels for item in items if isinstance(item, Record)] == [()]


def test_segmentations_without_a_scan_and_broken_scans_are_put_aside() -> None:
    items = decoded(FORMAT, {"lone_seg.nii.gz": nii(LABELS), "x.nii": b"no", "y.nii": nii(SCAN), "y.nii.gz": nii(SCAN)})
    found = {(item.file, item.records) for item in items if isinstance(item, Reject)}
    assert found == {("lone_seg.nii.gz", 1), ("x.nii", 1), ("y.nii.gz", 1)}


def test_what_an_index_does_not_say_is_refused_and_the_rest_comes_in() -> None:
    record, blobs = marked((FIRST, APART), (1, 4))
    delivery = made(record, blobs)
    other = {**delivery, "segmentations/case/CT.nii.gz": nii(LABELS)}
    without = {path: data for path, data in delivery.items() if ".nii" not in path}
    for changed, reason in ((other, "in the index"), (without, "is missing")):
        items = decoded(FORMAT, changed)
        (reject,) = (item for item in items if isinstance(item, Reject))
        assert reason in reject.faults[0].reason
        assert (reject.annotations, [item.labels[0].annotations for item in items if isinstance(item, Record)]) == (
            2,
            [()],
        )


def test_scans_and_labels_go_through_a_workspace_and_come_out_on_the_grid_of_the_scan(tmp_path: Path) -> None:
    affine = AFFINES[60]
    for name, data in {
        **NNUNET,
        "imagesTr/a_0000.nii.gz": nii(SCAN, affine),
        "labelsTr/a.nii.gz": nii(LABELS, affine),
    }.items():
        place = tmp_path / "in" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    space = Space(tmp_path / "space")
    report = space.work.import_files("scans", "nifti", [str(tmp_path / "in")])
    assert (report.records, report.annotations, report.rejected) == (2, 2, ())
    delivered = space.delivered("scans", formats=("nifti",), verify="deep")
    data = delivered["segmentations/a/a.nii.gz"]
    assert (opened(data) == LABELS).all()
    assert np.allclose(nibabel.Nifti1Image.from_bytes(gzip.decompress(data)).affine, affine)
    assert space.work.import_files("scans", "nifti", [str(tmp_path / "in")]).unchanged == 2


def test_a_second_label_does_not_take_the_name_of_a_series() -> None:
    series = (Series("1", "CT"), Series("2", "CT_1"))
    labels = (Label("a"), Label("b"))
    places = segmentations.paths(Record("t", "t", Asset("a", "volume", series=series), path="case", labels=labels))
    assert [path.rpartition("/")[2] for path in places.values()] == ["CT", "CT_1", "CT_1~01", "CT_1_1"]


def test_an_empty_label_beside_a_skipped_one_makes_no_second_volume() -> None:
    record, blobs = marked((FIRST,), (1,))
    skipped = replace(record.labels[0], skipped=True)
    both = replace(record, labels=(skipped, Label("empty")))
    assert list(volumes(made(both, blobs))) == ["segmentations/case/CT.nii.gz"]
