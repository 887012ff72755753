"""Tasks as records: asset, name, metadata, status, history, comments, and what is counted as unread."""

from datetime import UTC, datetime
from typing import Any

import pytest

from labelport.model.asset import Series
from labelport.model.geometry import Messages
from labelport.model.label import Target
from labelport.model.visit import Visit
from labelport.model.workflow import Comment, Issue
from tests.formats.label_studio.build import Outcome, decode, file, read, result, task

BOX: dict[str, Any] = {"x": 1, "y": 2, "width": 3, "height": 4}


def _one(**given: Any) -> Outcome:
    return decode(file("export.json", [{"id": 1, "data": {"image": "a.jpg"}, "annotations": []} | given]))


@pytest.mark.parametrize(
    ("data", "kind", "uri", "text"),
    [
        ({"image": "https://example.org/a.jpg"}, "image", "https://example.org/a.jpg", None),
        ({"video": "s3://b/a.mp4"}, "video", "s3://b/a.mp4", None),
        ({"audio_url": "/data/a.bin"}, "audio", "/data/a.bin", None),
        ({"text": "Some words."}, "text", None, "Some words."),
        ({"my_text": "Some words.", "n": 5}, "text", None, "Some words."),
        ({"doc": "https://example.org/a.pdf"}, "document", "https://example.org/a.pdf", None),
        ({"what": "https://example.org/a.png?x=1"}, "image", "https://example.org/a.png?x=1", None),
        ({"html": "<p>a</p>"}, "html", None, "<p>a</p>"),
        ({"csv": "https://example.org/a.csv"}, "other", "https://example.org/a.csv", None),
        ({"a": "x y", "b": "z"}, "other", None, None),
        ({}, "other", None, None),
        ({"n": 5}, "other", None, None),
    ],
    ids=lambda it: str(it)[:40],
)
def test_the_asset_is_told_by_its_key_or_its_ending(
    data: dict[str, Any], kind: str, uri: str | None, text: str | None
) -> None:
    asset = _one(data=data).record.asset
    assert (asset.kind, asset.uri, asset.text) == (kind, uri, text)


def test_the_asset_is_what_results_point_to() -> None:
    outcome = read(result("rectangle", BOX, to_name="photo"), data={"image": "a.jpg", "photo": "b.jpg"})
    assert outcome.record.asset.uri == "b.jpg"
    assert outcome.record.metadata == {"image": "a.jpg"}


def test_results_say_the_key_of_their_object() -> None:
    outcome = read(result("rectangle", BOX, to_name="x", source="$scan"), data={"image": "a.jpg", "scan": "b.jpg"})
    assert outcome.record.asset.uri == "b.jpg"


def test_several_objects_are_series_and_annotations_say_on_which_they_are() -> None:
    second = result("rectangle", BOX, id="r2", to_name="right", original_width=50, original_height=40)
    outcome = read(result("rectangle", BOX, to_name="left"), second, data={"left": "a.jpg", "right": "b.jpg"})
    assert outcome.record.asset.uri == "a.jpg"
    assert outcome.record.asset.series == (
        Series("left", "left", ("a.jpg",), (200, 100)),
        Series("right", "right", ("b.jpg",), (50, 40)),
    )
    assert [it.on for it in outcome.label.annotations] == [None, Target(series="right")]


def test_each_picture_of_a_list_is_a_series_with_its_own_size() -> None:
    first = result("rectangle", BOX, item_index=0)
    second = result("rectangle", BOX, id="r2", item_index=1, original_width=50, original_height=40)
    outcome = read(first, second, data={"image": ["a.jpg", "b.jpg"]})
    assert outcome.record.asset.uri is None
    assert outcome.record.asset.series == (
        Series("image[0]", "image", ("a.jpg",), (200, 100)),
        Series("image[1]", "image", ("b.jpg",), (50, 40)),
    )
    assert [it.on for it in outcome.label.annotations] == [Target(series="image[0]"), Target(series="image[1]")]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"data": {"image": "https://example.org/x/a.jpg?s=1"}, "file_upload": "1234-tasks.json"}, "a.jpg"),
        ({"data": {"text": "words"}, "file_upload": "1234-book.docx"}, "1234-book.docx"),
        ({"data": {"text": "words"}, "file_upload": "1234-tasks.json"}, "1"),
        ({"data": {"text": "words"}}, "1"),
    ],
    ids=["address", "upload", "table", "nothing"],
)
def test_a_record_is_named_after_its_file(given: dict[str, Any], name: str) -> None:
    assert _one(**given).record.name == name


def test_data_beside_the_asset_and_meta_are_metadata() -> None:
    outcome = _one(data={"image": "a.jpg", "batch": 7, "n": {"a": [1]}}, meta={"batch": 8, "site": "x"})
    assert outcome.record.metadata == {"batch": 7, "n": {"a": [1]}, "meta.batch": 8, "site": "x"}


def test_times_and_counters_of_the_task_are_kept() -> None:
    outcome = _one(
        created_at="2024-01-01T00:00:00Z", updated_at="2024-01-02T00:00:00Z", inner_id=3, comment_count=2, agreement=50.0,
        drafts=[{"id": 9, "result": []}], total_annotations=0, project=4,
    )  # fmt: skip
    record = outcome.record
    assert record.workflow.created_at == datetime(2024, 1, 1, tzinfo=UTC)
    assert record.workflow.updated_at == datetime(2024, 1, 2, tzinfo=UTC)
    assert record.extra == {
        "inner_id": 3, "comment_count": 2, "agreement": 50.0, "drafts": [{"id": 9, "result": []}], "total_annotations": 0,
        "project": 4,
    }  # fmt: skip
    assert outcome.unread == {}


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({}, "queued"),
        ({"drafts": [{"result": []}]}, "in_progress"),
        ({"annotations": [{"result": []}]}, "submitted"),
        ({"annotations": [{"was_cancelled": True}]}, "skipped"),
        ({"annotations": [{"reviews": [{"accepted": True}]}]}, "done"),
        ({"annotations": [{"reviews": [{"accepted": False}]}]}, "rework"),
        ({"annotations": [{"last_action": "rejected"}]}, "rework"),
        ({"annotations": [{"ground_truth": True}]}, "done"),
    ],
    ids=str,
)
def test_the_status_follows_the_final_label(given: dict[str, Any], status: str) -> None:
    assert _one(**given).record.workflow.status == status


def test_a34_the_three_states_stay_apart() -> None:
    labelled = task(result("rectangle", BOX), id=1)
    empty = task(id=2)
    unlabelled = task(id=3) | {"annotations": []}
    records = decode(file("export.json", [labelled, empty, unlabelled])).records
    assert [[len(it.annotations) for it in record.labels] for record in records] == [[1], [0], []]


def test_the_history_of_an_annotation_is_visits() -> None:
    change = {
        "id": 7, "action": "accepted", "created_at": "2024-01-01T00:00:00Z", "created_by": 14, "lead_time": 1.5, "result": [{"a": 1}],
    }  # fmt: skip
    visits = _one(annotations=[{"id": 2, "history": [change]}]).record.stage_history
    when = datetime(2024, 1, 1, tzinfo=UTC)
    assert visits == (Visit("review", None, when, "14", "accepted", 1500, {"id": 7, "result": [{"a": 1}]}),)


def test_comments_are_issues() -> None:
    comment = {
        "id": 3,
        "text": "why?",
        "created_by": {"id": 5},
        "created_at": "2024-01-01T00:00:00Z",
        "is_resolved": True,
    }
    when = datetime(2024, 1, 1, tzinfo=UTC)
    assert _one(comments=[comment]).record.issues == (
        Issue("3", resolved=True, by="5", at=when, comments=(Comment("why?", "5", when),)),
    )


def test_keys_that_nothing_reads_are_counted_by_their_paths() -> None:
    given = task(result("rectangle", {**BOX, "depth": 1}, colour=2), new=3)
    given["annotations"][0] |= {"prediction": {}, "completed_by": {"id": 1, "avatar": "x"}}
    outcome = decode(file("export.json", [given, given | {"id": 2}]))
    assert outcome.unread == {
        "$[].annotations[].completed_by.avatar": 2,
        "$[].annotations[].prediction": 2,
        "$[].annotations[].result[].colour": 2,
        "$[].annotations[].result[].value.depth": 2,
        "$[].new": 2,
    }


def _chat(*messages: tuple[str, str, str], data: object = ()) -> dict[str, Any]:
    results = [
        {
            "id": name,
            "type": "chatmessage",
            "to_name": "chat",
            "value": {"chatmessage": {"role": role, "content": text}},
        }
        for name, role, text in messages
    ]
    return {
        "id": 1,
        "data": {"chat": list(data) if isinstance(data, tuple) else data},
        "annotations": [{"id": 5, "result": results}],
    }


def test_added_messages_follow_those_of_the_task() -> None:
    given = _chat(("m1", "user", "hi"), data=[{"role": "system", "content": "be kind"}])
    outcome = decode(file("export.json", [given]))
    assert [(it.id, it.role, it.text) for it in outcome.record.asset.messages] == [
        ("0", "system", "be kind"),
        ("m1", "user", "hi"),
    ]


def test_a_message_that_another_annotation_changed_is_a_message_of_its_own() -> None:
    given = _chat(("m1", "user", "hi"))
    given["annotations"] += _chat(("m1", "user", "hello"))["annotations"] + _chat(("m1", "user", "hi"))["annotations"]
    record = decode(file("export.json", [given])).record
    assert [(it.id, it.text) for it in record.asset.messages] == [("m1", "hi"), ("m1+", "hello")]
    said = [it.annotations[0].geometry for it in record.labels]
    assert said == [Messages(("m1",)), Messages(("m1+",)), Messages(("m1",))]


def test_a_task_without_an_id_is_called_by_its_place() -> None:
    given = {"data": {"image": "a.jpg"}}
    assert [it.id for it in decode(file("export.json", [given, given])).records] == ["task-1", "task-2"]
