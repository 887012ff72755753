"""Reads tables of labels: ours as they were written, and those of others by the names of their columns.

Tables of others have commas, semicolons or tabs. The first column of `FILES` that is there names the file, which is a
task; the first of `LABELS` names its class. A file that comes in several rows has several classes, one whose class is
empty has none. Other columns are not read.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import TextIOWrapper
from itertools import groupby
from operator import itemgetter

import msgspec

from labelport.kit import native
from labelport.kit.count import annotations
from labelport.kit.format import BROKEN, Counted, Input, Item, Reject, Unread
from labelport.kit.table import original
from labelport.model.answers import Answer
from labelport.model.asset import Asset
from labelport.model.label import Annotation, Label, Source
from labelport.model.record import Record

COLUMNS = (
    *("task_number", "task", "name", "path", "uri", "state"),
    *("label", "author", "source", "annotation", "annotation_number", "class_number", "class"),
    *("question", "kind", "value", "answer", "confidence"),
)
FILES = ("path", "file_name", "filename", "file", "image_path", "image", "image_id", "uri", "url", "name", "id")
"""Columns that may name the file, in lower case, the likeliest first."""
LABELS = ("label", "class", "class_name", "category", "target", "tag")
"""Columns that may name the class."""
LONGEST = 2**31 - 1
"""Letters in a cell."""
Cells = dict[str, str]
_answer: msgspec.json.Decoder[Answer] = msgspec.json.Decoder(Answer)


def decode(inputs: Iterable[Input]) -> Iterator[Item]:
    """Yield the classes of the manifests, then the tasks of each table."""
    manifests, files, strange = native.split_inputs(inputs, (".csv", ".tsv"))
    for manifest in manifests:
        yield from native.seal(manifest)
    yield from strange
    for file in files:
        yield from _table(file)


def _table(file: Input) -> Iterator[Item]:
    """Yield the tasks of a table, and how much there was."""
    seen = held = 0
    try:
        with file.open() as opened, TextIOWrapper(opened, "utf-8-sig", newline="") as text:
            for item in _items(text, file.path):
                if isinstance(item, Unread):
                    yield item
                    continue
                seen += 1
                held += annotations(item) if isinstance(item, Record) else item.annotations
                yield item
    except (UnicodeDecodeError, csv.Error, ValueError) as e:
        yield Reject(file.path, "$", (native.fault(e),))
    yield Counted(file.path, seen, held)


def _items(text: TextIOWrapper, path: str) -> Iterator[Record | Reject | Unread]:
    csv.field_size_limit(LONGEST)
    head = text.readline()
    between = max(",;\t", key=head.count)
    columns = next(csv.reader([head], delimiter=between), [])
    rows = _rows(csv.reader(text, delimiter=between), columns)
    if tuple(columns) == COLUMNS:
        for _, group in groupby(rows, itemgetter("task_number")):
            yield _record(list(group), path)
        return
    yield from _foreign(rows, columns, path)


def _rows(rows: Iterable[Sequence[str]], columns: Sequence[str]) -> Iterator[Cells]:
    """Yield the rows by column; raises `ValueError` where one is too long or too short."""
    for place, cells in enumerate(rows, 2):
        if len(cells) != len(columns):
            if cells:
                raise ValueError(f"row {place} has {len(cells)} cells, the head has {len(columns)}")
            continue
        yield dict(zip(columns, cells, strict=True))


def _record(rows: list[Cells], path: str) -> Record | Reject:
    """Return a task of ours."""
    try:
        first = {name: original(cell) for name, cell in rows[0].items()}
        return Record(
            first["task"],
            first["name"],
            Asset(first["task"], "other", first["uri"] or None),
            int(first["task_number"]),
            first["path"],
            labels=tuple(_label(list(group)) for id_, group in groupby(rows, itemgetter("label")) if id_),
        )
    except (*BROKEN, ValueError) as e:
        held = {row["annotation"] for row in rows} - {""}
        return Reject(path, rows[0]["task"], (native.fault(e),), len(held))


def _label(rows: list[Cells]) -> Label:
    first = rows[0]
    return Label(
        original(first["label"]),
        original(first["author"]) or None,
        msgspec.convert(first["source"], Source),
        annotations=tuple(_annotation(list(group)) for id_, group in groupby(rows, itemgetter("annotation")) if id_),
    )


def _annotation(rows: list[Cells]) -> Annotation:
    first = rows[0]
    number, name = first["class_number"], original(first["class"])
    return Annotation(
        original(first["annotation"]),
        int(first["annotation_number"]),
        int(number) if number.isdigit() else number or name or None,
        answers=tuple(_answer.decode(row["answer"]) for row in rows if row["answer"]),
        confidence=float(first["confidence"]) if first["confidence"] else None,
    )


def _foreign(rows: Iterable[Cells], columns: Sequence[str], path: str) -> Iterator[Record | Unread]:
    """Yield a task for each file that somebody else's table names."""
    file, label = _one_of(FILES, columns), _one_of(LABELS, columns)
    found: dict[str, list[str]] = {}
    for row in rows:
        classes = found.setdefault(row[file], [])
        if row[label] and row[label] not in classes:
            classes.append(row[label])
    for column in columns:
        if column not in (file, label):
            yield Unread(path, f"$.{column}", len(found))
    for name, classes in found.items():
        marks = tuple(Annotation(f"{name}#{place}", class_=class_) for place, class_ in enumerate(classes))
        labels = (Label(f"{name}#labels", source="import", annotations=marks),) if marks else ()
        yield Record(name, name, Asset(name, "image", name), labels=labels)


def _one_of(names: Sequence[str], columns: Sequence[str]) -> str:
    """Return the first column that is named so, in whatever case; raises `ValueError` where none is."""
    known = {column.strip().lower(): column for column in columns}
    for name in names:
        if name in known:
            return known[name]
    raise ValueError(f"no column of {', '.join(names)}; there are {', '.join(columns)}")
