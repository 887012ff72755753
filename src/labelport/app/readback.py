"""Deep verification: a finished tree is read back by the formats' own readers before it is delivered."""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from labelport.app.delivered import LISTING
from labelport.app.elements import lines
from labelport.app.growing import chunks
from labelport.app.lanes import Lane
from labelport.app.reckoning import Account
from labelport.errors import IntegrityError
from labelport.kit.count import annotations
from labelport.kit.format import Input, Reject
from labelport.model.export import FileEntry
from labelport.model.record import Record


def read_back(accounts: Mapping[str, Account], lanes: Sequence[Lane], tree: Path) -> None:
    """Raise `IntegrityError` where a reader finds other than the accounts say."""
    copies = {tree / entry.path for entry in _listed(tree) if entry.media}
    for lane in lanes:
        assert lane.format.decode is not None, "such a request is refused before"
        records = held = 0
        for item in lane.format.decode(_inputs(lane, tree, copies)):
            if isinstance(item, Reject):
                raise IntegrityError(f"{lane.name}: {item.file}, {item.record}: {'; '.join(map(str, item.faults))}")
            if isinstance(item, Record):
                records += 1
                held += annotations(item)
        wanted = accounts[lane.name].found
        if lane.format.merges and held <= wanted[1]:
            held = wanted[1]
        if (records, held) != wanted:
            written = f"{wanted[0]} records with {wanted[1]} annotations were written"
            raise IntegrityError(f"{lane.name}: {written}, {records} with {held} are read back")


def _inputs(lane: Lane, tree: Path, copies: Container[Path]) -> Iterator[Input]:
    """Yield the files of a format: of the delivery's own there are some among them, of the copied media none."""
    folder = tree / lane.folder
    for file in sorted(file for file in folder.rglob("*") if file.is_file() and file not in copies):
        yield Input(file.relative_to(folder).as_posix(), _opener(file))


def _listed(tree: Path) -> Iterator[FileEntry]:
    for line in lines(chunks(tree.parent / LISTING), b"\n"):
        yield msgspec.json.decode(line, type=FileEntry)


def _opener(file: Path) -> Callable[[], BinaryIO]:
    return lambda: file.open("rb")
