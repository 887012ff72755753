"""Tables of tasks: rows by the names of their columns, with commas, semicolons or tabs between cells (RFC 4180).

The columns that tables of others name their files and classes by are listed here, the likeliest first; case is not
minded.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import TextIOWrapper
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from labelport.kit import native
from labelport.kit.count import annotations
from labelport.kit.format import Counted, Input, Item, Reject, Row
from labelport.model.record import Record

FILES = ("path", "file_name", "filename", "file", "image_path", "image", "image_id", "uri", "url", "name", "id")
LABELS = ("label", "class", "class_name", "category", "target", "tag")
LONGEST = 2**31 - 1
"""Letters in a cell."""
Cells = dict[str, str]
Foreign = Callable[[Iterator[Cells], Sequence[str], str], Iterator[Item]]
"""Yields what rows of somebody else's hold, given them, their columns, and the path of the file."""


class Kind(NamedTuple):
    """A kind of table of ours: its columns, what the rows of a task are, and how tables of others are read."""

    columns: tuple[str, ...]
    record: Callable[[list[Cells], str], Record | Reject]
    foreign: Foreign


def tables(inputs: Iterable[Input], kind: Kind) -> Iterator[Item]:
    """Yield the classes of the manifests, what each table holds, and how much that was."""
    manifests, files, strange = native.split_inputs(inputs, (".csv", ".tsv"))
    for manifest in manifests:
        yield from native.seal(manifest)
    yield from strange
    for file in files:
        yield from _counted(file, kind)


def column(names: Sequence[str], columns: Sequence[str]) -> str:
    """Return the first column that is named so; raises `ValueError` where none is."""
    known = {one.strip().lower(): one for one in columns}
    for name in names:
        if name in known:
            return known[name]
    raise ValueError(f"no column of {', '.join(names)}; there are {', '.join(columns)}")


def bare(said: str, columns: Sequence[str], known: int) -> Row:
    """Return a row of which only the first cells are known, as they were said; the others are empty."""
    return Row("rows", (said + "," * (len(columns) - known)).encode())


def _counted(file: Input, kind: Kind) -> Iterator[Item]:
    seen = held = 0
    try:
        with file.open() as opened, TextIOWrapper(opened, "utf-8-sig", newline="") as text:
            for item in _read(text, file.path, kind):
                if isinstance(item, Record | Reject):
                    seen += item.records if isinstance(item, Reject) else 1
                    held += annotations(item) if isinstance(item, Record) else item.annotations
                yield item
    except (UnicodeDecodeError, csv.Error, ValueError) as e:
        yield Reject(file.path, "$", (native.fault(e),))
    yield Counted(file.path, seen, held)


def _read(text: TextIOWrapper, path: str, kind: Kind) -> Iterator[Item]:
    csv.field_size_limit(LONGEST)
    head = text.readline()
    between = max(",;\t", key=head.count)
    columns = next(csv.reader([head], delimiter=between), [])
    rows = _rows(csv.reader(text, delimiter=between), columns)
    if tuple(columns) != kind.columns:
        yield from kind.foreign(rows, columns, path)
        return
    for _, group in groupby(rows, itemgetter(kind.columns[0])):
        yield kind.record(list(group), path)


def _rows(rows: Iterable[Sequence[str]], columns: Sequence[str]) -> Iterator[Cells]:
    """Yield the rows by column; raises `ValueError` where one is too long or too short."""
    for place, cells in enumerate(rows, 2):
        if len(cells) == len(columns):
            yield dict(zip(columns, cells, strict=True))
        elif cells:
            raise ValueError(f"row {place} has {len(cells)} cells, the head has {len(columns)}")
