"""Why something may not be done to a task as it stands in its workflow."""

from collections.abc import Mapping

import msgspec

from labelport.model import acts
from labelport.model.acts import Act
from labelport.model.stages import LABELLING, WORKED, Stage, StageKind, Stages
from labelport.model.visit import Visit
from labelport.model.workflow import Issue, Status, Verdict, Workflow

WAITING: tuple[Status, ...] = ("queued", "submitted", "rework", "skipped")
"""Statuses of a task that nobody works on."""
VERDICTS: Mapping[type[Act], Verdict] = {acts.Accept: "accepted", acts.Correct: "corrected", acts.Reject: "rejected"}
_ANYWHERE = (acts.Move, acts.Prioritize, acts.Raise, acts.Comment, acts.Resolve)
_AT: Mapping[type[Act], tuple[StageKind, ...]] = {
    acts.Start: WORKED,
    acts.Beat: WORKED,
    acts.Save: (*WORKED, "complete"),
    acts.Submit: LABELLING,
    acts.Accept: ("review",),
    acts.Correct: ("review",),
    acts.Reject: ("review",),
    acts.Skip: WORKED,
    acts.Choose: ("review", "complete"),
    acts.Assign: WORKED,
    acts.Unassign: WORKED,
}
"""The kinds of stages at which each is done."""


class Passage(msgspec.Struct, frozen=True):
    """How a task stands in its workflow: where it is, where it was, and what is open."""

    workflow: Workflow
    visits: tuple[Visit, ...] = ()
    issues: tuple[Issue, ...] = ()


def holders(stage: Stage | None, workflow: Workflow) -> tuple[str, ...]:
    """Return who holds the task at a stage, or at one that is gone."""
    return workflow.reviewers if stage is not None and stage.role == "reviewers" else workflow.assignees


def refusal(stages: Stages, passage: Passage, kind: type[Act], actor: str) -> str | None:
    """Return why nobody, or not this actor, may do such a thing now; None where it is legal."""
    workflow = passage.workflow
    if kind in _ANYWHERE:
        settled = kind is acts.Resolve and all(issue.resolved for issue in passage.issues)
        return "no issue is open" if settled else None
    stage = stages.find(workflow.stage)
    if stage is None:
        return f"the workflow has no stage {workflow.stage!r}: move the task to one that it has"
    if stage.kind not in _AT[kind]:
        return _where(stage, workflow)
    if kind is acts.Unassign:
        return None if holders(stage, workflow) else f"{_where(stage, workflow)}, and nobody holds it"
    if kind not in (acts.Assign, acts.Choose) and stage.kind != "complete":
        return _unheld(stage, workflow, actor) or _untimely(stage, workflow, kind, actor)
    return None


def misfit(stages: Stages, passage: Passage, act: Act) -> str | None:
    """Return why what the act says does not fit, though such an act would be possible."""
    match act:
        case acts.Move(to):
            return _unreachable(stages, passage.workflow, to)
        case acts.Assign(to):
            return _crowded(stages.named(passage.workflow.stage), passage.workflow, to)
        case acts.Comment(_, issue) if issue is not None:
            return _unknown_issue(passage, issue)
        case acts.Resolve(issue):
            settled = any(one.id == issue and one.resolved for one in passage.issues)
            return f"issue {issue!r} is resolved" if settled else _unknown_issue(passage, issue)
        case _:
            return None


def _where(stage: Stage, workflow: Workflow) -> str:
    return f"the task is {workflow.status} at {stage.name!r}"


def _unheld(stage: Stage, workflow: Workflow, actor: str) -> str | None:
    """Return why the actor may not work on the task, whatever it is."""
    held = holders(stage, workflow)
    if workflow.status == "blocked":
        return f"{_where(stage, workflow)}: it must be assigned anew or moved"
    if actor in workflow.finished:
        return f"{_where(stage, workflow)}, and {actor!r} has handed in a label"
    if actor not in held and len(held) >= stage.labels:
        return f"{_where(stage, workflow)}, and held by {', '.join(map(repr, held))}"
    return None


def _untimely(stage: Stage, workflow: Workflow, kind: type[Act], actor: str) -> str | None:
    """Return why the actor may not do this now, though working on the task is possible."""
    idle = workflow.status in WAITING or actor not in holders(stage, workflow)
    if kind is acts.Start and not idle:
        return _where(stage, workflow)
    if kind is acts.Beat and idle:
        return f"{_where(stage, workflow)}, and {actor!r} has not started"
    return None


def _unreachable(stages: Stages, workflow: Workflow, to: str) -> str | None:
    if stages.find(to) is None:
        return f"the workflow has no stage {to!r}; it has {', '.join(repr(one.name) for one in stages.stages)}"
    return f"the task is at {to!r}" if to == workflow.stage else None


def _crowded(stage: Stage, workflow: Workflow, to: tuple[str, ...]) -> str | None:
    if len(set(to)) < len(to) or len(to) > stage.labels:
        return f"at {stage.name!r} a task is held by {stage.labels} at most, each once"
    gone = [person for person in workflow.finished if person not in to]
    return f"{', '.join(map(repr, gone))} handed in a label already, and must stay" if gone else None


def _unknown_issue(passage: Passage, issue: str) -> str | None:
    return None if any(one.id == issue for one in passage.issues) else f"the task has no issue {issue!r}"
