"""Makes the fragments of an import in a process beside, while the import goes on.

What they are made of goes there in a file, and they come back in one. A process that dies leaves the work to this one.
"""

import shutil
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import msgspec

from labelport.app.fragments import Row, Source, fragments, rows, sources
from labelport.app.processes import hire
from labelport.store.store import Store
from labelport.store.tasks import Change, Saved

AHEAD = 2
"""So many batches wait at most."""
FEW = 100
"""So few tasks are not worth a process."""
_decode_sources = msgspec.msgpack.Decoder(list[Source]).decode
_decode_rows = msgspec.msgpack.Decoder(list[Row]).decode
_encode = msgspec.msgpack.Encoder().encode


class Fragmenter:
    """Keeps the fragments of what an import stores; with two workers, another process makes them if there are many."""

    def __init__(self, folder: Path, workers: int) -> None:
        """Use the folder, which is made when it is needed."""
        self._folder = folder
        self._alone = workers < 2
        self._batches = 0
        self._waiting: deque[Path] = deque()
        self._hired: tuple[BaseProcess, Connection] | None = None

    def keep(self, change: Change, saved: Sequence[Saved]) -> None:
        """Keep the fragments of tasks that were just stored, now or in a later change."""
        if self._alone or (self._hired is None and len(saved) < FEW):
            fragments(change, saved)
            return
        change.keep_fragments(list(self._made(AHEAD)))
        self._give(sources(saved))

    def finish(self, store: Store) -> None:
        """Keep what is still being made, and end the process."""
        if self._waiting:
            with store.db.writing():
                store.db.run_many("add_fragments", self._made(0))
        self.close()

    def close(self) -> None:
        """End the process; what is still being made is not kept, and exports do without."""
        if self._hired:
            process, pipe = self._hired
            process.terminate()
            process.join()
            pipe.close()
            shutil.rmtree(self._folder)
            self._hired = None

    def _give(self, found: list[Source]) -> None:
        if self._hired is None:
            self._folder.mkdir(parents=True)
            self._hired = hire(_work)
        self._batches += 1
        path = self._folder / f"{self._batches}.sources"
        path.write_bytes(_encode(found))
        self._waiting.append(path)
        with suppress(OSError):
            self._hired[1].send(path)

    def _made(self, at_most: int) -> Iterator[Row]:
        """Yield what has been made; wait while more than so many batches are not."""
        pipe = self._hired[1] if self._hired else None
        while self._waiting and pipe and (len(self._waiting) > at_most or pipe.poll()):
            path = self._waiting.popleft()
            try:
                pipe.recv()
                yield from _decode_rows(_made_of(path).read_bytes())
            except (EOFError, OSError):
                self._alone = True
                yield from rows(_decode_sources(path.read_bytes()))


def _work(pipe: Connection) -> None:
    """Make fragments until the pipe closes."""
    while True:
        try:
            path = pipe.recv()
            _made_of(path).write_bytes(_encode(list(rows(_decode_sources(path.read_bytes())))))
            pipe.send(None)
        except (EOFError, OSError):
            return  # the one who leads is gone, or finds out that this one is, and does the work itself


def _made_of(path: Path) -> Path:
    return path.with_suffix(".made")
