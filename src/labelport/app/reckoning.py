"""What an export did, counted: tasks and annotations selected = written + skipped, for every format."""

from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from labelport.model.export import Loss, Skip, Tally

_Fate = tuple[str, Literal["exact", "converted", "dropped"], str]
NAMED = 100
"""How many skipped tasks the manifest names for a reason; `skipped.ndjson` names all."""


class Skipped(msgspec.Struct):
    """Tasks skipped for one reason."""

    count: int = 0
    tasks: list[str] = []


class Account(msgspec.Struct):
    """The account of one format."""

    tasks_selected: int = 0
    tasks_written: int = 0
    annotations_selected: int = 0
    annotations_written: int = 0
    annotations_skipped: int = 0
    skips: dict[str, Skipped] = {}
    losses: dict[str, int] = {}
    expected: dict[str, int] = {}
    found: tuple[int, int] = (0, 0)
    """How many records and annotations a reader finds."""

    def select(self, annotations: int) -> None:
        """Note a selected task that is not written."""
        self.tasks_selected += 1
        self.annotations_selected += annotations

    def skip(self, task: str, annotations: int, reason: str) -> None:
        """Note that a task was not written."""
        skipped = self.skips.setdefault(reason, Skipped())
        skipped.count += 1
        self.annotations_skipped += annotations
        if len(skipped.tasks) < NAMED:
            skipped.tasks.append(task)

    def write(self, tasks: int, selected: int, written: int, skipped: int) -> None:
        """Note written tasks with the annotations that they were selected with, some of which may have been dropped."""
        self.tasks_selected += tasks
        self.tasks_written += tasks
        self.annotations_selected += selected
        self.annotations_written += written
        self.annotations_skipped += skipped

    def expect(self, section: str, elements: int) -> None:
        """Note how many elements a task must give in a section."""
        self.expected[section] = self.expected.get(section, 0) + elements

    def find(self, records: int, annotations: int) -> None:
        """Note how many records and annotations a reader finds of written tasks."""
        self.found = self.found[0] + records, self.found[1] + annotations

    def lose(self, losses: Iterable[Loss]) -> None:
        """Note what became of each kind."""
        for loss in losses:
            key = msgspec.json.encode((loss.what, loss.fate, loss.how)).decode()
            self.losses[key] = self.losses.get(key, 0) + loss.count

    def merge(self, other: "Account") -> None:
        """Take over another shard's account."""
        for name in ("tasks_selected", "tasks_written", "annotations_selected", "annotations_written"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.annotations_skipped += other.annotations_skipped
        for reason, theirs in other.skips.items():
            ours = self.skips.setdefault(reason, Skipped())
            ours.count += theirs.count
            ours.tasks.extend(theirs.tasks[: NAMED - len(ours.tasks)])
        for key, count in other.losses.items():
            self.losses[key] = self.losses.get(key, 0) + count
        for section, count in other.expected.items():
            self.expect(section, count)
        self.find(*other.found)

    def tally(self, name: str, rows: Mapping[str, int]) -> Tally:
        """Return the counts as the manifest has them."""
        return Tally(
            format=name,
            tasks_selected=self.tasks_selected,
            tasks_written=self.tasks_written,
            tasks_skipped=sum(skipped.count for skipped in self.skips.values()),
            annotations_selected=self.annotations_selected,
            annotations_written=self.annotations_written,
            annotations_skipped=self.annotations_skipped,
            rows=dict(sorted(rows.items())),
        )

    def skip_report(self, name: str) -> list[Skip]:
        """Return what was skipped, by reason."""
        return sorted(Skip(name, reason, one.count, tuple(one.tasks)) for reason, one in self.skips.items())

    def loss_report(self, name: str) -> list[Loss]:
        """Return what became of each kind."""
        found = ((*msgspec.json.decode(key, type=_Fate), count) for key, count in self.losses.items())
        return sorted(Loss(name, what, fate, how, count) for what, fate, how, count in found)
