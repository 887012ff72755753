"""A lock that a process holds while it lives: one that dies lets go of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from labelport.errors import ConflictError


@contextmanager
def held(path: Path, what: str) -> Iterator[None]:
    """Hold the lock in a file of its own; raises `ConflictError` where another holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = apsw.Connection(str(path))
    try:
        connection.execute("BEGIN EXCLUSIVE")
    except apsw.BusyError as e:
        connection.close()
        raise ConflictError(f"{what} is at work in another process: wait for it") from e
    try:
        yield
    finally:
        connection.close()
