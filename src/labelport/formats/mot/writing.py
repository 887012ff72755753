"""A video as rows."""

from collections.abc import Iterator, Mapping
from heapq import merge
from typing import NamedTuple

from labelport.formats.mot import classes
from labelport.kit.format import FILES, Context, File, Lost, stem
from labelport.model.export import Carries
from labelport.model.geometry import Box, Geometry, kind
from labelport.model.label import Annotation, ClassRef, Label
from labelport.model.record import Record
from labelport.shapes import frames
from labelport.shapes.convert import CONVERSIONS, convert

CARRIES = Carries(
    kinds=frozenset({"box"}),
    converts={**dict.fromkeys(CONVERSIONS["box"], "box"), "track": "frames"},
    features=frozenset({"occluded", "on", "outside"}),
)
"""Tracks are frames: that is the format's own way, and shapes are converted after that."""
NO_VIDEO = "the task is no video"
NO_FRAMES = "it is on no frame"
_PLACES = 6


class Row(NamedTuple):
    """An object in a frame (from 0)."""

    frame: int
    number: int
    class_: int
    box: Box
    occluded: bool


def encode(record: Record, context: Context) -> Iterator[File | Lost]:
    """Yield rows, the names of classes, and what the video is."""
    if record.asset.kind != "video":
        yield from _refused(record)
        return
    numbers: dict[ClassRef | None, int] = {ref: one.number for one in context.classes for ref in (one.number, one.name)}
    rows = list(merge(*(each for label in record.labels for each in _rows(record, label, numbers, context))))
    seen = {row.number for row in rows}
    for label in record.labels:
        for track in label.tracks:
            if track.number not in seen:
                yield Lost("track", "dropped", NO_FRAMES)
    folder = stem(record.path)
    yield File(f"{folder}/gt/gt.txt", "".join(map(_line, rows)).encode())
    yield File(f"{folder}/gt/labels.txt", classes.written(context.classes).encode())
    yield File(f"{folder}/seqinfo.ini", _about(record, rows).encode())


def counted(record: Record, context: Context) -> Mapping[str, int]:
    """Return how many files a record gives."""
    del context
    return {FILES: 3 if record.asset.kind == "video" else 0}


def _refused(record: Record) -> Iterator[Lost]:
    for label in record.labels:
        yield from (Lost(kind(one.geometry), "dropped", NO_VIDEO) for one in label.annotations)
        yield from (Lost("track", "dropped", NO_VIDEO) for _ in label.tracks)


def _rows(
    record: Record, label: Label, numbers: Mapping[ClassRef | None, int], context: Context
) -> Iterator[list[Row] | Iterator[Row]]:
    """Yield rows by frame: of shapes that stand still, and of tracks."""
    length = record.asset.frames
    for one in label.annotations:
        box = _box(one.geometry)
        yield [Row(at, one.number, numbers[one.class_], box, bool(one.occluded)) for at in _on(one, length)]
    states = frames.states(label, length, "all" if context.frames == "keyframes" else context.frames)
    yield sorted(
        Row(at, track.number, numbers[track.class_], _box(keyframe.geometry), keyframe.occluded)
        for at, track, keyframe, _ in states
    )


def _on(one: Annotation, length: int | None) -> range:
    """Return the frames that a shape is on: all of the video, where it does not say."""
    if one.on is None or one.on.first_frame is None:
        return range(length or 1)
    first, last = one.on.first_frame, one.on.last_frame
    end = (first if last is None else last) + 1
    return range(first, max(min(end, length or end), first + 1))


def _box(shape: Geometry | None) -> Box:
    found = convert(shape, "box") if shape is not None else None
    return found if isinstance(found, Box) else Box(0.0, 0.0, 0.0, 0.0)


def _line(row: Row) -> str:
    box = row.box
    sides = ",".join(repr(round(float(side), _PLACES)) for side in (box.x + 1, box.y + 1, box.width, box.height))
    return f"{row.frame + 1},{row.number},{sides},1,{row.class_},{0 if row.occluded else 1}\n"


def _about(record: Record, rows: list[Row]) -> str:
    asset = record.asset
    length = asset.frames or max((row.frame + 1 for row in rows), default=0)
    about = {
        "name": stem(record.path),
        "imDir": "img1",
        "frameRate": int(asset.fps) if asset.fps is not None and asset.fps.is_integer() else asset.fps,
        "seqLength": length,
        "imWidth": asset.width,
        "imHeight": asset.height,
        "imExt": ".jpg",
    }
    return "[Sequence]\n" + "".join(f"{key}={value}\n" for key, value in about.items() if value is not None)
