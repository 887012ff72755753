"""Label Studio JSON as a whole: real files value by value, the same twice, and whatever hostile hands make of it."""

import copy
import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from math import cos, radians, sin
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from labelport.errors import RequestError
from labelport.kit.format import Input
from labelport.model.geometry import Box, Messages, Point, Polygon, RotatedBox
from labelport.model.label import Annotation, Label
from labelport.model.record import Record
from labelport.registry import format_named
from tests.formats.label_studio.build import decode, file, result
from tests.samples import sample

SAMPLES = {
    "test_export_coco/data.json": "test_export_coco/label_config.xml",
    "test_export_csv/csv_test.json": None,
    "test_export_csv/csv_test2.json": None,
    "test_export_csv/csv_test_colliding_keys.json": None,
    "test_export_csv/csv_test_colliding_keys_mixed.json": None,
    "test_export_csv/csv_test_history.json": None,
    "test_export_doclang/data.json": None,
    "test_export_json_min/chat_data.json": None,
    "test_export_json_min/data.json": "test_export_json_min/label_config.xml",
    "test_export_json_min/data_repeater.json": "test_export_json_min/label_config_repeater.json",
    "test_export_yolo/data.json": "test_export_yolo/label_config.xml",
    "test_export_yolo/data_keypoints.json": "test_export_yolo/label_config_keypoints.xml",
    "test_export_yolo/data_obb.json": "test_export_yolo/label_config_obb.xml",
    "test_export_yolo/data_polygons.json": "test_export_yolo/label_config_polygons.xml",
}
"""Every export among the samples, with its configuration."""
REDUNDANT = {
    "$[].annotations[].prediction",
    "$[].annotations[].project",
    "$[].annotations[].result_count",
    "$[].annotations[].reviews[].annotation",
    "$[].annotations[].reviews[].fixed_annotation_history",
    "$[].annotations[].reviews[].last_annotation_history",
    "$[].annotations[].reviews[].previous_annotation_history",
    "$[].annotations[].reviews[].previous_annotation_history_result",
    "$[].annotations[].reviews[].result",
    "$[].annotations[].task",
    "$[].predictions[].cluster",
    "$[].predictions[].created_ago",
    "$[].predictions[].mislabeling",
    "$[].predictions[].neighbors",
    "$[].predictions[].task",
    "$[].predictions[].result[].source",
    "$[].annotations[].reviews[].id",
}
"""Keys of the samples that have no place: copies of what stands elsewhere, numbers of rows, and display."""


def _input(path: Path) -> Input:
    return Input(path.name, lambda: path.open("rb"))


def _files(name: str) -> list[Input]:
    config = SAMPLES[name]
    return [_input(sample(f"label_studio/{it}")) for it in (name, config) if it is not None]


def _source(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(sample(f"label_studio/{name}").read_bytes())
    return found


@pytest.mark.parametrize("name", SAMPLES)
def test_a_real_file_comes_through_value_by_value(name: str) -> None:
    outcome = decode(*_files(name))
    source = _source(name)
    assert [it.id for it in outcome.records] == [str(it["id"]) for it in source]
    for record, task in zip(outcome.records, source, strict=True):
        _assert_task(record, task)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_real_file_read_twice_is_the_same(name: str) -> None:
    assert decode(*_files(name)) == decode(*_files(name))


@pytest.mark.parametrize("name", SAMPLES)
def test_keys_of_a_real_file_that_are_not_read_are_known(name: str) -> None:
    assert {it for it in decode(*_files(name)).unread if it.startswith("$")} <= REDUNDANT


@pytest.mark.parametrize("name", [it for it in SAMPLES if "doclang" not in it])
def test_a_real_file_has_no_faults(name: str) -> None:
    assert decode(*_files(name)).faults == []


def test_a_real_file_without_sizes_says_which_regions_it_cannot_place() -> None:
    outcome = decode(*_files("test_export_doclang/data.json"))
    assert [it.path for it in outcome.faults] == ["$[0].annotations[0].result[0]", "$[1].annotations[0].result[0]"]


def test_all_real_files_at_once_have_one_ontology() -> None:
    outcome = decode(*(it for name in SAMPLES for it in _files(name)))
    numbers = [it.number for it in outcome.ontology.classes]
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_format_is_found_by_its_name() -> None:
    assert format_named("label_studio").title == "Label Studio JSON"


def _assert_task(record: Record, task: dict[str, Any]) -> None:
    for label, given_ in zip(record.labels, task["annotations"], strict=True):
        _assert_label(label, given_)
        assert label.id == str(given_["id"])
    for label, given_ in zip(record.predictions, task.get("predictions", []), strict=True):
        assert (label.author, label.score) == (given_["model_version"], given_["score"])
    when = task.get("created_at")
    assert record.workflow.created_at == (datetime.fromisoformat(when) if when else None)
    messages = [{"role": it.role, "content": it.text} for it in record.asset.messages if it.id.isdigit()]
    asset = [record.asset.text, record.asset.uri, messages]
    for key, value in task["data"].items():
        assert (record.metadata or {}).get(key) == value or value in asset


def _assert_label(label: Label, given_: dict[str, Any]) -> None:
    person = given_.get("completed_by")
    author = person["id"] if isinstance(person, dict) else person
    assert (label.author, label.seconds) == (None if author is None else str(author), given_.get("lead_time"))
    assert label.skipped == given_.get("was_cancelled", False)
    for key in ("created_at", "updated_at"):
        assert getattr(label, key) == (datetime.fromisoformat(given_[key]) if key in given_ else None)
    assert [it.accepted for it in label.reviews] == [it["accepted"] for it in given_.get("reviews", [])]
    relations = [it for it in given_["result"] if it["type"] == "relation"]
    assert [(it.source, it.target) for it in label.relations] == [(it["from_id"], it["to_id"]) for it in relations]
    by_id = {it.id: it for it in label.annotations}
    for at, item in enumerate(given_["result"]):
        found = by_id.get(item.get("id", f"result-{at}"))
        if item["type"] != "relation" and ("original_width" in item or "x" not in item["value"]):
            assert found is not None
            _assert_value(found, item)


def _assert_value(annotation: Annotation, item: dict[str, Any]) -> None:
    value, kind = item["value"], item["type"]
    across, down = item.get("original_width", 0) / 100, item.get("original_height", 0) / 100
    assert annotation.confidence == item.get("score")
    match kind, annotation.geometry:
        case "rectanglelabels", Box(x, y, width, height):
            wanted = (value["x"] * across, value["y"] * down, value["width"] * across, value["height"] * down)
            assert (x, y, width, height) == pytest.approx(wanted, abs=1e-9)
        case "rectanglelabels", RotatedBox() as box:
            wanted = (value["x"] * across, value["y"] * down, value["width"] * across, value["height"] * down)
            assert _upper_left(box) == pytest.approx(wanted, abs=1e-9)
            assert box.angle == value["rotation"]
        case "polygonlabels", Polygon(parts):
            flat = [number for x, y in value["points"] for number in (x * across, y * down)]
            assert parts[0][0] == pytest.approx(flat, abs=1e-9)
        case "keypointlabels", Point(x, y):
            assert (x, y) == pytest.approx((value["x"] * across, value["y"] * down), abs=1e-9)
            assert annotation.group == item.get("parentID")
        case "chatmessage", Messages(names):
            assert names == (item["id"],)
        case (("choices" | "textarea" | "taxonomy"), _):
            said = {"choices": "choices", "textarea": "text", "taxonomy": "taxonomy"}[kind]
            held = msgspec.json.encode(annotation.answers).decode()
            assert all(msgspec.json.encode(it).decode() in held for it in value[said])
        case other:
            raise AssertionError(f"nothing compares {other}")
    if kind.endswith("labels"):
        assert annotation.class_ == value[kind][0]


def _upper_left(box: RotatedBox) -> tuple[float, float, float, float]:
    cosine, sine = cos(radians(box.angle)), sin(radians(box.angle))
    x = box.cx - box.width / 2 * cosine + box.height / 2 * sine
    return x, box.cy - box.width / 2 * sine - box.height / 2 * cosine, box.width, box.height


BOX = {"x": 1, "y": 2, "width": 3, "height": 4}
MEDLEY: list[dict[str, Any]] = [
    {
        "id": 1,
        "data": {"image": "a.jpg", "text": "one 😀 two", "chat": [{"role": "user", "content": "hi"}], "video": "a.mp4", "width": 9, "height": 9},
        "meta": {"a": 1},
        "created_at": "2024-01-01T00:00:00Z",
        "comments": [{"id": 1, "text": "x", "created_by": 2}],
        "drafts": [{"result": []}],
        "annotations": [
            {
                "id": 5,
                "completed_by": {"id": 1, "email": "a@b.c"},
                "reviews": [{"accepted": True, "created_by": {"id": 2}}],
                "history": [{"action": "accepted", "created_at": "2024-01-01T00:00:00Z"}],
                "lead_time": 1.5,
                "was_cancelled": False,
                "ground_truth": True,
                "result": [
                    result("rectanglelabels", {**BOX, "rotation": 30, "rectanglelabels": ["A", "B"]}),
                    result("choices", {**BOX, "choices": ["x"]}, from_name="q"),
                    result("polygonlabels", {"points": [[0, 0], [1, 0], [1, 1]], "polygonlabels": ["A"]}, id="p", parentID="r1"),
                    result("ellipse", {"x": 1, "y": 1, "radiusX": 1, "radiusY": 1}, id="e", score=0.5, origin="prediction"),
                    result("keypointlabels", {"x": 1, "y": 1, "width": 1, "keypointlabels": ["K"]}, id="k"),
                    result("brushlabels", {"format": "rle", "rle": [0, 0, 0, 4, 57], "brushlabels": ["A"]}, id="b"),
                    result("bitmask", {"imageDataURL": "data:image/png;base64,"}, id="i"),
                    result("vector", {"vertices": [{"id": "a", "x": 1, "y": 1}, {"x": 2, "y": 2, "prevPointId": "a"}]}, id="v"),
                    {"id": "t", "type": "labels", "to_name": "text", "value": {"start": 0, "end": 3, "text": "one", "labels": ["A"]}},
                    {"id": "h", "type": "hypertextlabels", "value": {"start": "/p", "end": "/p", "startOffset": 0, "endOffset": 1}},
                    {"id": "g", "type": "paragraphlabels", "to_name": "chat", "value": {"start": "0", "end": "0", "startOffset": 0, "endOffset": 1}},
                    {"id": "s", "type": "labels", "to_name": "a", "value": {"start": 0.5, "end": 1, "channel": 0, "labels": ["S"]}},
                    {"id": "w", "type": "videorectangle", "to_name": "image", "value": {"sequence": [{**BOX, "frame": 1, "enabled": False}], "framesCount": 9}},
                    {"id": "f", "type": "timelinelabels", "to_name": "video", "value": {"ranges": [{"start": 1, "end": 2}], "timelinelabels": ["M"]}},
                    {"id": "c", "type": "chatmessage", "to_name": "chat", "value": {"chatmessage": {"role": "user", "content": "x", "createdAt": 1}}},
                    {"id": "x", "type": "taxonomy", "from_name": "tax", "value": {"taxonomy": [["a", "b"]]}},
                    {"id": "n", "type": "number", "from_name": "n", "value": {"number": 1}},
                    {"id": "o", "type": "ranker", "from_name": "o", "value": {"ranker": {"best": ["a"]}}},
                    {"id": "u", "type": "textarea", "from_name": "u", "value": {"text": ["a"]}},
                    {"type": "relation", "from_id": "r1", "to_id": "p", "direction": "left", "labels": ["of"]},
                ],
            },
        ],
        "predictions": [{"id": 1, "model_version": "m", "score": 0.5, "result": [result("rectangle", BOX, original_width=None)]}],
    },
    {"id": 2, "data": {"image": "b.jpg"}, "completions": [{"id": 6, "result": [result("rectangle", BOX, item_index=1)]}]},
]  # fmt: skip
"""Every kind of result once."""
HOSTILE: list[Any] = [
    None, True, False, 0, -1, 1, 2.5, 1e15, 1e300, -1e300, 10**30, "", "x", "1", "\x00", "😀" * 40, [], [[]], {}, {"id": {}},
    {"start": 1}, [None], [1, "a"], [[1, 2]], {"a": [{}]}, "2024-01-01", "$image", "r1", "relation", "choices",
]  # fmt: skip


def _paths(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from _paths(inner, (*path, key))


def _put(document: Any, path: tuple[str | int, ...], value: object) -> None:
    for key in path[:-1]:
        document = document[key]
    document[path[-1]] = copy.deepcopy(value)


def _delete(document: Any, path: tuple[str | int, ...]) -> None:
    for key in path[:-1]:
        document = document[key]
    del document[path[-1]]


@st.composite
def _mutated(draw: st.DrawFn, base: list[dict[str, Any]]) -> list[dict[str, Any]]:
    document = copy.deepcopy(base)
    for _ in range(draw(st.integers(1, 4))):
        places = list(_paths(document))
        if not places:
            break
        path = draw(st.sampled_from(places))
        match draw(st.sampled_from(["put", "put", "swap", "delete"])):
            case "put":
                _put(document, path, draw(st.sampled_from(HOSTILE)))
            case "swap":
                other: Any = document
                for key in draw(st.sampled_from(places)):
                    other = other[key]
                _put(document, path, other)
            case _:
                _delete(document, path)
    return document


def _assert_survived(content: object) -> None:
    with suppress(RequestError):
        decode(file("export.json", content))


def test_every_kind_of_result_is_taken_or_refused_for_its_reason() -> None:
    outcome = decode(file("export.json", MEDLEY))
    assert [it.path.partition("result")[2] for it in outcome.faults] == ["[5].value.rle", "[6].value.imageDataURL"]
    assert len(outcome.records[0].labels[0].annotations) == 15


def test_an_export_read_twice_is_the_same() -> None:
    assert decode(file("export.json", MEDLEY)) == decode(file("export.json", MEDLEY))


@given(_mutated(MEDLEY))
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_whatever_stands_in_an_export_counts_close_and_records_are_sound(content: list[dict[str, Any]]) -> None:
    _assert_survived(content)


@pytest.mark.parametrize("name", SAMPLES)
def test_whatever_stands_in_a_real_file_counts_close_and_records_are_sound(name: str) -> None:
    @given(_mutated(_source(name)[:2]))
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    def survives(content: list[dict[str, Any]]) -> None:
        _assert_survived(content)

    survives()


@pytest.mark.parametrize("first", range(5))
def test_every_value_of_every_kind_of_result_may_be_anything(first: int) -> None:
    for at, path in enumerate(_paths(MEDLEY)):
        content = copy.deepcopy(MEDLEY)
        _put(content, path, HOSTILE[(at + first * 6) % len(HOSTILE)])
        _assert_survived(content)


@given(st.binary(max_size=200))
@settings(max_examples=50, deadline=None)
def test_bytes_of_any_kind_are_refused_or_read(data: bytes) -> None:
    _assert_survived(data)
