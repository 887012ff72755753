"""The workflow against a plain model: random acts, legal and not, by several people, through the log."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelport import api
from labelport.client.workspace import Project, Workspace
from labelport.errors import ConflictError
from labelport.local import Direct
from labelport.model import acts
from labelport.model.acts import Lead, Work
from labelport.model.record import Record
from labelport.model.stages import Stage, Stages
from labelport.model.workflow import Workflow
from tests.laws.clerk import Sheet
from tests.spaces import START, Space, record

STAGES = Stages(
    (
        Stage("pair", "consensus", next="review", labels=2),
        Stage("review", "review", next="check", back="pair"),
        Stage("check", "review", next="done", back="review"),
        Stage("done", "complete"),
        Stage("shelf", "archived"),
    )
)
PEOPLE = ("ann", "bo", "cleo")
TASKS = ("t0", "t1")
FORWARD = ("start", "save", "submit", "accept", "submit", "accept", "correct", "reject", "beat")
OTHERS = ("skip", "assign", "unassign", "move", "prioritize", "raise", "comment", "resolve", "choose")
PLACES = ("pair", "review", "check", "done", "shelf")
Happening = tuple[str, int, str, int, int]
"""Who, which task, what, a number that says the rest, and how many milliseconds the clock went on (or back)."""


class Clock:
    """A clock that is set by hand, also back."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        return self.now


class Office:
    """A project in which several people work, and a clerk who keeps the books beside it."""

    def __init__(self, space: Space) -> None:
        self.clock = Clock()
        self.app = msgspec.structs.replace(space.app, now=self.clock)
        self.project = self.as_one("boss").create_project(space.app.new_id())
        self.project.set_stages(STAGES)
        start = Workflow(stage="pair")
        self.project.save([record(i, workflow=start) for i in range(len(TASKS))])
        self.sheets = {task: Sheet() for task in TASKS}
        self.done: list[tuple[str, str, str]] = []

    def as_one(self, who: str) -> Workspace:
        return Workspace(Direct(msgspec.structs.replace(self.app, actor=who)))

    def happen(self, happening: Happening) -> None:
        who, which, name, number, passed = happening
        self.clock.now += passed * 1000
        task, sheet = TASKS[which], self.sheets[TASKS[which]]
        if name == "likely":
            who, name = _likely(sheet, number)
        act, told = _act(name, number, sheet, task)
        project = self.as_one(who).project(self.project.id)
        refused = self._refused(project, task, act)
        if name == "raise" and not refused:
            told = self.record(task).issues[-1].id
        assert sheet.do(who, name, told, self.clock.now // 1000) is (refused is None), f"{happening}: {refused}"
        if refused is None:
            self.done.append((who, task, name))

    def _refused(self, project: Project, task: str, act: Work | Lead) -> str | None:
        try:
            project.lead(task, act) if isinstance(act, Lead) else project.work(task, act)
        except ConflictError as e:
            return str(e)
        return None

    def record(self, task: str) -> Record:
        (found,) = self.project.export.export_tasks(task_id=task)
        return msgspec.convert(found, Record)

    def events(self) -> Iterator[tuple[str, str, str | None, dict[str, Any], int]]:
        """Yield actor, kind, task's id, data and time of every event of the project, in the order of the log."""
        log = self.app.store.project(self.project.id).log
        for _, _, _, at, actor, kind, _, _, _, _, data, _ in self.app.store.db.rows("events", {"log": log}):
            found = msgspec.json.decode(data, type=dict[str, Any])
            yield actor, kind, found.get("id"), found, at


def _likely(sheet: Sheet, number: int) -> tuple[str, str]:
    """Return somebody and something by which the task goes on; half of the time, what makes it go furthest."""
    most = ("submit", "accept", "reject", "correct")
    can = [(who, name) for name in (*most, "start", "save", "beat") for who in PEOPLE if sheet.may(who, name)]
    able = [one for one in can if one[1] in most] if number % 2 else can
    return (able or [(PEOPLE[0], "raise")])[number // 2 % max(len(able), 1)]


def _act(name: str, number: int, sheet: Sheet, task: str) -> tuple[Work | Lead, Any]:
    people = (PEOPLE[number % 3], *PEOPLE[: number % 2])
    to = PLACES[number % 5]
    settled = sheet.open[number % len(sheet.open)] if sheet.open else "none"
    table: dict[str, tuple[Work | Lead, Any]] = {
        "start": (acts.Start(), None),
        "beat": (acts.Beat(), None),
        "save": (acts.Save(), None),
        "submit": (acts.Submit(), None),
        "skip": (acts.Skip(), None),
        "accept": (acts.Accept(), None),
        "correct": (acts.Correct(), None),
        "unassign": (acts.Unassign(), None),
        "reject": (acts.Reject("wrong"), None),
        "assign": (acts.Assign(tuple(dict.fromkeys(people))), tuple(dict.fromkeys(people))),
        "move": (acts.Move(to, "because"), to),
        "prioritize": (acts.Prioritize(number), number),
        "raise": (acts.Raise("what is this?"), None),
        "comment": (acts.Comment("a word"), None),
        "resolve": (acts.Resolve(settled), settled),
        "choose": (acts.Choose(f"{task}-l0"), None),
    }
    return table[name]


HAPPENINGS = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE),
        st.integers(0, 1),
        st.sampled_from((*["likely"] * 15, *FORWARD, *OTHERS)),
        st.integers(0, 29),
        st.sampled_from((0, 1, 1_500, 60_000, 299_999, 400_000, -50_000)),
    ),
    min_size=5,
    max_size=40,
)


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Space:
    return Space(tmp_path_factory.mktemp("workflow"))


law = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@law
@given(happened=HAPPENINGS)
def test_state_visits_and_times_are_those_of_a_plain_model(space: Space, happened: list[Happening]) -> None:
    office = Office(space)
    for one in happened:
        office.happen(one)
    for task, sheet in office.sheets.items():
        found = office.record(task)
        now = found.workflow
        assert (now.stage, now.status, now.cycle, now.skips) == (sheet.stage, sheet.status, sheet.cycle, sheet.skips)
        assert (list(now.assignees), list(now.reviewers)) == (sheet.seats["labels"], sheet.seats["reviews"])
        assert (list(now.finished), now.draft, now.verdict) == (sheet.finished, sheet.draft, sheet.verdict)
        assert now.priority == sheet.priority
        visits = [(one.stage, one.cycle, one.by, one.outcome, one.milliseconds) for one in found.stage_history]
        assert visits == sheet.visits
        assert [issue.id for issue in found.issues if not issue.resolved] == sheet.open


@law
@given(happened=HAPPENINGS)
def test_folding_the_events_gives_the_state(space: Space, happened: list[Happening]) -> None:
    office = Office(space)
    for one in happened:
        office.happen(one)
    states: dict[str, dict[str, Any]] = {}
    for _, _, task, data, _ in office.events():
        if task is not None:
            held = states.setdefault(task, {})
            for name, before in data.get("before", {}).items():
                assert held.get(name, _default(name)) == before, name
            held.update(data.get("after", {}))
    for task in TASKS:
        found = msgspec.structs.replace(office.record(task).workflow, updated_at=None)
        assert msgspec.convert(states[task], Workflow) == found


@law
@given(happened=HAPPENINGS)
def test_each_act_leaves_one_event_and_a_refused_one_none(space: Space, happened: list[Happening]) -> None:
    office = Office(space)
    for one in happened:
        office.happen(one)
    told = [(who, task) for who, kind, task, _, _ in office.events() if task and kind != "task.created"]
    assert told == [(who, task) for who, task, _ in office.done]


@law
@given(happened=HAPPENINGS)
def test_the_record_holds_after_any_history(space: Space, happened: list[Happening]) -> None:
    office = Office(space)
    for one in happened:
        office.happen(one)
    assert space.work.verify_log(office.project.id).faults == ()


@law
@given(happened=HAPPENINGS)
def test_what_is_said_to_be_legal_is_what_the_plain_model_allows(space: Space, happened: list[Happening]) -> None:
    office = Office(space)
    for one in happened:
        office.happen(one)
    names = {*FORWARD, *OTHERS}
    for who in PEOPLE:
        project: Project = office.as_one(who).project(office.project.id)
        for task, sheet in office.sheets.items():
            assert set(project.acts(task).acts) == {name for name in names if sheet.may(who, name)}


@pytest.mark.parametrize("pause", [0.0, 0.013, 0.04])
def test_a_killed_worker_leaves_no_act_without_its_event(tmp_path: Path, pause: float) -> None:
    made = Space(tmp_path)
    made.work.create_project("cars").save([record(i) for i in range(5)])
    made.app.store.close()
    command = [sys.executable, "-m", "tests.app.labouring", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        time.sleep(pause)
        process.kill()
    space = Space(tmp_path)
    project = space.work.project("cars")
    assert space.work.verify_log().faults == ()
    for told in project.export.get_task_events(only_ground_truth=False):
        (task,) = project.export.export_tasks(task_id=told["taskId"])
        visits = [visit["outcome"] for visit in task.get("stage_history", ())]
        ends = {"TASK_SUBMITTED": "submitted", "TASK_REJECTED": "rejected"}
        assert visits == [ends[event["eventType"]] for event in told["events"] if event["eventType"] in ends]


def test_a_denied_act_is_on_the_organization_s_record(space: Space) -> None:
    project = space.work.create_project("denied")
    project.save([record(0)])
    app = msgspec.structs.replace(space.app, actor="guest", rights=frozenset({"read", "write"}))
    with pytest.raises(PermissionError):
        Workspace(Direct(app)).project("denied").lead("t0", acts.Move("done", "I may not"))
    rows = space.app.store.db.rows("events", {"log": 0})
    denied = [(row[4], msgspec.json.decode(row[10])["operation"]) for row in rows if row[5] == "denied"]
    assert denied == [("guest", api.LEAD_TASKS.name)]


def test_an_act_on_several_tasks_is_done_to_all_or_to_none(space: Space) -> None:
    project = space.work.create_project("all or none")
    project.save([record(0), record(1)])
    project.lead("t1", acts.Move("done", "ready"))
    with pytest.raises(ConflictError, match="task 't1': start is not possible: the task is done at 'done'"):
        project.work(["t0", "t1"], acts.Start())
    assert Counter(task.status for task in project.tasks()) == {"queued": 1, "done": 1}


def _default(name: str) -> Any:
    value = getattr(Workflow(), name)
    return list(value) if isinstance(value, tuple) else value
