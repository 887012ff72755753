"""Workspaces to try things in: a clock that ticks by itself, exports in one call, deliveries as plain bytes."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from labelport import api
from labelport.app.context import RIGHTS, App
from labelport.app.ids import uuid7
from labelport.app.places import place
from labelport.client.workspace import Workspace
from labelport.local import Direct
from labelport.model.asset import Asset
from labelport.model.export import ExportRequest, Manifest
from labelport.model.geometry import Box
from labelport.model.label import Annotation, Label
from labelport.model.record import Record
from labelport.store.store import Store

START = 1_767_225_600_000_000
"""2026-01-01T00:00:00Z in microseconds."""
OWN = ("manifest.json", "receipt.json")
"""Files of a delivery that tell of the run, or seal it."""


def ticking(start: int = START) -> Callable[[], int]:
    """Return a clock that goes on by a millisecond each time it is looked at."""
    ticks = count(start, 1000)
    return lambda: next(ticks)


class Space:
    """A workspace in a folder, its application, and short ways to use both."""

    def __init__(self, folder: Path, *, workers: int = 1, now: Callable[[], int] | None = None) -> None:
        """Open the folder."""
        clock = now or ticking()
        self.folder = folder
        self.app = App(
            store=Store(folder),
            actor="tester",
            rights=frozenset(RIGHTS),
            now=clock,
            new_id=lambda: uuid7(clock()),
            workers=workers,
        )
        self.work = Workspace(Direct(self.app))
        self._places = count()

    def fresh(self) -> str:
        """Return the address of a place where nothing is."""
        return str(self.folder / "out" / f"{next(self._places):04d}")

    def request(self, project: str, **given: Any) -> ExportRequest:
        """Return a request of a project with small shards."""
        return ExportRequest(**{"project": project, "shard_size": 3, **given})

    def export(self, request: ExportRequest, *, to: str | None = None, since: str | None = None) -> api.Export:
        """Make an export; return it as the history has it."""
        job = self.work.project(request.project).export(request=request, to=to or self.fresh(), since=since)
        job.wait_till_done()
        return job.export

    def delivered(self, project: str, **given: Any) -> dict[str, bytes]:
        """Make an export; return its files without those that seal it or tell of its run."""
        return files(self.export(self.request(project, **given)).destination)


def files(address: str) -> dict[str, bytes]:
    """Return the files of a delivery, without those that seal it or tell of its run."""
    return {path: data for path, data in everything(address).items() if path not in OWN}


def everything(address: str) -> dict[str, bytes]:
    """Return all files of a delivery."""
    at = place(address)
    found = {}
    for path in at.list():
        with at.get(path) as file:
            found[path] = file.read()
    return found


def manifest(address: str) -> Manifest:
    """Return the manifest of a delivery."""
    with place(address).get("manifest.json") as file:
        return msgspec.json.decode(file.read(), type=Manifest)


def lines(data: bytes) -> list[Any]:
    """Return the lines of an NDJSON file as plain values."""
    return [msgspec.json.decode(line) for line in data.splitlines()]


def record(i: int, boxes: int = 1, **given: Any) -> Record:
    """Return a plain record of an image with boxes, told from others by a number."""
    marked = tuple(
        Annotation(f"t{i}-a{j}", class_="car", geometry=Box(float(j), float(i), 2.0, 3.0)) for j in range(boxes)
    )
    values = {
        "id": f"t{i}",
        "name": f"{i}.jpg",
        "asset": Asset(f"asset-{i}", "image", uri=f"file:///{i}.jpg", width=64, height=48),
        "labels": (Label(f"t{i}-l0", author="ann", annotations=marked),),
    }
    return Record(**{**values, **given})


def damage(space: Space, which: str) -> None:
    """Break the stored labels of some tasks, named by a condition in SQL, as a bad disk would."""
    space.app.store.db.connection.execute(
        "UPDATE block SET bytes = CAST('{broken' AS BLOB)"
        f" WHERE block IN (SELECT body_block FROM label_version WHERE {which})"
    )
