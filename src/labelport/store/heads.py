"""Where a log stood at a change number: how many events it had, and their root."""

from labelport.errors import RequestError
from labelport.store.db import Database
from labelport.store.log import Head, head
from labelport.store.merkle import Frontier


def head_at(db: Database, log: int, number: int | None) -> Head:
    """Return the head at a change number, the newest for None; raises `RequestError` past the end."""
    now = head(db, log)
    if number is None or number == now.number:
        return now
    if number > now.number:
        raise RequestError(f"the project is at change {now.number}; {number} is not yet")
    row = db.row("events_at", {"log": log, "number": number})
    size = int(row[0]) if row else 0
    frontier = Frontier()
    for (leaf,) in db.stream("leaves", {"log": log, "size": size}):
        frontier.append(leaf)
    return Head(number, size, frontier.root())
