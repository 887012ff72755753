"""The files of a delivery as they are put, and the list of them that grows beside."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path, PurePosixPath

import msgspec

from labelport.app.delivered import ITEMS, LISTING, RECEIPT, SKIPPED, TOMBSTONES
from labelport.app.elements import elements
from labelport.app.growing import Growing, Mark, chunks, unchanged
from labelport.app.meter import Meter
from labelport.app.places import MANIFEST
from labelport.errors import IntegrityError
from labelport.kit.format import File, Section
from labelport.model.export import FileEntry

OWN = frozenset({ITEMS, LISTING, MANIFEST, RECEIPT, SKIPPED, TOMBSTONES})
"""Files that every delivery has or may have."""
MEDIA = "(media)"
"""What copies of media are counted under, beside the formats."""
LINES = Section("lines", b"\n", terminated=True)


class Files:
    """Files under `tree`, listed in `listing` in the order in which they are put."""

    def __init__(self, tree: Path, listing: Path, meter: Meter, mark: Mark | None = None) -> None:
        """Start an empty list, or go on with one from its mark."""
        self.tree, self._meter = tree, meter
        self.entries = Growing(listing, LINES, meter, mark=mark)
        if mark is not None:
            for line in elements(chunks(listing), LINES):
                entry = msgspec.json.decode(line, type=FileEntry)
                unchanged(tree / entry.path, entry.size, entry.sha256)

    def put(self, file: File, task: int | None = None) -> None:
        """Write a file of a format, of one task or of none; raises `IntegrityError` where its path is not allowed."""
        self._place(file.path)
        self.write(file, task)

    def copy(self, path: str, found: Iterable[bytes], task: int) -> None:
        """Write a task's medium as its bytes come; where they end early, by an error, there is no file."""
        place = self._place(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        hashed, size = hashlib.sha256(), 0
        try:
            with place.open("wb", buffering=0) as file:
                for chunk in found:
                    file.write(chunk)
                    hashed.update(chunk)
                    size += len(chunk)
        except BaseException:
            place.unlink(missing_ok=True)
            raise
        self.enter(FileEntry(path, size, hashed.hexdigest(), task, media=True))

    def write(self, file: File, task: int | None = None) -> None:
        """Write a file and list it."""
        place = self.tree / file.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.data)
        self.enter(FileEntry(file.path, len(file.data), hashlib.sha256(file.data).hexdigest(), task))

    def stream(self, path: str, pieces: Iterable[bytes]) -> None:
        """Write a file of any size and list it."""
        growing = Growing(self.tree / path, LINES, self._meter)
        for piece in pieces:
            growing.write(piece)
        mark = growing.close()
        self.enter(FileEntry(path, mark.size, mark.sha256))

    def listed(self) -> Iterator[FileEntry]:
        """Yield what is listed so far."""
        count = self.entries.mark().elements
        for line in islice(elements(chunks(self.entries.path), LINES), count):
            yield msgspec.json.decode(line, type=FileEntry)

    def close(self) -> Mark:
        """Finish the list; raises `IntegrityError` where a file was written over another."""
        mark = self.entries.close()
        if sum(len(files) for _, _, files in os.walk(self.tree)) != mark.elements:
            raise IntegrityError(f"a format named a file twice: {self._twice()!r}")
        return mark

    def enter(self, entry: FileEntry) -> None:
        """List a file that is written already."""
        self.entries.add(msgspec.json.encode(entry))

    def adopt(self, line: bytes, tree: Path) -> None:
        """Take over a file that lies under another tree of the same disk, and its line."""
        entry = msgspec.json.decode(line, type=FileEntry)
        place = self.tree / entry.path
        place.parent.mkdir(parents=True, exist_ok=True)
        (tree / entry.path).replace(place)
        self.entries.add(line)

    def _place(self, path: str) -> Path:
        """Return where a file of a format lies; raises `IntegrityError` where that is not allowed."""
        place = self.tree / path
        if ".." in PurePosixPath(path).parts or not place.is_relative_to(self.tree):
            raise IntegrityError(f"a format made the path {path!r}, which leaves the delivery")
        if path in OWN or path.startswith("."):
            raise IntegrityError(f"a format made the path {path!r}, which is the delivery's own")
        return place

    def _twice(self) -> str:
        """Return a path that is listed twice, as file systems compare them."""
        seen: set[str] = set()
        for line in elements(chunks(self.entries.path), LINES):
            path = msgspec.json.decode(line, type=FileEntry).path
            if path.casefold() in seen:
                return path
            seen.add(path.casefold())
        return ""
