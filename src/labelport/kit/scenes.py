"""What is to be seen of a record: its picture, or the frames of a video that bear anything, with the objects there."""

from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import NamedTuple

from labelport.errors import Fault, InvalidError
from labelport.kit.format import Context, stem
from labelport.model.export import State
from labelport.model.geometry import Geometry, Mask, kind
from labelport.model.label import Annotation, ClassRef, Keyframe, Label, Track
from labelport.model.ontology import LabelClass
from labelport.model.record import Record, state_of
from labelport.shapes import frames
from labelport.shapes.convert import extent
from labelport.shapes.rings import envelope

Size = tuple[int, int]
"""Height and width."""


class Mark(NamedTuple):
    """An object with a shape, on a picture or in a frame: the annotation or the track, and how that stands there.

    `what` is its kind as the loss report has it.
    """

    class_: int
    shape: Geometry
    what: str
    thing: Annotation | Track
    state: Annotation | Keyframe

    @property
    def z_order(self) -> int:
        """How far up it lies."""
        return self.state.z_order


class Scene(NamedTuple):
    """A picture (`frame` is None) or a frame: the path of its picture, its state, and what is on it."""

    path: str
    frame: int | None
    state: State
    marks: list[Mark]


Placed = tuple[Annotation | Track, Annotation | Keyframe]
"""What is on a picture or in a frame, and how it stands there."""


def scenes(record: Record, context: Context) -> Iterator[Scene]:
    """Yield the picture, unless all is on frames, then the frames in order; one of them is in memory at a time.

    The record is fitted to a format that carries nothing without a shape and a class.
    """
    for frame, found in placed(record, context.frames):
        marks = [_mark(thing, state, context.classes) for thing, state in found]
        yield Scene(path(record, frame), frame, "labelled" if frame is not None else state_of(record), marks)


def placed(record: Record, wanted: frames.Wanted) -> Iterator[tuple[int | None, list[Placed]]]:
    """Yield what is on the picture and in each frame, as `scenes` does, also what has no shape."""
    still: list[Placed] = [(one, one) for label in record.labels for one in label.annotations if _frame(one) is None]
    streams: list[Iterable[tuple[int, Placed]]] = []
    for label in record.labels:
        if label.keyframes:
            streams.append(_tracks(label, record, wanted))
        streams.append(_framed(label))
    moving = merge(*streams, key=itemgetter(0))
    first = list(islice(moving, 1))
    if still or not first:
        yield None, still
    for frame, found in groupby(chain(first, moving), itemgetter(0)):
        yield frame, [one for _, one in found]


def count(record: Record, wanted: frames.Wanted) -> tuple[int, int]:
    """Return how many scenes a record has and how many objects are on them: a track is one in each frame it is in."""
    still = on_frames = moved = 0
    runs: list[tuple[int, int]] = []
    beside: set[int] = set()
    for label in record.labels:
        found = [frame for one in label.annotations if (frame := _frame(one)) is not None]
        spans = list(frames.spans(label, record.asset.frames, wanted))
        runs += spans
        for frame in found:
            there = frames.place(frame, wanted)
            runs += [] if there is None else [(there, there + 1)]
            beside |= {frame} if there is None else set()
        still += len(label.annotations) - len(found)
        on_frames += len(found)
        moved += sum(end - start for start, end in spans)
    covered = frames.covered(runs) + len(beside)
    return covered + (still > 0 or not covered), still + on_frames + moved


def drawn(record: Record, wanted: frames.Wanted) -> int:
    """Return how many scenes of a record have a size, and so are drawn."""
    number, marks = count(record, wanted)
    return number if marks else int(size(record, ()) is not None)


def found(record: Record, context: Context) -> tuple[int, int]:
    """Return how many records and annotations a reader finds to which each scene is a record, but for what was lost."""
    return count(record, context.frames)


def size(record: Record, marks: Sequence[Mark]) -> Size | None:
    """Return height and width of what is drawn of a scene with these marks; None where nothing is.

    A picture that nobody labelled is not drawn, nor is a video itself. Where the displayed size is unknown, a picture
    is as large as its objects reach.
    """
    if not marks and (record.asset.kind == "video" or state_of(record) == "unlabelled"):
        return None
    height, width = record.asset.height, record.asset.width
    if height and width:
        return height, width
    reach = [_reach(mark.shape) for mark in marks]
    if not reach:
        return None
    return height or max(tall for tall, _ in reach), width or max(wide for _, wide in reach)


def sides(record: Record) -> Size | None:
    """Return height and width of a record's pictures; None where they are not known."""
    height, width = record.asset.height, record.asset.width
    return (height, width) if height and width else None


def known_size(record: Record) -> Size:
    """Return height and width of a record's pictures; raises `InvalidError` where they are not known."""
    found = sides(record)
    if found is None:
        raise InvalidError("the picture", [Fault("$.asset", "its width and height are not known, which are needed")])
    return found


def path(record: Record, frame: int | None) -> str:
    """Return the path of a picture, or that of a frame as a picture of its own."""
    return record.path if frame is None else f"{stem(record.path)}/frame_{frame:06d}.jpg"


def place(record: Record, frame: int | None, folder: str, extension: str) -> str:
    """Return the path of a file about a picture or a frame; no two of a project are alike."""
    name = stem(record.path)
    return f"{folder}/{name}{extension}" if frame is None else f"{folder}-frames/{name}/{frame:06d}{extension}"


def number_of(ref: ClassRef | None, classes: Sequence[LabelClass]) -> int:
    """Return the number of a class, which may be named only; raises `InvalidError` where there is no such class."""
    if isinstance(ref, int):
        return ref
    for one in classes:
        if one.name == ref:
            return one.number
    raise InvalidError("an annotation", [Fault("class", f"{ref!r} is no class")])


def _reach(shape: Geometry) -> Size:
    if isinstance(shape, Mask):
        return max(shape.height, 1), max(shape.width, 1)
    box = envelope(shape)
    return (extent(box.y + box.height), extent(box.x + box.width)) if box else (1, 1)


def _mark(thing: Annotation | Track, state: Annotation | Keyframe, classes: Sequence[LabelClass]) -> Mark:
    shape = state.geometry
    assert shape is not None, "what has none is not carried"
    what = kind(shape) if state is thing else f"keyframe of {kind(shape)}"
    return Mark(number_of(thing.class_, classes), shape, what, thing, state)


def _framed(label: Label) -> list[tuple[int, Placed]]:
    there: list[tuple[int, Placed]] = [
        (frame, (one, one)) for one in label.annotations if (frame := _frame(one)) is not None
    ]
    return sorted(there, key=itemgetter(0))


def _tracks(label: Label, record: Record, wanted: frames.Wanted) -> Iterator[tuple[int, Placed]]:
    for frame, track, keyframe, _ in frames.states(label, record.asset.frames, wanted):
        yield frame, (track, keyframe)


def _frame(one: Annotation) -> int | None:
    return one.on.first_frame if one.on is not None else None
