"""A lock that a process holds while it lives: one that dies lets go of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from labelport.errors import ConflictError

WHILE = 500
"""Milliseconds that one waits for a lock: long enough for those who only look whether it is held."""


def is_held(path: Path) -> bool:
    """Return whether a process that lives holds the lock."""
    if not path.exists():
        return False
    connection = apsw.Connection(str(path))
    try:
        connection.execute("PRAGMA schema_version").fetchall()
    except apsw.BusyError:
        return True
    finally:
        connection.close()
    return False


@contextmanager
def held(path: Path, what: str) -> Iterator[None]:
    """Hold the lock in a file of its own; raises `ConflictError` where another holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = apsw.Connection(str(path))
    connection.set_busy_timeout(WHILE)
    try:
        connection.execute("BEGIN EXCLUSIVE")
    except apsw.BusyError as e:
        connection.close()
        raise ConflictError(f"{what} is at work in another process: wait for it") from e
    try:
        yield
    finally:
        connection.close()
