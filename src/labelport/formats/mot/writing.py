"""A video as rows."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from labelport.formats.mot import classes
from labelport.kit.format import FILES, Context, File, Lost, stem
from labelport.model.export import Carries
from labelport.model.geometry import Box, Geometry
from labelport.model.label import ClassRef, Label
from labelport.model.record import Record
from labelport.shapes.convert import CONVERSIONS, convert
from labelport.shapes.presence import presences

CARRIES = Carries(
    kinds=frozenset({"box"}),
    converts={**dict.fromkeys(CONVERSIONS["box"], "box"), "track": "frames"},
    features=frozenset({"occluded", "on", "outside"}),
)
"""Tracks are frames: that is the format's own way, and shapes are converted after that."""
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
    numbers: dict[ClassRef | None, int] = {ref: one.number for one in context.classes for ref in (one.number, one.name)}
    rows = sorted(row for label in record.labels for row in _rows(record, label, numbers))
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
    del record, context
    return {FILES: 3}


def _rows(record: Record, label: Label, numbers: Mapping[ClassRef | None, int]) -> Iterator[Row]:
    for one, seen in presences(label, _length(record)):
        for frame, shape, occluded in seen:
            yield Row(frame, one.number, numbers[one.class_], _box(shape), occluded)


def _length(record: Record) -> int | None:
    """Return how many frames there are; a picture is a video of one."""
    return record.asset.frames if record.asset.kind == "video" else 1


def _box(shape: Geometry) -> Box:
    found = convert(shape, "box")
    assert isinstance(found, Box)
    return found


def _line(row: Row) -> str:
    box = row.box
    sides = ",".join(repr(round(float(side), _PLACES)) for side in (box.x + 1, box.y + 1, box.width, box.height))
    return f"{row.frame + 1},{row.number},{sides},1,{row.class_},{0 if row.occluded else 1}\n"


def _about(record: Record, rows: list[Row]) -> str:
    asset = record.asset
    length = _length(record) or max((row.frame + 1 for row in rows), default=0)
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
