"""Reading tasks at a change number, in order of their numbers, in short pages that hold no transaction open."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from labelport.kit.format import Stored
from labelport.model.export import ExportRequest, Selection
from labelport.model.record import Tombstone
from labelport.store import pieces
from labelport.store.db import OPEN, Database
from labelport.store.selection import label, where

PAGE = 500
"""Task numbers that one read looks at."""
_FIELD_OF = {"stage_history": "history"}
_ALWAYS = ("extra",)
_FIRST_COLUMN = 18
"""Where the optional columns begin in the statement `rows`."""
_ERASED = "erased"
_BYTES = "CASE WHEN {0}.block IS NOT NULL THEN coalesce({0}.bytes, 'erased') END"
"""A block's bytes; text where they were erased, so that erased and absent differ."""


class Run(msgspec.Struct, frozen=True):
    """A shard: task numbers after `after` up to `last`, and how many selected tasks they hold."""

    after: int
    last: int
    tasks: int


class Found(msgspec.Struct, frozen=True):
    """A selected task: what a format may see of it, and what the export's own reckoning needs.

    `keys` is the JSON array of its metadata as `KEY=VALUE`; `fragments` are per format and label, `kinds` per label.
    A task of which
    something asked for cannot be had says why in `fault`, and is empty.
    """

    stored: Stored
    external_id: str | None
    keys: str
    kinds: tuple[str, ...]
    fragments: tuple[tuple[bytes | None, ...], ...]
    fault: str | None


class Reader:
    """What one export reads: its request, at one cut."""

    def __init__(self, db: Database, log: int, request: ExportRequest, *, base: int | None, cut: int) -> None:
        """Compose the statements once; `base` restricts to what changed after it."""
        self._db = db
        self._condition = where(request.selection)
        self._label, label_values = label(request)
        self._request, self._base = request, base
        self.values = {"log": log, "cut": cut, **self._condition.values, **label_values}
        if base is not None:
            self._condition.add(
                "t.task IN (SELECT c.task FROM change c WHERE c.log = :log AND c.number > :base AND c.number <= :cut)",
                base=base,
            )
            self.values["base"] = base

    def plan(self, size: int) -> list[Run]:
        """Return the shards: runs of `size` task numbers that hold a selected task."""
        rows = self._db.rows("plan", {**self.values, "size": size}, where=self._condition.text)
        return [Run(run * size, run * size + size, tasks) for run, tasks in rows]

    def holds(self) -> Iterator[tuple[str, int, int]]:
        """Yield what the selected labels hold: a `kinds` text, labels, annotations."""
        yield from self._db.stream("holds", self.values, where=self._condition.text, label=self._label)

    def annotations(self) -> int:
        """Return how many annotations and tracks the selected labels hold."""
        return sum(count for _, _, count in self.holds())

    def rows(self, run: Run, fragments: Sequence[tuple[str, int]] = (), *, lines: bool = True) -> Iterator[Found]:
        """Yield the selected tasks of a shard; `fragments` are (format, version), `lines` says whether to read them."""
        fields = self._fields() if lines else ()
        columns, joins, values = _optional(fields, fragments, lines=lines, stamps=self._stamps)
        values = {**self.values, **values}
        for after in range(run.after, run.last, PAGE):
            values |= {"after": after, "last": min(after + PAGE, run.last)}
            rows = self._db.rows(
                "rows", values, where=self._condition.text, label=self._label, columns=columns, joins=joins
            )
            yield from self._found(rows, fields, len(fragments), lines=lines)

    @property
    def _stamps(self) -> bool:
        return "annotation_metadata" in self._request.fields

    def _fields(self) -> tuple[str, ...]:
        return tuple(name for name in pieces.BLOCKS if name in self._request.fields or name in _ALWAYS)

    def _found(
        self, rows: Sequence[tuple[Any, ...]], fields: Sequence[str], fragments: int, *, lines: bool
    ) -> Iterator[Found]:
        details = "label_details" in self._request.fields
        first = _FIRST_COLUMN + 2 + len(fields)
        start = 0
        for end in range(1, len(rows) + 1):
            top = rows[start]
            if end < len(rows) and rows[end][0] == top[0]:
                continue
            labels = rows[start:end] if top[12] is not None else ()
            start = end
            erased = top[11] == _ERASED or any(_ERASED in row[_FIRST_COLUMN:] for row in labels or (top,))
            fault = "erased" if erased else None
            try:
                line = _line(top, labels, fields, details=details) if lines and not erased else b""
            except TypeError:
                line, fault = (
                    b"",
                    "damaged: the store holds text where bytes belong; `labelport audit verify` tells more",
                )
            annotations = sum([row[13] for row in labels])
            stored = Stored(top[0], top[1], top[2], top[3], top[4], top[5], top[6], top[8], annotations, line)
            made = [tuple([row[first + i] if row[13] else b"" for row in labels]) for i in range(fragments)]
            yield Found(stored, top[7], top[17], tuple([row[14] for row in labels]), tuple(made), fault)


def whole(db: Database, log: int, tasks: Iterable[int]) -> Iterator[bytes]:
    """Yield the whole JSON of tasks as they stand now: every label, every field."""
    reader = Reader(db, log, ExportRequest(project="", labels="all"), base=None, cut=OPEN - 1)
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


def _line(top: Sequence[Any], labels: Sequence[Sequence[Any]], fields: Sequence[str], *, details: bool) -> bytes:
    """Return the record's JSON."""
    first = _FIRST_COLUMN + 2
    pieces_of = [(row[15], row[first - 2], row[16] if details else None, row[first - 1]) for row in labels]
    return pieces.join(top[9], top[11], top[10], pieces_of, zip(fields, top[first : first + len(fields)], strict=True))


def _optional(
    fields: Sequence[str], fragments: Sequence[tuple[str, int]], *, lines: bool, stamps: bool
) -> tuple[str, str, dict[str, object]]:
    """Return the columns and joins of what the request asks for."""
    columns: list[str] = []
    joins: list[str] = []
    values: dict[str, object] = {}
    for name, on in (("body", lines), ("stamps", lines and stamps)):
        columns.append(_BYTES.format(name) if on else "NULL")
        if on:
            joins.append(f"LEFT JOIN block {name} ON {name}.block = l.{name}_block")
    for field in fields:
        name = _FIELD_OF.get(field, field)
        columns.append(_BYTES.format(name))
        joins.append(f"LEFT JOIN block {name} ON {name}.block = t.{name}_block")
    for i, (format_, version) in enumerate(fragments):
        columns.append(f"f{i}.bytes")
        joins.append(
            f"LEFT JOIN fragment f{i} ON f{i}.body_block = l.body_block AND f{i}.asset_block = t.asset_block"
            f" AND f{i}.format = :format{i} AND f{i}.version = :version{i}"
        )
        values |= {f"format{i}": format_, f"version{i}": version}
    return ", ".join(columns), "\n".join(joins), values
