"""A dump of CVAT's API comes through value by value; nothing is counted twice, and what is faulty is named."""

import copy
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from pycocotools import mask as coco

from labelport.errors import Fault, RequestError
from labelport.formats.cvat_api import FORMAT
from labelport.formats.cvat_api.jobs import PLACES
from labelport.kit.format import Counted, Reject, Unread
from labelport.model.answers import Boolean, Option, Radio, Text
from labelport.model.geometry import (
    Box,
    Cuboid,
    Cuboid3D,
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
from labelport.model.label import Annotation, Keyframe, Target, Track
from labelport.model.ontology import LabelClass
from labelport.model.workflow import Batch, Comment, Issue, Member
from labelport.registry import format_named
from tests.formats import cvat
from tests.formats.cvat import Outcome, places
from tests.samples import sample

Json = dict[str, Any]
SHAPE: Json = {
    "id": 1,
    "type": "rectangle",
    "frame": 0,
    "label_id": 1,
    "group": 0,
    "points": [1.0, 2.0, 4.0, 3.0],
    "rotation": 0.0,
    "occluded": False,
    "outside": False,
    "z_order": 0,
    "source": "manual",
    "attributes": [],
    "elements": [],
}
TAG: Json = {"id": 1, "frame": 0, "label_id": 1, "group": 0, "source": "manual", "attributes": []}
STATE: Json = {
    "id": 9,
    "type": "rectangle",
    "frame": 0,
    "points": [0, 0, 1, 1],
    "rotation": 0.0,
    "occluded": False,
    "outside": False,
    "z_order": 0,
    "attributes": [],
}
TRACK: Json = {
    "id": 1,
    "frame": 0,
    "label_id": 1,
    "group": 0,
    "source": "manual",
    "attributes": [],
    "elements": [],
    "shapes": [STATE],
}
JOINT: Json = {
    "label_id": 11,
    "type": "points",
    "points": [1, 2],
    "occluded": False,
    "outside": False,
    "attributes": [],
}
JOB: Json = {
    "id": 1,
    "task_id": 1,
    "type": "annotation",
    "stage": "annotation",
    "state": "new",
    "start_frame": 0,
    "stop_frame": 1,
    "assignee": None,
    "created_date": "2024-01-01T00:00:00Z",
    "updated_date": "2024-01-02T00:00:00Z",
}
LABELS: list[Json] = [
    {
        "id": 1,
        "name": "car",
        "color": "#aabbcc",
        "task_id": 1,
        "parent_id": None,
        "attributes": [
            {"id": 1, "name": "make", "input_type": "select", "mutable": False, "values": ["a", "b"], "default_value": "a"},
            {"id": 2, "name": "seen", "input_type": "checkbox", "mutable": True, "values": ["false"], "default_value": "false"},
        ],
        "sublabels": [],
    },
    {
        "id": 10,
        "name": "body",
        "color": "#000000",
        "task_id": 1,
        "parent_id": None,
        "attributes": [],
        "svg": '<line data-node-from="1" data-node-to="2"></line><circle data-node-id="1" data-label-id="11"></circle>'
        '<circle data-node-id="2" data-label-id="12"></circle>',
        "sublabels": [
            {"id": 11, "name": "nose", "attributes": [{"id": 3, "name": "wet", "input_type": "checkbox", "mutable": False, "values": []}]},
            {"id": 12, "name": "ear", "attributes": []},
        ],
    },
]  # fmt: skip


def shape(**more: Any) -> Json:
    return {**SHAPE, **more}


def view(*shapes: Json, tags: tuple[Json, ...] = (), tracks: tuple[Json, ...] = ()) -> Json:
    return {"shapes": list(shapes), "tags": list(tags), "tracks": list(tracks), "version": 0}


def dump(*shapes: Json, **files: Any) -> dict[str, Any]:
    """A server with one task of two pictures and one job, and these shapes in it."""
    return {
        "annotations": {"task": {"1": view(*shapes)}, "job": {}},
        "jobs": [JOB],
        "labels": LABELS,
        "tasks": [{"id": 1, "name": "t", "size": 2, "mode": "annotation", "dimension": "2d"}],
        **files,
    }


def decode(content: dict[str, Any]) -> Outcome:
    return cvat.decode(FORMAT, [cvat.given(f"{name}.json", file) for name, file in content.items()])


def task(**more: Any) -> list[Json]:
    return [{"id": 1, "name": "t", "size": 2, "mode": "annotation", "dimension": "2d", **more}]


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


def test_a_skeleton_has_its_joints_in_the_labels_order() -> None:
    elements = [{**JOINT, "label_id": 12, "outside": True}, {**JOINT, "points": [3, 4], "occluded": True}]
    made = decode(dump(shape(type="skeleton", label_id=10, points=[], elements=elements))).annotation
    assert made.geometry == Keypoints((Keypoint(3, 4, 1), Keypoint(1, 2, 0)))


def test_attributes_are_answers_and_those_of_joints_too() -> None:
    joint = {**JOINT, "attributes": [{"spec_id": 3, "value": "true"}]}
    attributes = [{"spec_id": 1, "value": "b"}, {"spec_id": 2, "value": "false"}]
    made = decode(
        dump(shape(attributes=attributes), shape(id=2, type="skeleton", label_id=10, points=[], elements=[joint]))
    )
    assert [one.answers for one in made.annotations] == [
        (Radio("make", Option("b")), Boolean("seen", yes=False)),
        (Boolean("nose/wet", yes=True),),
    ]


def test_an_image_tasks_shapes_are_on_their_pictures() -> None:
    outcome = decode(dump(shape(frame=1), shape(id=2)))
    assert [(record.id, [one.id for one in record.labels[0].annotations]) for record in outcome.records] == [
        ("task-1/frame-0", ["shape-2"]),
        ("task-1/frame-1", ["shape-1"]),
    ]
    assert all(one.on is None for one in outcome.annotations)


def test_a_videos_shapes_and_tags_are_on_their_frames() -> None:
    annotations = {"task": {"1": view(shape(frame=7), tags=({**TAG, "frame": 3},))}, "job": {}}
    outcome = decode(dump(tasks=task(mode="interpolation"), annotations=annotations))
    assert (outcome.record.id, outcome.record.asset.kind, outcome.record.asset.frames) == ("task-1", "video", 2)
    assert [one.on for one in outcome.annotations] == [
        Target(first_frame=3, last_frame=3), Target(first_frame=7, last_frame=7),
    ]  # fmt: skip


def test_a30_a_task_of_pictures_with_a_track_is_one_record() -> None:
    states = [
        {**STATE, "frame": 1, "outside": True},
        {**STATE, "occluded": True, "attributes": [{"spec_id": 2, "value": "true"}]},
    ]
    track = {**TRACK, "shapes": states, "attributes": [{"spec_id": 1, "value": "a"}]}
    outcome = decode(dump(annotations={"task": {"1": view(tracks=(track,))}, "job": {}}))
    assert outcome.record.id == "task-1"
    assert outcome.tracks == [Track("track-1", class_=1, answers=(Radio("make", Option("a")),), source="person")]
    seen = (Boolean("seen", yes=True),)
    assert outcome.keyframes == [
        Keyframe("track-1", 0, Box(0, 0, 1, 1), occluded=True, answers=seen),
        Keyframe("track-1", 1, Box(0, 0, 1, 1), outside=True, answers=seen),
    ]


def test_a_point_clouds_cuboid_is_a_box_in_space() -> None:
    points = [1, 2, 3, 0, 0, 0, 4, 5, 6, *[0] * 7]
    outcome = decode(dump(shape(type="cuboid", points=points), tasks=task(dimension="3d")))
    assert outcome.records[0].asset.kind == "point_cloud"
    assert outcome.annotation.geometry == Cuboid3D((1, 2, 3), (4, 5, 6))


def test_a_record_tells_its_task_project_and_address() -> None:
    content = dump(
        shape(),
        tasks=task(project_id=4, organization=5, subset="Train", url="http://localhost/api/tasks/1"),
        projects=[{"id": 4, "name": "p"}],
        organizations=[{"id": 5, "slug": "o"}],
    )
    record = decode(content).records[1]
    assert (record.id, record.name, record.external_id) == ("task-1/frame-1", "t/frame_000001", "1/1")
    assert record.asset.uri == "http://localhost/api/tasks/1/data?type=frame&number=1&quality=original"
    assert record.metadata == {"task": "t", "project": "p", "organization": "o", "subset": "Train", "frame": 1}
    assert record.extra == {
        "jobs": [
            {"id": "1", "type": "annotation", "stage": "annotation", "state": "new", "start_frame": 0, "stop_frame": 1}
        ]
    }


@pytest.mark.parametrize(("place", "wanted"), PLACES.items())
def test_a_jobs_stage_and_state_say_where_its_frames_stand(place: tuple[str, str], wanted: tuple[str, str]) -> None:
    outcome = decode(dump(jobs=[{**JOB, "stage": place[0], "state": place[1]}]))
    work = outcome.records[0].workflow
    assert (work.stage, work.status) == wanted
    assert (work.completed_at is not None) == (wanted[1] == "done")
    assert outcome.of(Batch) == [Batch("job-1", "t, job 1")]


@pytest.mark.parametrize(
    ("stage", "state", "state_of"),
    [
        ("annotation", "in progress", 0),
        ("annotation", "completed", 1),
        ("validation", "new", 1),
        ("acceptance", "rejected", 1),
    ],
)
def test_a34_a_picture_without_annotations_is_empty_once_it_was_annotated(
    stage: str, state: str, state_of: int
) -> None:
    outcome = decode(dump(jobs=[{**JOB, "stage": stage, "state": state}]))
    assert [len(record.labels) for record in outcome.records] == [state_of, state_of]


def test_the_least_finished_of_several_jobs_speaks_for_a_frame() -> None:
    done = {**JOB, "id": 2, "stage": "acceptance", "state": "completed", "assignee": {"username": "bo"}}
    outcome = decode(dump(jobs=[done, {**JOB, "assignee": {"username": "ada"}}]))
    work = outcome.records[0].workflow
    assert (work.stage, work.status, work.batch, work.assignees) == ("label", "queued", "job-1", ("bo", "ada"))


def test_a_job_that_checks_the_task_says_a_label_of_its_own() -> None:
    jobs = [JOB, {**JOB, "id": 2, "type": "ground_truth", "assignee": {"username": "ada"}}]
    annotations = {"task": {"1": view(shape())}, "job": {"1": view(shape()), "2": view(shape(id=7))}}
    record = decode(dump(jobs=jobs, annotations=annotations)).records[0]
    assert [
        (label.id, label.author, label.final, [one.id for one in label.annotations]) for label in record.labels
    ] == [
        ("task-1", None, True, ["shape-1"]),
        ("job-2", "ada", False, ["shape-7"]),
    ]


def test_what_a_job_has_and_its_task_has_not_is_taken_too() -> None:
    annotations = {"task": {"1": view(shape())}, "job": {"1": view(shape(), shape(id=2))}}
    outcome = decode(dump(annotations=annotations))
    assert [one.id for one in outcome.annotations] == ["shape-1", "shape-2"]
    assert outcome.unread["annotations.json:$.job.*.shapes[]"] == 1


def test_without_the_tasks_answer_the_jobs_answers_are_taken() -> None:
    outcome = decode(dump(annotations={"job": {"1": view(shape(), shape(id=2))}}))
    assert [one.id for one in outcome.annotations] == ["shape-1", "shape-2"]


def test_what_two_jobs_say_of_a_frame_that_they_share_is_the_tasks_to_say() -> None:
    jobs = [JOB, {**JOB, "id": 2, "start_frame": 1, "stop_frame": 1}]
    annotations = {
        "task": {"1": view(shape(frame=1))},
        "job": {"1": view(shape(frame=1)), "2": view(shape(id=2, frame=1))},
    }
    outcome = decode(dump(jobs=jobs, annotations=annotations))
    assert [one.id for one in outcome.annotations] == ["shape-1"]
    assert outcome.unread["annotations.json:$.job.*.shapes[]"] == 2


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


def test_people_are_found_by_name_or_id() -> None:
    users = [{"id": 3, "username": "ada", "first_name": "Ada", "last_name": "", "email": "", "groups": ["user"]}]
    memberships = [
        {"user": {"id": 3, "username": "ada"}, "role": "supervisor", "is_active": True},
        {"user": {"id": 3, "username": "ada"}, "role": "owner", "is_active": False},
    ]
    outcome = decode(dump(users=users, memberships=memberships, jobs=[{**JOB, "assignee": 3}]))
    assert outcome.of(Member) == [Member("ada", "Ada", role="manager")]
    assert outcome.records[0].workflow.assignees == ("ada",)


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


SKELETON = shape(id=3, type="skeleton", label_id=10, points=[], elements=[JOINT, {**JOINT, "label_id": 12}])
MEDLEY: dict[str, Any] = dump(
    annotations={
        "task": {
            "1": view(shape(attributes=[{"spec_id": 1, "value": "a"}]), SKELETON, tags=(TAG,)),
            "2": view(tracks=(TRACK,)),
        },
        "job": {"1": view(shape(id=1)), "2": view(shape(id=8, type="mask", points=[0, 4, 0, 0, 1, 1]))},
    },
    jobs=[JOB, {**JOB, "id": 2, "type": "ground_truth"}, {**JOB, "id": 3, "task_id": 2}],
    tasks=[
        *task(),
        {"id": 2, "name": "v", "size": 4, "mode": "interpolation", "dimension": "3d"},
        {"id": 3, "name": "n"},
    ],
    issues=[{"id": 1, "job": 1, "frame": 1, "position": [1, 2], "resolved": True, "owner": {"username": "ada"}}],
    comments=[{"id": 1, "issue": 1, "message": "?", "owner": {"id": 3}, "created_date": "2024-01-01T00:00:00Z"}],
    users=[{"id": 3, "username": "ada", "groups": ["admin"]}],
    memberships=[{"user": {"username": "ada"}, "role": "owner", "is_active": True}],
)
"""Every kind of object once."""
HOSTILE: list[Any] = [
    None, True, 0, -1, 1, 2.5, 1e300, 10**30, "", "x", "1", "1e999", "\x00", "😀", [], [[]], {}, {"id": {}}, [None], [1, "a"],
    "skeleton", "mask", "ground_truth", "acceptance", "2024-01-01",
]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn, base: dict[str, Any]) -> dict[str, Any]:
    """Return the dump with some values changed, taken out or put where others are."""
    content = copy.deepcopy(base)
    for _ in range(draw(st.integers(1, 4))):
        found = [path for path in places(content) if len(path) > 1]
        path = draw(st.sampled_from(found))
        where: Any = content
        for step in path[:-1]:
            where = where[step]
        match draw(st.sampled_from(["put", "put", "swap", "delete"])):
            case "put":
                where[path[-1]] = copy.deepcopy(draw(st.sampled_from(HOSTILE)))
            case "swap":
                other: Any = content
                for step in draw(st.sampled_from(found)):
                    other = other[step]
                where[path[-1]] = copy.deepcopy(other)
            case _:
                del where[path[-1]]
    return content


def survives(content: dict[str, Any]) -> None:
    with suppress(RequestError):
        assert decode(content) == decode(content)


@given(mutated(MEDLEY))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_whatever_stands_in_a_dump_counts_close_and_records_are_sound(content: dict[str, Any]) -> None:
    survives(content)


@pytest.mark.parametrize("first", range(3))
def test_every_value_of_every_kind_of_object_may_be_anything(first: int) -> None:
    for at, path in enumerate(path for path in places(MEDLEY) if len(path) > 1):
        content = copy.deepcopy(MEDLEY)
        where: Any = content
        for step in path[:-1]:
            where = where[step]
        where[path[-1]] = HOSTILE[(at * 7 + first) % len(HOSTILE)]
        survives(content)


def test_whatever_stands_in_a_real_dump_counts_close_and_records_are_sound() -> None:
    names = ("annotations", "comments", "issues", "jobs", "labels", "memberships", "tasks", "users")
    whole = {name: json.loads(sample(f"cvat_project/{name}.json").read_bytes()) for name in names}

    @given(mutated(whole))
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    def real_survives(content: dict[str, Any]) -> None:
        with suppress(RequestError):
            decode(content)

    real_survives()
