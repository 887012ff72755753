"""Reading what happened: the events of tasks, and of those the ones by which work was handed in."""

from collections.abc import Sequence
from typing import Any

import msgspec

from labelport.model.export import Selection
from labelport.model.trail import LogEvent, Trail, WorkTime
from labelport.model.workflow import Issue
from labelport.store.db import Database, each
from labelport.store.selection import HANDED_IN, Condition, where


class _Done(msgspec.Struct):
    id: str = ""
    stage: str = ""
    cycle: int = 1
    worked: dict[str, int] = {}


def event(row: Sequence[Any]) -> LogEvent:
    """Return the event of a row: its columns in the order of `LogEvent`."""
    position, number, ordinal, at, actor, kind, task, seq, previous, content, data = row
    return LogEvent(
        position,
        number,
        ordinal,
        at,
        actor,
        kind,
        task,
        seq,
        previous.hex() if previous else None,
        content.hex() if content else None,
        msgspec.json.decode(data, type=dict[str, Any]),
    )


def trails(
    db: Database, log: int, selection: Selection, *, span: tuple[int | None, int], after: int, limit: int
) -> list[Trail]:
    """Return a page of tasks that changed in a span of change numbers, with all their events up to its end."""
    base, cut = span
    chosen, changed = where(selection), Condition("cut", "k")
    if base is not None:
        changed.changed_after(base)
    values = {"log": log, "cut": cut, "after": after, "limit": limit, **chosen.values, **changed.values}
    tasks = db.rows("trails", values, where=f"{chosen.text} AND {changed.text}")
    if not tasks:
        return []
    wanted = {row[0] for row in tasks}
    events: dict[int, list[LogEvent]] = {}
    for row in db.stream("events_of_tasks", {"log": log, "cut": cut, "after": after, "last": tasks[-1][0]}):
        if row[6] in wanted:
            events.setdefault(row[6], []).append(event(row))
    return [
        Trail(task, id_, name, stage, _issues(issues), tuple(events.get(task, ())))
        for task, id_, name, stage, issues in tasks
    ]


def work_times(db: Database, log: int, *, task: int | None, after: int, limit: int) -> list[tuple[int, list[WorkTime]]]:
    """Return a page of passes that ended, in the order of the log: the position of each event, and who worked."""
    values = {
        "log": log,
        "after": after,
        "limit": limit,
        "kinds": msgspec.json.encode(HANDED_IN).decode(),
        "task": task,
    }
    name = "handed_in" if task is None else "handed_in_of_task"
    return [(row[0], _times(row)) for row in db.rows(name, values, wanted=each("kinds"))]


def _times(row: Sequence[Any]) -> list[WorkTime]:
    _, at, actor, kind, data = row
    told = msgspec.json.decode(data, type=_Done)
    worked = told.worked if kind != "task.submitted" or actor not in told.worked else {actor: told.worked[actor]}
    outcome = kind.removeprefix("task.")
    return [
        WorkTime(told.id, told.stage, told.cycle, person, time, outcome, at) for person, time in sorted(worked.items())
    ]


def _issues(block: bytes | None) -> tuple[Issue, ...]:
    return msgspec.json.decode(block, type=tuple[Issue, ...]) if block else ()


def of_project(db: Database, log: int, first: int, beyond: int) -> list[LogEvent]:
    """Return the events between two positions that are of no task."""
    return [event(row) for row in db.rows("events_of_project", {"log": log, "first": first, "beyond": beyond})]
