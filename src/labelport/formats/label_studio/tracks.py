"""Objects that move through a video: `videorectangle` and `videovector`.

Frames are counted from 1. A key frame with `enabled` false is the last one on which the object is seen: it is gone from
the next frame on (https://labelstud.io/tags/videorectangle), until a later key frame.
"""

from collections.abc import Callable
from itertools import pairwise

from labelport.formats.label_studio.shapes import Size, box, rotated_box, vector
from labelport.formats.label_studio.values import Fields, Object, finite
from labelport.model.geometry import Geometry
from labelport.model.label import Keyframe

KEYS = frozenset({"frame", "enabled", "x", "y", "width", "height", "rotation", "time", "vertices", "closed"})
"""Keys of a key frame that are read."""


def keyframes(track: str, value: Fields, size: Size) -> tuple[Keyframe, ...]:
    """Return the key frames of a track in order; none (and a fault) where there are none."""
    given = sorted(
        ((item.whole("frame", low=1), item) for item in value.children("sequence")), key=lambda pair: pair[0]
    )
    for (frame, _), (following, item) in pairwise(given):
        if frame == following and not value.faults:
            item.wrong("frame", f"{frame} has two key frames")
    if not given:
        value.wrong("sequence", "is missing, or holds no key frame")
        return ()
    turned = any((finite(item.given.get("rotation")) or 0.0) % 360 for _, item in given)
    total = value.whole("framesCount") if value.has("framesCount") else None
    found = []
    for (frame, item), after in zip(given, [*(frame for frame, _ in given[1:]), None], strict=True):
        found.append(Keyframe(track, frame - 1, _shape(item, size, rotated_box if turned else box)))
        seen = item.flag("enabled") if item.has("enabled") else True
        if not seen and after != frame + 1 and not (total is not None and frame >= total):
            found.append(Keyframe(track, frame, outside=True))
    return () if value.faults else tuple(found)


def frame_rate(value: Object) -> float | None:
    """Return the frames in a second, as the latest key frame that tells its time has them."""
    sequence = value.get("sequence")
    found = [(1.0, 0.0)]
    for item in sequence if isinstance(sequence, list) else ():
        if isinstance(item, dict):
            frame, time = finite(item.get("frame")), finite(item.get("time"))
            if frame and time and frame > 0 and time > 0:
                found.append((frame, time))
    frame, time = max(found)
    return round(frame / time, 3) if time else None


def _shape(item: Fields, size: Size, rectangle: Callable[[Fields, Size], Geometry]) -> Geometry | None:
    return vector(item, size) if "vertices" in item.given else rectangle(item, size)
