"""Where the objects of a video are to be seen, frame by frame, for formats that say it by having a row or none."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import msgspec

from labelport.model.geometry import Geometry
from labelport.model.label import Annotation, Keyframe, Label, Track
from labelport.shapes import frames


class Presence(NamedTuple):
    """A shape in a frame (from 0)."""

    frame: int
    shape: Geometry
    occluded: bool


def presences(
    label: Label, length: int | None, wanted: frames.Wanted = "all"
) -> Iterator[tuple[Annotation | Track, list[Presence]]]:
    """Yield each object, shapes that stand still first, with the frames in which it is seen."""
    for one in label.annotations:
        if one.geometry is not None:
            yield one, [Presence(frame, one.geometry, bool(one.occluded)) for frame in on(one, length)]
    own: dict[str, list[Keyframe]] = {track.id: [] for track in label.tracks}
    for keyframe in label.keyframes:
        own[keyframe.track].append(keyframe)
    for track in label.tracks:
        alone = msgspec.structs.replace(label, tracks=(track,), keyframes=tuple(own[track.id]))
        yield (
            track,
            [
                Presence(frame, keyframe.geometry, keyframe.occluded)
                for frame, _, keyframe, _ in frames.states(alone, length, wanted)
                if keyframe.geometry is not None
            ],
        )


def on(one: Annotation, length: int | None) -> range:
    """Return the frames that a shape is on: all of the video, where it does not say."""
    if one.on is None or one.on.first_frame is None:
        return range(length or 1)
    first, last = one.on.first_frame, one.on.last_frame
    end = (first if last is None else last) + 1
    return range(first, max(min(end, length or end), first + 1))


def ends(seen: Sequence[int], length: int | None) -> Iterator[tuple[int, bool]]:
    """Yield frames in order, each with whether the object is gone in the next; it is not where the video ends."""
    for frame, following in pairwise((*seen, None)):
        assert frame is not None
        yield frame, frame + 1 != (length if following is None else following)
