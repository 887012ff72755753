"""A destination in memory: for tests, and for deliveries that stay in the process."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from threading import Lock
from typing import BinaryIO

from labelport.errors import ConflictError, NotFoundError
from labelport.kit.destination import Mode, safe


class Memory:
    """Keeps files in a dictionary."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self._lock = Lock()

    def put(self, path: str, chunks: Iterable[bytes], mode: Mode = "replace") -> None:
        """Store the chunks as the file at `path`."""
        safe(path)
        data = b"".join(chunks)
        with self._lock:
            if mode == "create" and path in self.files:
                raise ConflictError(f"{path!r} exists already")
            self.files[path] = data

    def flush(self) -> None:
        """Do nothing: memory outlives nothing."""

    def seal(self, path: str, chunks: Iterable[bytes]) -> None:
        """Create the last file."""
        self.put(path, chunks, "create")

    def get(self, path: str) -> BinaryIO:
        """Open the file."""
        if safe(path) not in self.files:
            raise NotFoundError(f"no file at {path!r}")
        return BytesIO(self.files[path])

    def list(self) -> Iterator[str]:
        """Yield every path, sorted."""
        yield from sorted(self.files)

    def delete(self, path: str) -> None:
        """Remove the file."""
        if self.files.pop(safe(path), None) is None:
            raise NotFoundError(f"no file at {path!r}")
