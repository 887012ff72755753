"""Reads the tables back, side by side in the order of their tasks, one task in memory at a time."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from itertools import groupby
from typing import Any, Generic, TypeVar

import msgspec

from labelport.formats.parquet.rows import AnnotationRow, KeyframeRow, TaskRow
from labelport.kit.count import annotations
from labelport.kit.format import BROKEN, Counted, Input, Item, Reject
from labelport.kit.native import fault
from labelport.model.record import Record
from labelport.model.workflow import UNMOVED, Workflow

R = TypeVar("R", TaskRow, AnnotationRow, KeyframeRow)
_TASK = ("name", "path", "external_id", "global_key")
_TASK_JSON = ("asset", "metadata", "attachments", "embeddings", "predictions", "issues", "stage_history", "extra")
_LABEL = ("id", "author", "source", "final", "created_at", "updated_at", "seconds", "score", "skipped")
_LABEL_JSON = ("relations", "reviews", "stamps", "extra")
_OBJECT = ("group", "source", "confidence")
_OBJECT_JSON = ("answers", "extra")
_MARK = ("crowd", "occluded", "truncated", "z_order")
_ON = ("series", "first_frame", "last_frame", "page", "message")
_KEYFRAME = ("track", "frame", "outside", "occluded", "z_order")


def records(files: Mapping[str, Input]) -> Iterator[Item]:
    """Yield the tasks of a folder's tables, and how many there were; `files` are the tables by name."""
    path = files["tasks"].path
    seen = held = 0
    try:
        for task, marks, moves in _together(files):
            item = _record(task, marks, moves, path)
            seen += 1
            held += annotations(item) if isinstance(item, Record) else item.annotations
            yield item
    except (ValueError, *BROKEN) as e:
        yield Reject(path, "$", (fault(e),))
    yield Counted(path, seen, held)


def _together(files: Mapping[str, Input]) -> Iterator[tuple[TaskRow, list[AnnotationRow], list[KeyframeRow]]]:
    """Yield each task with its rows of the other tables."""
    with ExitStack() as stack:
        tasks = _rows(stack, files, "tasks", TaskRow)
        marks = _Groups(_rows(stack, files, "annotations", AnnotationRow))
        moves = _Groups(_rows(stack, files, "keyframes", KeyframeRow))
        for task in tasks:
            yield task, marks.of(task.task_number), moves.of(task.task_number)
        for table, rest in (("annotations", marks), ("keyframes", moves)):
            if (left := rest.number()) is not None:
                raise ValueError(f"{table} has rows of task {left}, which is not the next in tasks")


def _rows(stack: ExitStack, files: Mapping[str, Input], name: str, row: type[R]) -> Iterator[R]:
    from labelport.formats.parquet import columns  # noqa: PLC0415  pyarrow is in an extra

    if name not in files:
        return iter(())
    return columns.rows(row, stack.enter_context(files[name].open()))


class _Groups(Generic[R]):
    """Rows by their tasks, which come in order."""

    def __init__(self, rows: Iterable[R]) -> None:
        self._groups: Iterator[tuple[int, Iterator[R]]] = groupby(rows, lambda row: row.task_number)
        self._next: tuple[int, Iterator[R]] | None = next(self._groups, None)

    def of(self, task: int) -> list[R]:
        """Return the rows of the next task; none where the next rows are of another."""
        if self._next is None or self._next[0] != task:
            return []
        found = list(self._next[1])
        self._next = next(self._groups, None)
        return found

    def number(self) -> int | None:
        """Return the number of the task that the next rows are of."""
        return None if self._next is None else self._next[0]


def _record(task: TaskRow, marks: list[AnnotationRow], moves: list[KeyframeRow], path: str) -> Record | Reject:
    try:
        return msgspec.convert(_document(task, marks, moves), Record)
    except BROKEN as e:
        return Reject(path, task.task, (fault(e),), len(marks))


def _document(task: TaskRow, marks: list[AnnotationRow], moves: list[KeyframeRow]) -> dict[str, Any]:
    """Return the task as its native JSON says it."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    tracks: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for mark in marks:
        (tracks if mark.kind == "track" else found)[mark.label].append(_object(mark))
    frames: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for move in moves:
        if not move.interpolated:
            frames[move.label].append(_said(move, _KEYFRAME) | _parsed(move, ("geometry", "answers")))
    labels = [
        _said(one, _LABEL)
        | _parsed(one, _LABEL_JSON)
        | {"annotations": found[one.id], "tracks": tracks[one.id], "keyframes": frames[one.id]}
        for one in task.labels
    ]
    number = {"id": task.task, "number": task.task_number, "state": None}
    flow = _moved(task)
    return number | _said(task, _TASK) | _parsed(task, _TASK_JSON) | flow | {"labels": labels}


def _moved(task: TaskRow) -> dict[str, Any]:
    """Return the workflow as far as it is not that of a task of which nothing is known."""
    said = _said(task, Workflow.__struct_fields__)
    told = {name: value for name, value in said.items() if value != getattr(UNMOVED, name)}
    return {"workflow": told} if told else {}


def _object(row: AnnotationRow) -> dict[str, Any]:
    """Return an annotation or a track."""
    found = {"id": row.annotation, "number": row.annotation_number} | _said(row, _OBJECT) | _parsed(row, _OBJECT_JSON)
    if (class_ := row.class_name if row.class_number is None else row.class_number) is not None:
        found["class"] = class_
    if row.kind == "track":
        return found
    on = _said(row, _ON)
    return found | _said(row, _MARK) | _parsed(row, ("geometry",)) | ({"on": on} if on else {})


def _said(row: msgspec.Struct, names: Iterable[str]) -> dict[str, Any]:
    """Return the columns that are not null."""
    return {name: value for name in names if (value := getattr(row, name)) is not None}


def _parsed(row: msgspec.Struct, names: Iterable[str]) -> dict[str, Any]:
    """Return the columns that hold JSON."""
    return {name: msgspec.json.decode(text) for name, text in _said(row, names).items()}
