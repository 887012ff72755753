"""Tracks frame by frame.

A keyframe holds until the next one of its track. Between the two, coordinates of shapes of one kind and structure go
over linearly, angles the shorter way round; masks and unlike shapes hold, and so do `occluded`, `answers` and the
visibility of joints. A keyframe that is `outside`, or has no shape, ends the track until its next keyframe. The last
keyframe holds to the end of the video, where that is known.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import pairwise
from typing import Literal, NamedTuple

import msgspec

from labelport.model.geometry import (
    Box,
    Cuboid,
    Ellipse,
    Geometry,
    Keypoint,
    Keypoints,
    Point,
    Polygon,
    Polyline,
    RotatedBox,
)
from labelport.model.label import Keyframe, Label, Track

Wanted = Literal["keyframes", "all"]
Flat = tuple[float, ...]

_FIELDS: dict[type, tuple[str, ...]] = {
    Point: ("x", "y"),
    RotatedBox: ("cx", "cy", "width", "height"),
    Ellipse: ("cx", "cy", "rx", "ry"),
    Cuboid: ("corners",),
}


class State(NamedTuple):
    """A track as it stands in one frame; `made` where that lies between keyframes."""

    frame: int
    track: Track
    keyframe: Keyframe
    made: bool


def states(label: Label, length: int | None, wanted: Wanted) -> Iterator[State]:
    """Yield where each track is to be seen, by frame and then in the order of the tracks.

    `length` is the number of frames of the video. A frame of it is in memory at a time.
    """
    own = _by_track(label.keyframes)
    return merge(
        *(_states(track, own[track.id], length, wanted) for track in label.tracks if track.id in own),
        key=lambda state: state.frame,
    )


def spans(label: Label, length: int | None, wanted: Wanted) -> Iterator[tuple[int, int]]:
    """Yield the runs of frames (the end exclusive) in which one track is to be seen; summed up, they count `states`."""
    tracks = {track.id for track in label.tracks}
    for name, keyframes in _by_track(label.keyframes).items():
        for keyframe, end in _held(keyframes, length) if name in tracks else ():
            if _is_seen(keyframe):
                yield keyframe.frame, end if wanted == "all" else keyframe.frame + 1


def covered(runs: Iterable[tuple[int, int]]) -> int:
    """Return how many frames lie in any of the runs."""
    total = reached = 0
    for start, end in sorted(runs):
        total += max(end - max(start, reached), 0)
        reached = max(reached, end)
    return total


def between(start: Geometry | None, end: Geometry | None, share: float) -> Geometry | None:
    """Return the shape at a share of the way from one to the other; the first, where they are unlike."""
    if start is None or type(start) is not type(end):
        return start
    if isinstance(start, Box) and isinstance(end, Box):
        return Box(
            start.x + (end.x - start.x) * share,
            start.y + (end.y - start.y) * share,
            start.width + (end.width - start.width) * share,
            start.height + (end.height - start.height) * share,
        )
    before, after = _numbers(start), _numbers(end)
    if not before or [len(run) for run in before] != [len(run) for run in after]:
        return start
    pairs = zip(before, after, strict=True)
    runs = tuple(tuple(a + (b - a) * share for a, b in zip(old, new, strict=True)) for old, new in pairs)
    return _turned(_with(start, runs), start, end, share)


def _by_track(keyframes: Iterable[Keyframe]) -> dict[str, list[Keyframe]]:
    found: dict[str, list[Keyframe]] = defaultdict(list)
    for keyframe in keyframes:
        found[keyframe.track].append(keyframe)
    return found


def _is_seen(keyframe: Keyframe) -> bool:
    return not keyframe.outside and keyframe.geometry is not None


def _held(keyframes: Sequence[Keyframe], length: int | None) -> Iterator[tuple[Keyframe, int]]:
    """Yield each keyframe with the frame where it ends."""
    for keyframe, following in pairwise(keyframes):
        yield keyframe, following.frame
    last = keyframes[-1]
    yield last, max(length or 0, last.frame + 1)


def _states(track: Track, keyframes: Sequence[Keyframe], length: int | None, wanted: Wanted) -> Iterator[State]:
    for place, (keyframe, end) in enumerate(_held(keyframes, length)):
        if not _is_seen(keyframe):
            continue
        yield State(keyframe.frame, track, keyframe, made=False)
        if wanted == "keyframes":
            continue
        goal = keyframes[place + 1].geometry if place + 1 < len(keyframes) else None
        steps = end - keyframe.frame
        for step in range(1, steps):
            shape = between(keyframe.geometry, goal, step / steps)
            frame = keyframe.frame + step
            made = Keyframe(
                track.id,
                frame,
                shape,
                occluded=keyframe.occluded,
                answers=keyframe.answers,
                z_order=keyframe.z_order,
            )
            yield State(frame, track, made, made=True)


def _numbers(shape: Geometry) -> tuple[Flat, ...]:
    """Return the coordinates that go over, in runs; none where the shape holds."""
    match shape:
        case Polygon(parts):
            return tuple(ring for part in parts for ring in (*part, ()))
        case Polyline(lines):
            return lines
        case Keypoints(points):
            return tuple((point.x, point.y) for point in points)
        case Point() | RotatedBox() | Ellipse() | Cuboid():
            values = (getattr(shape, name) for name in _FIELDS[type(shape)])
            return tuple(value if isinstance(value, tuple) else (value,) for value in values)
        case _:
            return ()


def _with(shape: Geometry, runs: tuple[Flat, ...]) -> Geometry:
    """Return the shape with other coordinates."""
    match shape:
        case Polygon(parts):
            rings = iter(runs)
            return Polygon(tuple(tuple(next(rings) for _ in (*part, ()))[:-1] for part in parts))
        case Polyline():
            return Polyline(runs)
        case Keypoints(points):
            return Keypoints(tuple(Keypoint(x, y, p.visibility) for (x, y), p in zip(runs, points, strict=True)))
        case Cuboid():
            return Cuboid(runs[0])
        case _:
            return msgspec.structs.replace(
                shape, **{n: run[0] for n, run in zip(_FIELDS[type(shape)], runs, strict=True)}
            )


def _turned(shape: Geometry, start: Geometry, end: Geometry, share: float) -> Geometry:
    """Return the shape with its angle gone over, the shorter way round."""
    if not isinstance(start, RotatedBox | Ellipse) or not isinstance(end, RotatedBox | Ellipse):
        return shape
    way = (end.angle - start.angle + 180) % 360 - 180
    return msgspec.structs.replace(shape, angle=start.angle + way * share)
