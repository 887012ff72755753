"""What happened: events as they stand in a log, all those of a task, and how long the work took."""

from typing import Any

import msgspec

from labelport.model.workflow import Issue


class LogEvent(msgspec.Struct, frozen=True, omit_defaults=True):
    """An event as it stands in a log, at its position; `at` is UTC microseconds, for people.

    All but `position` are what the leaf of the tree commits to.
    """

    position: int
    number: int
    ordinal: int
    at: int
    actor: str
    kind: str
    task: int | None = None
    task_seq: int | None = None
    previous: str | None = None
    content: str | None = None
    data: dict[str, Any] = {}


class Trail(msgspec.Struct, frozen=True):
    """What happened to a task, the first event first; of a deleted one there is no name, stage or issue left."""

    number: int
    id: str
    name: str | None
    stage: str | None
    issues: tuple[Issue, ...]
    events: tuple[LogEvent, ...]


class WorkTime(msgspec.Struct, frozen=True):
    """How long a person worked in one pass of a task, which ended so at that time (UTC microseconds)."""

    task: str
    stage: str
    cycle: int
    person: str
    milliseconds: int
    outcome: str
    at: int
