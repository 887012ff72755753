"""What happened to tasks, in the shape of the product docs; and how long it took."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from labelport.client.workspace import Project, Workspace
from labelport.errors import NotFoundError
from labelport.local import Direct
from labelport.model import acts
from labelport.model.labour import Day, Performance
from tests.spaces import START, Space, record

MINUTE = 60_000_000


class Clock:
    """A clock that is set by hand."""

    now = START

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def space(tmp_path: Path, clock: Clock) -> Space:
    return Space(tmp_path, now=clock)


@pytest.fixture
def project(space: Space) -> Project:
    made = space.work.create_project("cars")
    made.save([record(i) for i in range(3)])
    return made


def as_one(space: Space, who: str) -> Project:
    return Workspace(Direct(msgspec.structs.replace(space.app, actor=who))).project("cars")


def finished(space: Space, clock: Clock, task: str) -> None:
    """Take a task through the workflow: labelled in 3 minutes, rejected at once, corrected in 2, accepted in 1."""
    ann, cleo = as_one(space, "ann"), as_one(space, "cleo")
    space.work.project("cars").lead(task, acts.Assign(("ann",)))
    steps: tuple[tuple[Project, acts.Work, int], ...] = (
        (ann, acts.Start(), 3),
        (ann, acts.Submit(), 0),
        (cleo, acts.Start(), 0),
        (cleo, acts.Reject("one is missing"), 10),
        (ann, acts.Start(), 2),
        (ann, acts.Submit(), 0),
        (cleo, acts.Start(), 1),
        (cleo, acts.Accept(), 0),
    )
    for who, act, minutes in steps:
        who.work(task, act)
        clock.now += minutes * MINUTE


def types(task: dict[str, Any]) -> list[str]:
    return [event["eventType"] for event in task["events"]]


def test_events_have_the_documented_shape(space: Space, clock: Clock, project: Project) -> None:
    finished(space, clock, "t0")
    (task,) = project.export.get_task_events()
    assert (task["taskId"], task["currentStageName"]) == ("t0", "Ground Truth")
    assert task["events"][0] == {
        "eventType": "TASK_CREATED",
        "createdAt": "2026-01-01T00:00:00.000000Z",
        "isGroundTruth": False,
        "createdBy": "tester",
    }
    assigned = {name: task["events"][1][name] for name in ("eventType", "createdAt", "assignee", "stage")}
    assert assigned == {
        "eventType": "TASK_ASSIGNED",
        "createdAt": "2026-01-01T00:00:00.000000Z",
        "assignee": "ann",
        "stage": "Label",
    }
    assert types(task)[2:] == [
        "TASK_STARTED",
        "TASK_SUBMITTED",
        "TASK_STARTED",
        "TASK_REJECTED",
        "TASK_STARTED",
        "TASK_SUBMITTED",
        "TASK_STARTED",
        "TASK_ACCEPTED",
    ]
    rejected = task["events"][5]
    assert (rejected["updatedBy"], rejected["reason"], rejected["nextStage"]) == ("cleo", "one is missing", "Label")


def test_only_ground_truth_unless_all_are_asked_for(space: Space, clock: Clock, project: Project) -> None:
    finished(space, clock, "t1")
    assert [task["taskId"] for task in project.export.get_task_events()] == ["t1"]
    every = project.export.get_task_events(only_ground_truth=False)
    assert [task["taskId"] for task in every] == ["t0", "t1", "t2"]


def test_one_task_is_found_wherever_it_is(project: Project) -> None:
    assert [task["taskId"] for task in project.export.get_task_events(task_id="t2")] == ["t2"]
    assert list(project.export.get_task_events(task_id="none")) == []


def test_of_tasks_that_changed_since_everything_is_told(space: Space, clock: Clock, project: Project) -> None:
    clock.now += MINUTE
    project.work("t1", acts.Start())
    since = (START + MINUTE) / 1_000_000
    (task,) = project.export.get_task_events(only_ground_truth=False, from_timestamp=since)
    assert (task["taskId"], types(task)) == ("t1", ["TASK_CREATED", "TASK_STARTED"])


def test_a_deleted_task_is_told_of_too(project: Project) -> None:
    project.remove(["t0"])
    task = next(iter(project.export.get_task_events(only_ground_truth=False)))
    assert (task["taskId"], task["currentStageName"], types(task)) == ("t0", None, ["TASK_CREATED", "TASK_DELETED"])


def test_what_was_said_is_told_until_it_is_erased(project: Project) -> None:
    project.work("t0", acts.Raise("is this a car?", frame=3, position=(1.0, 2.0)))
    (task,) = project.export.get_task_events(task_id="t0")
    raised = task["events"][-1]
    assert (raised["eventType"], raised["commentText"], raised["isIssue"]) == ("COMMENT_ADDED", "is this a car?", True)
    assert raised["pin"] == {"frameIndex": 3, "position": [1.0, 2.0]}
    project.remove(["t0"])
    project.erase("t0")
    erased = next(iter(project.export.get_task_events(only_ground_truth=False)))
    assert types(erased)[-2:] == ["TASK_DELETED", "TASK_ERASED"]
    assert b"is this a car?" not in msgspec.json.encode(erased)


def test_a_clock_that_is_set_back_does_not_reorder_events(space: Space, clock: Clock, project: Project) -> None:
    project.work("t0", acts.Start())
    clock.now -= 60 * MINUTE
    project.work("t0", acts.Submit())
    (task,) = project.export.get_task_events(task_id="t0")
    assert types(task) == ["TASK_CREATED", "TASK_STARTED", "TASK_SUBMITTED"]
    assert task["events"][2]["timeSpentMs"] == 0


def test_pages_of_one_reading_stop_at_the_same_change(project: Project) -> None:
    project.save([record(i) for i in range(3, 250)])
    reading = project.export.get_task_events(only_ground_truth=False)
    next(reading)
    project.work([f"t{i}" for i in range(250)], acts.Start())
    assert {tuple(types(task)) for task in reading} == {("TASK_CREATED",)}


def test_working_time_is_told_by_task_pass_and_person(space: Space, clock: Clock, project: Project) -> None:
    finished(space, clock, "t0")
    label = [(one["completedBy"], one["cycle"], one["timeSpent"]) for one in project.export.get_active_time("Label")]
    review = [(one["completedBy"], one["cycle"], one["timeSpent"]) for one in project.export.get_active_time("review")]
    assert label == [("ann", 1, 180_000), ("ann", 2, 120_000)]
    assert review == [("cleo", 1, 0), ("cleo", 2, 60_000)]
    assert list(project.export.get_active_time("Label", task_id="t1")) == []


def test_idle_time_counts_up_to_the_cut_off(clock: Clock, project: Project) -> None:
    project.work("t0", acts.Start())
    clock.now += 60 * MINUTE
    project.work("t0", acts.Beat())
    clock.now += 2 * MINUTE
    project.work("t0", acts.Submit())
    (one,) = project.export.get_active_time("Label")
    assert one["timeSpent"] == 7 * 60_000


def test_seconds_are_told_by_what_the_work_was_for(space: Space, clock: Clock, project: Project) -> None:
    finished(space, clock, "t0")
    assert project.export.get_performance("t0") == Performance(180.0, 60.0, 120.0, 360.0)
    with pytest.raises(NotFoundError, match="no task 'none'"):
        project.export.get_performance("none")


def test_productivity_is_told_by_day_person_and_stage(space: Space, clock: Clock, project: Project) -> None:
    finished(space, clock, "t0")
    clock.now = START + 24 * 60 * MINUTE - 10 * MINUTE
    finished(space, clock, "t1")
    assert project.export.get_productivity() == [
        Day("2026-01-01", "ann", "label", 3, 480_000),
        Day("2026-01-01", "cleo", "review", 3, 60_000, passed=1, failed=2),
        Day("2026-01-02", "ann", "label", 1, 120_000),
        Day("2026-01-02", "cleo", "review", 1, 60_000, passed=1),
    ]
    assert [day.date for day in project.export.get_productivity(zone="Pacific/Kiritimati")] == ["2026-01-01"] * 2 + [
        "2026-01-02"
    ] * 2
    assert project.export.get_productivity("2026-01-03") == []
