"""The rows of `metadata.jsonl`: a task each, its objects as lists side by side.

Every row has every field, so that columns have one type throughout; what has no value is null, or empty.
"""

from collections.abc import Mapping

import msgspec

from labelport.model.export import State
from labelport.model.geometry import kind
from labelport.model.label import Annotation
from labelport.model.ontology import LabelClass
from labelport.model.record import Record, state_of
from labelport.shapes.rings import envelope

FOLDER = "media/"
"""Where copies of media are, beside the rows."""
_encode = msgspec.json.Encoder().encode
Classes = Mapping[object, LabelClass]


class Objects(msgspec.Struct, frozen=True):
    """The objects of a task, a list for each column.

    `id` is the pinned number, `label` the place of the object's label among the task's; `bbox` is x, y, width, height
    in pixels of the displayed image, empty where it has no such bounds; `geometry` and `answers` are native JSON.
    """

    id: list[int]
    annotation: list[str]
    label: list[int]
    category: list[str]
    category_id: list[int]
    kind: list[str]
    bbox: list[list[float]]
    geometry: list[str]
    answers: list[str]
    source: list[str]


class TaskRow(msgspec.Struct, frozen=True):
    """A task; `labels` (their ids), `annotators` (by id) and `sources` run side by side, one for each label."""

    task_number: int
    task: str
    name: str
    path: str
    uri: str | None
    width: int | None
    height: int | None
    state: State
    kind: str
    labels: list[str]
    annotators: list[str]
    sources: list[str]
    objects: Objects


class Filed(TaskRow, frozen=True, kw_only=True):
    """A task whose medium is copied to `file_name`, beside the rows."""

    file_name: str


def task(record: Record, classes: Classes, *, filed: bool) -> bytes:
    """Return the row of a task, with the path of its copy where it is `filed`."""
    asset = record.asset
    found = TaskRow(
        record.number,
        record.id,
        record.name,
        record.path,
        asset.uri,
        asset.width,
        asset.height,
        state_of(record),
        asset.kind,
        [label.id for label in record.labels],
        [label.author or "" for label in record.labels],
        [label.source for label in record.labels],
        _objects(record, classes),
    )
    if not filed:
        return _encode(found)
    return _encode(Filed(**msgspec.structs.asdict(found), file_name=f"{FOLDER}{record.path}"))


def _objects(record: Record, classes: Classes) -> Objects:
    found = Objects([], [], [], [], [], [], [], [], [], [])
    for place, label in enumerate(record.labels):
        for one in label.annotations:
            _add(found, one, place, one.source or label.source, classes)
    return found


def _add(to: Objects, one: Annotation, label: int, source: str, classes: Classes) -> None:
    named = one.class_ if isinstance(one.class_, str) else ""
    known = classes.get(one.class_)
    box = None if one.geometry is None else envelope(one.geometry)
    to.id.append(one.number)
    to.annotation.append(one.id)
    to.label.append(label)
    to.category.append(known.name if known else named)
    to.category_id.append(known.number if known else 0)
    to.kind.append(kind(one.geometry))
    to.bbox.append([] if box is None else [float(side) for side in (box.x, box.y, box.width, box.height)])
    to.geometry.append("" if one.geometry is None else _encode(one.geometry).decode())
    to.answers.append(_encode(one.answers).decode() if one.answers else "")
    to.source.append(source)
