"""Splits: which part a task falls into, by what must stay together; a group never moves, however the data grows.

Without stratification the hash of a group decides. With it, groups are taken in the order in which the log has them:
when the first task of a group is first labelled (or, for a metadata field, when it comes), the group falls into a part
that has too few of its rarest stratum, of which there always is one; the hash chooses where there are several. What
comes later, changes or goes moves nothing: the log up to there stays what it is. Groups that are not labelled yet fall
where their hash says.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator

import msgspec

from labelport.model.export import Split
from labelport.model.facts import SKIPPED
from labelport.store.bits import Bits
from labelport.store.db import Database
from labelport.store.pieces import keyed
from labelport.store.reads import Found

_decode = msgspec.json.Decoder(list[str]).decode
_classes = msgspec.json.Decoder(list[int]).decode
NOTHING = (0,)
"""The stratum of what was looked at and holds no object."""


class Splitting:
    """Which part each task of a project falls into at a cut."""

    def __init__(self, split: Split, db: Database, log: int, cut: int) -> None:
        """Read the log as far as a stratified split depends on it."""
        self._split = split
        self._names = tuple(split.shares)
        self._wanted = None if split.by == "task" else keyed(split.by, "")
        self._balance = Balance(tuple(split.shares.values()))
        self._alone = bytearray()
        self._groups: dict[str, int] = {}
        if split.stratify is not None:
            self._assign(db, {"log": log, "cut": cut})

    def part(self, found: Found) -> str:
        """Return the part of a task."""
        stored = found.stored
        group = self._group(stored.id, found.keys)
        assigned = self._assigned(stored.number, group)
        return self._names[_by_share(self._split.shares.values(), self._hash(group)) if assigned is None else assigned]

    def _assign(self, db: Database, values: dict[str, object]) -> None:
        """Let every group that has a stratum fall into its part."""
        seen = Bits()
        for task, id_, keys, strata in self._strata(db, values):
            if task in seen:
                continue
            seen.add(task)
            group = self._group(id_, keys)
            part = self._assigned(task, group)
            if part is None:
                part = self._balance.choose(strata, self._hash(group))
                self._keep(task, group, part)
            self._balance.add(strata, part)

    def _strata(self, db: Database, values: dict[str, object]) -> Iterator[tuple[int, str, str, Collection[object]]]:
        """Yield tasks as they stood, in the order in which they came to stand so, with their strata."""
        if self._split.stratify == "class":
            for task, id_, keys, classes, kinds in db.stream("labelled", values):
                if SKIPPED not in kinds:
                    yield task, id_, keys, _classes(classes) or NOTHING
            return
        field = keyed(self._split.stratify or "", "")
        for task, id_, keys in db.stream("came", values):
            yield task, id_, keys, (_value(keys, field),)

    def _group(self, task: str, keys: str) -> str:
        """Return what keeps a task together with others; one that lacks the field is a group by itself."""
        return (self._wanted and _value(keys, self._wanted)) or task

    def _hash(self, group: str) -> float:
        """Return where a group lies between 0 and 1."""
        return int.from_bytes(hashlib.sha256(f"{self._split.seed}\n{group}".encode()).digest()[:8]) / 2**64

    def _assigned(self, task: int, group: str) -> int | None:
        if self._wanted is not None:
            return self._groups.get(group)
        return self._alone[task] - 1 if task < len(self._alone) and self._alone[task] else None

    def _keep(self, task: int, group: str, part: int) -> None:
        """Keep a group's part: in a byte where it is one task, for there may be millions."""
        if self._wanted is not None:
            self._groups[group] = part
            return
        self._alone.extend(bytes(max(0, task + 1 - len(self._alone))))
        self._alone[task] = part + 1


class Balance:
    """Chooses parts so that each stratum keeps to the shares: no part ever has one more of it than its share."""

    def __init__(self, shares: tuple[float, ...]) -> None:
        """Begin with nothing."""
        self._shares = shares
        self._counts: dict[object, list[int]] = defaultdict(lambda: [0] * len(shares))

    def choose(self, strata: Collection[object], at: float) -> int:
        """Return a part that lacks the rarest of these strata; `at`, from 0 to 1, says which, by how much they lack."""
        counts = min((self._counts[one] for one in strata), key=sum)
        total = sum(counts) + 1
        lacks = [max(share * total - count, 0.0) for share, count in zip(self._shares, counts, strict=True)]
        return _by_share(lacks, at * _added(lacks))

    def add(self, strata: Collection[object], part: int) -> None:
        """Count a task that fell into a part."""
        for one in strata:
            self._counts[one][part] += 1


def _by_share(shares: Collection[float], at: float) -> int:
    """Return in which of adjoining stretches a place lies: past them all, by rounding, in the last with a length."""
    reached, last = 0.0, 0
    for i, share in enumerate(shares):
        reached += share
        if share:
            last = i
            if at < reached:
                return i
    return last


def _added(numbers: Collection[float]) -> float:
    """Return the sum, rounded at each step: Python's own rounds otherwise from version to version."""
    total = 0.0
    for number in numbers:
        total += number
    return total


def _value(keys: str, wanted: str) -> str:
    """Return the member of a task's metadata that begins so; nothing where there is none."""
    return next((key for key in _decode(keys) if key.startswith(wanted)), "")
