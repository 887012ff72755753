"""Questions and answers about what happened: to tasks, and how long the work took."""

from typing import Any

import msgspec

from labelport.api.operation import Limit
from labelport.model.export import Selection
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


class ListTrails(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Read what happened to tasks: of those selected that changed at or after `since` (UTC microseconds), everything.

    Deleted tasks come along where nothing is selected.
    """

    project: str
    selection: Selection = Selection()
    since: int | None = None
    at: int | None = None
    after: str | None = None
    limit: Limit = 100


class Trail(msgspec.Struct, frozen=True):
    """What happened to a task, the first event first; of a deleted one there is no name, stage or issue left."""

    number: int
    id: str
    name: str | None
    stage: str | None
    issues: tuple[Issue, ...]
    events: tuple[LogEvent, ...]


class ListWorkTimes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Read how long passes through stages took, in the order in which they ended."""

    project: str
    stage: str | None = None
    task: str | None = None
    since: int | None = None
    until: int | None = None
    after: str | None = None
    limit: Limit = 1000


class WorkTime(msgspec.Struct, frozen=True):
    """How long a person worked in one pass of a task, which ended so at that time (UTC microseconds)."""

    task: str
    stage: str
    cycle: int
    person: str
    milliseconds: int
    outcome: str
    at: int
