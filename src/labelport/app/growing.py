"""A file that grows element by element: separated, counted in its bytes, hashed, and able to go on after a crash."""

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from labelport.app.elements import separators
from labelport.app.meter import Meter
from labelport.app.metered import Way
from labelport.errors import IntegrityError
from labelport.kit.format import Section

CHUNK = 1 << 22


class Mark(msgspec.Struct, frozen=True):
    """How far a growing file had come: enough to check it and go on from there."""

    size: int
    sha256: str
    elements: int


class Growing:
    """A section's elements in a file, after fixed bytes at its head."""

    def __init__(
        self,
        path: Path,
        section: Section,
        meter: Meter,
        head: bytes = b"",
        mark: Mark | None = None,
        way: Way = "cache",
    ) -> None:
        """Make the file with `head` in it, or go on with the one that is there, from `mark` on."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path, self.section, self._way = path, section, way
        self._separator, self._terminated = section.separator, section.terminated
        self._size = self._elements = 0
        self._empty = True
        self._meter = meter
        self._waiting: list[bytes] = []
        self._waiting_size = 0
        if mark is None:
            self._file = meter.open(path, way, from_start=True)
            self.write(head)
        else:
            self._go_on(mark)

    def add(self, data: bytes) -> None:
        """Append elements: one, or several that are joined already."""
        if self._terminated:
            self._waiting += (data, self._separator)
        elif self._empty:
            self._waiting.append(data)
            self._waiting_size -= len(self._separator)
        else:
            self._waiting += (self._separator, data)
        self._empty = False
        self._waiting_size += len(data) + len(self._separator)
        if self._waiting_size >= CHUNK:
            self._flush()

    def write(self, data: bytes) -> None:
        """Append bytes that are no elements."""
        self._flush()
        self._put(data)

    def take(self, path: Path, elements: int) -> None:
        """Append the elements that another growing file of the same section holds."""
        if not elements:
            return
        self._flush()
        if not self._empty and not self._terminated:
            self._put(self._separator)
        for chunk in chunks(path):
            self._put(chunk)
        self._elements += elements
        self._empty = False

    def mark(self) -> Mark:
        """Return how far the file has come; everything up to here is written."""
        mark = self.soon()
        self._meter.wait()
        return mark()

    def soon(self) -> Callable[[], Mark]:
        """Return what tells how far the file has come by now, when the meter has written so much."""
        self._flush()
        size, elements = self._size, self._elements
        return lambda: Mark(size, self._file.settled(), elements)

    def close(self) -> Mark:
        """Finish the file."""
        mark = self.mark()
        self._meter.finish(self._file)
        return mark

    @property
    def size(self) -> int:
        """Bytes so far."""
        self._flush()
        return self._size

    @property
    def elements(self) -> int:
        """Elements so far, counted in the bytes that were written."""
        self._flush()
        return self._elements

    def _go_on(self, mark: Mark) -> None:
        """Cut the file back to a mark; raises `IntegrityError` where it is not as marked."""
        if not self.path.exists() or self.path.stat().st_size < mark.size:
            raise IntegrityError(f"{self.path.name} is shorter than its record says")
        os.truncate(self.path, mark.size)
        self._file = self._meter.open(self.path, self._way, from_start=False)
        for chunk in chunks(self.path):
            self._file.hash.update(chunk)
        if self._file.hash.hexdigest() != mark.sha256:
            raise IntegrityError(f"{self.path.name} does not hold what its record says")
        self._size, self._elements = mark.size, mark.elements
        self._empty = not mark.elements

    def _flush(self) -> None:
        """Write the elements that wait, and count them by what stands in the bytes."""
        if not self._waiting:
            return
        pieces, self._waiting = self._waiting, []
        leads = not self._terminated and pieces[0] is not self._separator
        self._elements += separators(pieces, self.section) + leads
        self._size += self._waiting_size
        self._waiting_size = 0
        self._meter.put(self._file, pieces)

    def _put(self, data: bytes) -> None:
        if data:
            self._meter.put(self._file, [data])
            self._size += len(data)


def unchanged(path: Path, size: int, sha256: str) -> None:
    """Raise `IntegrityError` where a finished file is not as it was recorded."""
    if not path.exists() or path.stat().st_size != size or hash_of(path) != sha256:
        raise IntegrityError(f"{path.name} does not hold what its record says")


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def chunks(path: Path) -> Iterator[bytes]:
    """Yield a file's bytes."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that is there whole or not at all."""
    fresh = path.with_suffix(".new")
    fresh.write_bytes(data)
    fresh.replace(path)
