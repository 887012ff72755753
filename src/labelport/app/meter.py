"""Writes bytes to files and hashes them in a thread: both let go of the interpreter, so the second core does them."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from queue import Queue
from threading import Thread

BUFFER = 1 << 21
"""Bytes that are read back at once: as many as are written, since each call waits for the interpreter."""
PIECES = 512
"""So many pieces are handed to the system at most (POSIX promises 1,024 on Linux); more are joined before."""
DURABLE = 1 << 26
"""Bytes after which a file is made durable while it grows, so that little waits for the end."""


class Metered:
    """A file that is written through a meter, and the SHA-256 of what it holds."""

    def __init__(self, path: Path, *, from_start: bool) -> None:
        """Make the file, or go on at its end."""
        self.file = path.open("wb" if from_start else "ab", buffering=0)
        self.hash = hashlib.sha256()
        self._again = path.open("rb", buffering=0)
        self._again.seek(0, os.SEEK_END)
        self._volatile = 0

    def write(self, pieces: Sequence[bytes], buffer: memoryview) -> None:
        """Write the pieces, now, and hash what the file holds of them."""
        size = self._write(pieces)
        self._volatile += size
        while size:
            read = self._again.readinto(buffer[:size])
            if not read:
                raise OSError(f"{self.file.name!r} holds less than was written")
            self.hash.update(buffer[:read])
            size -= read
        if self._volatile >= DURABLE:
            os.fsync(self.file.fileno())
            self._volatile = 0

    def close(self) -> None:
        """Close the file."""
        self.file.close()
        self._again.close()

    def _write(self, pieces: Sequence[bytes]) -> int:
        size, written = sum(map(len, pieces)), 0
        if len(pieces) <= PIECES and hasattr(os, "writev"):
            written = os.writev(self.file.fileno(), pieces)
        rest = memoryview(b"".join(pieces))[written:] if written < size else b""
        while rest:
            rest = rest[self.file.write(rest) or 0 :]
        return size


class Meter:
    """A thread that writes to any number of files, in order; at most four chunks wait, so memory stays flat.

    Whoever makes one closes it; what fails in between, abandons it, and with it every file that is open.
    """

    def __init__(self) -> None:
        """Start the thread."""
        self._queue: Queue[tuple[Metered, Sequence[bytes]] | None] = Queue(maxsize=4)
        self._failed: OSError | None = None
        self._files: set[Metered] = set()
        self._thread = Thread(target=self._work, name="labelport-meter", daemon=True)
        self._thread.start()

    def open(self, path: Path, *, from_start: bool) -> Metered:
        """Make a file, or go on at its end."""
        file = Metered(path, from_start=from_start)
        self._files.add(file)
        return file

    def finish(self, file: Metered) -> None:
        """Close a file of which everything is written."""
        file.close()
        self._files.discard(file)

    def put(self, to: Metered, pieces: Sequence[bytes]) -> None:
        """Write these pieces, soon; raises `OSError` where earlier ones could not be written."""
        self._raise()
        self._queue.put((to, pieces))

    def wait(self) -> None:
        """Return when everything is written; raises `OSError` where something could not be."""
        self._queue.join()
        self._raise()

    def close(self) -> None:
        """Stop the thread when all is written."""
        self.abandon()
        self._raise()

    def abandon(self) -> None:
        """Stop the thread and close every file, as far as they have come."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()
        for file in self._files:
            file.close()
        self._files.clear()

    def _raise(self) -> None:
        if self._failed is not None:
            raise self._failed

    def _work(self) -> None:
        buffer = memoryview(bytearray(BUFFER))
        while (work := self._queue.get()) is not None:
            if self._failed is None:
                try:
                    work[0].write(work[1], buffer)
                except OSError as e:
                    self._failed = e
            self._queue.task_done()
        self._queue.task_done()
