"""The store: a folder with one database file and its blobs."""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from labelport.errors import ConflictError, NotFoundError
from labelport.store.blobs import Blobs
from labelport.store.db import Database
from labelport.store.heads import complete
from labelport.store.log import ORGANIZATION, Appender
from labelport.store.merkle import Frontier
from labelport.store.tasks import Change


class Project(msgspec.Struct, frozen=True):
    """A project: its log, id and name."""

    log: int
    id: str
    name: str


def first_block(log: int) -> int:
    """Return the number of the first block of a project: each has numbers of its own, and those follow each other."""
    return (log << 40) + 1


class Store:
    """All that a workspace keeps."""

    def __init__(self, folder: Path) -> None:
        """Open the folder, which is made when it is not there."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.db = Database(folder / "labelport.db")
        self.blobs = Blobs(folder / "blobs")
        if self.db.row("log_head", {"log": ORGANIZATION}) is None or self.db.row("logs_behind"):
            with self.db.writing():
                if self.db.row("log_head", {"log": ORGANIZATION}) is None:
                    self._add_log(ORGANIZATION)
                complete(self.db)

    def close(self) -> None:
        """Close the database."""
        self.db.close()

    def project(self, key: str) -> Project:
        """Return the project with that id or name; raises `NotFoundError`."""
        row = self.db.row("project_by", {"key": key})
        if row is None:
            names = ", ".join(repr(row[2]) for row in self.db.rows("projects")) or "none yet"
            raise NotFoundError(f"no project {key!r}; there are: {names}")
        return Project(*row)

    def create_project(self, project: str, name: str, *, actor: str, at: int) -> Project:
        """Make a project with a log of its own; raises `ConflictError` where id or name is taken."""
        with self.organization(actor, at) as events:
            if self.db.row("project_by", {"key": project}) or self.db.row("project_by", {"key": name}):
                raise ConflictError(f"a project {name!r} exists")
            row = self.db.row("new_log")
            log = int(row[0]) if row else 1
            self._add_log(log)
            self.db.run("add_project", {"log": log, "id": project, "name": name, "block": first_block(log)})
            events.append("project.created", {"id": project, "name": name, "log": log})
        return Project(log, project, name)

    @contextmanager
    def change(self, project: Project, *, actor: str, at: int) -> Iterator[Change]:
        """Write to a project: all or nothing, one change number."""
        with self.db.writing():
            change = Change(self.db, project.log, actor, at, lambda: secrets.token_bytes(16))
            yield change
            change.flush()

    @contextmanager
    def changes(self, logs: Iterable[int], *, actor: str, at: int) -> Iterator[list[tuple[Project, Change]]]:
        """Write to several projects at once, each with its own number."""
        with self.db.writing():
            opened = []
            for log in sorted(logs):
                row = self.db.row("project_of_log", {"log": log})
                if row is None:
                    raise NotFoundError(f"no project with log {log}")
                opened.append((Project(*row), Change(self.db, log, actor, at, lambda: secrets.token_bytes(16))))
            yield opened
            for _, change in opened:
                change.flush()

    @contextmanager
    def organization(self, actor: str, at: int) -> Iterator[Appender]:
        """Write to the organization's log, together with what the events tell of."""
        with self.db.writing():
            events = Appender(self.db, ORGANIZATION, actor, at)
            yield events
            events.flush()

    def _add_log(self, log: int) -> None:
        self.db.run("add_log", {"log": log, "frontier": bytes(Frontier())})
