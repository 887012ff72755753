"""CSV: a row for each annotation, and for each keyframe (or frame) of a track.

A task or label without annotations gives one row with empty cells, so that labelled, empty and unlabelled tasks are
told apart by `state`. RFC 4180, UTF-8; texts that a spreadsheet would take for formulas begin with an apostrophe.
Coordinates are pixels of the displayed image; `x`, `y`, `width`, `height` bound the shape, `geometry` is the native
JSON of it.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from labelport.formats.csv_objects.records import COLUMNS, decode
from labelport.kit.count import units
from labelport.kit.csv_rows import bare
from labelport.kit.format import Context, Document, Format, Row, Section
from labelport.kit.table import number, row, text
from labelport.model.export import Carries
from labelport.model.geometry import Geometry, kind
from labelport.model.label import Annotation, Keyframe, Label, Track
from labelport.model.ontology import LabelClass
from labelport.model.record import Record, state_of
from labelport.shapes import frames
from labelport.shapes.rings import envelope

CARRIES = Carries(
    kinds=frozenset({"*"}),
    features=frozenset(
        {"answers", "confidence", "nested_answers", "occluded", "outside", "texts", "unclassified"},
    ),
)
"""Every shape, but only what has a column: of the part that an annotation belongs to, `frame` alone is one."""
TASK = COLUMNS.index("label")
LABEL = COLUMNS.index("annotation")
"""How many columns tell of the task, and how many of it and its label."""
BOM = b"\xef\xbb\xbf"
_NOTHING = ("",) * 5
"""The cells of bounds and geometry where nothing is marked."""
_encode = msgspec.json.Encoder().encode


class Options(msgspec.Struct, frozen=True):
    """`bom`: begin with a byte order mark, which some spreadsheets need to see UTF-8."""

    bom: bool = False


def documents(context: Context) -> tuple[Document, ...]:
    """Return the one file: a head, then rows."""
    options = msgspec.convert(context.options, Options)
    head = (BOM if options.bom else b"") + row(*COLUMNS).encode() + b"\r\n"
    return (Document("annotations.csv", (head, Section("rows", b"\r\n", terminated=True, quoted=True))),)


def encode(record: Record, context: Context) -> Iterator[Row]:
    """Yield the rows of a task."""
    classes: dict[object, LabelClass] = {one.number: one for one in context.classes}
    task = _task(record)
    for label in record.labels:
        said = row(*task, text(label.id), text(label.author or ""), label.source)
        empty = True
        for cells in _objects(label, record.asset.frames, context, classes):
            empty = False
            yield Row("rows", f"{said},{row(*cells)}".encode())
        if empty:
            yield bare(said, COLUMNS, LABEL)
    if not record.labels:
        yield bare(row(*task), COLUMNS, TASK)


def count(record: Record, context: Context) -> Mapping[str, int]:
    """Return how many rows the task gives."""
    if context.frames == "keyframes":
        return {"rows": units(record, "shape_or_empty")}
    length = record.asset.frames
    rows = (_moving(label, length, context.frames) + len(label.annotations) or 1 for label in record.labels)
    return {"rows": sum(rows) or 1}


def _moving(label: Label, length: int | None, wanted: frames.Wanted) -> int:
    """Return how many rows the tracks of a label give, frame by frame; one for each that is never seen."""
    seen = sum(stop - start for start, stop in frames.spans(label, length, wanted))
    return seen + len(frames.unseen(label, length, wanted))


def _task(record: Record) -> tuple[str, ...]:
    workflow = record.workflow
    names = (record.id, record.name, record.path, record.external_id or "")
    ends = (state_of(record), text(workflow.stage), workflow.status, text(workflow.batch or ""))
    return (str(record.number), *map(text, names), *ends)


def _objects(
    label: Label, length: int | None, context: Context, classes: Mapping[object, LabelClass]
) -> Iterator[tuple[str, ...]]:
    for one in label.annotations:
        yield _annotation(one, classes)
    if context.frames != "keyframes":
        for state in frames.states(label, length, context.frames):
            yield _keyframe(state.track, state.keyframe, classes)
        for track in frames.unseen(label, length, context.frames):
            yield _keyframe(track, None, classes)
        return
    tracks = {track.id: track for track in label.tracks}
    for keyframe in label.keyframes:
        yield _keyframe(tracks[keyframe.track], keyframe, classes)
    moving = {keyframe.track for keyframe in label.keyframes}
    for track in label.tracks:
        if track.id not in moving:
            yield _keyframe(track, None, classes)


def _annotation(one: Annotation, classes: Mapping[object, LabelClass]) -> tuple[str, ...]:
    frame = "" if one.on is None or one.on.first_frame is None else str(one.on.first_frame)
    return (
        *(text(one.id), str(one.number), "", frame, "", _flag(one.occluded)),
        *_class(one, classes),
        *(_shape(one.geometry) if one.geometry is not None else ("classification", *_NOTHING)),
        _json(one.answers),
        "" if one.confidence is None else str(one.confidence),
    )


def _keyframe(track: Track, keyframe: Keyframe | None, classes: Mapping[object, LabelClass]) -> tuple[str, ...]:
    answers = track.answers + (keyframe.answers if keyframe else ())
    return (
        *("", str(track.number), text(track.id), str(keyframe.frame) if keyframe else ""),
        *(_flag(keyframe.outside if keyframe else None), _flag(keyframe.occluded if keyframe else None)),
        *_class(track, classes),
        *(_shape(keyframe.geometry) if keyframe and keyframe.geometry is not None else ("", *_NOTHING)),
        _json(answers),
        "" if track.confidence is None else str(track.confidence),
    )


def _class(one: Annotation | Track, classes: Mapping[object, LabelClass]) -> tuple[str, str]:
    if one.class_ is None:
        return "", ""
    found = classes.get(one.class_)
    return str(one.class_), text(found.name) if found else ""


def _shape(shape: Geometry) -> tuple[str, ...]:
    box = envelope(shape)
    sides = _NOTHING[:4] if box is None else tuple(map(str, (box.x, box.y, box.width, box.height)))
    return (kind(shape), *sides, _encode(shape).decode())


def _flag(value: bool | None) -> str:  # noqa: FBT001  a value of the model
    return "" if value is None else "true" if value else "false"


def _json(value: Iterable[Any]) -> str:
    return _encode(value).decode() if value else ""


FORMAT = Format(
    "CSV, a row for each annotation",
    CARRIES,
    encode,
    documents,
    options=Options,
    decode=decode,
    holds={"rows": "shape_or_empty"},
    number=number,
    count=count,
)
