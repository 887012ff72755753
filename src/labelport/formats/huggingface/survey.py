"""What the rows tell of the labelling, counted: who, how much, how far they agree, which classes."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import combinations

import msgspec

from labelport.formats.huggingface.rows import TaskRow

_row = msgspec.json.Decoder(TaskRow)


class Survey(msgspec.Struct):
    """Counts over all rows.

    `shared` and `pairs`: over every pair of labels of one task, the sum of their agreements and how many there are.
    The agreement of two labels is the Jaccard index of their classes, counted: the sum of the smaller counts over the
    sum of the larger; two labels without objects agree fully.
    """

    tasks: int = 0
    objects: int = 0
    states: Counter[str] = msgspec.field(default_factory=Counter)
    annotators: Counter[str] = msgspec.field(default_factory=Counter)
    sources: Counter[str] = msgspec.field(default_factory=Counter)
    labels: Counter[int] = msgspec.field(default_factory=Counter)
    classes: Counter[str] = msgspec.field(default_factory=Counter)
    kinds: Counter[str] = msgspec.field(default_factory=Counter)
    shared: float = 0.0
    pairs: int = 0

    @property
    def agreement(self) -> float | None:
        """The mean over all pairs; None where no task has several labels."""
        return self.shared / self.pairs if self.pairs else None


def survey(lines: Iterable[bytes]) -> Survey:
    """Return the counts of the rows, which are read one by one."""
    found = Survey()
    for line in lines:
        _count(found, _row.decode(line))
    return found


def _count(found: Survey, row: TaskRow) -> None:
    found.tasks += 1
    found.objects += len(row.objects.id)
    found.states[row.state] += 1
    found.annotators.update(name for name in row.annotators if name)
    found.sources.update(row.sources)
    found.labels[len(row.annotators)] += 1
    found.classes.update(name for name in row.objects.category if name)
    found.kinds.update(row.objects.kind)
    by_label: dict[int, Counter[str]] = defaultdict(Counter)
    for label, name in zip(row.objects.label, row.objects.category, strict=True):
        by_label[label][name] += 1
    for one, other in combinations(range(len(row.annotators)), 2):
        found.shared += _jaccard(by_label[one], by_label[other])
        found.pairs += 1


def _jaccard(one: Counter[str], other: Counter[str]) -> float:
    larger = (one | other).total()
    return (one & other).total() / larger if larger else 1.0
