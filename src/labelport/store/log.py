"""The log: every change takes a number and leaves events, which are leaves of a Merkle tree."""

import hashlib
from typing import Any

import msgspec

from labelport.errors import NotFoundError
from labelport.store.db import Database
from labelport.store.merkle import Frontier, leaf_hash

ORGANIZATION = 0
"""The log of members, rights, exports and refusals; it never moves a project's number."""


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """One change, as its leaf commits to it: the leaf is the hash of this value's JSON."""

    number: int
    ordinal: int
    at: int
    actor: str
    kind: str
    task: int | None = None
    task_seq: int | None = None
    previous: str | None = None
    content: str | None = None
    data: msgspec.Raw = msgspec.Raw(b"{}")

    def leaf(self) -> bytes:
        """Return the leaf's hash (RFC 6962, 2.1)."""
        return leaf_hash(msgspec.json.encode(self))


class Head(msgspec.Struct, frozen=True):
    """Where a log stands: its last change number, and the root of its tree over `size` events."""

    number: int
    size: int
    root: bytes


class Appender:
    """Adds the events of one transaction to one log; the number is taken with the first of them."""

    def __init__(self, db: Database, log: int, actor: str, at: int) -> None:
        """Read where the log stands; the caller holds the write lock."""
        found = db.row("log_head", {"log": log})
        if found is None:
            raise NotFoundError(f"no log {log}")
        self.log, self.actor, self.at = log, actor, at
        self.taken, self.size, frontier = found
        self.number = self.taken + 1
        self._db = db
        self._frontier = Frontier.from_bytes(frontier)
        self._rows: list[tuple[Any, ...]] = []
        self._ordinal = 0

    def append(
        self,
        kind: str,
        data: object,
        *,
        task: int | None = None,
        task_seq: int | None = None,
        previous: bytes | None = None,
        content: bytes | None = None,
    ) -> bytes:
        """Add an event; return its leaf."""
        text = msgspec.json.encode(data, order="deterministic")
        event = Event(
            number=self.number,
            ordinal=self._ordinal,
            at=self.at,
            actor=self.actor,
            kind=kind,
            task=task,
            task_seq=task_seq,
            previous=previous.hex() if previous else None,
            content=content.hex() if content else None,
            data=msgspec.Raw(text),
        )
        leaf = event.leaf()
        place = (self.log, self.size, self.number, self._ordinal, self.at, self.actor, kind)
        self._rows.append((*place, task, task_seq, previous, content, text.decode(), leaf))
        self._frontier.append(leaf)
        self._ordinal += 1
        self.size += 1
        return leaf

    @property
    def wrote(self) -> bool:
        """Whether the number is taken."""
        return self._ordinal > 0

    def flush(self) -> None:
        """Write the events so far and move the head."""
        if not self.wrote:
            return
        self._db.run_many("add_events", self._rows)
        self._rows.clear()
        self._db.run(
            "move_log",
            {"log": self.log, "number": self.number, "size": self.size, "frontier": bytes(self._frontier)},
        )
        before = self._db.row("newest_head", {"log": self.log})
        latest = max(self.at, before[1]) if before else self.at
        self._db.run_many("add_heads", [(self.log, self.number, self.size, self._frontier.root(), latest)])


def head(db: Database, log: int) -> Head:
    """Return where the log stands."""
    found = db.row("log_head", {"log": log})
    if found is None:
        raise NotFoundError(f"no log {log}")
    number, size, frontier = found
    return Head(number, size, Frontier.from_bytes(frontier).root())


def erased(block: int) -> bytes:
    """Return what stands for the hash of a block once it was erased."""
    return digest("erased", block)


def digest(*parts: object) -> bytes:
    """Return the SHA-256 that commits to these values, in order."""
    return hashlib.sha256(msgspec.msgpack.encode(parts)).digest()
