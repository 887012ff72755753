"""Deep verification: a finished tree is read back by the formats' own readers before it is delivered."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from labelport.app.lanes import Lane
from labelport.errors import IntegrityError
from labelport.kit.count import annotations
from labelport.kit.format import Input, Reject
from labelport.model.export import Manifest
from labelport.model.record import Record


def read_back(manifest: Manifest, lanes: Sequence[Lane], tree: Path) -> None:
    """Raise `IntegrityError` where a reader finds other than the accounts say."""
    for tally, lane in zip(manifest.tallies, lanes, strict=True):
        assert lane.format.decode is not None, "such a request is refused before"
        tasks = held = 0
        for item in lane.format.decode(_inputs(lane, tree)):
            if isinstance(item, Reject):
                raise IntegrityError(f"{lane.name}: {item.file}, {item.record}: {'; '.join(map(str, item.faults))}")
            if isinstance(item, Record):
                tasks += 1
                held += annotations(item)
        if (tasks, held) != (tally.tasks_written, tally.annotations_written):
            written = f"{tally.tasks_written} tasks with {tally.annotations_written} annotations were written"
            raise IntegrityError(f"{lane.name}: {written}, {tasks} with {held} are read back")


def _inputs(lane: Lane, tree: Path) -> Iterator[Input]:
    folder = tree / lane.folder
    for file in sorted(file for file in folder.rglob("*") if file.is_file()):
        yield Input(file.relative_to(folder).as_posix(), _opener(file))


def _opener(file: Path) -> Callable[[], BinaryIO]:
    return lambda: file.open("rb")
