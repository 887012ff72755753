"""Reads tables of labels: ours as they were written, and those of others by the names of their columns.

Tables of others have commas, semicolons or tabs. The first column of `FILES` that is there names the file, which is a
task; the first of `LABELS` names its class. A file that comes in several rows has several classes, one whose class is
empty has none. Other columns are not read.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

import msgspec

from labelport.kit import native
from labelport.kit.csv_rows import FILES, LABELS, Cells, Kind, column, tables
from labelport.kit.format import BROKEN, Input, Item, Reject, Unread
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
_answer: msgspec.json.Decoder[Answer] = msgspec.json.Decoder(Answer)


def decode(inputs: Iterable[Input]) -> Iterator[Item]:
    """Yield the classes of the manifests, then the tasks of each table."""
    yield from tables(inputs, Kind(COLUMNS, _record, _foreign))


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
    file, label = column(FILES, columns), column(LABELS, columns)
    found: dict[str, list[str]] = {}
    for row in rows:
        classes = found.setdefault(row[file], [])
        if row[label] and row[label] not in classes:
            classes.append(row[label])
    for other in columns:
        if other not in (file, label):
            yield Unread(path, f"$.{other}", len(found))
    for name, classes in found.items():
        marks = tuple(Annotation(f"{name}#{place}", class_=class_) for place, class_ in enumerate(classes))
        labels = (Label(f"{name}#labels", source="import", annotations=marks),) if marks else ()
        yield Record(name, name, Asset(name, "image", name), labels=labels)
