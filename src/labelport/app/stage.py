"""What a worker makes of one shard, on disk until the assembly takes it: elements of sections, and files."""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from labelport.app.delivered import SKIPPED
from labelport.app.files import LINES, MEDIA, Files
from labelport.app.growing import Growing
from labelport.app.meter import Meter
from labelport.errors import IntegrityError
from labelport.kit.format import Document, File, Row, Section

COUNTS = "counts.json"
"""The file that says a shard is whole, and not taken yet."""
LISTED = "files.ndjson"
"""The list of the whole files of a shard."""
MEDIUM = 8
"""The place of the medium among the cells of `items.csv`, where media are copied."""
ITEMS = Section("items", b"\r\n", terminated=True, quoted=True)


class Counts(msgspec.Struct, frozen=True):
    """Elements by format and section, whole files by format, and lines of the lists."""

    sections: dict[str, dict[str, int]]
    whole: dict[str, int]
    files: int
    items: int
    skipped: int


class Stage:
    """The output of one shard: under a folder of its own, but for whole files, which go under the delivery's tree.

    Only the files that are listed are part of the delivery. Where a worker dies its shard runs again, and puts the
    same files anew.
    """

    def __init__(self, folder: Path, documents: Mapping[str, tuple[Document, ...]], tree: Path) -> None:
        """Start afresh."""
        self.folder = folder
        self._meter = Meter()
        self.files = Files(tree, folder / LISTED, self._meter)
        self._whole: Counter[str] = Counter()
        self.items = Growing(folder / "items.csv", ITEMS, self._meter)
        self.skipped = Growing(folder / SKIPPED, LINES, self._meter)
        self._sections = {
            name: {
                part.name: Growing(folder / "sections" / name / part.name, part, self._meter)
                for document in found
                for part in document.parts
                if isinstance(part, Section)
            }
            for name, found in documents.items()
        }

    def add(self, format_: str, found: Row | File, task: int) -> None:
        """Append a row of a task to its section, or put a file of it."""
        if isinstance(found, File):
            self.files.put(found, task)
            self._whole[format_] += 1
        elif (growing := self._sections[format_].get(found.section)) is not None:
            growing.add(found.data)
        else:
            raise IntegrityError(f"format {format_!r} made a row of section {found.section!r}, which it does not have")

    def copy(self, path: str, found: Iterable[bytes], task: int) -> None:
        """Put a copy of a task's medium."""
        self.files.copy(path, found, task)
        self._whole[MEDIA] += 1

    def close(self) -> None:
        """Let go of every file, finished or not."""
        self._meter.abandon()

    def finish(self, reckoning: bytes) -> None:
        """Finish; the shard is done when its counts are there."""
        counts = Counts(
            {
                name: {key: growing.close().elements for key, growing in found.items()}
                for name, found in self._sections.items()
            },
            dict(self._whole),
            self.files.entries.close().elements,
            self.items.close().elements,
            self.skipped.close().elements,
        )
        self._meter.close()
        (self.folder / "reckoning.json").write_bytes(reckoning)
        fresh = self.folder / "counts.new"
        fresh.write_bytes(msgspec.json.encode(counts))
        fresh.replace(self.folder / COUNTS)
