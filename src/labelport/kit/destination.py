"""What an author of a destination imports: a place that keeps files, all or nothing."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO, Literal, Protocol

Mode = Literal["create", "replace"]


class Destination(Protocol):
    """A place for deliveries.

    `put` is all or nothing: after it returns the file is there whole and durable; when it raises, or the chunks do,
    nothing new is visible. With `create` it raises `ConflictError` where the path exists.
    """

    def put(self, path: str, chunks: Iterable[bytes], mode: Mode = "replace") -> None:
        """Store the chunks, in order, as the file at `path` (relative, `/`-separated)."""

    def get(self, path: str) -> BinaryIO:
        """Open the file; raises `NotFoundError`."""

    def list(self) -> Iterator[str]:
        """Yield every path, sorted."""

    def delete(self, path: str) -> None:
        """Remove the file; raises `NotFoundError`."""
