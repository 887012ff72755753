"""What an operation is, and the answers that many share."""

from typing import Annotated, Generic, Literal, TypeVar

import msgspec
from msgspec import Meta

Q = TypeVar("Q")
A = TypeVar("A")
T = TypeVar("T")
Right = Literal["read", "write", "manage", "export", "audit", "administer"]
Limit = Annotated[int, Meta(ge=1, le=1000)]


class Operation(msgspec.Struct, Generic[Q, A], frozen=True):
    """What can be asked: a name, how HTTP says it, the types of question and answer, and the right it needs.

    `record` says whether the call itself goes on the organization's log; what it changes is on the record anyhow.
    """

    name: str
    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: str
    question: type[Q]
    answer: type[A]
    right: Right
    record: bool = False


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Some of many; `after` asks for the next, None where there are no more."""

    items: tuple[T, ...]
    after: str | None = None


class Done(msgspec.Struct, frozen=True):
    """The change number that a change took; None where nothing changed."""

    number: int | None


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question without parts."""
