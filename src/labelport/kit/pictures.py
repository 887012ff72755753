"""What of a record lies on which picture: on the picture itself, or on frames of a video, each a picture of its own."""

from collections.abc import Iterable, Iterator, Mapping
from heapq import merge
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import NamedTuple

from labelport.errors import Fault, InvalidError
from labelport.kit.format import Context, stem
from labelport.model.export import State
from labelport.model.geometry import Geometry, kind
from labelport.model.label import Annotation, ClassRef, Keyframe, Label
from labelport.model.record import Record, state_of
from labelport.shapes import frames


class Mark(NamedTuple):
    """An object on a picture: the number of its class, its shape, what the loss report calls it, and where it is from.

    `class_` is 0 and `shape` None for an answer about the picture, where it has none. `outline` is what
    else marks the object that joints are of, where a format pairs them.
    """

    class_: int
    shape: Geometry | None
    what: str
    of: Annotation | Keyframe
    outline: Geometry | None = None


class Picture(NamedTuple):
    """A picture of a record: its path, the frame that it is, its state, and what is marked on it."""

    path: str
    frame: int | None
    state: State
    marks: list[Mark]


def pictures(record: Record, context: Context) -> Iterator[Picture]:
    """Yield the picture itself, unless everything is on frames, and then each frame on which something is."""
    numbers = {one.name: one.number for one in context.classes}
    still = [
        _mark(one, numbers)
        for label in record.labels
        for one in label.annotations
        if one.on is None or one.on.first_frame is None
    ]
    moves = any(label.keyframes or len(still) < len(label.annotations) for label in record.labels)
    moving = _moving(record, context, numbers) if moves else iter(())
    first = list(islice(moving, 1))
    if still or not first:
        yield Picture(record.path, None, state_of(record), still)
    for frame, found in groupby(chain(first, moving), itemgetter(0)):
        yield Picture(_frame_path(record.path, frame), frame, "labelled", [mark for _, mark in found])


def counted(record: Record, wanted: frames.Wanted) -> tuple[int, int]:
    """Return how many pictures a record gives and how many marks on them, by closed form."""
    still = on_frames = moved = 0
    runs: list[tuple[int, int]] = []
    beside: set[int] = set()
    for label in record.labels:
        found = [one.on.first_frame for one in label.annotations if one.on and one.on.first_frame is not None]
        spans = list(frames.spans(label, record.asset.frames, wanted))
        runs += spans
        for frame in found:
            at = frames.place(frame, wanted)
            if at is None:
                beside.add(frame)
            else:
                runs.append((at, at + 1))
        still += len(label.annotations) - len(found)
        on_frames += len(found)
        moved += sum(end - start for start, end in spans)
    covered = frames.covered(runs) + len(beside)
    return covered + (still > 0 or not covered), still + on_frames + moved


def found_back(record: Record, context: Context) -> tuple[int, int]:
    """Return how many records and annotations a reader finds, but for what drawing drops: every picture is a record."""
    return counted(record, context.frames)


def size(record: Record) -> tuple[int, int]:
    """Return width and height of a record's pictures; raises `InvalidError` where they are not known."""
    width, height = record.asset.width, record.asset.height
    if not width or not height:
        raise InvalidError("the picture", [Fault("$.asset", "its width and height are not known, which shares need")])
    return width, height


def _moving(record: Record, context: Context, numbers: Mapping[str, int]) -> Iterator[tuple[int, Mark]]:
    streams: list[Iterable[tuple[int, Mark]]] = []
    for label in record.labels:
        streams += (_of_tracks(record, label, context, numbers), _framed(label, numbers))
    return merge(*streams, key=itemgetter(0))


def _of_tracks(
    record: Record, label: Label, context: Context, numbers: Mapping[str, int]
) -> Iterator[tuple[int, Mark]]:
    for frame, track, keyframe, _ in frames.states(label, record.asset.frames, context.frames):
        shape = keyframe.geometry
        yield frame, Mark(_number(track.class_, numbers), shape, f"keyframe of {kind(shape)}", keyframe)


def _framed(label: Label, numbers: Mapping[str, int]) -> list[tuple[int, Mark]]:
    found = [
        (one.on.first_frame, _mark(one, numbers))
        for one in label.annotations
        if one.on is not None and one.on.first_frame is not None
    ]
    return sorted(found, key=itemgetter(0))


def _mark(one: Annotation, numbers: Mapping[str, int]) -> Mark:
    return Mark(_number(one.class_, numbers), one.geometry, kind(one.geometry), one)


def _number(ref: ClassRef | None, numbers: Mapping[str, int]) -> int:
    if isinstance(ref, int):
        return ref
    if ref is None:
        return 0
    if ref not in numbers:
        raise InvalidError("an annotation", [Fault("class", f"{ref!r} is no class")])
    return numbers[ref]


def _frame_path(path: str, frame: int) -> str:
    """Return the path of a frame, as COCO documents have it too."""
    return f"{stem(path)}/frame_{frame:06d}.jpg"
