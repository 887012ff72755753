"""Tracks as `videorectangle`s: frames of the source, counted from 1.

A key frame with `enabled` false is the last one on which the object is seen, so where a track leaves, the frame before
is a key frame.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from labelport.formats.label_studio.placing import Value, box
from labelport.formats.label_studio.shapes import Size
from labelport.kit.format import Lost
from labelport.model.asset import Asset
from labelport.model.geometry import Box, Geometry, RotatedBox, kind
from labelport.model.label import Annotation, Keyframe, Label, Track
from labelport.shapes import frames
from labelport.shapes.convert import convert


class Seen(NamedTuple):
    """A shape in a frame of the source (from 0); `last` where the object is gone afterwards."""

    frame: int
    shape: Geometry
    last: bool = False


def sequences(label: Label, asset: Asset, wanted: frames.Wanted) -> Iterator[tuple[Track, list[Seen], list[Lost]]]:
    """Yield each track with where it is seen, and what is not as it was."""
    states: dict[str, list[Keyframe]] = {track.id: [] for track in label.tracks}
    own = frames.by_track(label.keyframes)
    for state in frames.states(label, asset.frames, wanted):
        states[state.track.id].append(state.keyframe)
    for track in label.tracks:
        yield track, list(_seen(states[track.id], own[track.id], asset)), list(_lost(own[track.id]))


def still(one: Annotation, asset: Asset) -> list[Seen]:
    """Return where a shape is seen that is on some frames of a video, or on all."""
    if one.geometry is None:
        return []
    if one.on is None or one.on.first_frame is None:
        return [Seen(frames.source_frame(asset, 0), one.geometry)]
    first = frames.source_frame(asset, one.on.first_frame)
    last = first if one.on.last_frame is None else frames.source_frame(asset, one.on.last_frame + 1) - 1
    return [Seen(first, one.geometry, last == first), *([Seen(last, one.geometry, last=True)] if last > first else [])]


def value(seen: Sequence[Seen], asset: Asset, size: Size) -> Value:
    """Return the value of a track."""
    is_whole = not asset.first_frame and (asset.frame_step or 1) == 1
    about: Value = {"framesCount": asset.frames} if is_whole and asset.frames else {}
    if asset.duration:
        about["duration"] = asset.duration
    sequence = [
        {
            "frame": one.frame + 1,
            "enabled": not one.last,
            **box(rectangle(one.shape), size),
            **({"time": (one.frame + 1) / asset.fps} if asset.fps else {}),
        }
        for one in seen
    ]
    return {**about, "sequence": sequence}


def rectangle(shape: Geometry) -> Box | RotatedBox:
    """Return a shape as the rectangle that Label Studio follows."""
    found = shape if isinstance(shape, RotatedBox) else convert(shape, "box")
    assert isinstance(found, Box | RotatedBox)
    return found


def _seen(states: list[Keyframe], own: list[Keyframe], asset: Asset) -> Iterator[Seen]:
    gone = [one for one in own if one.outside or one.geometry is None]
    for place, one in enumerate(states):
        assert one.geometry is not None
        frame = frames.source_frame(asset, one.frame)
        at = bisect_left(gone, one.frame, key=lambda each: each.frame)
        end = gone[at] if at < len(gone) else None
        following = states[place + 1].frame if place + 1 < len(states) else None
        if end is None or (following is not None and following < end.frame):
            yield Seen(frame, one.geometry)
            continue
        left = frames.source_frame(asset, end.frame)
        last = left - 1
        yield Seen(frame, one.geometry, last == frame)
        if last > frame:
            shape = frames.between(one.geometry, end.geometry, (last - frame) / (left - frame))
            yield Seen(last, shape or one.geometry, last=True)


def _lost(own: list[Keyframe]) -> Iterator[Lost]:
    for one in own:
        if one.geometry is not None and not one.outside:
            what = f"keyframe of {kind(one.geometry)}"
            if not isinstance(one.geometry, Box | RotatedBox):
                yield Lost(what, "converted", "box")
            elif one.answers:
                yield Lost(what, "converted", "without its answers")
