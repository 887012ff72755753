"""Real exports of Label Studio come out as they went in: every key of every result is made again from the delivery."""

from collections import defaultdict
from itertools import chain
from math import cos, radians, sin
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.real import FILES, Taken, moment, plain, read, taken
from tests.samples import sample

Object = dict[str, Any]
PATHS = tuple(path for format_, path in FILES if format_ == "label_studio")
REJECTED = {"label_studio/test_export_doclang/data.json": {(11, "sec-1"), (22, "result-0")}}
"""Regions (by annotation and name) that cannot be placed: they are in percent of pictures whose size nothing tells."""
TOLD_UNREAD = {"prediction", "project", "result_count", "task"}
"""Keys of an annotation that the report lists as not read."""
KEPT = {"ground_truth", "unique_id", "import_id", "last_action", "updated_by", "parent_prediction", "parent_annotation"}
KEPT |= {"last_created_by", "draft_created_at", "bulk_created"}


@pytest.fixture(scope="module", params=PATHS)
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[Object], Taken]:
    """A file, its tasks as the standard library reads them, and what came of it."""
    path: str = request.param
    folder = tmp_path_factory.mktemp("label-studio")
    return path, read(path), taken(folder, "label_studio", sample(path))


def corner(shape: Object) -> tuple[float, float]:
    """Return the upper left corner, as it stands before the turn."""
    if shape["kind"] == "box":
        return shape["x"], shape["y"]
    across, down, angle = shape["width"] / 2, shape["height"] / 2, radians(shape["angle"])
    x = shape["cx"] - across * cos(angle) + down * sin(angle)
    return x, shape["cy"] - across * sin(angle) - down * cos(angle)


def placed(made: Object, record: Object) -> Object:
    """Return the shape as a value of Label Studio: percent of the picture."""
    shape = made.get("geometry", {"kind": None})
    wide, high = record["asset"].get("width", 0) / 100, record["asset"].get("height", 0) / 100
    match shape["kind"]:
        case "box" | "rotated_box":
            x, y = corner(shape)
            size = {"width": shape["width"] / wide, "height": shape["height"] / high}
            return {"x": x / wide, "y": y / high, **size, "rotation": shape.get("angle", 0)}
        case "point":
            width = made["extra"]["point_size"]
            return {"x": shape["x"] / wide, "y": shape["y"] / high, "width": width / wide}
        case "polygon":
            ((flat,),) = shape["parts"]
            pairs = zip(flat[0::2], flat[1::2], strict=True)
            return {"points": [[x / wide, y / high] for x, y in pairs]}
        case "messages":
            (name,) = shape["messages"]
            (message,) = (one for one in record["asset"]["messages"] if one["id"] == name)
            at = moment(message["created_at"])
            assert at is not None
            said = {"role": message["role"], "content": message["text"], "createdAt": at.timestamp() * 1000}
            return {"chatmessage": said | made["extra"].get("message", {})}
        case _:
            return {}


def answered(made: Object, result: Object) -> Object:
    """Return the answer to the question of a result."""
    own = [one for one in made.get("answers", ()) if one["key"] == result["from_name"]]
    match result["type"]:
        case "choices":
            (one,) = own
            return {"choices": [option["value"] for option in one.get("options", [one.get("option")])]}
        case "taxonomy":
            return {"taxonomy": own[0]["paths"]}
        case "textarea":
            return {"text": [one["text"] for one in own]}
        case _:
            return {}


def back(made: Object, result: Object, record: Object, name: str | None) -> Object:
    """Return a result as Label Studio wrote it, made from the annotation; sizes are the asset's."""
    extra = made["extra"]
    value = placed(made, record) | answered(made, result)
    if result["type"].endswith("labels"):
        value[result["type"]] = [name]
    if "closed" in result["value"]:
        value["closed"] = made["geometry"]["kind"] == "polygon"
    own = {"from_name": extra["from_name"], "to_name": extra["to_name"], "type": result["type"], "value": value}
    if (
        result["from_name"] != extra["from_name"]
    ):  # further results of a region: the question's name is the answer's key
        own["from_name"] = next(one["key"] for one in made["answers"] if one["key"] == result["from_name"])
    if "origin" in result:
        source = {"person": "manual", "model": "prediction"}[made["source"]]
        own["origin"] = extra.get("origin", source)
    if "original_width" in result:
        asset = record["asset"]
        own |= {"original_width": asset["width"], "original_height": asset["height"]}
        own["image_rotation"] = extra.get("image_rotation", 0)
    found = {"id": made["id"], "score": made.get("confidence"), "parentID": made.get("group"), "source": "$image"}
    return own | {key: item for key, item in found.items() if key in result}


def held(label: Object) -> Object:
    return {made["id"]: made for made in chain(label.get("annotations", ()), label.get("tracks", ()))}


def regions(annotation: Object) -> dict[str, list[Object]]:
    """Return the results of each region, by the id that it has or is given."""
    found: dict[str, list[Object]] = defaultdict(list)
    for at, result in enumerate(annotation["result"]):
        if result["type"] != "relation":
            found[result.get("id", f"result-{at}")].append(result)
    return found


def shared(record: Object, task: Object) -> list[tuple[Object, Object]]:
    """Return each annotation and each prediction of a task with its label."""
    labels = {one["id"]: one for one in record.get("labels", ())}
    assert labels.keys() == {str(one["id"]) for one in task["annotations"]}
    guesses = {one["id"]: one for one in record.get("predictions", ())}
    assert guesses.keys() == {f"prediction-{one['id']}" for one in task.get("predictions", ())}
    found = [(labels[str(one["id"])], one) for one in task["annotations"]]
    return found + [(guesses[f"prediction-{one['id']}"], one) for one in task.get("predictions", ())]


def test_every_result_of_every_region_is_delivered_with_each_of_its_values(
    pair: tuple[str, list[Object], Taken],
) -> None:
    path, tasks, out = pair
    names = {number: one["name"] for number, one in out.classes().items()}
    refused = REJECTED.get(path, set())
    for record, task in zip(out.lines(), tasks, strict=True):
        for label, annotation in shared(record, task):
            found = held(label)
            given = regions(annotation)
            assert found.keys() == {name for name in given if (annotation["id"], name) not in refused}
            for name, made in found.items():
                class_ = made.get("class")
                word = names.get(class_, class_)
                for result in given[name]:
                    assert plain(back(made, result, record, word)) == plain(result)


def test_every_relation_is_delivered_with_its_ends_and_direction(pair: tuple[str, list[Object], Taken]) -> None:
    _, tasks, out = pair
    for record, task in zip(out.lines(), tasks, strict=True):
        for label, annotation in shared(record, task):
            given = [one for one in annotation["result"] if one["type"] == "relation"]
            made = [
                {"type": "relation", "from_id": one["source"], "to_id": one["target"], "direction": "right"}
                for one in label.get("relations", ())
            ]
            assert all(one.get("directed", True) and "name" not in one for one in label.get("relations", ()))
            assert made == given


def test_every_annotation_is_delivered_with_its_author_times_reviews_and_state(
    pair: tuple[str, list[Object], Taken],
) -> None:
    _, tasks, out = pair
    for record, task in zip(out.lines(), tasks, strict=True):
        for label, given in shared(record, task)[: len(task["annotations"])]:
            by = given.get("completed_by")
            who = by["id"] if isinstance(by, dict) else by
            assert label.get("author") == (None if who is None else str(who))
            assert moment(label.get("created_at")) == moment(given.get("created_at"))
            assert moment(label.get("updated_at")) == moment(given.get("updated_at"))
            assert label.get("seconds") == given.get("lead_time")
            assert label.get("skipped", False) == given.get("was_cancelled", False)
            assert label.get("extra", {}) == {key: given[key] for key in KEPT & given.keys() if given[key]}
            assert [(one["accepted"], one["by"], moment(one["at"])) for one in label.get("reviews", ())] == [
                (one["accepted"], str(one["created_by"]["id"]), moment(one["created_at"]))
                for one in given.get("reviews", ())
            ]
            compared = {"id", "completed_by", "created_at", "updated_at", "lead_time", "was_cancelled", "reviews"}
            assert given.keys() - compared - KEPT - {"result", "history"} <= TOLD_UNREAD
        assert sum(label.get("final", True) for label in record.get("labels", ())) == bool(task["annotations"])


def test_every_prediction_is_delivered_with_its_model_and_score(pair: tuple[str, list[Object], Taken]) -> None:
    _, tasks, out = pair
    for record, task in zip(out.lines(), tasks, strict=True):
        for guess, given in shared(record, task)[len(task["annotations"]) :]:
            assert (guess["author"], guess["score"]) == (given["model_version"], given["score"])
            assert (guess["source"], guess["final"]) == ("model", False)
            assert moment(guess["created_at"]) == moment(given["created_at"])
            assert moment(guess["updated_at"]) == moment(given["updated_at"])


def test_every_task_is_delivered_with_its_data_times_history_and_counters(
    pair: tuple[str, list[Object], Taken],
) -> None:
    _, tasks, out = pair
    for record, task in zip(out.lines(), tasks, strict=True):
        assert record["id"] == str(task["id"])
        asset = record["asset"]
        shown = [asset[key] for key in ("uri", "text") if key in asset]
        assert {key: item for key, item in task["data"].items() if item not in shown} == record.get("metadata", {})
        assert task.get("meta", {}) == {}
        moves = record.get("workflow", {})
        assert moment(moves.get("created_at")) == moment(task.get("created_at"))
        assert moment(moves.get("updated_at")) == moment(task.get("updated_at"))
        kept = task.keys() - {"id", "data", "meta", "annotations", "predictions", "created_at", "updated_at"}
        said = {key: task[key] for key in kept if task[key] not in (None, [], {}, "")}
        assert record.get("extra", {}) == said
        past = [item for one in task["annotations"] for item in one.get("history", ())]
        assert len(record.get("stage_history", ())) == len(past)
        for visit, item in zip(record.get("stage_history", ()), past, strict=True):
            assert (visit["outcome"], visit["by"]) == (item["action"], str(item["created_by"]))
            assert moment(visit["left_at"]) == moment(item["created_at"])
            rest = item.keys() - {"action", "created_by", "created_at"}
            assert visit["extra"] == {key: item[key] for key in rest if item[key] is not None}


def test_a_region_in_percent_of_an_unknown_size_is_rejected_with_its_reason(tmp_path: Path) -> None:
    path = "label_studio/test_export_doclang/data.json"
    report = taken(tmp_path, "label_studio", sample(path)).report
    assert [(one.record, one.annotations, [fault.path for fault in one.faults]) for one in report.rejected] == [
        ("1", 1, ["$[0].annotations[0].result[0]"]),
        ("2", 1, ["$[1].annotations[0].result[0]"]),
    ]
    assert all("original_width" in fault.reason for one in report.rejected for fault in one.faults)
