"""A workspace in a folder: the SDK's questions go straight through the door."""

import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from labelport import api
from labelport.api import Operation
from labelport.app import door, reporting, streams
from labelport.app.context import RIGHTS, App, Progress
from labelport.app.ids import uuid7
from labelport.client.workspace import Workspace
from labelport.store.pieces import microseconds
from labelport.store.store import Store

Q = TypeVar("Q")
A = TypeVar("A")


class Direct:
    """A transport inside the process."""

    def __init__(self, app: App) -> None:
        """Ask this application."""
        self.app = app

    def ask(self, operation: Operation[Q, A], question: Q) -> A:
        """Return the answer of the door."""
        return door.answer(self.app, operation, question)

    def records(self, question: api.StreamRecords) -> Iterator[bytes]:
        """Yield records as JSON."""
        return streams.records(self.app, question)

    def report(self, question: api.StreamReport) -> Iterator[bytes]:
        """Yield the entries of an audit report, and at last its note."""
        return reporting.report(self.app, question)

    def lines(self, question: api.StreamLines) -> Iterator[bytes]:
        """Yield lines of a finished export."""
        return streams.lines(self.app, question)


def workspace(
    path: str | PathLike[str], *, workers: int = 1, progress: Callable[[Progress], None] = lambda _: None
) -> Workspace:
    """Open the workspace in a folder; the one who runs the process may do everything in it."""
    return Workspace(Direct(_app(Path(path), workers, progress)))


@contextmanager
def passing(*, progress: Callable[[Progress], None] = lambda _: None, near: Path | None = None) -> Iterator[Workspace]:
    """Lend a workspace that is gone afterwards, in the folder `near` if it can be: for work on deliveries alone."""
    with _temporary(near) as folder:
        app = _app(Path(folder), 1, progress)
        try:
            yield Workspace(Direct(app))
        finally:
            app.store.close()


def _temporary(near: Path | None) -> TemporaryDirectory[str]:
    try:
        return TemporaryDirectory(prefix=".labelport-", dir=near)
    except OSError:
        return TemporaryDirectory(prefix=".labelport-")


def _app(folder: Path, workers: int, progress: Callable[[Progress], None]) -> App:
    return App(
        store=Store(folder),
        actor=_actor(),
        rights=frozenset(RIGHTS),
        now=_now,
        new_id=lambda: uuid7(_now()),
        progress=progress,
        workers=workers,
    )


def _actor() -> str:
    """Return who runs the process; a container may have no name for its user."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _now() -> int:
    now = microseconds(datetime.now(UTC))  # noqa: TID251  this is where time comes from
    return now or 0
