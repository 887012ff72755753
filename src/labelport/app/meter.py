"""Writes bytes to files and hashes them in a thread: both let go of the interpreter, so the second core does them."""

import hashlib
from pathlib import Path
from queue import Queue
from threading import Thread


class Metered:
    """A file that is written through a meter, and the SHA-256 of what it holds."""

    def __init__(self, path: Path, mode: str) -> None:
        """Open the file."""
        self.file = path.open(mode, buffering=0)
        self.hash = hashlib.sha256()

    def write(self, data: bytes) -> None:
        """Write and hash, now."""
        view = memoryview(data)
        while view:
            view = view[self.file.write(view) or 0 :]
        self.hash.update(data)


class Meter:
    """A thread that writes to any number of files, in order; at most eight chunks wait, so memory stays flat.

    Whoever makes one closes it; what fails in between, abandons it, and with it every file that is open.
    """

    def __init__(self) -> None:
        """Start the thread."""
        self._queue: Queue[tuple[Metered, bytes] | None] = Queue(maxsize=8)
        self._failed: OSError | None = None
        self._files: set[Metered] = set()
        self._thread = Thread(target=self._work, name="labelport-meter", daemon=True)
        self._thread.start()

    def open(self, path: Path, mode: str) -> Metered:
        """Open a file to write."""
        file = Metered(path, mode)
        self._files.add(file)
        return file

    def finish(self, file: Metered) -> None:
        """Close a file of which everything is written."""
        file.file.close()
        self._files.discard(file)

    def put(self, to: Metered, data: bytes) -> None:
        """Write these bytes, soon; raises `OSError` where earlier ones could not be written."""
        self._raise()
        self._queue.put((to, data))

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
            file.file.close()
        self._files.clear()

    def _raise(self) -> None:
        if self._failed is not None:
            raise self._failed

    def _work(self) -> None:
        while (work := self._queue.get()) is not None:
            if self._failed is None:
                try:
                    work[0].write(work[1])
                except OSError as e:
                    self._failed = e
            self._queue.task_done()
        self._queue.task_done()
