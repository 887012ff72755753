"""Annotations as labels: which is final, who reviewed it, how regions relate."""

import itertools
from datetime import UTC, datetime
from typing import Any

import pytest

from labelport.model.label import Relation
from labelport.model.workflow import Review
from tests.formats.label_studio.build import Outcome, decode, file, read, result, task

BOX: dict[str, Any] = {"x": 1, "y": 2, "width": 3, "height": 4}


def _several(*annotations: dict[str, Any], **more: Any) -> Outcome:
    numbered = [{"id": 10 + at, "result": []} | it for at, it in enumerate(annotations)]
    return decode(file("export.json", [{"id": 1, "data": {"image": "a.jpg"}, "annotations": numbered, **more}]))


def _final(*annotations: dict[str, Any]) -> str:
    (found,) = [it.id for it in _several(*annotations).record.labels if it.final]
    return found


OLD = {"created_at": "2024-01-01T00:00:00Z"}
NEW = {"created_at": "2024-02-01T00:00:00Z"}
ACCEPTED = {"reviews": [{"accepted": True}]}


@pytest.mark.parametrize(
    ("best", "other"),
    [
        (OLD | {"ground_truth": True}, NEW | ACCEPTED),
        (OLD | ACCEPTED, NEW),
        (OLD | {"last_action": "fixed_and_accepted"}, NEW),
        (NEW, OLD),
        (OLD | {"updated_at": "2024-03-01T00:00:00Z"}, NEW),
        (OLD, NEW | {"was_cancelled": True}),
        (OLD, {}),
        (NEW | {"reviews": [{"accepted": True}, {"accepted": True}]}, NEW | {"reviews": [{"accepted": True}, {"accepted": False}]}),
    ],
    ids=["ground truth", "accepted", "last action", "newer", "updated", "not cancelled", "dated", "last review"],
)  # fmt: skip
def test_a38_one_label_is_final_whatever_the_order(best: dict[str, Any], other: dict[str, Any]) -> None:
    assert _final(best | {"id": 1}, other | {"id": 2}) == "1"
    assert _final(other | {"id": 2}, best | {"id": 1}) == "1"


def test_a38_of_equals_the_last_in_the_file_is_final() -> None:
    assert _final({"id": 1}, {"id": 2}) == "2"


def test_a38_exactly_one_of_many_is_final() -> None:
    kinds: list[dict[str, Any]] = [OLD, NEW, ACCEPTED, {"ground_truth": True}, {"was_cancelled": True}]
    for chosen in itertools.permutations(kinds, 3):
        _final(*chosen)


def test_who_made_a_label_and_when() -> None:
    person = {"id": 5, "email": "a@example.org", "first_name": "Ada", "last_name": "L."}
    given = {
        "completed_by": person,
        "lead_time": 7.5,
        "created_at": "2024-01-01T01:00:00+01:00",
        "updated_at": 1704067260,
    }
    outcome = _several(given)
    label = outcome.label
    assert (label.id, label.author, label.seconds) == ("10", "5", 7.5)
    assert label.created_at == datetime(2024, 1, 1, tzinfo=UTC)
    assert label.updated_at == datetime(2024, 1, 1, 0, 1, tzinfo=UTC)
    assert [(it.id, it.name, it.email) for it in outcome.members] == [("5", "Ada L.", "a@example.org")]


@pytest.mark.parametrize(
    ("person", "author"), [(3, "3"), ("a@b.c", "a@b.c"), ({"email": "a@b.c"}, "a@b.c"), (None, None)]
)
def test_an_author_is_an_id_or_an_address(person: object, author: str | None) -> None:
    assert _several({"completed_by": person}).label.author == author


def test_a_cancelled_annotation_is_skipped_and_keeps_its_regions() -> None:
    label = _several({"was_cancelled": True, "result": [result("rectangle", BOX)]}).label
    assert (label.skipped, len(label.annotations)) == (True, 1)


def test_reviews_keep_their_verdict_person_and_words() -> None:
    given = {"accepted": False, "created_by": {"id": 2}, "created_at": "2024-01-01T00:00:00Z", "comment": "tighter"}
    assert _several({"reviews": [given]}).label.reviews == (
        Review(False, "2", datetime(2024, 1, 1, tzinfo=UTC), "tighter"),
    )


def test_older_exports_call_annotations_completions() -> None:
    given = {
        "id": 1,
        "data": {"image": "a.jpg"},
        "completions": [{"id": 7, "created_at": 1609789589, "result": [result("rectangle", BOX)]}],
    }
    outcome = decode(file("export.json", [given]))
    assert (outcome.label.id, len(outcome.label.annotations)) == ("7", 1)
    assert outcome.label.created_at == datetime(2021, 1, 4, 19, 46, 29, tzinfo=UTC)


def test_a_prediction_is_what_a_model_said() -> None:
    given = {"id": 3, "model_version": "m1", "score": 0.7, "result": [result("rectangle", BOX, score=0.9)]}
    outcome = decode(file("export.json", [task(predictions=[given])]))
    (found,) = outcome.record.predictions
    assert (found.id, found.source, found.author, found.score, found.final) == (
        "prediction-3",
        "model",
        "m1",
        0.7,
        False,
    )
    assert found.annotations[0].confidence == 0.9


def test_regions_of_predictions_are_not_counted_and_their_faults_are_told() -> None:
    outcome = decode(file("export.json", [task(predictions=[{"result": [result("polygon", {"points": []})]}])]))
    assert [it.path for it in outcome.faults] == ["$[0].predictions[0].result[0].value.points"]


@pytest.mark.parametrize(
    ("origin", "source"), [("manual", "person"), ("prediction", "model"), ("prediction-changed", "person"), ([], None), (None, None)]
)  # fmt: skip
def test_the_origin_of_a_region_is_its_source(origin: object, source: str | None) -> None:
    assert read(result("rectangle", BOX, origin=origin)).annotation.source == source


def _related(**more: Any) -> Outcome:
    relation = {"type": "relation", "from_id": "r1", "to_id": "r2", **more}
    return read(result("rectangle", BOX), result("rectangle", BOX, id="r2"), relation)


@pytest.mark.parametrize(
    ("more", "relation"),
    [
        ({}, Relation("relation-2", "r1", "r2")),
        ({"direction": "right"}, Relation("relation-2", "r1", "r2")),
        ({"direction": "left"}, Relation("relation-2", "r2", "r1")),
        ({"direction": "bi"}, Relation("relation-2", "r1", "r2", directed=False)),
        ({"labels": ["part of"]}, Relation("relation-2", "r1", "r2", "part of")),
        ({"to_id": "r1"}, Relation("relation-2", "r1", "r1")),
    ],
    ids=str,
)
def test_a_relation_links_two_regions(more: dict[str, Any], relation: Relation) -> None:
    assert _related(**more).label.relations == (relation,)


def test_a_relation_with_two_labels_is_two() -> None:
    relations = _related(labels=["a", "b"]).label.relations
    assert [(it.id, it.name) for it in relations] == [("relation-2", "a"), ("relation-2.1", "b")]


@pytest.mark.parametrize("more", [{"to_id": "r9"}, {"to_id": None}, {"direction": "up"}, {"labels": 5}], ids=str)
def test_a_relation_to_nothing_is_refused_and_costs_no_region(more: dict[str, Any]) -> None:
    outcome = _related(**more)
    assert (outcome.label.relations, len(outcome.label.annotations)) == ((), 2)
    assert {it.path.partition(".result")[2][:4] for it in outcome.faults} == {"[2]."}


def test_a_relation_to_a_region_that_was_refused_is_refused_too() -> None:
    relation = {"type": "relation", "from_id": "r1", "to_id": "r2"}
    outcome = read(result("rectangle", BOX), result("polygon", {"points": []}, id="r2"), relation)
    assert [it.path for it in outcome.faults] == [
        "$[0].annotations[0].result[1].value.points",
        "$[0].annotations[0].result[2].to_id",
    ]


def test_regions_are_grouped_under_their_parent() -> None:
    child = result("keypoint", {"x": 1, "y": 1}, id="c", parentID="r1")
    outcome = read(result("rectangle", BOX), child, result("rectangle", BOX, id="alone"))
    assert [(it.id, it.group) for it in outcome.label.annotations] == [("r1", "r1"), ("c", "r1"), ("alone", None)]


def test_a_region_without_an_id_is_called_by_its_place() -> None:
    first, second = ({key: it for key, it in result("rectangle", BOX).items() if key != "id"} for _ in range(2))
    outcome = read(first, result("rectangle", BOX, id="result-2"), second)
    assert [it.id for it in outcome.label.annotations] == ["result-0", "result-2", "result-2-"]


@pytest.mark.parametrize("given", [5, "x", [], {"result": 5}, {"result": [5, None, "x"]}], ids=str)
def test_an_annotation_that_is_none_is_told_and_the_task_comes_through(given: Any) -> None:
    outcome = decode(file("export.json", [{"id": 1, "data": {"image": "a.jpg"}, "annotations": [given]}]))
    assert outcome.faults
    assert len(outcome.records) == 1


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("created_at", "yesterday"),
        ("lead_time", -1),
        ("was_cancelled", "no"),
        ("completed_by", []),
        ("reviews", 5),
        ("created_at", {}),
    ],
)
def test_a_value_that_is_none_is_told_and_the_label_comes_through(key: str, value: object) -> None:
    outcome = _several({key: value})
    assert [it.path for it in outcome.faults] == [f"$[0].annotations[0].{key}"]
    assert outcome.label.id == "10"
