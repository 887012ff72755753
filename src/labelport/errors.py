"""Every error that Labelport raises, by what to do about it.

LabelportError
├── RequestError        change the request                       exit 2, HTTP 400
│   ├── NotFoundError   name something that exists               exit 2, HTTP 404
│   └── ConflictError   it exists, or changed meanwhile          exit 2, HTTP 409
├── InvalidError        mend the data: every fault with its path exit 2, HTTP 422
├── DeniedError         ask for the right                        exit 1, HTTP 403
├── LossError           choose `convert` or `drop`, or another format    exit 1, HTTP 422
├── TransientError      try again                                exit 1, HTTP 503
│   └── OverdueError    try again: it goes on where it was       exit 1, HTTP 504
└── IntegrityError      what is stored or delivered is not what was recorded   exit 1, HTTP 500
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import ClassVar

import msgspec

SHOWN = 30
"""So many known names are told where none is near."""


class Fault(msgspec.Struct, frozen=True, order=True):
    """One thing that is wrong with a value: where (a JSON path such as `$.labels[0]`) and why."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


class LabelportError(Exception):
    """Something failed; the message says what, why and what to do."""

    exit: ClassVar[int] = 1
    http: ClassVar[int] = 500


class RequestError(LabelportError, ValueError):
    """The request cannot be met as it stands."""

    exit = 2
    http = 400


class NotFoundError(RequestError, LookupError):
    """What the request names does not exist."""

    http = 404


class ConflictError(RequestError):
    """What the request would make exists already, or changed meanwhile."""

    http = 409


class InvalidError(LabelportError, ValueError):
    """A value is not valid; `faults` lists everything that is wrong with it."""

    exit = 2
    http = 422

    def __init__(self, what: str, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        self._what = what
        super().__init__(f"{what} is not valid: " + "; ".join(map(str, self.faults)))

    def __reduce__(self) -> tuple[type["InvalidError"], tuple[str, tuple[Fault, ...]]]:
        """Cross a process boundary whole."""
        return type(self), (self._what, self.faults)


class DeniedError(LabelportError, PermissionError):
    """The caller lacks the right."""

    http = 403


class LossError(LabelportError):
    """The format cannot carry something, and the request said to fail then."""

    http = 422


class TransientError(LabelportError):
    """A passing fault of something outside; only these are retried."""

    http = 503


class OverdueError(TransientError, TimeoutError):
    """The time that was given is over; what was done by then stays."""

    http = 504


class IntegrityError(LabelportError):
    """What is stored or delivered does not match its record."""


def unknown(kind: str, name: str, known: Iterable[str]) -> NotFoundError:
    """Return the error for a name that is not known, with the nearest that is."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1)
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    listed = f"; known: {', '.join(names[:SHOWN]) or 'none'}{more}"
    return NotFoundError(f"no {kind} named {name!r}" + (f"; did you mean {near[0]!r}?" if near else listed))
