"""A thread that writes and hashes: both let go of the interpreter, so the second core does them."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from mmap import mmap
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

from labelport.app.metered import Metered, Way

BUFFER = (1 << 22) + (1 << 16)
"""Bytes that are written at once: as many as are handed over, and what waited before."""
AHEAD = 4
"""Chunks that may wait to be written."""
Work = Callable[[mmap, ThreadPoolExecutor], object]


class Meter:
    """Writes to any number of files, in order; at most `AHEAD` chunks wait, so memory stays flat.

    Whoever makes one closes it; what fails in between, abandons it, and with it every file that is open. That may be
    Ctrl-C, between any two instructions: the queues are those whose every call is one instruction, without a lock that
    would stay taken.
    """

    def __init__(self) -> None:
        """Start the thread."""
        self._queue: SimpleQueue[tuple[Work, SimpleQueue[None]] | None] = SimpleQueue()
        self._room: SimpleQueue[None] = SimpleQueue()
        for _ in range(AHEAD):
            self._room.put(None)
        self._failed: OSError | None = None
        self._files: set[Metered] = set()
        self._thread = Thread(target=self._work, name="labelport-meter", daemon=True)
        self._thread.start()

    def open(self, path: Path, way: Way, *, from_start: bool) -> Metered:
        """Make a file, or go on at its end."""
        file = Metered(path, way, from_start=from_start)
        self._files.add(file)
        return file

    def finish(self, file: Metered) -> None:
        """Close a file of which everything is written."""
        file.close()
        self._files.discard(file)

    def put(self, to: Metered, pieces: Sequence[bytes]) -> None:
        """Write these pieces, soon; raises `OSError` where earlier ones could not be written."""
        self._soon(lambda buffer, beside: to.write(b"".join(pieces), buffer, beside))

    def then(self, what: Callable[[], object]) -> None:
        """Do something when all that was put before is written, soon."""
        self._soon(lambda _buffer, _beside: what())

    def wait(self) -> None:
        """Return when everything is written; raises `OSError` where something could not be."""
        done: SimpleQueue[None] = SimpleQueue()
        self._queue.put((lambda _buffer, _beside: None, done))
        done.get()
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

    def _soon(self, work: Work) -> None:
        self._raise()
        self._room.get()
        self._queue.put((work, self._room))

    def _raise(self) -> None:
        if self._failed is not None:
            raise self._failed

    def _work(self) -> None:
        with closing(mmap(-1, BUFFER)) as buffer, ThreadPoolExecutor(1, "labelport-hash") as beside:
            while (given := self._queue.get()) is not None:
                work, done = given
                if self._failed is None:
                    try:
                        work(buffer, beside)
                    except OSError as e:
                        self._failed = e
                done.put(None)
