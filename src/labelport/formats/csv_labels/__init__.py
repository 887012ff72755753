"""CSV of labels: a row for each answer about a whole task, and for each class that a task was given as a whole.

A task or label without any gives one row with empty cells, so that labelled, empty and unlabelled tasks are told apart
by `state`. `value` is the answer for people and for training: the option, options and ranks joined by `|`, a text, a
number, `true` or `false`, paths of a tree joined by `/`; `answer` is its native JSON. RFC 4180, UTF-8; texts that a
spreadsheet would take for formulas begin with an apostrophe.
"""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from labelport.formats.csv_labels.records import COLUMNS, decode
from labelport.kit.csv_rows import bare
from labelport.kit.format import Context, Document, Format, Row, Section
from labelport.kit.table import number, row, text
from labelport.model.answers import Answer, Boolean, Checklist, Number, Radio, Ranking, Text, Tree
from labelport.model.export import Carries
from labelport.model.label import Annotation, Label
from labelport.model.ontology import LabelClass
from labelport.model.record import Record, state_of

CARRIES = Carries(
    frozenset({"classification"}), features=frozenset({"answers", "confidence", "nested_answers", "texts"})
)
_TASK = COLUMNS.index("label")
_LABEL = COLUMNS.index("annotation")
"""How many columns tell of the task, and how many of it and its label."""
_encode = msgspec.json.Encoder().encode


def documents(context: Context) -> tuple[Document, ...]:  # noqa: ARG001
    """Return the one file: a head, then rows."""
    head = row(*COLUMNS).encode() + b"\r\n"
    return (Document("labels.csv", (head, Section("rows", b"\r\n", terminated=True, quoted=True))),)


def encode(record: Record, context: Context) -> Iterator[Row]:
    """Yield the rows of a task."""
    classes: dict[object, LabelClass] = {one.number: one for one in context.classes}
    names = (record.id, record.name, record.path, record.asset.uri or "")
    task = row(str(record.number), *map(text, names), state_of(record))
    for label in record.labels:
        said = f"{task},{row(text(label.id), text(label.author or ''), label.source)}"
        for one in label.annotations:
            for answer in one.answers or (None,):
                yield Row("rows", f"{said},{row(*_cells(one, answer, classes))}".encode())
        if not label.annotations:
            yield bare(said, COLUMNS, _LABEL)
    if not record.labels:
        yield bare(task, COLUMNS, _TASK)


def count(record: Record, context: Context) -> Mapping[str, int]:  # noqa: ARG001
    """Return how many rows the task gives."""
    return {"rows": sum(map(_rows, record.labels)) or 1}


def value(answer: Answer) -> str:
    """Return what was answered, for people."""
    return "|".join(_parts(answer))


def _parts(answer: Answer) -> Iterable[str]:
    match answer:
        case Radio():
            return (answer.option.value,)
        case Checklist():
            return (option.value for option in answer.options)
        case Text() | Number():
            return (str(answer.text if isinstance(answer, Text) else answer.number),)
        case Boolean():
            return ("true" if answer.yes else "false",)
        case Tree():
            return map("/".join, answer.paths)
        case Ranking():
            return answer.order


def _rows(label: Label) -> int:
    return sum(len(one.answers) or 1 for one in label.annotations) or 1


def _cells(one: Annotation, answer: Answer | None, classes: Mapping[object, LabelClass]) -> tuple[str, ...]:
    found = classes.get(one.class_)
    said = ("",) * 4
    if answer is not None:
        cell = str(answer.number) if isinstance(answer, Number) else text(value(answer))
        said = (text(answer.key), str(answer.__struct_config__.tag), cell, _encode(answer).decode())
    return (
        *(text(one.id), str(one.number), "" if one.class_ is None else str(one.class_)),
        text(found.name) if found else "",
        *said,
        "" if one.confidence is None else str(one.confidence),
    )


FORMAT = Format(
    "CSV of labels, a row for each answer about a task",
    CARRIES,
    encode,
    documents,
    decode=decode,
    number=number,
    count=count,
)
