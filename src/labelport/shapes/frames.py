"""Tracks frame by frame.

A keyframe holds until the next one of its track. Between the two, coordinates of shapes of one kind and structure go
over linearly, angles the shorter way round; masks and unlike shapes hold, and so do `occluded`, `answers` and the
visibility of joints. A keyframe that is `outside`, or has no shape, ends the track until its next keyframe. The last
keyframe holds to the end of the video, where that is known.

Which frames are wanted is said by a word, or by a step: one frame in so many, from frame 0 on. Frame number k of those
is the first at or after k steps, so that a step need not be whole.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from heapq import merge
from itertools import pairwise
from math import ceil, floor
from typing import Literal, NamedTuple

import msgspec

from labelport.errors import RequestError
from labelport.model.asset import Asset
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

Wanted = Literal["keyframes", "all"] | Fraction
"""The frames in which tracks are wanted: a word, or a step of one frame or more."""
Flat = tuple[float, ...]
UNSEEN = "no wanted frame shows it"
"""Why a track is dropped."""

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


def wanted_of(asked: str, asset: Asset) -> Wanted:
    """Return which frames of an asset a request asks for: `keyframes`, `all`, `every:N` or `fps:F`.

    `fps:F` is F frames a second of the video, and all where it has fewer; raises `RequestError` where its rate is not
    known.
    """
    if asked in ("keyframes", "all"):
        return "all" if asked == "all" else "keyframes"
    word, _, number = asked.partition(":")
    if word == "every":
        return Fraction(int(number))
    if not asset.fps:
        raise RequestError(f"{asked!r} needs the frame rate of the video, which is not known: ask for `every:N` frames")
    return max(Fraction(asset.fps) / (asset.frame_step or 1) / Fraction(number), Fraction(1))


def source_frame(asset: Asset, frame: int) -> int:
    """Return the frame of the video file, counted from 0, that a frame of the asset is."""
    return (asset.first_frame or 0) + frame * (asset.frame_step or 1)


def seconds(asset: Asset, frame: int) -> float | None:
    """Return when a frame of the asset is shown, in seconds of the video file; None where its rate is not known."""
    return source_frame(asset, frame) / asset.fps if asset.fps else None


def place(frame: int, wanted: Wanted) -> int | None:
    """Return which one a frame is of those that are wanted of every track, from 0; None where it is none of them."""
    found = _before(frame, wanted)
    return found if _before(frame + 1, wanted) > found else None


def by_track(keyframes: Iterable[Keyframe]) -> dict[str, list[Keyframe]]:
    """Return keyframes by the ids of their tracks; of a track without any there are none."""
    found: dict[str, list[Keyframe]] = defaultdict(list)
    for keyframe in keyframes:
        found[keyframe.track].append(keyframe)
    return found


def states(label: Label, length: int | None, wanted: Wanted) -> Iterator[State]:
    """Yield where each track is to be seen, by frame and then in the order of the tracks.

    `length` is the number of frames of the video. A frame of it is in memory at a time.
    """
    own = by_track(label.keyframes)
    return merge(
        *(_states(track, own[track.id], length, wanted) for track in label.tracks if track.id in own),
        key=lambda state: state.frame,
    )


def spans(label: Label, length: int | None, wanted: Wanted) -> Iterator[tuple[int, int]]:
    """Yield the runs (the end exclusive) in which one track is to be seen; summed up, they count `states`.

    They are runs of `place`s: of frames, unless there is a step.
    """
    tracks = {track.id for track in label.tracks}
    for name, keyframes in by_track(label.keyframes).items():
        for keyframe, end in _held(keyframes, length) if name in tracks else ():
            start, stop = _run(keyframe, end, wanted)
            if start < stop:
                yield start, stop


def unseen(label: Label, length: int | None, wanted: Wanted) -> tuple[Track, ...]:
    """Return the tracks that are to be seen in no wanted frame."""
    own = by_track(label.keyframes)
    return tuple(
        track
        for track in label.tracks
        if track.id not in own
        or not any(start < stop for start, stop in (_run(*held, wanted) for held in _held(own[track.id], length)))
    )


def covered(runs: Iterable[tuple[int, int]]) -> int:
    """Return how many places lie in any of the runs."""
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


def _is_seen(keyframe: Keyframe) -> bool:
    return not keyframe.outside and keyframe.geometry is not None


def _run(keyframe: Keyframe, end: int, wanted: Wanted) -> tuple[int, int]:
    """Return the places of the wanted frames in which a keyframe is to be seen, which ends before a frame."""
    if not _is_seen(keyframe):
        return 0, 0
    return _before(keyframe.frame, wanted), _before(keyframe.frame + 1 if wanted == "keyframes" else end, wanted)


def _before(frame: int, wanted: Wanted) -> int:
    """Return how many frames before a frame are wanted of every track."""
    return floor((frame - 1) / wanted) + 1 if isinstance(wanted, Fraction) else frame


def _held(keyframes: Sequence[Keyframe], length: int | None) -> Iterator[tuple[Keyframe, int]]:
    """Yield each keyframe with the frame where it ends."""
    for keyframe, following in pairwise(keyframes):
        yield keyframe, following.frame
    last = keyframes[-1]
    yield last, max(length or 0, last.frame + 1)


def _states(track: Track, keyframes: Sequence[Keyframe], length: int | None, wanted: Wanted) -> Iterator[State]:
    for i, (keyframe, end) in enumerate(_held(keyframes, length)):
        start, stop = _run(keyframe, end, wanted)
        goal = keyframes[i + 1].geometry if i + 1 < len(keyframes) else None
        for at in range(start, stop):
            frame = ceil(at * wanted) if isinstance(wanted, Fraction) else at
            if frame == keyframe.frame:
                yield State(frame, track, keyframe, made=False)
            else:
                share = (frame - keyframe.frame) / (end - keyframe.frame)
                yield State(frame, track, _made(keyframe, frame, goal, share), made=True)


def _made(keyframe: Keyframe, frame: int, goal: Geometry | None, share: float) -> Keyframe:
    """Return how a track stands in a frame at a share of the way to the next keyframe."""
    return Keyframe(
        keyframe.track,
        frame,
        between(keyframe.geometry, goal, share),
        occluded=keyframe.occluded,
        answers=keyframe.answers,
        z_order=keyframe.z_order,
    )


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
