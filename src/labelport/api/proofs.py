"""Questions and answers about deliveries at hand, and about the log."""

from typing import Annotated

import msgspec
from msgspec import Meta


class VerifyDelivery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Check a delivery against its manifest."""

    path: str


class Verified(msgspec.Struct, frozen=True):
    """What is wrong with a delivery; nothing, when `faults` is empty."""

    path: str
    files: int
    bytes: int
    tasks: int
    faults: tuple[str, ...]


class FoldDeliveries(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Apply deltas, in order, to a full delivery."""

    base: str
    deltas: Annotated[tuple[str, ...], Meta(min_length=1)]
    to: str


class Folded(msgspec.Struct, frozen=True):
    """The delivery that a fold made; `files` is the hash of its `files.ndjson`."""

    path: str
    cut: int
    tasks: int
    files: str


class VerifyLog(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Check logs against all that is stored, and against a checkpoint kept elsewhere."""

    project: str | None = None
    checkpoint: str | None = None


class LogFault(msgspec.Struct, frozen=True):
    """A place where the record and the store differ."""

    log: str
    number: int | None
    task: str | None
    reason: str


class LogReport(msgspec.Struct, frozen=True):
    """What a check of the logs found."""

    logs: int
    events: int
    faults: tuple[LogFault, ...]
    erased: int = 0


class TakeCheckpoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Sign where a log stands, to be kept elsewhere; the organization's without a project."""

    project: str | None = None


class Checkpoint(msgspec.Struct, frozen=True):
    """A signed checkpoint (C2SP tlog-checkpoint) and the key that verifies it."""

    text: str
    key: str
