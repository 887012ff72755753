"""How the SDK's questions reach the door, and how answers in pages are read."""

from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar

from labelport import api
from labelport.api import Operation

Q = TypeVar("Q")
A = TypeVar("A")
T = TypeVar("T")


class Transport(Protocol):
    """How questions reach the door."""

    def ask(self, operation: Operation[Q, A], question: Q) -> A:
        """Return the answer; raises what the operation raises."""

    def records(self, question: api.StreamRecords) -> Iterator[bytes]:
        """Yield records as JSON, one by one."""

    def report(self, question: api.StreamReport) -> Iterator[bytes]:
        """Yield the entries of an audit report as JSON, and at last its note."""

    def lines(self, question: api.StreamLines) -> Iterator[bytes]:
        """Yield lines of a finished export."""


def pages(page: Callable[[str | None], api.Page[T]]) -> Iterator[T]:
    """Yield the items of all pages; `page` asks for the one after a mark."""
    after: str | None = None
    while True:
        found = page(after)
        yield from found.items
        if (after := found.after) is None:
            return
