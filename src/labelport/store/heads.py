"""Where a log stood at each change number: how many events it had, their root, and the latest time they bear."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from labelport.errors import IntegrityError, RequestError
from labelport.store.db import Database
from labelport.store.log import Head, head
from labelport.store.merkle import EMPTY, Frontier


def head_at(db: Database, log: int, number: int | None) -> Head:
    """Return the head at a change number, the newest for None; raises `RequestError` past the end."""
    now = head(db, log)
    if number is None or number == now.number:
        return now
    if number > now.number:
        raise RequestError(f"the project is at change {now.number}; {number} is not yet")
    if number == 0:
        return Head(0, 0, EMPTY)
    row = db.row("head", {"log": log, "number": number})
    if row is None:
        raise IntegrityError(f"change {number} has no head; `labelport audit verify` tells more")
    return Head(number, row[0], row[1])


def number_at(db: Database, log: int, moment: int) -> int:
    """Return the last change number before the first change at or after a moment, in UTC microseconds.

    So it grows with the moment whatever the clocks did, and what comes after it holds every change from the moment on:
    where a clock was set back, also changes that bear earlier times.
    """
    row = db.row("number_at", {"log": log, "moment": moment})
    return int(row[0]) if row else 0


def complete(db: Database) -> None:
    """Write the heads that a version which kept none did not write; the caller holds the write lock."""
    for (log,) in db.rows("logs_behind"):
        row = db.row("newest_head", {"log": log})
        db.run_many("add_heads", (one for one in _heads(db, log) if row is None or one[1] > row[0]))


def _heads(db: Database, log: int) -> Iterator[tuple[int, int, int, bytes, int]]:
    """Yield the heads of a log as its events make them."""
    frontier = Frontier()
    latest = 0
    for number, events in groupby(db.stream("times", {"log": log}), itemgetter(0)):
        for _, at, leaf in events:
            frontier.append(leaf)
            latest = max(latest, at) if frontier.size > 1 else at
        yield log, number, frontier.size, frontier.root(), latest
