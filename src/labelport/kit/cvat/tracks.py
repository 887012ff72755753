"""CVAT's tracks: key frames of a shape, or of a skeleton and of each of its joints.

A skeleton has a key frame wherever it or a joint of it has one. A joint without one there stands on the line between
its own, as CVAT draws it, and keeps its visibility; before its first it is not labelled. A skeleton whose joints are
all outside is outside. An answer holds until a key frame answers anew; an answer that never changes, and is not said
to, belongs to the track.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise

import msgspec

from labelport.errors import Fault
from labelport.kit.cvat.drawn import Common, Drawn, visibility
from labelport.model.answers import Answer
from labelport.model.geometry import Keypoint, Keypoints, Point
from labelport.model.label import Keyframe, Track


class Moving(msgspec.Struct):
    """A track as CVAT has it: its own key frames, those of its joints by name, and answers that hold throughout."""

    path: str
    own: list[Drawn] = []
    joints: dict[str, list[Drawn]] = {}
    answers: dict[str, Answer] = {}


def track(
    moving: Moving, of: Common, order: Sequence[str], mutable: Collection[str], faults: list[Fault]
) -> tuple[Track, tuple[Keyframe, ...]]:
    """Return the track and its key frames; what is wrong with them adds faults."""
    joints = {name: _in_order(moving.joints.get(name, ()), faults) for name in order}
    own = _in_order(moving.own, faults)
    drawn = _skeletons(own, joints) if any(joints.values()) else own
    if not drawn:
        faults.append(Fault(moving.path, "has no key frame"))
    elif not faults and any(one.geometry is None for one in drawn):
        faults.append(Fault(moving.path, "is a skeleton without joints"))
    held = _held(own, joints)
    constant = _constant(held, mutable)
    made = [
        Keyframe(
            of.id,
            one.frame,
            one.geometry,
            outside=one.outside,
            occluded=bool(one.occluded),
            answers=tuple(answer for key, answer in answers.items() if key not in constant),
            z_order=one.z_order,
        )
        for one in drawn
        for answers in [held.get(one.frame, {})]
    ]
    answers = tuple({**moving.answers, **constant}.values())
    return Track(of.id, class_=of.class_, answers=answers, group=of.group, source=of.source, extra=of.extra), tuple(
        made
    )


def _in_order(shapes: Iterable[Drawn], faults: list[Fault]) -> list[Drawn]:
    found = sorted(shapes, key=lambda one: one.frame)
    for one, following in pairwise(found):
        if one.frame == following.frame:
            faults.append(Fault(following.path, f"is a second key frame at frame {one.frame}"))
    return found


def _skeletons(own: list[Drawn], joints: Mapping[str, list[Drawn]]) -> list[Drawn]:
    """Return a skeleton at each frame at which it or a joint of it has a key frame."""
    frames = sorted({one.frame for shapes in (own, *joints.values()) for one in shapes})
    starts = [one.frame for one in own]
    found = []
    for frame in frames:
        points = tuple(_joint_at(shapes, frame) for shapes in joints.values())
        before = bisect_right(starts, frame)
        at = own[before - 1] if before else Drawn("")
        found.append(
            Drawn(
                at.path,
                Keypoints(points),
                frame,
                outside=at.outside or not any(point.visibility for point in points),
                occluded=at.occluded,
                z_order=at.z_order,
            )
        )
    return found


def _joint_at(shapes: Sequence[Drawn], frame: int) -> Keypoint:
    place = bisect_right(shapes, frame, key=lambda one: one.frame)
    before = shapes[place - 1] if place else None
    after = shapes[place] if place < len(shapes) else None
    if before is None:
        return Keypoint(*_at(after), 0) if after else Keypoint(0.0, 0.0, 0)
    (x, y), (to_x, to_y) = _at(before), _at(after or before)
    part = 0.0 if after is None or before.outside else (frame - before.frame) / (after.frame - before.frame)
    return Keypoint(x + (to_x - x) * part, y + (to_y - y) * part, visibility(before))


def _at(drawn: Drawn) -> tuple[float, float]:
    return (drawn.geometry.x, drawn.geometry.y) if isinstance(drawn.geometry, Point) else (0.0, 0.0)


def _held(own: list[Drawn], joints: Mapping[str, list[Drawn]]) -> dict[int, dict[str, Answer]]:
    """Return the answers that hold at each frame with a key frame."""
    now: dict[str, Answer] = {}
    found: dict[int, dict[str, Answer]] = {}
    for one in sorted((one for shapes in (own, *joints.values()) for one in shapes), key=lambda one: one.frame):
        now = {**now, **one.answers}
        found[one.frame] = now
    return found


def _constant(held: Mapping[int, Mapping[str, Answer]], mutable: Collection[str]) -> dict[str, Answer]:
    """Return the answers that are the same at every key frame and are not said to change."""
    first = next(iter(held.values()), {})
    return {
        key: answer
        for key, answer in first.items()
        if key not in mutable and all(answers.get(key) == answer for answers in held.values())
    }
