"""A file that grows, and the SHA-256 of what went into it.

Large writes go past the system's cache, straight from memory that is laid out for it (`O_DIRECT`, open(2)): a delivery
of gigabytes costs a fraction of the processor time that way, is on the disk when it is written, and leaves what others
keep in the cache alone. Where a file system does not have that, or a file is read again soon, they go through it.
"""

import errno
import hashlib
import os
from concurrent.futures import Executor
from ctypes import addressof, c_char, c_char_p, c_void_p, cast, memmove
from mmap import mmap
from pathlib import Path
from typing import Literal

BLOCK = 4096
"""Offset, length and memory of a write past the cache are multiples of it."""
LARGE = 1 << 18
"""Bytes from which on it is worth to write past the cache, and to hash beside."""
DURABLE = 1 << 26
"""Bytes after which a file in the cache is made durable while it grows, so that little waits for the end."""
Way = Literal["disk", "cache"]
"""Where what is written should be next: on the disk, or at hand for being read again."""


class Metered:
    """A file of which all but the last bytes, less than a block of them, is written at once."""

    def __init__(self, path: Path, way: Way, *, from_start: bool) -> None:
        """Make the file, or go on at its end."""
        self.hash = hashlib.sha256()
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | (os.O_TRUNC if from_start else 0), 0o666)
        self._direct = _open_direct(path) if way == "disk" else None
        size = 0 if from_start else os.fstat(self._handle).st_size
        self._written = size - size % BLOCK
        self._rest = os.pread(self._handle, size - self._written, self._written)
        self._volatile = 0

    def write(self, data: bytes, buffer: mmap, beside: Executor) -> None:
        """Append bytes; `buffer` is several blocks of memory to write from, `beside` hashes meanwhile."""
        if len(data) < LARGE:
            self.hash.update(data)
            self._append(data, buffer)
        else:
            hashed = beside.submit(self.hash.update, data)
            self._append(data, buffer)
            hashed.result()

    def settled(self) -> str:
        """Write the bytes that wait to fill a block; return the hash of all."""
        self._put(self._handle, memoryview(self._rest), self._written)
        return self.hash.hexdigest()

    def close(self) -> None:
        """Close the file."""
        os.close(self._handle)
        if self._direct is not None:
            os.close(self._direct)

    def _append(self, data: bytes, buffer: mmap) -> None:
        """Write all but the last bytes; they are copied by a call that lets go of the interpreter meanwhile."""
        start, done = addressof(c_char.from_buffer(buffer)), 0
        source = cast(c_char_p(data), c_void_p).value or 0
        while done < len(data):
            kept = len(self._rest)
            size = min(len(data) - done, len(buffer) - kept)
            buffer[:kept] = self._rest
            memmove(start + kept, source + done, size)
            whole = (kept + size) // BLOCK * BLOCK
            with memoryview(buffer) as memory, memory[:whole] as blocks:
                self._write(blocks)
            self._rest = buffer[whole : kept + size]
            done += size

    def _write(self, blocks: memoryview) -> None:
        """Write whole blocks where the last ones ended."""
        if self._direct is not None and len(blocks) >= LARGE:
            try:
                self._put(self._direct, blocks, self._written)
            except OSError as e:
                if e.errno != errno.EINVAL:
                    raise
                os.close(self._direct)
                self._direct = None
        if self._direct is None or len(blocks) < LARGE:
            self._put(self._handle, blocks, self._written)
            self._volatile += len(blocks)
        self._written += len(blocks)
        if self._volatile >= DURABLE:
            os.fsync(self._handle)
            self._volatile = 0

    @staticmethod
    def _put(handle: int, data: memoryview, at: int) -> None:
        done = 0
        while done < len(data):
            done += os.pwrite(handle, data[done:], at + done)


def _open_direct(path: Path) -> int | None:
    """Return a handle that writes past the cache, None where there is no such thing."""
    if not hasattr(os, "O_DIRECT"):
        return None
    try:
        return os.open(path, os.O_WRONLY | os.O_DIRECT)
    except OSError:
        return None
