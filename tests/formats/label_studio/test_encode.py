"""Label Studio's JSON as it is written: the suite, the real files written and read again, percent, turns, brushes."""

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import label_studio_brush_rle_rs as brush
import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelport.fidelity import Ledger, fit
from labelport.formats.label_studio import FORMAT
from labelport.formats.label_studio.encode import encode
from labelport.formats.label_studio.packing import packed
from labelport.kit.format import Context, Lost, Reject, Row
from labelport.model.answers import Text
from labelport.model.asset import Asset
from labelport.model.geometry import Box, Ellipse, Mask, Polyline, RotatedBox
from labelport.model.label import Annotation, Keyframe, Label, Relation, Target, Track
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.record import Record, state_of
from labelport.shapes import rings, rle
from labelport.shapes.frames import UNSEEN, Wanted
from labelport.testing import golden
from labelport.testing.cases import CASES
from labelport.testing.formats import FormatTests
from labelport.testing.render import render
from labelport.testing.runs import encoded
from labelport.testing.strategies import projects
from tests.formats import cvat
from tests.formats.near import near
from tests.judges import judge
from tests.samples import sample

CONTEXT = Context((LabelClass(1, "ship"),))
CLIP = Asset("v", "video", width=20, height=10, frames=9, fps=10.0)


class TestLabelStudio(FormatTests):
    name = "label_studio"

    def read(self, files: Mapping[str, bytes]) -> int:
        tasks = json.loads(files["tasks.json"])
        found = [one["result"] for task in tasks for one in task["annotations"]]
        return sum(len({result["id"] for result in one if result["type"] != "relation"}) for one in found)


def again(records: list[Record], context: Context) -> tuple[tuple[LabelClass, ...], list[Record]]:
    """Return the classes and records that are read of what is written of the records."""
    assert FORMAT.decode is not None
    files = render(FORMAT, records, context)
    items = list(FORMAT.decode([cvat.given(path, data) for path, data in files.items()]))
    assert [item.faults for item in items if isinstance(item, Reject)] == []
    (ontology,) = [item for item in items if isinstance(item, Ontology)]
    return ontology.classes, [item for item in items if isinstance(item, Record)]


@pytest.mark.parametrize(
    ("path", "shows"),
    [
        ("test_export_coco/data.json", "image"),
        ("test_export_csv/csv_test.json", "image"),
        ("test_export_csv/csv_test2.json", "text"),
        ("test_export_csv/csv_test_colliding_keys.json", "text"),
        ("test_export_csv/csv_test_history.json", "text"),
        ("test_export_doclang/data.json", "image"),
        ("test_export_json_min/data.json", "image"),
        ("test_export_json_min/data_repeater.json", "image"),
        ("test_export_yolo/data.json", "image"),
        ("test_export_yolo/data_keypoints.json", "image"),
        ("test_export_yolo/data_obb.json", "image"),
        ("test_export_yolo/data_polygons.json", "image"),
    ],
)
def test_real_files_come_back_field_by_field_but_for_names_of_controls(path: str, shows: str) -> None:
    assert FORMAT.decode is not None
    items = list(FORMAT.decode([cvat.given("a.json", sample(f"label_studio/{path}").read_bytes())]))
    (ontology,) = [item for item in items if isinstance(item, Ontology)]
    first = [item for item in items if isinstance(item, Record)]
    numbered = [msgspec.structs.replace(record, number=n, path=record.name) for n, record in enumerate(first, 1)]
    given_ = [fit(record, FORMAT.carries, "convert", Ledger()) for record in numbered]
    classes, back = again(given_, Context(ontology.classes, {"shows": shows}))
    assert [one.name for one in classes] == [one.name for one in ontology.classes]
    for one, other in zip(given_, back, strict=True):
        assert state_of(other) == state_of(one)
        for label, same in zip(one.labels, other.labels, strict=True):
            assert msgspec.structs.replace(same, annotations=(), extra=None) == msgspec.structs.replace(
                label, annotations=(), extra=None, relations=same.relations
            )
            for mark, its in zip(label.annotations, same.annotations, strict=True):
                assert near(mark.geometry, its.geometry)
                assert _bare(mark) == _bare(its)


def _bare(one: Annotation) -> Annotation:
    return msgspec.structs.replace(one, geometry=None, extra=None)


@settings(deadline=None, max_examples=20)
@given(projects(("box", "rotated_box", "polygon", "point", "ellipse", "mask")))
def test_what_is_written_is_read(project: tuple[Ontology, tuple[Record, ...]]) -> None:
    ontology, given_ = project
    fitted = [fit(record, FORMAT.carries, "convert", Ledger()) for record in given_ if record.asset.kind == "image"]
    classes, back = again(fitted, Context(ontology.classes))
    assert [one.name for one in classes] == [one.name for one in ontology.classes]
    names: dict[object, str] = {one.number: one.name for one in ontology.classes}
    wanted = [one for record in fitted for label in record.labels for one in label.annotations]
    found = [one for record in back for label in record.labels for one in label.annotations]
    for one, other in zip(wanted, found, strict=True):
        assert other.class_ == names[one.class_]
        assert (other.id, other.source, other.confidence) == (one.id, one.source, one.confidence)
        assert near(one.geometry, other.geometry)


@pytest.mark.parametrize("angle", [0.0, 30.0, 90.0, 179.9, -45.0])
def test_a17_a_rectangle_turns_about_its_upper_left_corner(angle: float) -> None:
    shape = RotatedBox(30, 20, 20, 10, angle)
    (result,) = results(Annotation("a", 1, 1, shape), Asset("i", "image", width=64, height=48))
    corner = rings.of_rotated_box(shape)[:2]
    value = result["value"]
    assert (value["x"] * 0.64, value["y"] * 0.48, value["rotation"]) == pytest.approx((*corner, angle))


def results(one: Annotation, asset: Asset, **label: Any) -> list[dict[str, Any]]:
    task, _ = written(Label("l", annotations=(one,), **label), asset)
    found: list[dict[str, Any]] = task["annotations"][0]["result"]
    return found


def written(label: Label, asset: Asset, wanted: Wanted = "keyframes") -> tuple[Any, list[Lost]]:
    context = Context(CONTEXT.classes, CONTEXT.options, wanted)
    items = list(encode(Record("t", "a", asset, 3, "a", labels=(label,)), context))
    (row,) = [item for item in items if isinstance(item, Row)]
    return json.loads(row.data), [item for item in items if isinstance(item, Lost)]


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 40), st.integers(1, 40), st.data())
def test_a_brush_is_unpacked_by_a_reader_that_is_not_ours(height: int, width: int, data: st.DataObject) -> None:
    bits = data.draw(st.binary(min_size=height * width, max_size=height * width))
    pixels = np.frombuffer(bits, np.uint8).reshape(height, width) > 127
    mask = Mask(height, width, rle.write(rle.encode(pixels)))
    found = np.asarray(brush.decode_rle(packed(mask), print_params=False)).reshape(height, width, 4)
    assert np.array_equal(found[:, :, 3] > 0, pixels)


def test_a_long_run_of_a_brush_is_several_blocks() -> None:
    mask = Mask(300, 300, encoded([0, 90_000]))
    assert np.asarray(brush.decode_rle(packed(mask), print_params=False)).reshape(-1, 4)[:, 3].all()


def test_a28_where_a_track_leaves_the_frame_before_is_its_last() -> None:
    frames = (
        Keyframe("t", 0, Box(0, 0, 2, 2)),
        Keyframe("t", 4, Box(8, 0, 2, 2), outside=True),
        Keyframe("t", 6, Box(8, 0, 2, 2)),
        Keyframe("t", 7, outside=True),
    )
    task, lost = written(Label("l", tracks=(Track("t", 42, 1),), keyframes=frames), CLIP)
    (result,) = task["annotations"][0]["result"]
    told = [(one["frame"], one["enabled"], one["x"], one["time"]) for one in result["value"]["sequence"]]
    assert told == [(1, True, 0, 0.1), (4, False, 30, 0.4), (7, False, 40, 0.7)]
    assert (result["value"]["labels"], lost) == (["ship"], [])


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("keyframes", [(1, True), (6, False)]),
        ("all", [(1, True), (2, True), (3, True), (4, True), (5, True), (6, False)]),
        (Fraction(4), [(1, True), (5, True), (6, False)]),
        (Fraction(5, 2), [(1, True), (4, True), (6, False)]),
    ],
)
def test_a29_frames_that_are_wanted_are_told_and_where_the_track_leaves(
    wanted: Wanted, told: list[tuple[int, bool]]
) -> None:
    frames = (Keyframe("t", 0, Box(0, 0, 2, 2)), Keyframe("t", 6, outside=True))
    task, _ = written(Label("l", tracks=(Track("t", 42, 1),), keyframes=frames), CLIP, wanted)
    (result,) = task["annotations"][0]["result"]
    assert [(one["frame"], one["enabled"]) for one in result["value"]["sequence"]] == told


def test_a16_a_track_that_no_wanted_frame_shows_is_said_to_be_dropped() -> None:
    frames = (Keyframe("t", 1, Box(0, 0, 2, 2)), Keyframe("t", 3, Box(0, 0, 2, 2), outside=True))
    task, lost = written(Label("l", tracks=(Track("t", 42, 1),), keyframes=frames), CLIP, Fraction(5))
    assert (task["annotations"][0]["result"], lost) == ([], [Lost("track", "dropped", UNSEEN)])


def test_frames_are_those_of_the_source() -> None:
    asset = msgspec.structs.replace(CLIP, first_frame=10, frame_step=3)
    one = Annotation("a", 1, 1, Box(0, 0, 2, 2), on=Target(first_frame=1, last_frame=1))
    (result,) = results(one, asset)
    assert [(it["frame"], it["enabled"]) for it in result["value"]["sequence"]] == [(14, True), (16, False)]


@pytest.mark.parametrize(
    ("one", "asset", "what", "fate"),
    [
        (Annotation("a", 1, 1, Box(0, 0, 1, 1)), Asset("i", "image"), "box", "dropped"),
        (Annotation("a", 1), Asset("i", "image"), "classification", "dropped"),
        (Annotation("a", 1, 1), Asset("i", "image"), "classification", "converted"),
        (Annotation("a", 1, 1, Ellipse(5, 5, 2, 2)), CLIP, "ellipse", "converted"),
        (Annotation("a", 1, 1, Polyline(((0, 0, 1, 1), (2, 2, 3, 3)))), Asset("i", "image", width=9, height=9), "polyline", "converted"),
    ],
)  # fmt: skip
def test_a16_what_is_not_as_it_was_is_said(one: Annotation, asset: Asset, what: str, fate: str) -> None:
    _, lost = written(Label("l", annotations=(one,)), asset)
    assert [(it.what, it.fate) for it in lost] == [(what, fate)]


def test_relations_groups_and_confidence_have_their_place() -> None:
    marks = tuple(Annotation(name, 1, 1, Box(0, 0, 1, 1), group="a", confidence=0.5) for name in "ab")
    label = Label("l", annotations=marks, relations=(Relation("r", "a", "b", "tows"),))
    task, _ = written(label, Asset("i", "image", width=9, height=9))
    first, second, relation = task["annotations"][0]["result"]
    assert (first.get("parentID"), second["parentID"], second["score"]) == (None, "a", 0.5)
    assert relation == {"type": "relation", "from_id": "a", "to_id": "b", "direction": "right", "labels": ["tows"]}


def test_an_answer_about_a_shape_is_a_result_of_its_region() -> None:
    one = Annotation("a", 1, 1, Box(0, 0, 1, 1), answers=(Text("note", "wet"),))
    _, answer = results(one, Asset("i", "image", width=10, height=10))
    assert (answer["id"], answer["from_name"], answer["type"]) == ("a", "note", "textarea")
    assert answer["value"] == {"x": 0, "y": 0, "width": 10, "height": 10, "rotation": 0, "text": ["wet"]}


def test_a34_the_three_states_come_back() -> None:
    asset = Asset("i", "image", width=9, height=9)
    one = Annotation("a", 1, 1, Box(0, 0, 1, 1))
    records = [
        Record(str(n), "a.jpg", asset, n, f"{n}.jpg", labels=labels)
        for n, labels in enumerate([(), (Label("l"),), (Label("l", annotations=(one,)),)], 1)
    ]
    assert [state_of(record) for record in again(records, CONTEXT)[1]] == ["unlabelled", "empty", "labelled"]


@pytest.mark.campaign
def test_the_converter_of_label_studios_sdk_reads_boxes_turns_and_brushes(tmp_path: Path) -> None:
    golden.write(tmp_path, golden.made(FORMAT, CASES["pictures"](), {}))
    found = judge("label-studio-sdk", "label_studio_converted.py", tmp_path)
    assert found["boxes"][0] == [1.5, 2.0, 30.25, 20.0]
    corners = [number for pair in found["corners"][1] for number in pair]
    assert corners == pytest.approx(rings.of_rotated_box(RotatedBox(30.0, 20.0, 20.0, 10.0, 30.0)))
    assert found["areas"] == [800, 977, 376]
