"""A connection, transactions, and SQL by name; what differs between databases is here and nowhere else."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

import apsw

from labelport.errors import IntegrityError, LabelportError, NotFoundError, TransientError

OPEN = 2**62
"""The `until` of a version that still holds."""
PLANNED = (("event", "event", "1000000 1000000 1"), ("event", "event_of_task", "1000000 1000000 4 1"))
"""What the planner takes for granted of a table's keys: the rows, and how many share the first columns of a key.

Told nothing it takes a log for ten events, and reads all of it to find those of one task.
"""

UNWRITABLE = (apsw.FullError, apsw.IOError, apsw.ReadOnlyError)
"""What a disk that is full, broken or locked against writing makes SQLite say."""
Values = Mapping[str, Any]
NONE: Values = MappingProxyType({})
_NAMED = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


@cache
def statements() -> dict[str, str]:
    """Return every named statement of `sql/*.sql`."""
    found: dict[str, str] = {}
    for name in ("reads.sql", "writes.sql", "audits.sql"):
        parts = _NAMED.split(files("labelport.store").joinpath("sql", name).read_text(encoding="utf-8"))
        found.update(zip(parts[1::2], (text.strip() for text in parts[2::2]), strict=True))
    return found


class Database:
    """One SQLite file, in WAL mode; a reader never waits for a writer, and writers take turns."""

    def __init__(self, path: Path | str) -> None:
        """Open the file, make or migrate its tables."""
        self.connection = apsw.Connection(str(path))
        self.connection.set_busy_timeout(30_000)
        for pragma in (
            "page_size = 16384",
            "journal_mode = WAL",
            "synchronous = NORMAL",
            "cache_size = -32768",
            "temp_store = MEMORY",
        ):
            self.connection.execute(f"PRAGMA {pragma}").fetchall()
        self._migrate()

    def close(self) -> None:
        """Close the connection; nothing is lost."""
        self.connection.close()

    def rows(self, name: str, values: Values = NONE, **parts: str) -> Sequence[tuple[Any, ...]]:
        """Return all rows of a named statement; `parts` are composed by `store.selection` alone."""
        return self.connection.execute(_text(name, parts), values).fetchall()

    def stream(self, name: str, values: Values = NONE, **parts: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a named statement one by one; the read lasts as long as the iteration."""
        yield from self.connection.execute(_text(name, parts), values)

    def row(self, name: str, values: Values = NONE, **parts: str) -> tuple[Any, ...] | None:
        """Return the first row, or None."""
        rows = self.rows(name, values, **parts)
        return rows[0] if rows else None

    def run(self, name: str, values: Values = NONE) -> int:
        """Run a writing statement; return how many rows it changed."""
        self.connection.execute(_text(name, {}), values)
        return self.connection.changes()

    def run_many(self, name: str, values: Iterable[Sequence[Any]]) -> None:
        """Run a writing statement for each sequence of values."""
        self.connection.executemany(_text(name, {}), values)

    def settle(self) -> None:
        """Write the file anew and empty the write-ahead log; what was overwritten or deleted is in neither then.

        SQLite's `secure_delete` would not do: where a row was moved to another page, its old place may keep it. Raises
        `TransientError` where a reader or a writer still holds the file.
        """
        try:
            self.connection.execute("VACUUM").fetchall()
            busy = self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()[0][0]
        except (apsw.BusyError, apsw.LockedError):
            busy = 1
        if busy:
            raise TransientError("the database keeps what was before, for it is being read: try again")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read several statements from one state of the database; keep it short."""
        with self._transaction("BEGIN"):
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Write all or nothing; raises `TransientError` where another writer holds on too long."""
        with self._transaction("BEGIN IMMEDIATE"):
            yield

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        try:
            self.connection.execute(begin)
        except apsw.BusyError as e:
            raise TransientError("the database is busy: another writer holds it; try again") from e
        try:
            yield
            self.connection.execute("COMMIT")
        except BaseException as e:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            if isinstance(e, UNWRITABLE):
                raise LabelportError(
                    f"the workspace cannot be written to: {e}; what was finished before is kept: make room, or mend "
                    "the disk, and do it again"
                ) from e
            raise

    def _migrate(self) -> None:
        """Bring the tables to the newest schema, one numbered step after the other."""
        known = migrations()
        if self._version() >= len(known):
            return
        with self.writing():
            for step in known[self._version() :]:
                self.connection.execute(step.replace("{clustered}", "WITHOUT ROWID"))
            self._advise()
            self.connection.execute(f"PRAGMA user_version = {len(known)}")

    def _advise(self) -> None:
        """Tell the planner what to take for granted, so that it plans the same for every workspace."""
        self.connection.execute("ANALYZE log; DELETE FROM sqlite_stat1")
        self.connection.executemany("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", PLANNED)
        self.connection.execute("ANALYZE sqlite_schema")

    def _version(self) -> int:
        found = self.connection.pragma("user_version")
        if not isinstance(found, int):
            raise IntegrityError("the database does not say which schema it has")
        return found


def migrations() -> list[str]:
    """Return the texts of all migrations, in order."""
    folder = files("labelport.store").joinpath("sql", "migrations")
    return [entry.read_text(encoding="utf-8") for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)]


def each(parameter: str) -> str:
    """Return the SQL that makes rows (`value`) of a JSON array parameter."""
    return f"SELECT value FROM json_each(:{parameter})"  # noqa: S608  the name of a parameter


def each_of(column: str) -> str:
    """Return the SQL that makes rows (`value`, and `key` of an object) of a column that holds JSON."""
    return f"json_each({column})"


def member(column: str, name: str) -> str:
    """Return the SQL that reads a member of a column that holds a JSON object."""
    return f"json_extract({column}, '$.{name}')"


def says(column: str, text: str) -> str:
    """Return the SQL condition that a column of JSON, text or bytes, holds a piece of it; quotes in it are doubled."""
    return f"instr(CAST({column} AS TEXT), '{text}') > 0"


def _text(name: str, parts: Mapping[str, str]) -> str:
    text = statements().get(name)
    if text is None:
        raise NotFoundError(f"no statement named {name!r}")
    for key, value in parts.items():
        text = text.replace("{" + key + "}", value)
    return text
