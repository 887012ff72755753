"""Tasks, jobs and people of CVAT's API say what a record is, where it stands and whose answers it has."""

import pytest

from labelport.formats.cvat_api.jobs import PLACES
from labelport.model.workflow import Batch, Member
from tests.formats.cvat_api.build import JOB, decode, dump, shape, task, view


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


def test_people_are_found_by_name_or_id() -> None:
    users = [{"id": 3, "username": "ada", "first_name": "Ada", "last_name": "", "email": "", "groups": ["user"]}]
    memberships = [
        {"user": {"id": 3, "username": "ada"}, "role": "supervisor", "is_active": True},
        {"user": {"id": 3, "username": "ada"}, "role": "owner", "is_active": False},
    ]
    outcome = decode(dump(users=users, memberships=memberships, jobs=[{**JOB, "assignee": 3}]))
    assert outcome.of(Member) == [Member("ada", "Ada", role="manager")]
    assert outcome.records[0].workflow.assignees == ("ada",)
