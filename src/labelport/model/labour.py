"""Working time, reckoned from signs of work: what somebody did, and when.

Time between two signs of one person in one pass counts, up to the cut-off: what is longer is idle from there on. A
clock that was set back counts nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

import msgspec

from labelport.model.stages import LABELLING, Stages
from labelport.model.trail import WorkTime
from labelport.model.visit import Visit

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

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


class Performance(msgspec.Struct, frozen=True):
    """Seconds of work on a task: on its first label, in reviews, on labels after a rejection, and all together."""

    seconds_to_create: float
    seconds_to_review: float
    seconds_to_rework: float
    seconds_total: float


def performance(visits: Sequence[Visit], stages: Stages) -> Performance:
    """Return how long the work on a task took, by what it was for; visits to stages that are gone count in all."""
    spent = {"create": 0, "review": 0, "rework": 0}
    total, rejected = 0, False
    for visit in visits:
        stage, time = stages.find(visit.stage), visit.milliseconds or 0
        total += time
        if stage is not None and stage.kind == "review":
            spent["review"] += time
        elif stage is not None and stage.kind in LABELLING:
            spent["rework" if rejected else "create"] += time
        rejected = rejected or visit.outcome == "rejected"
    return Performance(spent["create"] / 1000, spent["review"] / 1000, spent["rework"] / 1000, total / 1000)


class Day(msgspec.Struct, frozen=True):
    """What a person did in a stage on a day: passes that ended, their milliseconds, and what became of the labels."""

    date: str
    person: str
    stage: str
    completed: int = 0
    milliseconds: int = 0
    passed: int = 0
    failed: int = 0
    corrected: int = 0


def productivity(times: Iterable[WorkTime], zone: tzinfo = UTC) -> list[Day]:
    """Return what each person did in each stage on each day of the zone, by date, person and stage.

    Days are those on which passes ended. What a review found counts for the reviewer's day.
    """
    found: dict[tuple[str, str, str], Day] = {}
    for one in times:
        date = (EPOCH + timedelta(microseconds=one.at)).astimezone(zone).date().isoformat()
        key = (date, one.person, one.stage)
        day = found.get(key, Day(*key))
        found[key] = msgspec.structs.replace(
            day,
            completed=day.completed + (one.outcome != "moved"),
            milliseconds=day.milliseconds + one.milliseconds,
            passed=day.passed + (one.outcome == "accepted"),
            failed=day.failed + (one.outcome == "rejected"),
            corrected=day.corrected + (one.outcome == "corrected"),
        )
    return [found[key] for key in sorted(found)]
