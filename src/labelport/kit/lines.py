"""Random access to the lines of a finished file: a small index beside it says where some of them begin.

The index is a header (magic, lines, bytes) and then marks: a line and its offset, in order. Every number is
little-endian, in 8 bytes. A mark is at the first line, and at each line that is 256 lines or a mebibyte past the last
mark; so any line is reached by passing over few others.
"""

import struct
from bisect import bisect_right
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from typing import BinaryIO, Literal

from labelport.errors import IntegrityError

EVERY = 256
"""Lines from one mark to the next."""
FAR = 1 << 20
"""Bytes from one mark to the next, where lines are long."""
CHUNK = 1 << 20
_MAGIC = b"LPLINES2"
_HEADER = struct.Struct("<8sQQ")
_MARK = struct.Struct("<QQ")


def write_index(file: BinaryIO, to: BinaryIO) -> None:
    """Write the index of a file of lines, which is read once, from where it stands."""
    to.write(_HEADER.pack(_MAGIC, 0, 0))
    lines = size = 0
    next_line = next_offset = 0
    begun = False
    while chunk := file.read(CHUNK):
        at = 0
        while at < len(chunk):
            if not begun and (lines >= next_line or size + at >= next_offset):
                to.write(_MARK.pack(lines, size + at))
                next_line, next_offset = lines + EVERY, size + at + FAR
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
        self._marks = range((index.stat().st_size - _HEADER.size) // _MARK.size)
        if path.stat().st_size != self.total_bytes:
            raise IntegrityError(f"{path.name} is not the file that {index.name} was made of")

    def from_line(self, line: int) -> Iterator[bytes]:
        """Yield the lines from one on, counted from 0; raises `ValueError` past the end."""
        if not 0 <= line <= self.total_lines:
            raise ValueError(f"line {line} is past the end: there are {self.total_lines}")
        if line == self.total_lines:
            return iter(())
        first, offset = self._mark_before(0, line)
        return self._read(offset, line - first)

    def from_byte(self, offset: int) -> Iterator[bytes]:
        """Yield what follows a byte, line by line; inside a line, its rest comes first. Raises `ValueError` past it."""
        if not 0 <= offset <= self.total_bytes:
            raise ValueError(f"offset {offset} is past the end: there are {self.total_bytes} bytes")
        return self._read(offset, 0)

    def line_at(self, offset: int) -> int:
        """Return the number of the line that a byte is in."""
        if self.total_lines == 0:
            return 0
        first, start = self._mark_before(1, offset)
        with self._path.open("rb") as file:
            file.seek(start)
            return first + file.read(offset - start).count(b"\n")

    def _read(self, offset: int, skip: int) -> Iterator[bytes]:
        with self._path.open("rb") as file:
            file.seek(offset)
            for _ in range(skip):
                file.readline()
            for line in file:
                yield line.removesuffix(b"\n")

    def _mark_before(self, which: Literal[0, 1], value: int) -> tuple[int, int]:
        """Return the last mark whose line (0) or offset (1) is not past a value."""
        with self._index.open("rb", buffering=0) as file:
            return self._mark(
                file, bisect_right(self._marks, value, key=lambda mark: self._mark(file, mark)[which]) - 1
            )

    def _mark(self, file: FileIO, mark: int) -> tuple[int, int]:
        file.seek(_HEADER.size + mark * _MARK.size)
        line, offset = _MARK.unpack(file.read(_MARK.size))
        return line, offset
