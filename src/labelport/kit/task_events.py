"""What happened to tasks in the shape that the product docs give: `taskId`, `currentStageName`, `events`.

One entry per event of the log, in the order of the log. Where the docs have a name for what happened, `eventType` is
that name; ours are in `TYPES`.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from labelport.kit.moments import EPOCH
from labelport.model.stages import Stage, Stages
from labelport.model.trail import LogEvent, Trail, WorkTime
from labelport.model.workflow import Issue

TYPES: Mapping[str, str] = {
    "task.created": "TASK_CREATED",
    "task.assigned": "TASK_ASSIGNED",
    "task.reassigned": "TASK_REASSIGNED",
    "task.unassigned": "TASK_UNASSIGNED",
    "task.started": "TASK_STARTED",
    "task.worked": "TASK_WORKED",
    "task.drafted": "TASK_SAVED",
    "task.skipped": "TASK_SKIPPED",
    "task.submitted": "TASK_SUBMITTED",
    "task.accepted": "TASK_ACCEPTED",
    "task.corrected": "TASK_CORRECTED",
    "task.rejected": "TASK_REJECTED",
    "task.moved": "TASK_MOVED",
    "task.edited": "GROUNDTRUTH_TASK_EDITED",
    "task.commented": "COMMENT_ADDED",
    "task.issue_raised": "COMMENT_ADDED",
    "task.issue_resolved": "ISSUE_RESOLVED",
    "task.prioritized": "TASK_PRIORITY_CHANGED",
    "task.chosen": "TASK_LABEL_CHOSEN",
    "task.saved": "TASK_UPDATED",
    "task.deleted": "TASK_DELETED",
    "task.restored": "TASK_RESTORED",
    "task.erased": "TASK_ERASED",
}
"""The documents' names of what happened, by the kind of our event; those that they lack are named like theirs."""
_HANDED_IN = ("task.submitted", "task.accepted", "task.corrected", "task.rejected", "task.moved", "task.edited")
_SAID = ("task.commented", "task.issue_raised", "task.issue_resolved")


def task_events(trail: Trail, stages: Stages) -> dict[str, Any]:
    """Return a task with its events; `stages` gives the names that people read."""
    names = {stage.name: stage.title or stage.name for stage in stages.stages}
    done = stages.complete.name
    return {
        "taskId": trail.id,
        "taskName": trail.name,
        "currentStageName": None if trail.stage is None else names.get(trail.stage, trail.stage),
        "events": [_event(event, names, done, trail.issues) for event in trail.events],
    }


def shown(event: LogEvent) -> dict[str, Any]:
    """Return what an event shows by itself, whatever its stages are called and what was said: all from its record."""
    data = event.data
    found: dict[str, Any] = {
        "eventType": TYPES.get(event.kind, event.kind.upper().replace(".", "_")),
        "createdAt": instant(event.at),
    }
    found["createdBy" if event.kind in ("task.created", *_SAID) else "updatedBy"] = event.actor
    found |= _people(event)
    if "cycle" in data:
        found["cycle"] = data["cycle"]
    if event.kind in _HANDED_IN:
        found |= _handed_in(event)
    if event.kind in _SAID:
        found["commentId"] = data.get("issue")
        found["isIssue"] = event.kind != "task.commented" or "comment" in data
    if "scores" in data:
        found["scores"] = data["scores"]
    if "reason" in data:
        found["reason"] = data["reason"]
    if event.task is None and data:
        found["details"] = data
    if event.kind == "task.prioritized":
        found["priority"] = data.get("after", {}).get("priority")
    return found


def _event(event: LogEvent, names: Mapping[str, str], done: str, issues: tuple[Issue, ...]) -> dict[str, Any]:
    found, data = shown(event), event.data
    if event.kind == "task.created":
        found["isGroundTruth"] = data.get("after", {}).get("stage") == done
    if "cycle" in data:
        found["stage"] = names.get(data["stage"], data["stage"])
    to = data.get("after", {}).get("stage")
    if event.kind in _HANDED_IN and to is not None:
        found["nextStage"] = names.get(to, to)
    return found | _said(event, issues) if event.kind in _SAID else found


def active_time(one: WorkTime, project: str, stage: Stage) -> dict[str, Any]:
    """Return the work of a person in one pass of a task; `timeSpent` is in milliseconds."""
    return {
        "projectId": project,
        "stageName": stage.title or stage.name,
        "taskId": one.task,
        "completedBy": one.person,
        "timeSpent": one.milliseconds,
        "completedAt": instant(one.at),
        "cycle": one.cycle,
    }


def instant(at: int) -> str:
    """Return UTC microseconds as RFC 3339, always as long: so that texts sort as times do."""
    return f"{EPOCH + timedelta(microseconds=at):%Y-%m-%dT%H:%M:%S.%f}Z"


def _people(event: LogEvent) -> dict[str, Any]:
    """Return who holds the task now, and who held it before, where that is what happened."""
    before, after = event.data.get("before", {}), event.data.get("after", {})
    if event.kind in ("task.started", "task.drafted", "task.skipped"):
        return {"assignee": event.actor}
    if event.kind not in ("task.assigned", "task.reassigned", "task.unassigned"):
        return {}
    role = "reviewers" if "reviewers" in after else "assignees"
    was, now = before.get(role, []), after.get(role, [])
    if len(was) > 1 or len(now) > 1:
        return {"assignees": now, "prevAssignees": was}
    found = {"assignee": now[0]} if now else {}
    return {**found, "prevAssignee": was[0]} if was else found


def _handed_in(event: LogEvent) -> dict[str, Any]:
    """Return how long it took, and the change number that its labels are to be read at."""
    worked = event.data.get("worked", {})
    mine = {event.actor: worked[event.actor]} if event.kind == "task.submitted" and event.actor in worked else worked
    found: dict[str, Any] = {"labelsId": str(event.number)}
    return {**found, "timeSpentMs": sum(mine.values())} if "worked" in event.data else found


def _said(event: LogEvent, issues: tuple[Issue, ...]) -> dict[str, Any]:
    """Return what was said; its text is not on the record, so that it can be erased, but with the task's issues."""
    issue = next((one for one in issues if one.id == event.data.get("issue")), None)
    at = event.data.get("comment", 1) - 1
    text = issue.comments[at].text if issue is not None and at < len(issue.comments) else None
    found: dict[str, Any] = {"commentText": text, "issueResolved": issue.resolved if issue is not None else None}
    if issue is not None and issue.position:
        found["pin"] = {"frameIndex": issue.frame, "position": list(issue.position)}
    return found
