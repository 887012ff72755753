"""A workspace in a folder: the SDK's questions go straight through the door."""

import getpass
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path
from typing import TypeVar

from labelport import api
from labelport.api import Operation
from labelport.app import door, streams
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

    def lines(self, question: api.StreamLines) -> Iterator[bytes]:
        """Yield lines of a finished export."""
        return streams.lines(self.app, question)


def workspace(
    path: str | PathLike[str], *, workers: int = 1, progress: Callable[[Progress], None] = lambda _: None
) -> Workspace:
    """Open the workspace in a folder; the one who runs the process may do everything in it."""
    app = App(
        store=Store(Path(path)),
        actor=getpass.getuser(),
        rights=frozenset(RIGHTS),
        now=_now,
        new_id=lambda: uuid7(_now()),
        progress=progress,
        workers=workers,
    )
    return Workspace(Direct(app))


def _now() -> int:
    now = microseconds(datetime.now(UTC))  # noqa: TID251  this is where time comes from
    return now or 0
