"""Holds a log against itself, and the versions of tasks against the log: an edit shows, with its task and number."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from labelport.errors import IntegrityError
from labelport.store.bits import Bits
from labelport.store.db import OPEN, Database
from labelport.store.log import Event
from labelport.store.merkle import Frontier
from labelport.store.tasks import content
from labelport.store.versions import LabelRow, TaskRow

_TYPES = (int, int, int, int, str, str, int | None, int | None, bytes | None, bytes | None, str, bytes)
"""What the columns of an event hold."""
_HEX = re.compile("[0-9a-f]{64}")
Named = tuple[str, str]
"""A kind of named things, and a key."""


class Fault(msgspec.Struct, frozen=True):
    """A place where record and store differ."""

    number: int | None
    task: str | None
    reason: str


class Told(msgspec.Struct):
    """What the events tell of things that are not tasks, for other tables to be held against.

    `named` holds each change of a named thing: number and digest. `events` are the others, with their data.
    """

    named: dict[Named, list[tuple[int, bytes]]] = msgspec.field(default_factory=lambda: defaultdict(list))
    events: list[tuple[int, str, dict[str, Any], bytes | None]] = []
    renamed: dict[int, set[int]] = msgspec.field(default_factory=lambda: defaultdict(set))


class Audit:
    """One log under examination."""

    def __init__(self, db: Database, log: int) -> None:
        """Begin at the first event."""
        self._db, self._log = db, log
        self.frontier = Frontier()
        self.events = 0
        self.told = Told()
        self._erased = Bits()
        self._last: tuple[int, int] = (0, -1)
        self._latest: int | None = None

    def faults(self) -> Iterator[Fault]:
        """Yield every difference, reading the log once in order, then what no event tells of."""
        for (task,) in self._db.stream("erased_tasks", {"log": self._log}):
            if isinstance(task, int):
                self._erased.add(task)
        for row in self._db.stream("events", {"log": self._log}):
            if all(map(isinstance, row, _TYPES)):
                yield from self._event(row)
            else:
                yield from self._strange(row)
        yield from self._head()
        yield from self._unrecorded()

    def task_id(self, task: int) -> str:
        """Return the id of a task, or its number where it has none."""
        row = self._db.row("task_by_number", {"log": self._log, "task": task})
        return str(row[0]) if row else str(task)

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
        details = _details(data)
        name = None if task is None else str(details.get("id") or self.task_id(task))
        if event.leaf() != leaf:
            yield Fault(number, name, f"event {position} ({kind}) is not what its leaf commits to")
        if position != self.events:
            yield Fault(min(number, self._last[0] + 1), None, f"events before {position} are missing")
        if (number, ordinal) not in ((self._last[0], self._last[1] + 1), (self._last[0] + 1, 0)):
            yield Fault(number, name, f"change numbers jump from {self._last[0]} to {number}")
        if number != self._last[0]:
            yield from self._past(self._last[0])
        self._last = (number, ordinal)
        self._latest = at if self._latest is None else max(at, self._latest)
        self._count(position, leaf)
        if task is None:
            self._tell(number, kind, details, committed)
        else:
            yield from self._of_task(row, name, details)

    def _strange(self, row: Sequence[Any]) -> Iterator[Fault]:
        """Pass over an event that holds what no event holds."""
        position, number, ordinal, task = row[0], row[1], row[2], row[6]
        name = self.task_id(task) if isinstance(task, int) else None
        yield Fault(number if isinstance(number, int) else None, name, f"event {position!r} holds what no event holds")
        if isinstance(number, int) and isinstance(ordinal, int):
            self._last = (number, ordinal)
        self._count(position if isinstance(position, int) else self.events, bytes(32))

    def _count(self, position: int, leaf: bytes) -> None:
        self.events = position + 1
        self.frontier.append(leaf)

    def _tell(self, number: int, kind: str, details: dict[str, Any], committed: bytes | None) -> None:
        """Keep what an event tells of things that are not tasks."""
        of, _, what = kind.partition(".")
        if committed is None or of == "export":
            self.told.events.append((number, kind, details, committed))
            return
        key = str(details.get("key"))
        changes = self.told.named[of, key]
        if changes and changes[-1][0] == number:
            changes.pop()
        changes.append((number, committed))
        if (of, what) == ("class", "renamed") and key.isdecimal():
            self.told.renamed[number].add(int(key))

    def _of_task(self, row: Sequence[Any], name: str | None, details: dict[str, Any]) -> Iterator[Fault]:
        """Check that an event follows the one before of its task, and that what it wrote is there as it was written."""
        _, number, _, _, _, _, task, seq, previous, committed, _, _ = row
        known = self._db.row("task_by_number", {"log": self._log, "task": task})
        if known is None or known[0] != details.get("id", known[0]):
            yield Fault(number, name, f"the row of task {task} is missing or has another id")
        if seq is None:
            yield Fault(number, name, "it has no place among the events of its task")
            return
        before = self._db.row("event_of_task", {"log": self._log, "task": task, "seq": seq - 1})
        if (before[0] if before else None) != previous:
            yield Fault(number, name, f"its event {seq} does not follow event {seq - 1}")
        if committed:
            yield from self._version(number, task, name, committed)

    def _version(self, number: int, task: int, name: str | None, committed: bytes) -> Iterator[Fault]:
        version = self._db.row("version_of", {"log": self._log, "task": task, "number": number})
        if version is None:
            yield Fault(number, name, "the version that this change wrote is missing")
            return
        labels = self._db.rows("labels_of", {"log": self._log, "task": task, "number": number})
        found = content(TaskRow.read(version), [LabelRow.read(label) for label in labels], self._hashes)
        if found != (self._left(number, task, committed) if task in self._erased else committed):
            yield Fault(number, name, "the task or its labels are not as this change wrote them")
        row = self._db.row("next_event", {"log": self._log, "task": task, "number": number})
        if version[1] != (row[0] if row and row[0] is not None else OPEN):
            yield Fault(number, name, f"its version ends at {version[1]}, the log says otherwise")

    def _left(self, number: int, task: int, committed: bytes) -> bytes | None:
        """Return what a version commits to since it was erased; what it did before, where it was not."""
        row = self._db.row("erasure", {"log": self._log, "task": task, "number": number})
        if row is None:
            return committed
        left = _details(row[0]).get("left")
        told = left.get(str(number)) if isinstance(left, dict) else None
        return bytes.fromhex(told) if isinstance(told, str) and _HEX.fullmatch(told) else None

    def _hashes(self, blocks: Sequence[int | None]) -> list[bytes]:
        return [b"" if block is None else self._hash(block) for block in blocks]

    def _hash(self, block: int) -> bytes:
        row = self._db.row("block_hash", {"block": block})
        return row[0] if row else b"missing"

    def _past(self, number: int) -> Iterator[Fault]:
        """Check the head of a change whose events were all read."""
        row = self._db.row("head", {"log": self._log, "number": number})
        if self.events and row != (self.events, self.frontier.root(), self._latest):
            yield Fault(number, None, "where the log stood at this change is not as its events say")

    def _head(self) -> Iterator[Fault]:
        yield from self._past(self._last[0])
        for (beyond,) in self._db.rows("heads_beyond", {"log": self._log, "last": self._last[0]}):
            yield Fault(beyond, None, "the log is said to have stood at a change that was none")
        row = self._db.row("log_head", {"log": self._log})
        number, size, frontier = row or (0, 0, bytes(8))
        if (number, size) != (max(self._last[0], 0), self.events):
            yield Fault(number, None, f"the head says {size} events up to {number}; there are {self.events}")
        elif _root(frontier) != self.frontier.root():
            yield Fault(number, None, "the head's root is not the root of the events")

    def _unrecorded(self) -> Iterator[Fault]:
        values = {"log": self._log, "open": OPEN}
        for task, _, since in self._db.stream("versions_without_event", values):
            yield Fault(since, self.task_id(task), "a version of the task is there that no event tells of")
        for task, id_, since in self._db.stream("labels_astray", values):
            yield Fault(since, self.task_id(task), f"label {id_!r} has a version that the events do not bear out")


def _details(data: str) -> dict[str, Any]:
    """Return what an event tells; nothing where that was broken, for its leaf says so already."""
    try:
        found = msgspec.json.decode(data)
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _root(frontier: object) -> bytes | None:
    if not isinstance(frontier, bytes):
        return None
    try:
        return Frontier.from_bytes(frontier).root()
    except IntegrityError:
        return None
