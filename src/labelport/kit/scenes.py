"""What is to be drawn of a record: its picture, or the frames of a video that bear anything, with the objects there."""

from collections.abc import Iterable, Iterator, Mapping
from heapq import merge
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import NamedTuple

from labelport.kit.format import stem
from labelport.model.geometry import Geometry, Mask, kind
from labelport.model.label import Annotation, ClassRef, Label
from labelport.model.record import Record, state_of
from labelport.shapes import frames
from labelport.shapes.convert import extent
from labelport.shapes.rings import envelope

Numbers = Mapping[str, int]
"""The numbers of classes by name, for those that are named only."""
Size = tuple[int, int]
"""Height and width."""


class Mark(NamedTuple):
    """An object with a shape, on a picture or in a frame; `what` is its kind as the loss report has it."""

    id: str
    number: int
    class_: int
    shape: Geometry
    what: str
    z_order: int = 0
    crowd: bool = False


class Scene(NamedTuple):
    """A picture (`frame` is None) or a frame, and what is on it."""

    frame: int | None
    marks: list[Mark]


def scenes(record: Record, wanted: frames.Wanted, numbers: Numbers) -> Iterator[Scene]:
    """Yield the picture, unless all is on frames, then the frames in order; one of them is in memory at a time."""
    still = [_still(one, numbers) for label in record.labels for one in label.annotations if _is_drawn(one, None)]
    streams: list[Iterable[tuple[int, Mark]]] = []
    for label in record.labels:
        streams += (_tracks(label, record, wanted, numbers), _framed(label, numbers))
    moving = merge(*streams, key=itemgetter(0))
    first = list(islice(moving, 1))
    if still or not first:
        yield Scene(None, still)
    for frame, marks in groupby(chain(first, moving), itemgetter(0)):
        yield Scene(frame, [mark for _, mark in marks])


def count(record: Record, wanted: frames.Wanted) -> tuple[int, int]:
    """Return how many scenes a record has, and how many of them are drawn."""
    runs: list[tuple[int, int]] = []
    beside: set[int] = set()
    still = False
    for label in record.labels:
        runs += frames.spans(label, record.asset.frames, wanted)
        for one in label.annotations:
            frame = _frame(one)
            if frame is not None and _is_drawn(one, frame):
                there = frames.place(frame, wanted)
                runs += [] if there is None else [(there, there + 1)]
                beside |= {frame} if there is None else set()
            still = still or _is_drawn(one, None)
    covered = frames.covered(runs) + len(beside)
    if covered or still:
        return covered + still, covered + still
    return 1, size(record, Scene(None, [])) is not None


def shapes(record: Record, wanted: frames.Wanted) -> int:
    """Return how many objects all scenes of a record bear together: a track is one in each frame that shows it."""
    total = 0
    for label in record.labels:
        total += sum(_is_drawn(one, _frame(one)) for one in label.annotations)
        total += sum(end - start for start, end in frames.spans(label, record.asset.frames, wanted))
    return total


def size(record: Record, scene: Scene) -> Size | None:
    """Return height and width of what is drawn of a scene; None where nothing is.

    A picture that nobody labelled is not drawn, nor is a video itself. Where the displayed size is unknown, a picture
    is as large as its objects reach.
    """
    marks = scene.marks
    if not marks and (record.asset.kind == "video" or state_of(record) == "unlabelled"):
        return None
    height, width = record.asset.height, record.asset.width
    if height and width:
        return height, width
    reach = [_reach(mark.shape) for mark in marks]
    if not reach:
        return None
    return height or max(tall for tall, _ in reach), width or max(wide for _, wide in reach)


def place(record: Record, frame: int | None, folder: str, extension: str) -> str:
    """Return the path of a file about a picture or a frame; no two of a project are alike."""
    name = stem(record.path)
    return f"{folder}/{name}{extension}" if frame is None else f"{folder}-frames/{name}/{frame:06d}{extension}"


def _reach(shape: Geometry) -> Size:
    if isinstance(shape, Mask):
        return max(shape.height, 1), max(shape.width, 1)
    box = envelope(shape)
    return (extent(box.y + box.height), extent(box.x + box.width)) if box else (1, 1)


def _still(one: Annotation, numbers: Numbers) -> Mark:
    assert one.geometry is not None
    assert one.class_ is not None
    what = kind(one.geometry)
    return Mark(one.id, one.number, _number(one.class_, numbers), one.geometry, what, one.z_order, one.crowd)


def _framed(label: Label, numbers: Numbers) -> list[tuple[int, Mark]]:
    found = [
        (frame, _still(one, numbers))
        for one in label.annotations
        if (frame := _frame(one)) is not None and _is_drawn(one, frame)
    ]
    return sorted(found, key=itemgetter(0))


def _tracks(label: Label, record: Record, wanted: frames.Wanted, numbers: Numbers) -> Iterator[tuple[int, Mark]]:
    for frame, track, keyframe, _ in frames.states(label, record.asset.frames, wanted):
        shape = keyframe.geometry
        if shape is not None and track.class_ is not None:
            number = _number(track.class_, numbers)
            yield frame, Mark(track.id, track.number, number, shape, f"keyframe of {kind(shape)}", keyframe.z_order)


def _is_drawn(one: Annotation, frame: int | None) -> bool:
    return one.geometry is not None and one.class_ is not None and _frame(one) == frame


def _frame(one: Annotation) -> int | None:
    return one.on.first_frame if one.on is not None else None


def _number(ref: ClassRef, numbers: Numbers) -> int:
    return ref if isinstance(ref, int) else numbers[ref]
