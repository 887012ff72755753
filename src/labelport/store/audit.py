"""Holds everything that is stored against the log: an edit to either shows, with its task and change number."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from labelport.store.db import OPEN, Database
from labelport.store.log import Event, digest
from labelport.store.merkle import Frontier
from labelport.store.tasks import content
from labelport.store.versions import LabelRow, TaskRow

PAGE = 200


class Fault(msgspec.Struct, frozen=True):
    """A place where record and store differ."""

    number: int | None
    task: str | None
    reason: str


class Audit:
    """One log under examination."""

    def __init__(self, db: Database, log: int) -> None:
        """Begin at the first event."""
        self._db, self._log = db, log
        self.frontier = Frontier()
        self.events = 0
        self._last: tuple[int, int] = (0, -1)
        self._ids: dict[int, str] = {}

    def faults(self) -> Iterator[Fault]:
        """Yield every difference, reading the log once in order, then what no event tells of."""
        for row in self._db.stream("events", {"log": self._log, "after": 0}):
            yield from self._event(row)
        yield from self._head()
        yield from self._unrecorded()

    def _event(self, row: Sequence[Any]) -> Iterator[Fault]:
        position, number, ordinal, at, actor, kind, task, task_seq, previous, committed, data, leaf = row
        event = Event(
            number=number,
            ordinal=ordinal,
            at=at,
            actor=actor,
            kind=kind,
            task=task,
            task_seq=task_seq,
            previous=previous.hex() if previous else None,
            content=committed.hex() if committed else None,
            data=msgspec.Raw(data.encode()),
        )
        name = self._name(task, data)
        if event.leaf() != leaf:
            yield Fault(number, name, f"event {position} ({kind}) is not what its leaf commits to")
        if position != self.events:
            yield Fault(number, name, f"events before {position} are missing")
        if (number, ordinal) not in ((self._last[0], self._last[1] + 1), (self._last[0] + 1, 0)):
            yield Fault(number, name, f"change numbers jump from {self._last[0]} to {number}")
        self._last = (number, ordinal)
        self.events = position + 1
        self.frontier.append(leaf)
        yield from self._chain(number, name, task, task_seq, previous)
        if committed:
            yield from self._version(row, name)

    def _name(self, task: int | None, data: str) -> str | None:
        """Return the id of an event's task."""
        if task is None:
            return None
        row = self._db.row("task_by_number", {"log": self._log, "task": task})
        return row[0] if row else str(msgspec.json.decode(data).get("id", task))

    def _chain(
        self, number: int, name: str | None, task: int | None, seq: int | None, previous: bytes | None
    ) -> Iterator[Fault]:
        """Check that the event follows the one before of its task."""
        if task is None or seq is None:
            return
        before = self._db.row("event_of_task", {"log": self._log, "task": task, "seq": seq - 1})
        if (before[0] if before else None) != previous:
            yield Fault(number, name, f"its event {seq} does not follow event {seq - 1}")

    def _version(self, row: Sequence[Any], name: str | None) -> Iterator[Fault]:
        """Check that what the event wrote is there as it was written."""
        number, kind, task, committed, data = row[1], row[5], row[6], row[9], row[10]
        if task is not None:
            version = self._db.row("version_of", {"log": self._log, "task": task, "number": number})
            if version is None:
                yield Fault(number, name, "the version that this change wrote is missing")
                return
            labels = self._db.rows("labels_of", {"log": self._log, "task": task, "number": number})
            if content(TaskRow.read(version), [LabelRow.read(label) for label in labels], self._hashes) != committed:
                yield Fault(number, name, "the task or its labels are not as this change wrote them")
            yield from self._span(number, task, name, version[1])
            return
        kind, key = kind.partition(".")[0], msgspec.json.decode(data)["key"]
        values = {"log": self._log, "kind": kind, "key": key, "number": number}
        found = self._db.row("name_version", values)
        later = self._db.row("later_event", {**values, "position": row[0], "data": data, "ordinal": row[2]})
        if later is None and (found is None or digest(kind, key, found[0].encode()) != committed):
            yield Fault(number, None, f"{kind} {key!r} is not as this change wrote it")

    def _span(self, number: int, task: int, name: str | None, until: int) -> Iterator[Fault]:
        """Check that the version holds until the task's next event of weight."""
        row = self._db.row("next_event", {"log": self._log, "task": task, "number": number})
        if until != (row[0] if row and row[0] is not None else OPEN):
            yield Fault(number, name, f"its version ends at {until}, the log says otherwise")

    def _hashes(self, blocks: Sequence[int | None]) -> list[bytes]:
        return [b"" if block is None else self._hash(block) for block in blocks]

    def _hash(self, block: int) -> bytes:
        row = self._db.row("block_hash", {"block": block})
        return row[0] if row else b"missing"

    def _head(self) -> Iterator[Fault]:
        row = self._db.row("log_head", {"log": self._log})
        number, size, frontier = row or (0, 0, b"")
        if (number, size) != (self._last[0], self.events):
            yield Fault(number, None, f"the head says {size} events up to {number}; there are {self.events}")
        elif Frontier.from_bytes(frontier).root() != self.frontier.root():
            yield Fault(number, None, "the head's root is not the root of the events")

    def _unrecorded(self) -> Iterator[Fault]:
        values = {"log": self._log, "open": OPEN}
        for _, id_, since in self._db.stream("versions_without_event", values):
            yield Fault(since, id_, "a version of the task is there that no event tells of")
        for task, id_, since in self._db.stream("labels_without_event", values):
            yield Fault(since, self._name(task, "{}"), f"label {id_!r} has a version that no event tells of")
        for kind, key, since in self._db.stream("names_without_event", values):
            yield Fault(since, None, f"{kind} {key!r} has a version that no event tells of")
        for _, id_ in self._db.stream("tasks_astray", values):
            yield Fault(None, id_, "the task's row does not name its last event")
        for task, number in self._db.stream("change_gaps", values):
            yield Fault(number, self._name(task, "{}"), "the change index does not know this change")


def blocks(db: Database) -> Iterator[Fault | None]:
    """Yield None for each erased block, and a fault for each whose bytes are not what its hash says."""
    after = -1
    while rows := db.rows("blocks_from", {"after": after, "limit": PAGE}):
        for block, salt, hashed, data in rows:
            after = block
            if data is None:
                yield None
            elif not isinstance(data, bytes) or hashlib.sha256((salt or b"") + data).digest() != hashed:
                owner = db.row("task_of_block", {"block": block})
                yield Fault(owner[2] if owner else None, owner[1] if owner else None, f"block {block} was changed")
