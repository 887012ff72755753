"""Files: what is an export, what is another file, and what a broken one costs."""

import json
from typing import Any

import msgspec
import pytest

from labelport.errors import RequestError
from tests.formats.label_studio.build import decode, file, result, task

BOX: dict[str, Any] = {"x": 1, "y": 2, "width": 3, "height": 4}


def test_one_task_alone_is_an_export() -> None:
    outcome = decode(file("export.json", task(result("rectangle", {**BOX, "x": "no"}))))
    assert outcome.record.id == "1"
    assert [it.path for it in outcome.faults] == ["$.annotations[0].result[0].value.x"]


def test_an_empty_export_holds_nothing() -> None:
    assert decode(file("export.json", [])).records == []


def test_a_byte_order_mark_is_no_task() -> None:
    assert decode(file("export.json", b"\xef\xbb\xbf" + json.dumps([task()]).encode())).record.id == "1"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ([{"id": 1, "image": "a.jpg", "label": [], "annotator": 1, "annotation_id": 2}], "JSON-MIN export"),
        ({"images": [], "annotations": [], "categories": []}, "is no Label Studio export"),
        ("5", "holds 5 and no tasks"),
        ("", "is not JSON"),
        ("[1", "is not JSON"),
        ('[{"data":{}},]', "is not JSON"),
        ('[{"data":{}} {"data":{}}]', "is not JSON"),
        ('[{"data":{}}] 7', "is not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        ('[{"data":NaN}', "is not JSON"),
        ("NaN", "holds 'NaN' and no tasks"),
        (b"\xff\xfe", "is not JSON"),
        (json.dumps([task()]).encode("utf-16"), "is not JSON"),
    ],
    ids=lambda it: None if isinstance(it, str) and len(it) > 99 else str(it)[:30],
)  # fmt: skip
def test_another_file_is_refused_and_says_what_to_do(content: object, reason: str) -> None:
    (fault,) = decode(file("export.json", content)).faults
    assert reason in fault.reason


def test_without_a_file_of_tasks_there_is_nothing_to_read() -> None:
    with pytest.raises(RequestError, match=r"no Label Studio export among the files"):
        decode(file("label_config.xml", "<View/>"))


def test_files_of_another_kind_are_left_alone_and_counted() -> None:
    assert decode(file("export.json", [task()]), file("result.csv", "a,b")).unread == {"$": 1}


@pytest.mark.parametrize("element", ["5", "null", '"x"', "[]", "{}", '{"id":7}', '{"id":7,"data":5}'])
def test_an_element_that_is_no_task_is_refused_and_the_others_come_through(element: str) -> None:
    outcome = decode(file("export.json", f"[{json.dumps(task())},{element}]"))
    assert [it.id for it in outcome.records] == ["1"]
    assert [it.path for it in outcome.faults] == ["$[1]"]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9" * 400])
def test_a_number_that_is_none_costs_its_region_alone(number: str) -> None:
    results = [result("rectangle", BOX), result("rectangle", {**BOX, "x": 12345}, id="r2")]
    outcome = decode(file("export.json", json.dumps([task(*results), task(id=2)]).replace("12345", number)))
    assert [it.id for it in outcome.records] == ["1", "2"]
    assert [it.id for it in outcome.records[0].labels[0].annotations] == ["r1"]
    assert [it.path for it in outcome.faults] == ["$[0].annotations[0].result[1].value.x"]


def test_half_of_a_surrogate_pair_costs_its_task_alone() -> None:
    broken = json.dumps(task(id=2, data={"text": "TEXT"})).replace("TEXT", "\\ud83d")
    outcome = decode(file("export.json", f"[{json.dumps(task())},{broken}]"))
    assert [it.id for it in outcome.records] == ["1"]
    assert "surrogate pair" in outcome.faults[0].reason


def test_bytes_that_are_no_text_cost_their_task_alone() -> None:
    broken = json.dumps(task(id=2, data={"text": "TEXT"})).encode().replace(b"TEXT", b"\xff")
    outcome = decode(file("export.json", b"[" + json.dumps(task()).encode() + b"," + broken + b"]"))
    assert [it.id for it in outcome.records] == ["1"]


def test_a_number_of_more_than_64_bits_is_kept() -> None:
    assert decode(file("export.json", [task(meta={"n": 10**25})])).record.metadata == {"n": 10**25}


def test_a_task_nested_however_deep_comes_through_whole_or_is_refused() -> None:
    ends = set()
    for depth in range(100, 1100, 7):
        text = json.dumps([task(data={"image": "a.jpg", "deep": "DEEP"})]).replace('"DEEP"', "[" * depth + "]" * depth)
        outcome = decode(file("export.json", text))
        assert all(msgspec.json.encode(record) for record in outcome.records)
        ends.add("record" if outcome.records else "refused")
    assert ends == {"record", "refused"}
