"""Checks a report that lies in a file, without the workspace: every fault with the task and the event that it is at.

Each event is proved to be in the log of the checkpoint; a task's events must follow each other; a whole report must
hold every event. Against a checkpoint that was kept elsewhere, the leaves of a whole report must make its root. The
signature covers every byte.
"""

from collections.abc import Generator, Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import msgspec

from labelport.api import ReportFault, ReportVerified, VerifyReport
from labelport.api.trail import NOTE
from labelport.app.context import App
from labelport.app.reporting import KIND
from labelport.errors import IntegrityError, NotFoundError
from labelport.kit.task_events import shown
from labelport.model.trail import LogEvent
from labelport.store import checkpoint as notes
from labelport.store.log import Event
from labelport.store.merkle import WIDTH, is_included, root

_PROSE = {"stage", "nextStage", "isGroundTruth", "commentText", "issueResolved", "pin", "record"}
"""What an event shows beside its record: names of stages, and what was said. The signature alone covers it."""


class _Entry(msgspec.Struct):
    taskId: str | None  # noqa: N815  the product docs' own
    events: list[dict[str, Any]]
    eventCount: int  # noqa: N815
    checkpoint: str


class _Check:
    """A reading of one report, line by line."""

    def __init__(self, ask: VerifyReport, bytes_: int) -> None:
        self._bytes = bytes_
        self._key = None if ask.key is None else notes.PublicKey.parse(ask.key.strip())
        self._kept = None if ask.checkpoint is None else self._opened(ask.checkpoint)
        self._own: notes.Checkpoint | None = None
        self._own_text: str | None = None
        self._found = _Leaves(0)
        self._short: list[ReportFault] = []
        self._seal = sha256()
        self.tasks = self.events = 0

    def _opened(self, text: str) -> notes.Checkpoint:
        """Return what a checkpoint says; where a key is given, only if that has signed it."""
        return notes.verify(text, [self._key]) if self._key else notes.unverified(text)

    def line(self, line: bytes) -> Iterator[ReportFault]:
        """Check one entry."""
        self._seal.update(line + b"\n")
        try:
            entry = msgspec.json.decode(line, type=_Entry)
        except msgspec.DecodeError as e:
            yield ReportFault(None, None, f"an entry that cannot be read: {e}")
            return
        self.tasks += entry.taskId is not None
        if self._own_text is None:
            self._own_text = entry.checkpoint
            self._own = self._opened(entry.checkpoint)
            self._found = _Leaves(self._own.size if self._own.size <= self._bytes else 0)
        elif entry.checkpoint != self._own_text:
            yield ReportFault(entry.taskId, None, "its checkpoint is not that of the entries before")
        yield from self._entry(entry)

    def _entry(self, entry: _Entry) -> Iterator[ReportFault]:
        whole = len(entry.events) == entry.eventCount
        last: LogEvent | None = None
        leaf = b""
        for place, told in enumerate(entry.events, 1):
            self.events += 1
            try:
                record = dict(told["record"])
                proof = [bytes.fromhex(one) for one in record.pop("proof")]
                event = msgspec.convert(record, LogEvent)
            except (KeyError, TypeError, ValueError) as e:
                yield ReportFault(entry.taskId, place, f"its record cannot be read: {e}")
                continue
            before, leaf = leaf, _leaf(event)
            for reason in self._event(event, leaf, proof, told):
                yield ReportFault(entry.taskId, place, reason)
            if entry.taskId is not None:
                for reason in _follows(event, last, before, whole=whole):
                    yield ReportFault(entry.taskId, place, reason)
            last = event
        if not whole:
            reason = f"it holds {len(entry.events)} of {entry.eventCount} events"
            self._short.append(ReportFault(entry.taskId, None, reason))

    def _event(self, event: LogEvent, leaf: bytes, proof: list[bytes], told: dict[str, Any]) -> Iterator[str]:
        own = self._own
        if own is None:
            return
        where = f"{event.kind} at position {event.position}"
        if not is_included(leaf, proof, index=event.position, size=own.size, root=own.root):
            yield f"{where} was changed or inserted: the log of the checkpoint does not hold it"
        elif not self._found.add(event.position, leaf):
            yield f"{where} stands twice"
        says = msgspec.to_builtins(shown(event))
        wrong = [name for name in sorted({*says, *told} - _PROSE) if says.get(name) != told.get(name)]
        if wrong:
            yield f"{where} shows another {', '.join(wrong)} than its record"

    def end(self, note: str | None) -> Iterator[ReportFault]:
        """Check what only the whole can tell: what is missing, the signature, and the checkpoint kept elsewhere."""
        if self._own is None:
            yield ReportFault(None, None, "the report holds no entry")
            return
        whole = yield from self._signed(note, self._own)
        if whole:
            yield from self._short
        if whole and self._found.count < self._own.size:
            positions = ", ".join(map(str, islice(self._found.missing(), 10)))
            gone = self._own.size - self._found.count
            yield ReportFault(None, None, f"{gone} events were removed; the first stood at the positions {positions}")
        if self._kept is not None:
            complete = self._found.count == self._own.size
            yield from self._against(self._kept, self._own, complete=complete)

    def _signed(self, note: str | None, own: notes.Checkpoint) -> Generator[ReportFault, None, bool]:
        """Check the note; return whether it says that the report holds every event."""
        if note is None:
            yield ReportFault(
                None, None, f"the note that signs it is missing: it lies beside, with {NOTE!r} at the end"
            )
            return False
        try:
            text = notes.open_note(note, [self._key]) if self._key else notes.text_of(note)
            kind, origin, seal, counts = text.removesuffix("\n").split("\n")
            tasks, events, extent = counts.split(" ")
        except (IntegrityError, ValueError) as e:
            yield ReportFault(None, None, f"its note does not hold: {e}")
            return False
        if (kind, origin) != (KIND, own.origin):
            yield ReportFault(None, None, f"its note is of {origin!r}, and it is of {own.origin!r}")
        if (tasks, events) != (str(self.tasks), str(self.events)):
            found = f"{self.tasks} tasks with {self.events} events"
            yield ReportFault(None, None, f"it holds {found}; {tasks} with {events} were signed")
        elif seal != self._seal.hexdigest():
            yield ReportFault(None, None, "its bytes are not those that were signed")
        return extent == "whole"

    def _against(self, kept: notes.Checkpoint, own: notes.Checkpoint, *, complete: bool) -> Iterator[ReportFault]:
        if kept.origin != own.origin:
            yield ReportFault(None, None, f"the checkpoint is of {kept.origin!r}, the report of {own.origin!r}")
        elif kept.size > own.size:
            yield ReportFault(None, None, f"the report ends at {own.size} events, the checkpoint was at {kept.size}")
        elif kept.size == own.size:
            if kept.root != own.root:
                yield ReportFault(None, None, "its events are not those that the checkpoint signed")
        elif not complete:
            yield ReportFault(None, None, "only a whole report can be held against an earlier checkpoint")
        elif root(self._found.first(kept.size)) != kept.root:
            yield ReportFault(None, None, f"its first {kept.size} events are not those that the checkpoint signed")


def verify(app: App, ask: VerifyReport) -> ReportVerified:
    """Check a report; raises `NotFoundError` where there is none."""
    del app
    path = Path(ask.path)
    if not path.is_file():
        raise NotFoundError(f"no report at {ask.path!r}")
    beside = path.with_name(path.name + NOTE)
    check = _Check(ask, path.stat().st_size)
    faults = [fault for line in _lines(path) for fault in check.line(line)]
    faults += check.end(beside.read_text(encoding="utf-8") if beside.is_file() else None)
    against: Literal["its own checkpoint", "the checkpoint given"] = (
        "its own checkpoint" if ask.checkpoint is None else "the checkpoint given"
    )
    return ReportVerified(check.tasks, check.events, tuple(faults), ask.key is not None, against)


def _lines(path: Path) -> Iterator[bytes]:
    """Yield the entries of a report: one a line, in an array or not."""
    with path.open("rb") as file:
        for raw in file:
            line = raw.removesuffix(b"\n").removesuffix(b",")
            if line not in (b"[", b"]", b""):
                yield line


def _leaf(event: LogEvent) -> bytes:
    data = msgspec.Raw(msgspec.json.encode(event.data, order="deterministic"))
    given = {name: getattr(event, name) for name in Event.__struct_fields__ if name != "data"}
    return Event(**given, data=data).leaf()


def _follows(event: LogEvent, last: LogEvent | None, leaf: bytes, *, whole: bool) -> Iterator[str]:
    """Yield why an event does not follow the one before of its task."""
    seq, before = event.task_seq or 0, (last.task_seq or 0) if last is not None else 0
    if seq <= before:
        yield f"it is event {seq} of its task, and stands behind event {before}"
    elif whole and seq > before + 1:
        yield f"events {before + 1} to {seq - 1} of its task were removed before it"
    elif whole and (event.previous or "") != leaf.hex():
        yield f"event {before} of its task is not the one that it follows"


class _Leaves:
    """Leaves by position, as they come; kept where the report is large enough to hold all of them."""

    def __init__(self, size: int) -> None:
        self._leaves, self._held = bytearray(WIDTH * size), bytearray(size)
        self._others: set[int] = set()

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(self._held) + len(self._others)

    def add(self, position: int, leaf: bytes) -> bool:
        """Take a leaf; return whether it is new."""
        if position >= len(self._held):
            known = position in self._others
            self._others.add(position)
            return not known
        known = bool(self._held[position])
        self._held[position] = 1
        self._leaves[WIDTH * position : WIDTH * (position + 1)] = leaf
        return not known

    def missing(self) -> Iterator[int]:
        """Yield the positions at which there is none, as far as is known."""
        return (position for position, held in enumerate(self._held) if not held)

    def first(self, size: int) -> Iterator[bytes]:
        """Yield the leaves up to a size."""
        return (bytes(self._leaves[at : at + WIDTH]) for at in range(0, WIDTH * size, WIDTH))
