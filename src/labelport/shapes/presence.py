"""Where the objects of a video are to be seen, for formats that say it by having a row or none in each frame.

Of a track those are the wanted frames that show it; a shape that stands still is seen in all frames that it is on. A
picture is a video of one frame.
"""

from collections.abc import Iterator, Mapping
from heapq import merge
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

import msgspec

from labelport.model.geometry import Geometry
from labelport.model.label import Annotation, Keyframe, Label, Track
from labelport.model.record import Record
from labelport.shapes import frames


class Presence(NamedTuple):
    """An object in a frame (from 0), its shape, and how it stands there."""

    frame: int
    one: Annotation | Track
    shape: Geometry
    state: Annotation | Keyframe


def by_frame(record: Record, wanted: frames.Wanted) -> Iterator[tuple[int, list[Presence]]]:
    """Yield each frame in which anything is seen, in order, with what is; one of them is in memory at a time."""
    length = _said(record)
    streams = [_moving(label, length, wanted) for label in record.labels]
    streams += [_still(one, length) for label in record.labels for one in label.annotations]
    for frame, seen in groupby(merge(*streams, key=attrgetter("frame")), attrgetter("frame")):
        yield frame, list(seen)


def by_object(record: Record, wanted: frames.Wanted) -> Iterator[tuple[Annotation | Track, Iterator[Presence]]]:
    """Yield each object, those of a label that stand still first, with where it is seen; nowhere, maybe."""
    length = _said(record)
    for label in record.labels:
        for one in label.annotations:
            if one.geometry is not None:
                yield one, _still(one, length)
        own = frames.by_track(label.keyframes)
        for track in label.tracks:
            alone = msgspec.structs.replace(label, tracks=(track,), keyframes=tuple(own[track.id]))
            yield track, _moving(alone, length, wanted)


def length_of(record: Record) -> int:
    """Return how many frames there are, or else how many there are at least: one, and those that objects are on."""
    on = max((mark.frame + 1 for _, seen in by_object(record, "keyframes") for mark in seen), default=1)
    return max(_said(record) or 1, on)


def keyframes(track: str, seen: Mapping[int, tuple[Geometry, bool]], length: int | None) -> Iterator[Keyframe]:
    """Yield a keyframe for each frame (in order) that shows a shape, hidden or not, and one where the object leaves.

    It has left where the next frame does not show it, but for the end of the video.
    """
    for frame, following in zip(seen, (*list(seen)[1:], length), strict=False):
        shape, occluded = seen[frame]
        yield Keyframe(track, frame, shape, occluded=occluded)
        if frame + 1 != following:
            yield Keyframe(track, frame + 1, shape, outside=True)


def _said(record: Record) -> int | None:
    return record.asset.frames if record.asset.kind == "video" else 1


def _moving(label: Label, length: int | None, wanted: frames.Wanted) -> Iterator[Presence]:
    for frame, track, keyframe, _ in frames.states(label, length, wanted):
        if keyframe.geometry is not None:
            yield Presence(frame, track, keyframe.geometry, keyframe)


def _still(one: Annotation, length: int | None) -> Iterator[Presence]:
    if one.geometry is not None:
        for frame in _on(one, length):
            yield Presence(frame, one, one.geometry, one)


def _on(one: Annotation, length: int | None) -> range:
    """Return the frames that a shape is on: all of the video, where it does not say."""
    if one.on is None or one.on.first_frame is None:
        return range(length or 1)
    first, last = one.on.first_frame, one.on.last_frame
    end = (first if last is None else last) + 1
    return range(first, max(min(end, length or end), first + 1))
