"""Reading tasks at a change number, in order of their numbers, in short pages that hold no transaction open."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import Any, Literal

import msgspec

from labelport.kit.format import Stored
from labelport.model.export import ExportRequest, Selection, State
from labelport.model.facts import SKIPPED
from labelport.model.record import Tombstone
from labelport.store import contents, pieces
from labelport.store.bits import Bits
from labelport.store.db import OPEN, Database
from labelport.store.selection import block_columns, class_column, label, where
from labelport.store.visits import with_labels

SPAN = 1000
"""Tasks whose rows are read together, or as many as that in a stretch of numbers."""
WIDE = 20
"""So many runs of task numbers make a shard at most, where few of the tasks are selected."""
PAGE = 50
"""Tasks whose contents are read together: few enough to stay in the processor's cache."""
_ALWAYS = ("extra",)
_BLOCKS, _BODY, _STAMPS = 18, 19, 20
"""Where the blocks begin in the statement `rows`, with that of the asset; those of fields come last."""
_VISITS = pieces.KEYS["stage_history"]
_DAMAGED = "damaged: {}; `labelport audit verify` tells more"
_pointers = itemgetter(slice(_BLOCKS, None))
Group = Sequence[tuple[Any, ...]]
"""The rows of one task, one for each of its labels; of a task without labels, one whose label is None."""


class Run(msgspec.Struct, frozen=True):
    """A shard: task numbers after `after` up to `last`, and how many selected tasks they hold."""

    after: int
    last: int
    tasks: int


class Found(msgspec.Struct, frozen=True):
    """A selected task: what a format may see of it, and what the export's own reckoning needs.

    `keys` is the JSON array of its metadata as `KEY=VALUE`; `fragments` are per format and label, `kinds` (facts but
    classes) and `classes` (a JSON array of numbers) per label.
    A task of which something asked for cannot be had says why in `fault`, and is empty. `asset` is the block of its
    asset: another one says that the asset changed.
    """

    stored: Stored
    external_id: str | None
    keys: str
    kinds: tuple[str, ...]
    classes: tuple[str, ...]
    fragments: tuple[tuple[bytes | None, ...], ...]
    fault: str | None
    asset: int = 0


class Reader:
    """What one export reads: its request, at one cut."""

    def __init__(self, db: Database, log: int, request: ExportRequest, *, base: int | None, cut: int) -> None:
        """Compose the statements once; `base` restricts to what changed after it."""
        self._db = db
        self._condition = where(request.selection)
        self._selected = self._condition.text
        self._changed: Bits | None = None
        self._label, label_values = label(request)
        self._request, self._base = request, base
        self.values = {"log": log, "cut": cut, **self._condition.values, **label_values}
        if base is not None:
            self._selected = self._condition.named("changed")
            self._condition.changed_after(base)
            self.values["base"] = base

    def plan(self, size: int) -> list[Run]:
        """Return the shards: runs of `size` task numbers that hold a selected task; neighbours with few are one."""
        found: list[Run] = []
        for after in range(0, self._one("last_task"), size):
            last = after + size
            tasks = sum(
                self._one("selected", where=self._selected, **part) for part in self._stretches(after, last, size)
            )
            before = found[-1] if found else None
            if before and tasks and before.tasks + tasks <= size and last - before.after <= WIDE * size:
                found[-1] = Run(before.after, last, before.tasks + tasks)
            elif tasks:
                found.append(Run(after, last, tasks))
        return found

    def holds(self, *, classes: Literal["told apart", "alike"] = "alike") -> Iterator[tuple[str, str, int, int]]:
        """Yield what the selected labels hold: `kinds` and `classes` texts (or none), labels, annotations."""
        parts = {"where": self._condition.text, "label": self._label, "classes": class_column(classes)}
        yield from self._db.stream("holds", self.values, **parts)

    def annotations(self) -> int:
        """Return how many annotations and tracks the selected labels hold."""
        return self._one("held", where=self._condition.text, label=self._label)

    def rows(self, run: Run, fragments: Sequence[tuple[str, int]] = (), *, lines: bool = True) -> Iterator[Found]:
        """Yield the selected tasks of a shard; `fragments` are (format, version), `lines` says whether to read them."""
        fields = self._fields() if lines else ()
        page = _Page(self._db, fields, fragments, lines=lines, details="label_details" in self._request.fields)
        if self._request.labels == "each-stage":
            page.visits = partial(with_labels, self._db, self.values["log"])
        blocks = block_columns(fields, stamps=lines and "annotation_metadata" in self._request.fields)
        for part in self._stretches(run.after, run.last, SPAN):
            rows = self._db.rows(
                "rows", {**self.values, **part}, where=self._selected, label=self._label, blocks=blocks
            )
            groups = [list(group) for _, group in groupby(rows, itemgetter(0))]
            for start in range(0, len(groups), PAGE):
                yield from page.found(groups[start : start + PAGE])

    def _stretches(self, after: int, last: int, size: int) -> Iterator[dict[str, Any]]:
        """Yield stretches of task numbers to read together; of a delta, with the tasks in them that changed."""
        if self._base is None:
            for start in range(after, last, size):
                yield {"after": start, "last": min(start + size, last)}
            return
        if self._changed is None:
            self._changed = Bits()
            for (task,) in self._db.stream("changed", self.values):
                self._changed.add(task)
        tasks = self._changed.between(after, last)
        while some := list(islice(tasks, size)):
            yield {"after": some[0] - 1, "last": some[-1], "changed": msgspec.json.encode(some).decode()}

    def _one(self, name: str, *, where: str = "", label: str = "", **values: object) -> int:
        """Return the only number that a statement gives."""
        row = self._db.row(name, {**self.values, **values}, where=where, label=label)
        return int(row[0]) if row else 0

    def _fields(self) -> tuple[str, ...]:
        return tuple(name for name in pieces.BLOCKS if name in self._request.fields or name in _ALWAYS)


class _Page:
    """Makes tasks of their rows and what these point to, as many as fit in a page at once."""

    def __init__(
        self, db: Database, fields: Sequence[str], fragments: Sequence[tuple[str, int]], *, lines: bool, details: bool
    ) -> None:
        self._db, self._fragments = db, fragments
        self._lines, self._details = lines, details
        self.visits: Callable[[int, bytes], bytes] | None = None
        self._optional = [(_STAMPS + 1 + i, pieces.KEYS[field]) for i, field in enumerate(fields)]

    def found(self, groups: Sequence[Group]) -> Iterator[Found]:
        """Yield the task of each group of rows."""
        made = [self._made(format_, version, groups) for format_, version in self._fragments]
        blocks = self._blocks(groups, made)
        erased = {block for block, data in blocks.items() if data is None}
        blocks[None] = None
        for group in groups:
            top = group[0]
            labels = group if top[12] is not None else ()
            line, fault = b"", None
            if erased and not erased.isdisjoint(_wanted(group)):
                fault = "erased"
            elif self._lines:
                line, fault = self._line(top, labels, blocks)
            annotations = sum([row[13] for row in labels])
            stored = Stored(top[0], top[1], top[2], top[3], top[4], top[5], top[6], _state(labels), annotations, line)
            bytes_of = [tuple([_fragment(row, found) for row in labels]) for found in made]
            kinds, classes = tuple([row[14] for row in labels]), tuple([row[17] for row in labels])
            yield Found(stored, top[7], top[9], kinds, classes, tuple(bytes_of), fault, top[_BLOCKS])

    def _made(self, format_: str, version: int, groups: Sequence[Group]) -> Mapping[contents.Key, bytes]:
        bodies = {row[_BODY] for group in groups for row in group if row[13]}
        return contents.fragments(self._db, format_, version, bodies)

    def _blocks(self, groups: Sequence[Group], made: Sequence[Mapping[contents.Key, bytes]]) -> dict[Any, Any]:
        """Return the blocks to make lines of; without lines those of assets that no fragment shows to be there."""
        if self._lines:
            return contents.blocks(self._db, _wanted(chain.from_iterable(groups)))
        there = {asset for found in made for _, asset in found}
        return contents.blocks(self._db, {group[0][_BLOCKS] for group in groups} - there)

    def _visited(self, task: int, history: bytes) -> bytes:
        return history if self.visits is None else self.visits(task, history)

    def _line(self, top: Sequence[Any], labels: Group, blocks: Mapping[Any, Any]) -> tuple[bytes, str | None]:
        """Return the record's JSON, or why there is none: the hottest lines of an export."""
        try:
            parts = [b"{", top[10], b',"asset":', blocks[top[_BLOCKS]], b",", top[11]]
            opening = b',"labels":[{'
            for row in labels:
                parts += (opening, row[15])
                opening = b"},{"
                if body := blocks[row[_BODY]]:
                    parts += (b",", body)
                if self._details and row[16]:
                    parts += (b",", row[16])
                if stamps := blocks[row[_STAMPS]]:
                    parts += (b',"stamps":', stamps)
            parts.append(b"}]" if labels else b"")
            for place, key in self._optional:
                if (block := top[place]) is not None:
                    parts += (key, self._visited(top[0], blocks[block]) if key == _VISITS else blocks[block])
            parts.append(b"}")
            return b"".join(parts), None
        except KeyError as e:
            return b"", _DAMAGED.format(f"block {e} is missing")
        except TypeError:
            return b"", _DAMAGED.format("the store holds text where bytes belong")


def _wanted(rows: Iterable[tuple[Any, ...]]) -> set[int]:
    found = set(chain.from_iterable(map(_pointers, rows)))
    found.discard(None)
    return found


def _fragment(row: Sequence[Any], found: Mapping[contents.Key, bytes]) -> bytes | None:
    return found.get((row[_BODY], row[_BLOCKS])) if row[13] else b""


def _state(labels: Sequence[Sequence[Any]]) -> State:
    """Return the state of a task by the labels that were selected; one that was skipped says nothing."""
    given = [row[13] for row in labels if SKIPPED not in row[14]]
    if not given:
        return "unlabelled"
    return "labelled" if any(given) else "empty"


def whole(db: Database, log: int, tasks: Iterable[int], *, cut: int = OPEN - 1) -> Iterator[bytes]:
    """Yield the whole JSON of tasks as they stand now, or stood at a change number: every label, every field."""
    reader = Reader(db, log, ExportRequest(project="", labels="all"), base=None, cut=cut)
    for task in tasks:
        yield from (found.stored.line for found in reader.rows(Run(task - 1, task, 1)))


def tombstones(
    db: Database, log: int, selection: Selection, *, base: int, cut: int, limit: int = 1000
) -> Iterator[Tombstone]:
    """Yield the tasks that were selected at `base` and are not at `cut`, in order of their numbers."""
    was, now = where(selection, "base"), where(selection, "cut", "n")
    values = {"log": log, "base": base, "cut": cut, "limit": limit, "after": 0, **was.values, **now.values}
    parts = {"where_base": was.text, "where_cut": now.text}
    while rows := db.rows("tombstones", values, **parts):
        yield from (Tombstone(id_, task, path) for task, id_, path in rows)
        values["after"] = rows[-1][0]
