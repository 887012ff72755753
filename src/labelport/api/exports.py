"""Questions and answers about exports."""

from typing import Annotated

import msgspec
from msgspec import Meta

from labelport.api.operation import Limit
from labelport.model.export import ExportRequest, Loss, MediaTally, Skip, Tally


class CreateExport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Enter an export: the cut is taken now. `since` is `last`, an export, a change number or a time.

    Without a destination the delivery goes to a folder of the workspace that is named by the export.
    """

    request: ExportRequest
    destination: str | None = None
    since: str | None = None


class PlanExport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Foresee an export without making it."""

    request: ExportRequest


class Plan(msgspec.Struct, frozen=True):
    """What an export would write and lose."""

    cut: int
    tasks: int
    annotations: int
    shards: int
    losses: tuple[Loss, ...]


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An export by its id."""

    export: str


class RunExport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Make an export's delivery, or go on with it, for so many seconds at most; None for as long as it takes."""

    export: str
    timeout_seconds: Annotated[float, Meta(ge=0)] | None = None


class Export(msgspec.Struct, frozen=True):
    """An export in the history; times in UTC microseconds.

    `status` is `queued`, `running`, `interrupted` (no process runs it any more), `failed`, `done` or `done_with_skips`;
    all but the last two can be run again, and go on behind their last finished part.
    """

    id: str
    project: str
    status: str
    created_at: int
    finished_at: int | None
    actor: str
    request: ExportRequest
    destination: str
    base: int | None
    cut: int
    result: msgspec.Raw


class Result(msgspec.Struct, frozen=True):
    """What the history keeps of a finished export; of a failed one, `error`."""

    files: str = ""
    tallies: tuple[Tally, ...] = ()
    skips: tuple[Skip, ...] = ()
    losses: tuple[Loss, ...] = ()
    removed: int = 0
    media: MediaTally | None = None
    error: str | None = None


class ListExports(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Find exports, the newest first."""

    project: str | None = None
    after: str | None = None
    limit: Limit = 50


class Reproduced(msgspec.Struct, frozen=True):
    """An export made again: whether every data file came out the same, and what is gone for good."""

    export: str
    same: bool
    files: str
    remade: str
    erased: tuple[str, ...] = ()


class DiffExports(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Compare two exports of one project."""

    older: str
    newer: str


class Diff(msgspec.Struct, frozen=True):
    """Tasks by what became of them between two exports; the first thousand of each are named."""

    added: int
    changed: int
    removed: int
    added_tasks: tuple[str, ...] = ()
    changed_tasks: tuple[str, ...] = ()
    removed_tasks: tuple[str, ...] = ()


class StreamRecords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Records as they stand, one by one, without making a delivery."""

    request: ExportRequest


class GetTotals(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much a finished export holds."""

    export: str
    stream: str = "RESULT"


class Totals(msgspec.Struct, frozen=True):
    """Lines and bytes."""

    lines: int
    bytes: int


class StreamLines(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lines of a finished export, from a line or from a byte on."""

    export: str
    stream: str = "RESULT"
    line: int = 0
    offset: int | None = None
