"""RedBrick: the layout and keys of the product's export; masks read by nibabel, world points by the affine alone."""

import gzip
import json
from collections.abc import Mapping, Sequence
from math import pi
from pathlib import Path
from typing import Any, ClassVar, get_args

import nibabel
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from labelport.formats.redbrick.marking import ACROSS, NO_SIZE, SEVERAL, TURNED
from labelport.formats.redbrick.writing import TWICE
from labelport.kit.format import Blob, Context, Item, Lost, Reject, Unread
from labelport.kit.label_volume import combined, pack, unpack
from labelport.kit.segmentations import NO_GRID
from labelport.model.answers import Boolean, Checklist, Number, Option, Radio, Text
from labelport.model.asset import Asset, Series
from labelport.model.geometry import (
    Angle,
    Box,
    Cuboid3D,
    Ellipse,
    Geometry,
    Landmark,
    Length,
    Point,
    Polygon,
    Polyline,
    Segment,
    SliceShape,
)
from labelport.model.label import Annotation, Label, Target
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.record import Record
from labelport.model.workflow import Status, Workflow
from labelport.registry import format_named
from labelport.testing.formats import FormatTests
from labelport.testing.render import encoded, render
from tests.formats.back import decoded
from tests.formats.volumes import Blobs
from tests.orientations import AFFINES
from tests.spaces import Space

Files = Mapping[str, bytes]
FORMAT = format_named("redbrick")
LISTS = ("landmarks", "landmarks3d", "measurements", "boundingBoxes", "cuboids", "ellipses", "polygons", "polylines")
SHAPE = (6, 5, 4)
CLASSES = (LabelClass(1, "liver"), LabelClass(4, "lesion"), LabelClass(300, "vessel"))
_quick = settings(deadline=None, max_examples=20)


def everything(task: Any) -> list[Any]:
    """Return every series of a task, of every annotator."""
    opinions = [*task.get("consensusTasks", ()), *([task["superTruth"]] if "superTruth" in task else [])]
    return [*task["series"], *(series for one in opinions for series in one["series"])]


class TestRedBrick(FormatTests):
    name = "redbrick"
    blobs: ClassVar[Blobs] = Blobs()

    def fitted(self, record: Record) -> Record:
        return self.blobs.filled(super().fitted(record))

    def context(self, ontology: Ontology) -> Context:
        return replace(super().context(ontology), blob=self.blobs.read)

    def read(self, made: Files) -> int:
        total = 0
        for task in json.loads(made["tasks.json"]):
            total += "classification" in task
            for series in everything(task):
                total += sum(
                    len(series.get(name, ())) for name in (*LISTS, "classifications", "instanceClassifications")
                )
                total += len(series.get("segmentMap", ()))
        return total

    def objects(self, given_: Sequence[Record]) -> int:
        alone = [label for record in given_ for label in record.labels if len(record.labels) == 1]
        joined = sum(max(_of_task(label) - 1, 0) for label in alone)
        return super().objects(given_) - joined + self._twice(given_)

    def _twice(self, given_: Sequence[Record]) -> int:
        """Return how many answers are in the report, since the task has one to the same question."""
        context = self.context(Ontology())
        items = [item for record in given_ for item in encoded(FORMAT, record, context)]
        return sum(isinstance(item, Lost) and item.how == TWICE for item in items)

    def returned(self, given_: Sequence[Record]) -> tuple[int, int]:
        return len(given_), self.objects(given_)


def _of_task(label: Label) -> int:
    """Return how many answers a label gives about its whole task, which become one."""
    return sum(
        one.geometry is None and (one.on is None or (one.on.series is None and one.on.first_frame is None))
        for one in label.annotations
    )


def volume(*marks: Annotation, affine: Any = None, **more: Any) -> Record:
    told = tuple((np.eye(4) if affine is None else affine).ravel().tolist())
    asset = Asset("a", "volume", series=(Series("s", "CT", ("1.dcm", "2.dcm"), SHAPE, told),))
    return Record("t", "case", asset, 1, "case", labels=(Label("l", author="ann", annotations=marks),), **more)


def mark(shape: Geometry | None, name: str = "m", class_: int | None = 1, **more: Any) -> Annotation:
    return Annotation(name, class_=class_, geometry=shape, **more)


def made(record: Record, blobs: Blobs | None = None, **options: Any) -> dict[str, bytes]:
    return render(FORMAT, [record], Context(CLASSES, {"kind": "labelled", **options}, blob=(blobs or Blobs()).read))


def told(record: Record, **options: Any) -> list[str]:
    items = encoded(FORMAT, record, Context(CLASSES, {"kind": "labelled", **options}))
    return [item.how for item in items if isinstance(item, Lost)]


def task_of(record: Record) -> Any:
    (task,) = json.loads(made(record)["tasks.json"])
    return task


def record_of(items: list[Item]) -> Record:
    (found,) = (item for item in items if isinstance(item, Record))
    return found


@_quick
@given(st.sampled_from(AFFINES), st.tuples(*[st.integers(0, 40)] * 3))
def test_points_are_written_in_voxels_and_in_the_patients_millimetres(affine: Any, at: tuple[int, int, int]) -> None:
    i, j, k = map(float, at)
    world = nibabel.affines.apply_affine(affine, at)
    x, y, z = world.tolist()
    for shape in (Landmark((i, j, k)), Landmark((x, y, z), "world")):
        (point,) = task_of(volume(mark(shape), affine=affine))["series"][0]["landmarks3d"]
        assert np.allclose([point["point"][axis] for axis in "ijk"], at, atol=1e-6)
        assert np.allclose([point["absolutePoint"][axis] for axis in "xyz"], world * (-1, -1, 1))


def test_lengths_and_angles_are_written_with_what_they_measure() -> None:
    affine = np.diag([0.7, 0.7, 2.5, 1])
    length = Length((10.0, 20.0, 1.0), (13.0, 24.0, 1.0))
    angle = Angle((1.0, 0.0, 0.0), (0.0, 0.0, 0.0), (0.0, 3.0, 0.0))
    one, other = task_of(volume(mark(length), mark(angle, "n"), affine=affine))["series"][0]["measurements"]
    assert (one["type"], one["point1"], one["length"]) == (
        "length",
        {"i": 10.0, "j": 20.0, "k": 1.0},
        pytest.approx(3.5),
    )
    assert (other["type"], other["vertex"]["i"], other["angle"]) == ("angle", 0.0, pytest.approx(90.0))
    assert one["absolutePoint1"] == {"x": pytest.approx(-7.0), "y": pytest.approx(-14.0), "z": pytest.approx(2.5)}


SHAPES: dict[str, Geometry] = {
    "landmark": Landmark((1.0, 2.0, 3.0)),
    "length": Length((0.0, 0.0, 0.0), (3.0, 4.0, 0.0), millimetres=5.0),
    "angle": Angle((1.0, 0.0, 0.0), (0.0, 0.0, 0.0), (0.0, 1.0, 0.0), degrees=90.0),
    "cuboid": Cuboid3D((2.0, 2.0, 2.0), (4.0, 2.0, 1.0), space="voxel"),
    "box on a slice": SliceShape("k", 2, Box(1.0, 1.0, 2.0, 2.0)),
    "ellipse on a slice": SliceShape("k", 0, Ellipse(3.0, 2.5, 2.0, 1.0)),
    "polygon on a slice": SliceShape("k", 3, Polygon((((0.0, 0.0, 3.0, 0.0, 3.0, 2.5),),))),
    "line on a slice": SliceShape("k", 1, Polyline(((0.0, 0.0, 3.0, 2.5),))),
}


@pytest.mark.parametrize("case", SHAPES)
def test_a_shape_in_a_volume_comes_back(case: str) -> None:
    record = volume(
        mark(SHAPES[case], answers=(Radio("margin", Option("sharp")), Boolean("sure", yes=True)), group="g")
    )
    (back,) = record_of(decoded(FORMAT, made(record))).labels[0].annotations
    assert back == replace(record.labels[0].annotations[0], class_="liver", on=Target("s1"))


def test_a_cuboid_in_millimetres_comes_back_in_voxels() -> None:
    record = volume(mark(Cuboid3D((2.0, 2.0, 5.0), (4.0, 2.0, 5.0))), affine=np.diag([2.0, 1.0, 2.5, 1.0]))
    (back,) = record_of(decoded(FORMAT, made(record))).labels[0].annotations
    assert back.geometry == Cuboid3D((1.0, 2.0, 2.0), (2.0, 2.0, 2.0), space="voxel")


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (volume(mark(SliceShape("i", 2, Box(1, 1, 2, 2)))), ACROSS),
        (volume(mark(SliceShape("k", 2, Polyline(((0, 0, 1, 1), (2, 2, 3, 3)))))), SEVERAL),
        (volume(mark(Cuboid3D((0, 0, 0), (1, 1, 1), (0, 0, 1, 0)))), TURNED),
        (volume(mark(Cuboid3D((0, 0, 0), (1, 1, 1))), affine=AFFINES[-1]), TURNED),
        (
            Record(
                "t",
                "t",
                Asset("a", "volume", series=(Series("s"),)),
                labels=(Label("l", annotations=(mark(Landmark((0, 0, 0), "world")),)),),
            ),
            NO_GRID,
        ),
        (Record("t", "t", Asset("a", "image"), labels=(Label("l", annotations=(mark(Box(0, 0, 1, 1)),)),)), NO_SIZE),
    ],
)
def test_what_cannot_be_told_is_in_the_report(record: Record, why: str) -> None:
    assert told(record) == [why]


def test_a_picture_has_shares_of_its_size_and_they_come_back() -> None:
    shapes: tuple[Geometry, ...] = (
        Box(16.0, 24.0, 6.4, 9.6),
        Ellipse(32.0, 24.0, 16.0, 6.0, 45.0),
        Point(8.0, 12.0),
        Polyline(((0.0, 0.0, 64.0, 48.0),)),
    )
    marks = tuple(mark(shape, f"m{i}") for i, shape in enumerate(shapes))
    record = Record("t", "t", Asset("a", "image", "p/x.png", 64, 48), labels=(Label("l", annotations=marks),))
    series = task_of(record)["series"][0]
    assert series["boundingBoxes"][0]["pointTopLeft"] == {"xNorm": 0.25, "yNorm": 0.5}
    assert (series["ellipses"][0]["xRadiusNorm"], series["ellipses"][0]["rotationRad"]) == (0.25, pi / 4)
    back = record_of(decoded(FORMAT, made(record)))
    assert (back.asset.kind, back.asset.uri, back.asset.width, back.asset.height) == ("image", "p/x.png", 64, 48)
    assert {one.id: one.geometry for one in back.labels[0].annotations} == {one.id: one.geometry for one in marks}


def test_answers_lie_on_the_task_the_series_and_the_slice() -> None:
    said = (
        Radio("phase", Option("late")),
        Checklist("signs", (Option("a"), Option("b"))),
        Text("note", "x"),
        Number("n", 2),
    )
    record = volume(
        mark(None, "t1", None, answers=said),
        mark(None, "s1", None, answers=said[:1], on=Target("s")),
        mark(None, "f1", None, answers=said[1:2], on=Target("s", 1, 1)),
    )
    task = task_of(record)
    assert task["classification"] == {
        "id": "t1",
        "attributes": {"phase": "late", "signs": ["a", "b"], "note": "x", "n": 2},
    }
    assert task["series"][0]["classifications"] == [{"id": "s1", "attributes": {"phase": "late"}}]
    assert task["series"][0]["instanceClassifications"] == [
        {"fileIndex": 1, "fileName": "2.dcm", "values": {"signs": ["a", "b"]}}
    ]
    places = [one.on for one in record_of(decoded(FORMAT, made(record))).labels[0].annotations]
    assert places == [None, Target("s1"), Target("s1", 1, 1)]


def block(*ranges: tuple[int, int]) -> Any:
    found = np.zeros(SHAPE, np.bool_, order="F")
    found[tuple(slice(*one) for one in ranges)] = True
    return found


FIRST, SECOND, APART = block((0, 3), (0, 3), (0, 3)), block((2, 5), (2, 5), (2, 4)), block((5, 6), (0, 2), (0, 1))


def segmented(masks: Sequence[Any], classes: Sequence[int]) -> tuple[Record, Blobs]:
    blobs = Blobs()
    voxels, values = combined(masks, SHAPE)
    blob = blobs.put(pack(voxels))
    marks = (
        mark(Segment(blob, own), f"m{i}", class_) for i, (own, class_) in enumerate(zip(values, classes, strict=True))
    )
    return volume(*marks, affine=AFFINES[61]), blobs


KINDS = ("labelled", "grouped", "instance", "semantic", "class")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("masks", [(FIRST, APART), (FIRST, SECOND, APART)])
def test_masks_of_every_kind_come_back_voxel_by_voxel(kind: str, masks: tuple[Any, ...]) -> None:
    classes = (1, 4, 300)[: len(masks)]
    record, blobs = segmented(masks, classes)
    items = decoded(FORMAT, made(record, blobs, kind=kind))
    (blob,) = (item for item in items if isinstance(item, Blob))
    back = unpack(blob.data)
    names = {one.number: one.name for one in CLASSES}
    found = {}
    for one in record_of(items).labels[0].annotations:
        assert isinstance(one.geometry, Segment)
        found[one.class_] = back.inside(back.voxels(), one.geometry.values).tolist()
    assert found == {names[class_]: mask.tolist() for class_, mask in zip(classes, masks, strict=True)}


def test_the_layout_is_that_of_the_product() -> None:
    record, blobs = segmented((FIRST, APART), (1, 4))
    files = made(record, blobs)
    assert sorted(files) == ["segmentations/case/CT.nii.gz", "tasks.json"]
    (task,) = json.loads(files["tasks.json"])
    series = task["series"][0]
    assert (series["segmentations"], series["binaryMask"], series["semanticMask"], series["pngMask"]) == (
        "segmentations/case/CT.nii.gz",
        False,
        False,
        False,
    )
    assert series["segmentMap"] == {
        "1": {"id": "m0", "category": "liver", "mask": "segmentations/case/CT.nii.gz"},
        "2": {"id": "m1", "category": "lesion", "mask": "segmentations/case/CT.nii.gz"},
    }
    assert (task["taskId"], task["name"], task["labelsId"], task["updatedBy"]) == ("t", "case", "l", "ann")
    image = nibabel.Nifti1Image.from_bytes(gzip.decompress(files["segmentations/case/CT.nii.gz"]))
    assert (np.asarray(image.dataobj) == FIRST * 1 + APART * 2).all()
    lps = np.array(series["imageHeaders"]["affine"])
    assert np.allclose(np.diag([-1, -1, 1, 1]) @ lps, image.affine, atol=1e-5)


def test_segments_that_overlap_have_a_file_each_or_groups() -> None:
    record, blobs = segmented((FIRST, SECOND), (1, 4))
    (split,) = json.loads(made(record, blobs)["tasks.json"])
    assert split["series"][0]["segmentations"] == [f"segmentations/case/CT/instance-{i}.nii.gz" for i in (1, 2)]
    assert split["series"][0]["binaryMask"] is True
    (grouped,) = json.loads(made(record, blobs, kind="grouped")["tasks.json"])
    assert [one["overlappingGroups"] for one in grouped["series"][0]["segmentMap"].values()] == [[3], [3]]


def test_classes_keep_their_numbers_in_semantic_masks() -> None:
    record, blobs = segmented((FIRST, APART), (300, 4))
    files = made(record, blobs, kind="semantic")
    (task,) = json.loads(files["tasks.json"])
    assert {key: one["category"] for key, one in task["series"][0]["segmentMap"].items()} == {
        "4": "lesion",
        "300": "vessel",
    }
    voxels = np.asarray(nibabel.Nifti1Image.from_bytes(gzip.decompress(files["segmentations/case/CT.nii.gz"])).dataobj)
    assert (voxels == FIRST * 300 + APART * 4).all()


def test_two_annotators_are_a_consensus_and_come_back_apart() -> None:
    record, blobs = segmented((FIRST,), (1,))
    other = replace(record.labels[0], id="k", author="ben", annotations=(mark(Landmark((1.0, 1.0, 1.0)), "p"),))
    files = made(replace(record, labels=(record.labels[0], other)), blobs)
    (task,) = json.loads(files["tasks.json"])
    assert (task["consensus"], [one["updatedBy"] for one in task["consensusTasks"]]) == (True, ["ann", "ben"])
    assert "segmentMap" not in task["series"][0]
    back = record_of(decoded(FORMAT, files))
    assert [(label.id, label.author, len(label.annotations)) for label in back.labels] == [
        ("l", "ann", 1),
        ("k", "ben", 1),
    ]


def test_stages_and_states_are_those_of_the_product_and_come_back() -> None:
    done = volume(workflow=Workflow("done", "done"))
    waiting = replace(volume(workflow=Workflow("Review_2", "in_progress", assignees=("ann",))), labels=())
    assert (task_of(done)["currentStageName"], "status" in task_of(done)) == ("END", False)
    assert (task_of(waiting)["currentStageName"], task_of(waiting)["status"]) == ("Review_2", "IN_PROGRESS")
    first, second = (record_of(decoded(FORMAT, made(record))) for record in (done, waiting))
    assert (first.workflow.status, [label.annotations for label in first.labels]) == ("done", [()])
    assert (second.workflow.stage, second.workflow.status, second.labels) == ("Review_2", "in_progress", ())


@pytest.mark.parametrize("status", get_args(Status))
def test_every_status_has_a_word_of_the_product(status: Status) -> None:
    written = task_of(volume(workflow=Workflow(status=status, assignees=("ann",))))
    assert ("status" in written) != (written["currentStageName"] == "END")


def task(**series: Any) -> bytes:
    return json.dumps([{"taskId": "t", "name": "n", "series": [series]}]).encode()


def nii(voxels: Any, affine: Any = None) -> bytes:
    data: bytes = nibabel.Nifti1Image(voxels, np.eye(4) if affine is None else affine).to_bytes()
    return data


def test_paths_of_another_machine_and_the_short_map_are_read() -> None:
    files = {
        "tasks.json": task(segmentations="out/p1/segmentations/n/A.nii", segmentMap={"1": "liver"}),
        "segmentations/n/A.nii": nii(FIRST.astype(np.uint8), AFFINES[20]),
    }
    back = record_of(decoded(FORMAT, files))
    assert [one.class_ for one in back.labels[0].annotations] == ["liver"]
    assert np.allclose(back.asset.series[0].affine or (), AFFINES[20].ravel(), atol=1e-5)


BAD = {
    "is missing": {"tasks.json": task(segmentations="segmentations/n/A.nii", segmentMap={"1": "x"})},
    "of which its segmentMap does not tell": {
        "tasks.json": task(segmentations="segmentations/n/A.nii", segmentMap={"2": "x"}),
        "segmentations/n/A.nii": nii(FIRST.astype(np.uint8)),
    },
    "masks of other formats": {"tasks.json": task(segmentations="segmentations/n/A.png", segmentMap={"1": "x"})},
    "another grid than its scan: 6 x 5 x 4 voxels of 1 x 1 x 1": {
        "tasks.json": task(
            segmentations="segmentations/n/A.nii",
            segmentMap={"1": "x"},
            imageHeaders={"dimensions": [6, 5, 4], "affine": np.diag([1, 1, 2, 1]).tolist()},
        ),
        "segmentations/n/A.nii": nii(FIRST.astype(np.uint8)),
    },
    "imageHeaders are missing": {
        "tasks.json": task(
            boundingBoxes=[{"pointTopLeft": {"xNorm": 0, "yNorm": 0}, "wNorm": 1, "hNorm": 1, "category": "x"}]
        )
    },
    "Expected `object`": {"tasks.json": b"[1]"},
    "no array of tasks": {"tasks.json": b"{"},
}


@pytest.mark.parametrize("reason", BAD)
def test_what_is_wrong_is_told_with_its_reason(reason: str) -> None:
    (reject,) = (item for item in decoded(FORMAT, BAD[reason]) if isinstance(item, Reject))
    assert reason in " ".join(fault.reason for fault in reject.faults)


def test_keys_that_have_no_place_are_counted() -> None:
    files = {
        "tasks.json": task(
            heatMaps=[], landmarks3d=[{"point": {"i": 0, "j": 0, "k": 0}, "category": "x", "stats": {}}]
        ),
        "notes.txt": b"",
    }
    found = {(item.path, item.count) for item in decoded(FORMAT, files) if isinstance(item, Unread)}
    assert found == {("$[].series[].heatMaps", 1), ("$[].series[].landmarks3d[].stats", 1), ("$", 1)}


def test_a_delivery_goes_through_a_workspace_and_comes_out_the_same(tmp_path: Path) -> None:
    record, blobs = segmented((FIRST, SECOND, APART), (1, 4, 1))
    for path, data in made(record, blobs).items():
        (tmp_path / "in" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / path).write_bytes(data)
    space = Space(tmp_path / "space")
    report = space.work.import_files("scans", "redbrick", [str(tmp_path / "in")])
    assert (report.records, report.annotations, report.rejected, report.unread) == (1, 3, (), {})
    delivered = space.delivered("scans", formats=("redbrick",), verify="deep")
    masks = {path: data for path, data in delivered.items() if path.startswith("segmentations")}
    assert masks == {path: data for path, data in made(record, blobs).items() if path.startswith("segmentations")}
