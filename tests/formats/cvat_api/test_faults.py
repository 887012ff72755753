"""What is faulty or not read in a dump of CVAT's API is named where it stands, and the rest comes through."""

import json
from typing import Any

import pytest

from labelport.errors import Fault, RequestError
from labelport.formats.cvat_api import FORMAT
from labelport.kit.format import Reject, Unread
from labelport.registry import format_named
from tests.formats import cvat
from tests.formats.cvat_api.build import JOB, JOINT, LABELS, SHAPE, TAG, Json, decode, dump, shape, task, view


def test_answers_of_no_task_are_rejected_with_all_they_hold() -> None:
    annotations = {"task": {"1": view(), "8": view(shape(), tags=(TAG,))}, "job": {"9": view(shape())}}
    assert [(it.record, it.annotations, it.records) for it in decode(dump(annotations=annotations)).of(Reject)] == [
        ("task-8", 2, 0),
        ("job-9", 1, 0),
    ]


@pytest.mark.parametrize(
    ("broken", "path"),
    [
        ({"points": [1, 2, 3]}, ".points"),
        ({"points": ["x", 2, 3, 4]}, ".points[0]"),
        ({"points": None}, ".points"),
        ({"type": "circle"}, ".points"),
        ({"type": 7}, ".type"),
        ({"label_id": 99}, ".label_id"),
        ({"frame": -1}, ".frame"),
        ({"frame": 5}, ".frame"),
        ({"group": "many"}, ".group"),
        ({"rotation": "left"}, ".rotation"),
        ({"occluded": "maybe"}, ".occluded"),
        ({"z_order": 1.5}, ".z_order"),
        ({"attributes": {}}, ".attributes"),
        ({"attributes": [{"spec_id": 9, "value": "a"}]}, ".attributes[0].spec_id"),
        ({"attributes": [{"spec_id": 2, "value": "perhaps"}]}, ".attributes[0].value"),
        ({"attributes": [{"spec_id": 1, "value": "a"}] * 2}, ".attributes[1].spec_id"),
        ({"type": "skeleton", "label_id": 1, "points": []}, ""),
        ({"type": "skeleton", "label_id": 10, "elements": [{**JOINT, "label_id": 7}]}, ".elements[0].label_id"),
        ({"type": "skeleton", "label_id": 10, "elements": [JOINT, JOINT]}, ".elements[1].label_id"),
        ({"type": "skeleton", "label_id": 10, "elements": [{**JOINT, "points": [1]}]}, ".elements[0].points"),
        ({"type": "mask", "points": [1, 2, 0, 0, 1, 1]}, ".points"),
    ],
)
def test_a24_a_faulty_shape_is_rejected_alone_with_its_path(broken: Json, path: str) -> None:
    outcome = decode(dump(shape(**broken), shape(id=2)))
    (reject,) = outcome.of(Reject)
    assert [fault.path for fault in reject.faults] == [f'$.task["1"].shapes[0]{path}']
    assert (reject.annotations, reject.records) == (1, 0)
    assert [one.id for one in outcome.annotations] == ["shape-2"]


def test_everything_that_is_wrong_with_a_shape_is_told_at_once() -> None:
    (reject,) = decode(dump(shape(z_order="up", label_id=99, points=[1, 2]))).of(Reject)
    assert reject.record == "task-1/frame-0"
    assert [fault.path.rpartition(".")[2] for fault in reject.faults] == ["label_id", "points", "z_order"]


@pytest.mark.parametrize("broken", [None, 7, "x", [], {}])
def test_what_is_no_shape_is_rejected_alone(broken: object) -> None:
    outcome = decode(dump(annotations={"task": {"1": {"shapes": [broken, SHAPE]}}}))
    assert [one.annotations for one in outcome.of(Reject)] == [1]
    assert len(outcome.annotations) == 1


@pytest.mark.parametrize(
    ("name", "broken", "path"),
    [
        ("jobs", [{**JOB, "stage": "limbo"}], "$[0].state"),
        ("jobs", [JOB, JOB], "$[1].id"),
        ("jobs", [{**JOB, "assignee": {}}], "$[0].assignee"),
        ("jobs", [{**JOB, "updated_date": "soon"}], "$[0].updated_date"),
        ("labels", [*LABELS, {"id": 3}], "$[2].name"),
        ("labels", [*LABELS, {**LABELS[0], "color": "red", "id": 4}], "$[2].color"),
        ("labels", [*LABELS, "x"], "$[2]"),
        ("tasks", [*task(), *task()], "$[1].id"),
        ("users", [{"id": 1}], "$[0].username"),
        ("memberships", [{"user": {"username": "a"}, "role": "king"}], "$[0].role"),
        ("issues", [{"id": 1, "job": 9, "frame": 0}], "$[0].job"),
        ("issues", [{"id": 1, "job": 1, "frame": 0, "position": [1]}], "$[0].position"),
        ("issues", [{"id": 1, "job": 1, "frame": 7, "position": []}], "$.frame"),
        ("comments", [{"id": 1, "issue": 9, "message": "?"}], "$.results.issue"),
        ("projects", [{"name": "p"}], "$[0].id"),
    ],
)
def test_a_faulty_object_is_rejected_and_the_rest_comes_through(name: str, broken: object, path: str) -> None:
    outcome = decode(dump(shape(), **{name: broken}))
    assert [fault.path for fault in outcome.faults] == [path]
    assert len(outcome.annotations) == 1


def test_pages_that_are_missing_are_told() -> None:
    page = {"count": 3, "next": "http://localhost/api/jobs?page=2", "previous": None, "results": [JOB]}
    assert decode(dump(jobs=page)).faults == [
        Fault("$.next", "holds 1 of 3: ask for all pages, and put their results together")
    ]


def test_what_nobody_reads_is_counted_where_it_stands() -> None:
    content = dump(shape(score=1, rotation=9, type="polygon", points=[0, 0, 1, 0, 1, 1]))
    unread = decode(content).unread
    assert {path: count for path, count in unread.items() if "shapes" in path} == {
        "annotations.json:$.task.*.shapes[].outside": 1,
        "annotations.json:$.task.*.shapes[].rotation": 1,
        "annotations.json:$.task.*.shapes[].score": 1,
    }


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (dump(jobs={"results": "nothing"}), "has no list of jobs"),
        (dump(annotations=[]), "no annotations by task and job"),
        (dump(annotations={"task": [], "job": {}}), "no annotations by task and job"),
        (dump(labels=b"[{]"), "is not JSON"),
        (dump(labels=b"\xff"), "is not JSON"),
    ],
)
def test_a_bad_dump_is_rejected_and_nothing_of_it_is_taken(content: dict[str, Any], reason: str) -> None:
    outcome = decode(content)
    (reject,) = outcome.items
    assert isinstance(reject, Reject)
    assert reason in reject.faults[0].reason
    assert reject.faults[1].reason == "nothing of the dump is taken without it"


def test_a_dump_goes_in_without_what_is_broken_beside_it() -> None:
    outcome = decode(dump(users=b"\xff", issues=b"[" * 100_000))
    assert [one.file for one in outcome.of(Reject)] == ["users.json", "issues.json"]
    assert outcome.records


def test_half_a_dump_is_refused() -> None:
    with pytest.raises(RequestError, match=r"no annotations\.json, jobs\.json, labels\.json, tasks\.json"):
        decode({})


def test_two_dumps_at_once_are_refused() -> None:
    files = [cvat.given(f"{folder}/{name}.json", file) for folder in "ab" for name, file in dump().items()]
    with pytest.raises(RequestError, match="one dump of CVAT at a time"):
        cvat.decode(FORMAT, files)


def test_other_files_are_not_read() -> None:
    files = [cvat.given(f"{name}.json", file) for name, file in {**dump(), "quality": []}.items()]
    assert cvat.decode(FORMAT, files).of(Unread)[0] == Unread("quality.json", "$", 1)


def test_a_number_that_is_none_costs_its_shape_alone() -> None:
    text = json.dumps(dump(shape(points=[float("nan"), 0, 1, 1]), shape(id=2))["annotations"])
    outcome = decode(dump(annotations=text))
    assert [fault.reason for fault in outcome.faults] == ["'NaN' is not a number"]
    assert [one.id for one in outcome.annotations] == ["shape-2"]


def test_the_format_is_found_by_its_name_and_only_reads() -> None:
    found = format_named("cvat_api")
    assert (found.title, found.encode, found.decode is not None) == ("CVAT API", None, True)
