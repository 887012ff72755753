"""Questions and answers about what happened: to tasks, and how long the work took."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from labelport.api.operation import Limit
from labelport.model.export import Selection

NOTE = ".note"
"""Beside a report lies the note that signs it, whose name has this at the end."""


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


class ListWorkTimes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Read how long passes through stages took, in the order in which they ended."""

    project: str
    stage: str | None = None
    task: str | None = None
    since: int | None = None
    until: int | None = None
    after: str | None = None
    limit: Limit = 1000


class StreamReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Make an audit report: of every task or of ground truth, with the events that meet every condition.

    Without a project it is of the organization's log: exports, refusals, members, reports. `types` are names of events
    as the report has them; `since` and `until` are UTC microseconds, the end exclusive.
    """

    project: str | None
    scope: Literal["all", "groundtruth"] = "all"
    tasks: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None


class VerifyReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Check a report that lies in a file: with a checkpoint that was kept elsewhere, and the key that signs.

    Needs no workspace.
    """

    path: Annotated[str, Meta(min_length=1)]
    checkpoint: str | None = None
    key: str | None = None


class ReportFault(msgspec.Struct, frozen=True):
    """Something that is wrong with a report, and where: the task, and the place among its events, from 1."""

    task: str | None
    event: int | None
    reason: str


class ReportVerified(msgspec.Struct, frozen=True):
    """What a check of a report found; `signed` says whether its signature was checked, `against` what checkpoint."""

    tasks: int
    events: int
    faults: tuple[ReportFault, ...]
    signed: bool
    against: Literal["its own checkpoint", "the checkpoint given"]
