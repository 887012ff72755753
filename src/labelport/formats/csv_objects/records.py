"""Reads tables of objects: ours as they were written, and boxes of others by the names of their columns.

In tables of others the first column of `FILES` names the file, which is a task, the first of `LABELS` the class, and
four columns a box in pixels (`CORNERS` or `SIDES`). Other columns are not read.

Of tracks every row comes back as a keyframe, and the answers that all rows of a track begin with are the track's.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, takewhile
from operator import itemgetter

import msgspec

from labelport.kit import native
from labelport.kit.csv_rows import FILES, LABELS, Cells, Kind, column, tables
from labelport.kit.format import BROKEN, Input, Item, Reject, Unread
from labelport.kit.table import original
from labelport.model.answers import Answer
from labelport.model.asset import Asset
from labelport.model.geometry import Box, Geometry
from labelport.model.label import Annotation, Keyframe, Label, Source, Target, Track
from labelport.model.record import Record
from labelport.model.workflow import Workflow

COLUMNS = (
    *("task_number", "task", "name", "path", "external_id", "state", "stage", "status", "batch"),
    *("label", "author", "source", "annotation", "annotation_number", "track", "frame", "outside", "occluded"),
    *("class_number", "class", "kind", "x", "y", "width", "height", "geometry", "answers", "confidence"),
)
CORNERS = (("xmin", "x1", "x_min", "left"), ("ymin", "y1", "y_min", "top"))
ENDS = (("xmax", "x2", "x_max", "right"), ("ymax", "y2", "y_max", "bottom"))
SIDES = (("x", *CORNERS[0]), ("y", *CORNERS[1]), ("width", "w"), ("height", "h"))
"""Columns of a box: two corners, or one and the sides."""
_geometry: msgspec.json.Decoder[Geometry] = msgspec.json.Decoder(Geometry)
_answers: msgspec.json.Decoder[tuple[Answer, ...]] = msgspec.json.Decoder(tuple[Answer, ...])


def decode(inputs: Iterable[Input]) -> Iterator[Item]:
    """Yield the classes of the manifests, then the tasks of each table."""
    yield from tables(inputs, Kind(COLUMNS, _record, _foreign))


def _record(rows: list[Cells], path: str) -> Record | Reject:
    """Return a task of ours."""
    try:
        first = {name: original(cell) for name, cell in rows[0].items()}
        flow = {"stage": first["stage"], "status": first["status"], "batch": first["batch"] or None}
        return Record(
            first["task"],
            first["name"],
            Asset(first["task"], "other"),
            int(first["task_number"]),
            first["path"],
            first["external_id"] or None,
            workflow=msgspec.convert(flow, Workflow),
            labels=tuple(_label(list(group)) for id_, group in groupby(rows, itemgetter("label")) if id_),
        )
    except (*BROKEN, ValueError) as e:
        held = {(row["annotation"], row["track"]) for row in rows} - {("", "")}
        return Reject(path, rows[0]["task"], (native.fault(e),), len(held))


def _label(rows: list[Cells]) -> Label:
    first = rows[0]
    moving: dict[str, list[Cells]] = {}
    for row in rows:
        if row["track"]:
            moving.setdefault(row["track"], []).append(row)
    tracks = {id_: _track(found) for id_, found in moving.items()}
    shown = [(row, tracks[row["track"]]) for row in rows if row["track"] and row["frame"]]
    return Label(
        original(first["label"]),
        original(first["author"]) or None,
        msgspec.convert(first["source"], Source),
        annotations=tuple(_annotation(row) for row in rows if row["annotation"]),
        tracks=tuple(tracks.values()),
        keyframes=tuple(_keyframe(row, track) for row, track in shown),
    )


def _annotation(row: Cells) -> Annotation:
    frame = int(row["frame"]) if row["frame"] else None
    return Annotation(
        original(row["annotation"]),
        int(row["annotation_number"]),
        _class(row),
        _shape(row),
        _said(row),
        on=None if frame is None else Target(first_frame=frame, last_frame=frame),
        occluded=row["occluded"] == "true" if row["occluded"] else None,
        confidence=_confidence(row),
    )


def _track(rows: list[Cells]) -> Track:
    first, *others = map(_said, rows)
    for other in others:
        first = tuple(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, other, strict=False)))
    row = rows[0]
    return Track(original(row["track"]), int(row["annotation_number"]), _class(row), first, confidence=_confidence(row))


def _keyframe(row: Cells, track: Track) -> Keyframe:
    answers = _said(row)[len(track.answers) :]
    flags = {"outside": row["outside"] == "true", "occluded": row["occluded"] == "true"}
    return Keyframe(track.id, int(row["frame"]), _shape(row), answers=answers, **flags)


def _class(row: Cells) -> int | str | None:
    """Return a class by its number; where that is empty, by its name."""
    return int(row["class_number"]) if row["class_number"] else original(row["class"]) or None


def _shape(row: Cells) -> Geometry | None:
    return _geometry.decode(row["geometry"]) if row["geometry"] else None


def _said(row: Cells) -> tuple[Answer, ...]:
    return _answers.decode(row["answers"]) if row["answers"] else ()


def _confidence(row: Cells) -> float | None:
    return float(row["confidence"]) if row["confidence"] else None


def _foreign(rows: Iterable[Cells], columns: Sequence[str], path: str) -> Iterator[Record | Reject | Unread]:
    """Yield a task for each file that somebody else's table names."""
    file, label = column(FILES, columns), column(LABELS, columns)
    has_sides = any(one.strip().lower() in SIDES[2] for one in columns)
    sides = [column(names, columns) for names in (SIDES if has_sides else (*CORNERS, *ENDS))]
    found: dict[str, list[Annotation]] = {}
    for row in rows:
        marks = found.setdefault(row[file], [])
        cells = [row[side] for side in sides]
        if not any(cells):
            continue
        try:
            x, y, across, down = map(float, cells)
        except ValueError as e:
            yield Reject(path, row[file], (native.fault(e),), annotations=1, records=0)
            continue
        box = Box(x, y, across, down) if has_sides else Box(x, y, across - x, down - y)
        marks.append(Annotation(f"{row[file]}#{len(marks)}", class_=row[label] or None, geometry=box))
    for other in columns:
        if other not in (file, label, *sides):
            yield Unread(path, f"$.{other}", len(found))
    for name, boxes in found.items():
        labels = (Label(f"{name}#boxes", source="import", annotations=tuple(boxes)),)
        yield Record(name, name, Asset(name, "image", name), labels=labels)
