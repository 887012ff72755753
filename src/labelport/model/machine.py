"""The workflow as a machine: what may be done to a task as it stands, and how it stands afterwards."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import msgspec

from labelport.errors import ConflictError
from labelport.model import acts
from labelport.model.acts import ACTS, Act
from labelport.model.discussion import discussed
from labelport.model.refusals import VERDICTS, WAITING, Passage, holders, misfit, refusal
from labelport.model.stages import LABELLING, Stage, Stages
from labelport.model.visit import Visit
from labelport.model.workflow import Status, Workflow

_WORDS: Mapping[type[Act], str] = {
    acts.Start: "started",
    acts.Beat: "worked",
    acts.Save: "drafted",
    acts.Submit: "submitted",
    acts.Skip: "skipped",
    acts.Choose: "chosen",
    acts.Raise: "issue_raised",
    acts.Comment: "commented",
    acts.Resolve: "issue_resolved",
    acts.Unassign: "unassigned",
    acts.Move: "moved",
    acts.Prioritize: "prioritized",
    **VERDICTS,
}
NOBODY: Mapping[str, int] = MappingProxyType({})


class Moment(msgspec.Struct, frozen=True):
    """When something is done, by whom, and with which change number; `worked` are milliseconds of the pass so far."""

    actor: str
    at: datetime
    number: int
    new_id: str = ""
    worked: Mapping[str, int] = NOBODY


class Step(msgspec.Struct, frozen=True):
    """What an act did: how the task stands now, and the event that tells of it."""

    passage: Passage
    kind: str
    data: dict[str, Any]


def legal(stages: Stages, passage: Passage, actor: str) -> tuple[str, ...]:
    """Return the names of the acts that the actor may do to the task as it stands, in the order of the alphabet."""
    return tuple(sorted(name for name, kind in ACTS.items() if refusal(stages, passage, kind, actor) is None))


def step(stages: Stages, passage: Passage, act: Act, when: Moment) -> Step:
    """Return what the act does; raises `ConflictError`, which says what is legal."""
    why = refusal(stages, passage, type(act), when.actor) or misfit(stages, passage, act)
    if why is not None:
        allowed = ", ".join(legal(stages, passage, when.actor)) or "nothing"
        raise ConflictError(f"{act.name()} is not possible: {why}; {when.actor!r} can: {allowed}")
    after, more = _done(stages, passage, act, when)
    before = passage.workflow
    workflow = msgspec.structs.replace(after.workflow, updated_at=when.at)
    if isinstance(act, acts.Beat):
        workflow = before
    data = {"stage": before.stage, "cycle": before.cycle, **changed(before, workflow), **more}
    return Step(msgspec.structs.replace(after, workflow=workflow), kind_of(act, before), data)


def changed(before: Workflow, after: Workflow) -> dict[str, dict[str, Any]]:
    """Return the parts of a workflow that differ, as they were and as they are; the time of change is the event's."""
    names = [name for name in Workflow.__struct_fields__ if getattr(before, name) != getattr(after, name)]
    if "updated_at" in names:
        names.remove("updated_at")
    if not names:
        return {}
    return {
        "before": {name: getattr(before, name) for name in names},
        "after": {name: getattr(after, name) for name in names},
    }


def hands_on(act: Act) -> bool:
    """Return whether a task may leave its stage by the act, and its time is told."""
    return isinstance(act, acts.Submit | acts.Accept | acts.Correct | acts.Reject | acts.Move)


def kind_of(act: Act, before: Workflow) -> str:
    """Return the kind of the event that tells of an act."""
    if isinstance(act, acts.Assign):
        return "task.reassigned" if before.assignees or before.reviewers else "task.assigned"
    if isinstance(act, acts.Save) and before.status == "done":
        return "task.edited"
    return f"task.{_WORDS[type(act)]}"


def _done(stages: Stages, passage: Passage, act: Act, when: Moment) -> tuple[Passage, dict[str, Any]]:
    """Return how the task stands after the act, and what else the event tells."""
    workflow = passage.workflow
    match act:
        case acts.Move(to, reason):
            told = {"worked": dict(when.worked), "reason": reason}
            return _left(stages, passage, stages.named(to), when, outcome="moved"), told
        case acts.Prioritize(priority):
            return _with(passage, priority=priority), {}
        case acts.Raise() | acts.Comment() | acts.Resolve():
            issues, told = discussed(passage.issues, act, by=when.actor, at=when.at, new_id=when.new_id)
            return msgspec.structs.replace(passage, issues=issues), told
        case acts.Choose(label):
            return passage, {"label": label}
        case acts.Save() if workflow.status == "done":
            return passage, {}
        case _:
            pass
    return _worked(stages, passage, act, when)


def _worked(stages: Stages, passage: Passage, act: Act, when: Moment) -> tuple[Passage, dict[str, Any]]:
    """Return how the task stands after an act in a stage in which something is done."""
    workflow, stage = passage.workflow, stages.named(passage.workflow.stage)
    match act:
        case acts.Assign(to):
            status = _first(stage) if workflow.status == "blocked" else workflow.status
            skips = 0 if workflow.status == "blocked" else workflow.skips
            return _with(_held(passage, stage, to), status=status, skips=skips), {}
        case acts.Unassign():
            status = workflow.status if workflow.status in (*WAITING, "blocked") else _first(stage)
            return _with(_held(passage, stage, workflow.finished), status=status), {}
        case acts.Start() | acts.Save() | acts.Beat():
            active: Status = "in_review" if stage.kind == "review" else "in_progress"
            taken = _with(_taken(passage, stage, when.actor), status=active)
            return _with(taken, draft=workflow.draft or isinstance(act, acts.Save)), {}
        case acts.Skip(reason):
            skips = workflow.skips + 1
            skipped: Status = "blocked" if skips >= stage.skips else "skipped"
            more = {"reason": reason} if reason else {}
            return _with(_taken(passage, stage, when.actor), status=skipped, skips=skips), more
        case _:
            pass
    return _handed_in(stages, passage, act, when)


def _handed_in(stages: Stages, passage: Passage, act: Act, when: Moment) -> tuple[Passage, dict[str, Any]]:
    """Return how the task stands once somebody has done with it: in the next stage, unless others have to follow."""
    stage = stages.named(passage.workflow.stage)
    passage = _taken(passage, stage, when.actor)
    verdict = VERDICTS.get(type(act))
    told: dict[str, Any] = {"worked": dict(when.worked)}
    match act:
        case acts.Reject(reason):
            told["reason"] = reason
        case acts.Accept(comment) | acts.Correct(comment) if comment:
            told["reason"] = comment
        case _:
            pass
    if stage.kind == "consensus":
        passage = _branch(passage, stage, when)
        if len(passage.workflow.finished) < stage.labels:
            return passage, told
    to = stages.named((stage.back if verdict == "rejected" else stage.next) or stage.name)
    if verdict is not None:
        passage = _with(passage, verdict=verdict)
    return _left(stages, passage, to, when, outcome=verdict or "submitted"), told


def _branch(passage: Passage, stage: Stage, when: Moment) -> Passage:
    """Return the passage with the visit of one of several people."""
    workflow = passage.workflow
    visit = _visit(workflow, when, "submitted", when.worked.get(when.actor, 0), f"{stage.name}/{workflow.cycle}")
    finished = (*workflow.finished, when.actor)
    status: Status = "in_progress" if set(workflow.assignees) - set(finished) else "queued"
    return _with(msgspec.structs.replace(passage, visits=(*passage.visits, visit)), finished=finished, status=status)


def _left(stages: Stages, passage: Passage, to: Stage, when: Moment, *, outcome: str) -> Passage:
    """Return the passage with the task in another stage, and its visit to the one before."""
    workflow, visits = passage.workflow, passage.visits
    stage = stages.find(workflow.stage)
    if outcome == "moved" or stage is None or stage.kind != "consensus":
        visits = (*visits, _visit(workflow, when, outcome, sum(when.worked.values())))
    back = outcome == "rejected"
    labelling = to.kind in LABELLING
    entered = msgspec.structs.replace(
        workflow,
        stage=to.name,
        status="rework" if back else _first(to),
        assignees=() if labelling and not back else workflow.assignees,
        reviewers=(),
        completed_at=when.at if to.kind == "complete" else None,
        entered_at=when.at,
        cycle=1 + max((visit.cycle or 0 for visit in visits if visit.stage == to.name), default=0),
        skips=0,
        draft=False,
        finished=(),
        came_from=workflow.stage,
    )
    return msgspec.structs.replace(passage, workflow=entered, visits=visits)


def _visit(workflow: Workflow, when: Moment, outcome: str, worked: int, consensus: str | None = None) -> Visit:
    return Visit(
        workflow.stage,
        workflow.entered_at or workflow.created_at,
        when.at,
        when.actor,
        outcome,
        worked,
        cycle=workflow.cycle,
        consensus=consensus,
        number=when.number,
    )


def _first(stage: Stage) -> Status:
    """Return the status of a task that has come to a stage."""
    if stage.kind == "review":
        return "submitted"
    if stage.kind == "complete":
        return "done"
    return "archived" if stage.kind == "archived" else "queued"


def _taken(passage: Passage, stage: Stage, actor: str) -> Passage:
    """Return the passage with the actor among those who hold the task."""
    held = holders(stage, passage.workflow)
    return passage if actor in held else _held(passage, stage, (*held, actor))


def _held(passage: Passage, stage: Stage, people: tuple[str, ...]) -> Passage:
    return _with(passage, **{stage.role: people})


def _with(passage: Passage, **fields: object) -> Passage:
    return msgspec.structs.replace(passage, workflow=msgspec.structs.replace(passage.workflow, **fields))
