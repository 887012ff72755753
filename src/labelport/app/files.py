"""The files of a delivery as they are put, and the list of them that grows beside."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

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
MANY = 10_000
"""Folders that are remembered as made."""
TOGETHER = 1000
"""Pieces that are handed over to be written at once."""
LINES = Section("lines", b"\n", terminated=True)


class Files:
    """Files under `tree`, listed in `listing` in the order in which they are put."""

    def __init__(self, tree: Path, listing: Path, meter: Meter, mark: Mark | None = None) -> None:
        """Start an empty list, or go on with one from its mark."""
        self.tree, self._meter = tree, meter
        self._folders: set[str] = set()
        self.entries = Growing(listing, LINES, meter, mark=mark)
        if mark is not None:
            for line in elements(chunks(listing), LINES):
                entry = msgspec.json.decode(line, type=FileEntry)
                unchanged(tree / entry.path, entry.size, entry.sha256)

    def put(self, file: File, task: int | None = None) -> None:
        """Write a file of a format, of one task or of none; raises `IntegrityError` where its path is not allowed."""
        _check(file.path)
        self.write(file, task)

    def copy(self, path: str, found: Iterable[bytes], task: int) -> None:
        """Write a task's medium as its bytes come; where they end early, by an error, there is no file."""
        _check(path)
        folder, _, name = path.rpartition("/")
        place = Path(self._folder(folder), name)
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
        folder, _, name = file.path.rpartition("/")
        place = self._folder(folder)
        handle = os.open(f"{place}/{name}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        try:
            rest = memoryview(file.data)
            while rest:
                rest = rest[os.write(handle, rest) :]
        finally:
            os.close(handle)
        self.enter(FileEntry(file.path, len(file.data), hashlib.sha256(file.data).hexdigest(), task))

    def stream(self, path: str, pieces: Iterable[bytes]) -> None:
        """Write a file of any size and list it."""
        growing, following = Growing(self.tree / path, LINES, self._meter), iter(pieces)
        while together := b"".join(islice(following, TOGETHER)):
            growing.write(together)
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

    def take(self, listing: Path, files: int) -> None:
        """List the files that a worker put under this tree, by its own list of them."""
        self.entries.take(listing, files)

    def _folder(self, folder: str) -> str:
        """Return where a folder of the delivery lies, which is made when the first file comes."""
        place = f"{self.tree}/{folder}"
        if folder not in self._folders:
            Path(place).mkdir(parents=True, exist_ok=True)
            if len(self._folders) >= MANY:
                self._folders.clear()
            self._folders.add(folder)
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


def _check(path: str) -> None:
    """Raise `IntegrityError` where a file of a format may not lie."""
    if path.startswith("/") or ".." in path.split("/"):
        raise IntegrityError(f"a format made the path {path!r}, which leaves the delivery")
    if path in OWN or path.startswith("."):
        raise IntegrityError(f"a format made the path {path!r}, which is the delivery's own")
