"""What an author of a destination imports: a place that keeps files, all or nothing."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Literal, Protocol, runtime_checkable

from labelport.errors import RequestError

Mode = Literal["create", "replace"]
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\]|^[A-Za-z]:|^/|(^|/)\.{0,2}(/|$)")


class Destination(Protocol):
    """A place for deliveries. A delivery exists when its last file is there, and never before.

    `put` is all or nothing: after it returns the file is there whole; when it raises, or the chunks do, what was there
    before is there still and nothing else. With `create` it raises `ConflictError` where the path exists.
    What is put outlives a crash of the process; it outlives a power cut after `flush`.
    `seal` puts the last file, which makes the delivery exist: it flushes what went before, creates the file, and
    returns when that is durable. Nothing is put after it. An archive appears under its name at the seal.
    A place that is written once (an archive) raises `ConflictError` where a file would be replaced or deleted.
    Paths are relative and `/`-separated (`safe` says which); every other path raises `RequestError`.
    """

    def put(self, path: str, chunks: Iterable[bytes], mode: Mode = "replace") -> None:
        """Store the chunks, in order, as the file at `path`."""

    def flush(self) -> None:
        """Return when all that was put is durable; a checkpoint comes after it."""

    def seal(self, path: str, chunks: Iterable[bytes]) -> None:
        """Create the last file; raises `ConflictError` where the path exists."""

    def get(self, path: str) -> BinaryIO:
        """Open the file; raises `NotFoundError`."""

    def list(self) -> Iterator[str]:
        """Yield every path, sorted."""

    def delete(self, path: str) -> None:
        """Remove the file; raises `NotFoundError`."""


@runtime_checkable
class Adopting(Destination, Protocol):
    """A destination that can take a finished local file over without copying it."""

    def adopt(self, path: str, file: Path, mode: Mode = "replace") -> None:
        """Store the local file at `path` as `put` would; it is gone from where it was."""

    def adopt_folder(self, path: str, folder: Path) -> bool:
        """Take a finished local folder over as the one at `path`, in one step; say whether, or `adopt` its files."""


@runtime_checkable
class Claimable(Destination, Protocol):
    """A destination that several processes may reach, and that one can take for itself."""

    def claim(self, owner: str) -> None:
        """Take the empty place until the seal; raises `ConflictError` where another has it, or something is there.

        A claim outlives its process, so that the same owner goes on after a crash.
        """


def safe(path: str) -> str:
    """Return the path if it is relative and stays inside; raises `RequestError`."""
    if _UNSAFE.search(path):
        raise RequestError(
            f"path {path!r} is not relative, `/`-separated and inside: name it without `..`, `\\` or a root"
        )
    return path
