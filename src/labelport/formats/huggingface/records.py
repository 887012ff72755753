"""Reads `metadata.jsonl`: ours as it was written, and object detection as others have it.

Rows of others have `file_name` and `objects` with `bbox` (x, y, width, height in pixels) and `category` or
`categories`, names or numbers (https://huggingface.co/docs/datasets/image_dataset#object-detection).
"""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from labelport.kit import native
from labelport.kit.count import annotations
from labelport.kit.format import BROKEN, Counted, Input, Item, Reject
from labelport.model.record import Record

BESIDE = ("README.md", "croissant.json")
"""Files of such a folder that tell of the rows."""


class _Objects(msgspec.Struct, frozen=True):
    id: list[int] = []
    annotation: list[str] = []
    label: list[int] = []
    category: list[str | int] = []
    categories: list[str | int] = []
    category_id: list[int] = []
    bbox: list[list[float]] = []
    geometry: list[str] = []
    answers: list[str] = []
    source: list[str] = []


class _Row(msgspec.Struct, frozen=True):
    file_name: str = ""
    task_number: int = 0
    task: str = ""
    name: str = ""
    path: str = ""
    uri: str | None = None
    width: int | None = None
    height: int | None = None
    kind: str = "image"
    labels: list[str] = []
    annotators: list[str] = []
    sources: list[str] = []
    objects: _Objects = _Objects()


_row = msgspec.json.Decoder(_Row)


def decode(inputs: Iterable[Input]) -> Iterator[Item]:
    """Yield the classes of the manifests, then a record for each row."""
    manifests, files, strange = native.split_inputs(inputs, (".jsonl",))
    for manifest in manifests:
        yield from native.seal(manifest)
    yield from (one for one in strange if one.file.rpartition("/")[2] not in BESIDE)
    for file in files:
        seen = held = 0
        for number, line in native.lines(file):
            item = _read(file.path, number, line)
            seen += 1
            held += annotations(item) if isinstance(item, Record) else item.annotations
            yield item
        yield Counted(file.path, seen, held)


def _read(path: str, number: int, line: bytes) -> Record | Reject:
    row = _Row()
    try:
        row = _row.decode(line)
        return msgspec.convert(_document(row), Record)
    except (*BROKEN, IndexError, ValueError) as e:
        marks = max(len(row.objects.bbox), len(row.objects.annotation))
        return Reject(path, row.task or row.file_name or str(number), (native.fault(e),), marks)


def _document(row: _Row) -> dict[str, Any]:
    """Return the task as its native JSON says it."""
    id_ = row.task or row.file_name
    found = row.objects
    labels: list[dict[str, Any]] = [
        {"id": label, "author": author or None, "source": source, "annotations": []}
        for label, author, source in zip(row.labels, row.annotators, row.sources, strict=True)
    ]
    if not row.task:
        labels = [{"id": f"{id_}#objects", "source": "import", "annotations": []}]
    for place in range(max(len(found.bbox), len(found.annotation))):
        label = labels[found.label[place] if found.label else 0]
        label["annotations"].append(_annotation(found, place, id_, label["source"]))
    asset = {"id": id_, "kind": row.kind, "uri": row.uri, "width": row.width, "height": row.height}
    names = {"name": row.name or row.file_name, "path": row.path}
    return {"id": id_, "number": row.task_number, "asset": asset, "labels": labels, **names}


def _annotation(found: _Objects, place: int, task: str, source: str) -> dict[str, Any]:
    names = found.category or found.categories
    made: dict[str, Any] = {
        "id": found.annotation[place] if found.annotation else f"{task}#{place}",
        "number": found.id[place] if found.annotation else 0,
    }
    class_ = (found.category_id[place] if found.category_id else 0) or (str(names[place]) if names else "")
    if class_:
        made["class"] = class_
    if found.source and found.source[place] != source:
        made["source"] = found.source[place]
    if found.geometry and found.geometry[place]:
        made["geometry"] = msgspec.json.decode(found.geometry[place])
    elif not found.geometry:
        x, y, width, height = found.bbox[place]
        made["geometry"] = {"kind": "box", "x": x, "y": y, "width": width, "height": height}
    if found.answers and found.answers[place]:
        made["answers"] = msgspec.json.decode(found.answers[place])
    return made
