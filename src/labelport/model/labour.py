"""Working time, reckoned from signs of work: what somebody did, and when.

Time between two signs of one person in one pass counts, up to the cut-off: what is longer is idle from there on. A
clock that was set back counts nothing.
"""

from collections.abc import Iterable, Mapping

import msgspec

IDLE = 300_000_000
"""Microseconds after which somebody who gave no sign is taken to be idle."""
BEGINS = frozenset({"task.started"})
ENDS = frozenset({"task.submitted", "task.accepted", "task.corrected", "task.rejected", "task.skipped"})
SIGNS = frozenset({"task.worked", "task.drafted"}) | BEGINS | ENDS
"""Kinds of events that show somebody at work."""


class Sign(msgspec.Struct, frozen=True):
    """Somebody was at work: UTC microseconds, who, and what the event was."""

    at: int
    person: str
    kind: str


def worked(signs: Iterable[Sign], idle: int = IDLE) -> Mapping[str, int]:
    """Return the milliseconds that each person worked in one pass, from its signs in the order of the log."""
    last: dict[str, int] = {}
    found: dict[str, int] = {}
    for sign in signs:
        before = None if sign.kind in BEGINS else last.get(sign.person)
        found[sign.person] = found.get(sign.person, 0) + (0 if before is None else min(max(sign.at - before, 0), idle))
        if sign.kind in ENDS:
            last.pop(sign.person, None)
        else:
            last[sign.person] = sign.at
    return {person: time // 1000 for person, time in found.items()}
