"""A real dump of CVAT's API comes through value by value, and nothing is counted twice."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pytest
from pycocotools import mask as coco

from labelport.formats.cvat_api import FORMAT
from labelport.formats.cvat_api.jobs import PLACES
from labelport.kit.format import Counted
from labelport.model.answers import Radio, Text
from labelport.model.geometry import (
    Box,
    Cuboid,
    Ellipse,
    Geometry,
    Keypoint,
    Keypoints,
    Mask,
    Point,
    Polygon,
    Polyline,
    RotatedBox,
    kind,
)
from labelport.model.label import Annotation
from labelport.model.ontology import LabelClass
from labelport.model.workflow import Comment, Issue, Member
from tests.formats import cvat
from tests.formats.cvat import Outcome
from tests.formats.cvat_api.build import Json
from tests.samples import sample


def real() -> Outcome:
    return cvat.decode(FORMAT, cvat.files(sample("cvat_project")))


def source(name: str) -> Any:
    found = json.loads(sample(f"cvat_project/{name}.json").read_bytes())
    return found.get("results", found)


def real_views() -> Iterator[tuple[str, Json]]:
    """Yield what must come through: the tasks' answers, and those of jobs that check a task."""
    annotations = source("annotations")
    checks = {str(job["id"]) for job in source("jobs") if job["type"] != "annotation"}
    yield from ((f"task-{number}", each) for number, each in annotations["task"].items())
    yield from ((f"job-{number}", each) for number, each in annotations["job"].items() if number in checks)


def test_every_real_shape_and_tag_comes_through_once_value_by_value() -> None:
    outcome = real()
    assert outcome.faults == []
    found = {
        (label.id, one.id): (record, one)
        for record in outcome.records
        for label in record.labels
        for one in label.annotations
    }
    labels = {label["id"]: label for label in source("labels")}
    specs = {each["id"]: each for label in labels.values() for each in label["attributes"]}
    classes: dict[object, LabelClass] = {one.number: one for one in outcome.classes}
    wanted = [
        (name, kind_, one) for name, each in real_views() for kind_ in ("shape", "tag") for one in each[f"{kind_}s"]
    ]
    assert len(found) == len(wanted)
    for name, kind_, one in wanted:
        record, annotation = found[name, f"{kind_}-{one['id']}"]
        frame = annotation.on.first_frame if annotation.on else (record.metadata or {})["frame"]
        assert frame == one["frame"]
        assert_class(classes[annotation.class_], labels[one["label_id"]])
        assert annotation.group == (str(one["group"]) if one["group"] else None)
        assert annotation.source == {"manual": "person", "Ground truth": None}[one["source"]]
        own = [said(each) for each in annotation.answers if "/" not in key_of(each)]
        assert own == [(specs[each["spec_id"]]["name"], each["value"]) for each in one["attributes"]]
        if kind_ == "shape":
            assert (annotation.occluded, annotation.z_order) == (one["occluded"], one["z_order"])
            assert_shape(annotation, one)


def test_the_real_kinds_are_as_many_as_the_samples_say_without_what_is_told_twice() -> None:
    outcome = real()
    found = Counter(kind(one.geometry) for one in outcome.annotations)
    own = Counter(one["type"] for _, each in real_views() for one in each["shapes"])
    assert found["box"] + found["rotated_box"] == own["rectangle"] == 63
    assert (
        (found["polygon"], found["polyline"], found["ellipse"])
        == (own["polygon"], own["polyline"], own["ellipse"])
        == (16, 10, 2)
    )
    assert found["point"] + found["keypoints"] == own["points"] + own["skeleton"] == 20
    assert (found["mask"], found["cuboid"], found["classification"]) == (own["mask"], own["cuboid"], 6) == (3, 1, 6)
    assert len(outcome.tracks) == 3


def test_the_real_objects_are_taken_or_counted_as_repeated_all_of_them() -> None:
    outcome = real()
    everything = sum(
        len(one[key])
        for answers in source("annotations").values()
        for one in answers.values()
        for key in ("shapes", "tags", "tracks")
    )
    taken = sum(one.annotations for one in outcome.of(Counted))
    repeated = sum(outcome.unread[f"annotations.json:$.job.*.{key}[]"] for key in ("shapes", "tags", "tracks"))
    assert (everything, taken, repeated) == (203, 124, 79)


def test_a30_real_skeleton_tracks_come_through_key_frame_by_key_frame() -> None:
    outcome = real()
    sublabels = {each["id"]: each["name"] for label in source("labels") for each in label["sublabels"]}
    joints = {one.number: one.skeleton.joints for one in outcome.classes if one.skeleton}
    for track in [one for _, each in real_views() for one in each["tracks"]]:
        (found,) = [one for one in outcome.tracks if one.id == f"track-{track['id']}"]
        mine = {one.frame: one for one in outcome.keyframes if one.track == found.id}
        assert sorted(mine) == sorted({it["frame"] for element in track["elements"] for it in element["shapes"]})
        assert isinstance(found.class_, int)
        for element in track["elements"]:
            at = joints[found.class_].index(sublabels[element["label_id"]])
            for state in element["shapes"]:
                made = mine[state["frame"]].geometry
                assert isinstance(made, Keypoints)
                assert made.points[at] == Keypoint(state["points"][0], state["points"][1], 0 if state["outside"] else 2)


def test_the_real_tasks_are_a_record_for_each_frame_or_one() -> None:
    found = Counter(record.id.partition("/")[0] for record in real().records)
    moving = {"task-5", "task-14", "task-15", "task-21"}
    assert found == {
        name: 1 if name in moving else each["size"]
        for each in source("tasks")
        if each.get("size") and (name := f"task-{each['id']}")
    }


def test_the_real_task_without_data_has_no_record_and_is_told() -> None:
    assert real().unread["tasks.json:$.results[size=null]"] == 1


def test_a35_every_real_record_stands_where_its_job_does() -> None:
    for record in real().records:
        frame = (record.metadata or {}).get("frame", 0)
        (job,) = [
            job
            for job in source("jobs")
            if f"task-{job['task_id']}" == record.id.partition("/")[0]
            and job["type"] == "annotation"
            and (job["start_frame"] <= frame <= job["stop_frame"] if "/" in record.id else job["id"] != 26)
        ]
        work = record.workflow
        assert (work.stage, work.status) == PLACES[job["stage"], job["state"]]
        assert work.batch == f"job-{job['id']}"
        assert work.assignees == ((job["assignee"]["username"],) if job["assignee"] else ())
        assert work.created_at == datetime.fromisoformat(job["created_date"])


def test_a35_every_real_issue_is_where_it_was_raised() -> None:
    records = {record.id: record for record in real().records}
    tasks = {job["id"]: job["task_id"] for job in source("jobs")}
    for issue in source("issues"):
        name = f"task-{tasks[issue['job']]}"
        record = records.get(name) or records[f"{name}/frame-{issue['frame']}"]
        (found,) = record.issues
        said_ = sorted((one for one in source("comments") if one["issue"] == issue["id"]), key=lambda one: one["id"])
        assert found == Issue(
            str(issue["id"]),
            issue["resolved"],
            issue["owner"]["username"],
            datetime.fromisoformat(issue["created_date"]),
            issue["frame"] if record.id == name else None,
            tuple(issue["position"]),
            tuple(Comment(it["message"], it["owner"]["username"], datetime.fromisoformat(it["created_date"])) for it in said_),
        )  # fmt: skip


def test_every_real_person_is_a_member_with_the_highest_role() -> None:
    found = {one.id: one for one in real().of(Member)}
    assert {one["username"]: (f"{one['first_name']} {one['last_name']}", one["email"]) for one in source("users")} == {
        name: (one.name, one.email) for name, one in found.items()
    }
    assert {found[name].role for name in ("admin1", "admin2")} == {"admin"}
    owners = {one["user"]["username"] for one in source("memberships") if one["role"] == "owner"}
    assert {name for name, one in found.items() if one.role == "owner"} == owners


def test_the_real_labels_are_classes_told_apart_only_where_they_differ() -> None:
    names = [one.name for one in real().classes]
    assert names[:6] == ["car", "person", "car (project 1)", "cat", "dog", "Car"]
    assert {name for name in names if "(" in name} == {
        "car (project 1)", "car (task 19)", "cat (task 19)", "cat (task 22)", "dog (project 10)",
    }  # fmt: skip


def test_a_real_dump_read_twice_is_the_same() -> None:
    assert real() == real()


def test_the_order_of_the_files_says_nothing() -> None:
    files = cvat.files(sample("cvat_project"))
    assert cvat.decode(FORMAT, files[::-1]) == cvat.decode(FORMAT, files)


def assert_class(made: LabelClass, label: Json) -> None:
    """A class is the label's where name, questions and joints are."""
    own = [(each["name"], each) for each in label["attributes"]]
    own += [(f"{sub['name']}/{each['name']}", each) for sub in label["sublabels"] for each in sub["attributes"]]
    assert made.name.partition(" (")[0] == label["name"]
    assert made.colour == label["color"]
    assert [(it.key, it.default, it.mutable) for it in made.attributes] == [
        (key, each["default_value"] or None, each["mutable"]) for key, each in own
    ]
    assert [list(it.options) for it in made.attributes] == [
        each["values"] if each["input_type"] in ("select", "radio") else [] for _, each in own
    ]
    joints = made.skeleton.joints if made.skeleton else ()
    assert list(joints) == [sub["name"] for sub in label["sublabels"]]


def key_of(answer: Any) -> str:
    return str(answer.key)


def said(answer: Any) -> tuple[str, str]:
    match answer:
        case Text(key, text):
            return key, text
        case Radio(key, option):
            return key, option.value
        case other:
            raise AssertionError(f"nothing compares {other}")


def assert_shape(annotation: Annotation, one: Json) -> None:
    points = one["points"]
    if isinstance(annotation.geometry, Mask):
        assert_mask(annotation.geometry, points)
        return
    numbers = numbers_of(annotation.geometry)
    match one["type"]:
        case "skeleton":
            wanted = [tuple(each["points"]) for each in one["elements"]]
            assert sorted(zip(numbers[0::2], numbers[1::2], strict=True)) == sorted(wanted)
        case "cuboid":
            assert sorted(numbers) == sorted(points)
        case _:
            assert numbers == pytest.approx(points)
    turned = annotation.geometry.angle if isinstance(annotation.geometry, RotatedBox | Ellipse) else 0
    assert turned == one["rotation"]


def assert_mask(made: Mask, points: list[float]) -> None:
    """The mask is what pycocotools makes of the crop in a picture."""
    *lengths, left, top, right, bottom = map(int, points)
    crop = np.repeat(np.arange(len(lengths)) % 2, lengths).reshape(bottom - top + 1, right - left + 1)
    picture = np.zeros((bottom + 1, right + 1), np.uint8)
    picture[top:, left:] = crop
    assert made == Mask(bottom + 1, right + 1, coco.encode(np.asfortranarray(picture))["counts"].decode())


def numbers_of(geometry: Geometry | None) -> Sequence[float]:
    """The numbers of a shape as CVAT's API has them."""
    match geometry:
        case Box(x, y, width, height):
            return [x, y, x + width, y + height]
        case RotatedBox(cx, cy, width, height):
            return [cx - width / 2, cy - height / 2, cx + width / 2, cy + height / 2]
        case Polygon(((flat,),)) | Polyline((flat,)) | Cuboid(flat):
            return flat
        case Point(x, y):
            return [x, y]
        case Keypoints(joints):
            return [number for joint in joints for number in (joint.x, joint.y)]
        case Ellipse(cx, cy, rx, ry):
            return [cx, cy, cx + rx, cy - ry]
        case other:
            raise AssertionError(f"nothing compares {other}")
