"""A video as rows."""

from collections.abc import Iterator, Mapping

from labelport.kit import sequences
from labelport.kit.format import FILES, Context, File, Lost, stem
from labelport.kit.sequences import LABELS, ROWS
from labelport.model.export import Carries
from labelport.model.geometry import Box
from labelport.model.label import ClassRef
from labelport.model.record import Record
from labelport.shapes.convert import CONVERSIONS, convert
from labelport.shapes.frames import UNSEEN
from labelport.shapes.presence import Presence, by_frame

CARRIES = Carries(
    kinds=frozenset({"box"}),
    converts={**dict.fromkeys(CONVERSIONS["box"], "box"), "track": "frames"},
    features=frozenset({"occluded", "on", "outside"}),
)
"""Tracks are frames: that is the format's own way, and shapes are converted after that."""
_PLACES = 6


def encode(record: Record, context: Context) -> Iterator[File | Lost]:
    """Yield rows, the names of classes, and what the video is."""
    numbers: dict[ClassRef | None, int] = {ref: one.number for one in context.classes for ref in (one.number, one.name)}
    rows: list[str] = []
    seen: set[int] = set()
    for _, marks in by_frame(record, context.frames):
        for mark in sorted(marks, key=lambda mark: mark.one.number):
            rows.append(_row(mark, numbers[mark.one.class_]))
            seen.add(mark.one.number)
    hidden = [track for label in record.labels for track in label.tracks if track.number not in seen]
    yield from (Lost("track", "dropped", UNSEEN) for _ in hidden)
    yield File(f"{stem(record.path)}/gt/{ROWS}", "".join(rows).encode())
    names = {one.number: one.name for one in context.classes}
    yield File(f"{stem(record.path)}/gt/{LABELS}", sequences.lines_of(names))
    yield sequences.about(record)


def counted(record: Record, context: Context) -> Mapping[str, int]:
    """Return how many files a record gives."""
    del record, context
    return {FILES: 3}


def _row(mark: Presence, class_: int) -> str:
    box = convert(mark.shape, "box")
    assert isinstance(box, Box)
    sides = ",".join(repr(round(float(side), _PLACES)) for side in (box.x + 1, box.y + 1, box.width, box.height))
    return f"{mark.frame + 1},{mark.one.number},{sides},1,{class_},{0 if mark.state.occluded else 1}\n"
