"""A delivery in the making: rows of all shards, in order, become the documents of every format, on local disk.

What is finished up to a shard is marked in a journal, so that a killed run goes on behind it.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from labelport.app.delivered import ITEMS as ITEMS_CSV
from labelport.app.delivered import SKIPPED, TOMBSTONES
from labelport.app.envelopes import Wrap, bare
from labelport.app.files import LINES, MEDIA, Files
from labelport.app.growing import Growing, Mark, write_whole
from labelport.app.meter import Meter
from labelport.app.sheets import Sheet, SheetMark
from labelport.app.stage import COUNTS, ITEMS, LISTED, Counts
from labelport.kit.format import FILES, Document, File, Made, Row
from labelport.model.export import FileEntry, MediaCopies

TREE = "delivery"
JOURNAL = "journal.json"
ITEMS_HEAD = b"number,task,name,path,uri,external_id,state,part"


class Journal(msgspec.Struct, frozen=True):
    """How far an assembly has come: how many shards are in it, and how far each of its files."""

    shards: int
    entries: Mark
    items: Mark
    skipped: Mark
    sheets: dict[str, SheetMark]
    whole: dict[str, int]
    reckoning: msgspec.Raw


class Assembly:
    """The files of a delivery under `folder`; `documents` lays out those of each format."""

    def __init__(
        self,
        folder: Path,
        documents: Mapping[str, tuple[Document, ...]],
        journal: Journal | None = None,
        *,
        media: MediaCopies = "none",
    ) -> None:
        """Start afresh, or go on where a journal says; raises `IntegrityError` where the files are not as it says."""
        self.folder = folder
        self._head = ITEMS_HEAD + (b"" if media == "none" else b",medium") + b"\r\n"
        self.tree = folder / TREE
        self._meter = Meter()
        self._made: dict[str, list[Made]] = {}
        try:
            self._open(documents, journal)
        except BaseException:
            self.close()
            raise

    def _open(self, documents: Mapping[str, tuple[Document, ...]], journal: Journal | None) -> None:
        folder = self.folder
        marks = (journal.entries, journal.items, journal.skipped) if journal else (None, None, None)
        self.files = Files(self.tree, folder / "files.ndjson", self._meter, marks[0])
        self.items = Growing(self.tree / ITEMS_CSV, ITEMS, self._meter, self._head, marks[1])
        self.skipped = Growing(folder / SKIPPED, LINES, self._meter, mark=marks[2])
        self._whole = Counter(journal.whole if journal else {})
        self.sheets = {
            name: Sheet(
                self.tree, folder / "sections" / name, found, self._meter, journal.sheets[name] if journal else None
            )
            for name, found in documents.items()
        }

    def add(self, format_: str, found: Row | File, task: int) -> None:
        """Append a row of a task to its section, or put a file of it."""
        if isinstance(found, Row):
            self.sheets[format_].add(found)
        else:
            self.files.put(found, task)
            self._whole[format_] += 1

    def copy(self, path: str, found: Iterable[bytes], task: int) -> None:
        """Put a copy of a task's medium."""
        self.files.copy(path, found, task)
        self._whole[MEDIA] += 1

    def take(self, shard: Path) -> bytes:
        """Append what a worker made of a shard; return its reckoning. The caller removes the folder after `mark`."""
        counts = msgspec.json.decode((shard / COUNTS).read_bytes(), type=Counts)
        (shard / COUNTS).unlink()
        self.files.take(shard / LISTED, counts.files)
        for name, sheet in self.sheets.items():
            sheet.take(shard / "sections" / name, counts.sections[name])
        self._whole.update(counts.whole)
        self.items.take(shard / "items.csv", counts.items)
        self.skipped.take(shard / SKIPPED, counts.skipped)
        return (shard / "reckoning.json").read_bytes()

    def mark(self, shards: int, reckoning: bytes) -> None:
        """Record that this many shards are in, once all their bytes are written."""
        entries, items, skipped = self.files.entries.soon(), self.items.soon(), self.skipped.soon()
        sheets = {name: sheet.soon() for name, sheet in self.sheets.items()}
        whole = dict(self._whole)

        def write() -> None:
            found = {name: sheet() for name, sheet in sheets.items()}
            journal = Journal(shards, entries(), items(), skipped(), found, whole, msgspec.Raw(reckoning))
            write_whole(self.folder / JOURNAL, msgspec.json.encode(journal))

        self._meter.then(write)

    def finish(self, gone: Iterable[bytes] | None = None, *, last: Iterable[File] = (), wrap: Wrap = bare) -> Mark:
        """Put the documents together; return the mark of `files.ndjson`, which lists all files but itself.

        `gone` are the tombstones of a delta, None where it is none. Files that come `last` are asked for when the
        documents are finished, and `made` tells of them; `wrap` comes after all.
        """
        for name, sheet in self.sheets.items():
            for path, mark in sheet.finish():
                self.files.enter(FileEntry(path, mark.size, mark.sha256))
                self._made.setdefault(name, []).append(Made(path, mark.size, mark.sha256, _opener(self.tree / path)))
        for file in last:
            self.files.put(file)
        if gone is not None:
            self._list_gone(gone)
        skipped = self.skipped.close()
        if skipped.elements:
            shutil.move(self.skipped.path, self.tree / SKIPPED)
            self.files.enter(FileEntry(SKIPPED, skipped.size, skipped.sha256))
        items = self.items.close()
        self.files.enter(FileEntry(ITEMS_CSV, items.size, items.sha256))
        for path, pieces in wrap(self.files.listed):
            self.files.stream(path, pieces)
        mark = self.files.close()
        self._meter.close()
        return mark

    def made(self, sheet: str) -> Sequence[Made]:
        """Return the finished documents of a format, or of a part of a split of it."""
        return self._made.get(sheet, ())

    def _list_gone(self, gone: Iterable[bytes]) -> None:
        growing = Growing(self.tree / TOMBSTONES, LINES, self._meter)
        for tombstone in gone:
            growing.add(tombstone)
        mark = growing.close()
        self.files.enter(FileEntry(TOMBSTONES, mark.size, mark.sha256))

    def close(self) -> None:
        """Let go of every file, finished or not."""
        self._meter.abandon()

    @property
    def copies(self) -> int:
        """How many copies of media there are."""
        return self._whole[MEDIA]

    def counts(self, format_: str) -> dict[str, int]:
        """Return the elements of each section of a format, and its whole files, over all parts of a split."""
        total: Counter[str] = Counter()
        for key, sheet in self.sheets.items():
            if key.partition("/")[0] == format_:
                total.update(sheet.counts())
                total[FILES] += self._whole[key]
        return {name: count for name, count in total.items() if name != FILES or count}


def _opener(file: Path) -> Callable[[], BinaryIO]:
    return lambda: file.open("rb")


def read_journal(folder: Path) -> Journal | None:
    """Return the journal of an interrupted assembly, None where it had not come to a mark."""
    try:
        return msgspec.json.decode((folder / JOURNAL).read_bytes(), type=Journal)
    except FileNotFoundError:
        return None
