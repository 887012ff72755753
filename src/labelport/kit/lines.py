"""Random access to the lines of a finished file: a small index beside it says where every 256th line begins.

The index is a header (magic, lines, bytes; little-endian, 8 bytes each) and then the offset of lines 0, 256, 512 ...
To reach a line, one offset is read and fewer than 256 lines are passed over.
"""

import struct
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from labelport.errors import IntegrityError

EVERY = 256
"""Lines between two offsets of the index."""
CHUNK = 1 << 20
_MAGIC = b"LPLINES1"
_HEADER = struct.Struct("<8sQQ")
_OFFSET = struct.Struct("<Q")


def write_index(file: BinaryIO, to: BinaryIO) -> None:
    """Write the index of a file of lines, which is read once, from where it stands."""
    to.write(_HEADER.pack(_MAGIC, 0, 0))
    lines = size = 0
    begun = False
    while chunk := file.read(CHUNK):
        at = 0
        while at < len(chunk):
            if not begun and lines % EVERY == 0:
                to.write(_OFFSET.pack(size + at))
            end = chunk.find(b"\n", at)
            begun = end < 0
            lines += not begun
            at = len(chunk) if begun else end + 1
        size += len(chunk)
    to.seek(0)
    to.write(_HEADER.pack(_MAGIC, lines + begun, size))


class Lines:
    """The lines of a file with its index; a line comes without its line feed."""

    def __init__(self, path: Path, index: Path) -> None:
        """Read the header of the index; raises `IntegrityError` where it is not one of this file."""
        self._path, self._index = path, index
        with index.open("rb") as file:
            header = file.read(_HEADER.size)
        if len(header) < _HEADER.size or not header.startswith(_MAGIC):
            raise IntegrityError(f"{index.name} is not an index of lines")
        _, self.total_lines, self.total_bytes = _HEADER.unpack(header)
        if path.stat().st_size != self.total_bytes:
            raise IntegrityError(f"{path.name} is not the file that {index.name} was made of")

    def from_line(self, line: int) -> Iterator[bytes]:
        """Yield the lines from one on, counted from 0; raises `ValueError` past the end."""
        if not 0 <= line <= self.total_lines:
            raise ValueError(f"line {line} is past the end: there are {self.total_lines}")
        return self._read(self._offset(line // EVERY), line % EVERY) if line < self.total_lines else iter(())

    def from_byte(self, offset: int) -> Iterator[bytes]:
        """Yield what follows a byte, line by line; inside a line, its rest comes first. Raises `ValueError` past it."""
        if not 0 <= offset <= self.total_bytes:
            raise ValueError(f"offset {offset} is past the end: there are {self.total_bytes} bytes")
        return self._read(offset, 0)

    def line_at(self, offset: int) -> int:
        """Return the number of the line that a byte is in."""
        marks = range((self.total_lines + EVERY - 1) // EVERY)
        before = max(0, bisect_right(marks, offset, key=self._offset) - 1)
        start = self._offset(before)
        with self._path.open("rb") as file:
            file.seek(start)
            return before * EVERY + file.read(offset - start).count(b"\n")

    def _read(self, offset: int, skip: int) -> Iterator[bytes]:
        with self._path.open("rb") as file:
            file.seek(offset)
            for _ in range(skip):
                file.readline()
            for line in file:
                yield line.removesuffix(b"\n")

    def _offset(self, mark: int) -> int:
        with self._index.open("rb") as file:
            file.seek(_HEADER.size + mark * _OFFSET.size)
            return int(_OFFSET.unpack(file.read(_OFFSET.size))[0])
