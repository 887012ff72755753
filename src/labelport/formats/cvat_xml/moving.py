"""Tracks as elements: a shape at each key frame; a skeleton with a track for each of its joints.

Frames are those of the source. Where a track has left, it bears the shape before, `outside`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from heapq import merge
from operator import attrgetter
from typing import NamedTuple

import msgspec

from labelport.formats.cvat_xml import drawing
from labelport.formats.cvat_xml.spelling import element, flag
from labelport.model.asset import Asset
from labelport.model.geometry import Keypoints
from labelport.model.label import Annotation, Keyframe, Label, Track
from labelport.model.ontology import LabelClass
from labelport.shapes import frames
from labelport.shapes.frames import State


class Moved(NamedTuple):
    """A shape at a frame of the source, and what is said of it."""

    attributes: Mapping[str, object]
    one: drawing.Drawn
    own: list[str]
    of_joints: Mapping[str, list[str]]


def tracks(label: Label, asset: Asset, wanted: frames.Wanted) -> Iterator[tuple[Track, list[State]]]:
    """Yield each track with its states by frame, those among them in which it has left.

    Where one frame in so many is wanted, each of those is a key frame, and a track that none shows has no states.
    """
    sampled = isinstance(wanted, Fraction)
    own = frames.by_track(label.keyframes)
    for track in label.tracks:
        alone = msgspec.structs.replace(label, tracks=(track,), keyframes=tuple(own[track.id]))
        gone = (State(one.frame, track, one, made=False) for one in own[track.id] if _is_gone(one))
        seen = list(frames.states(alone, asset.frames, wanted))
        if sampled:
            seen = [state._replace(made=False) for state in seen]
        yield track, list(merge(seen, gone, key=attrgetter("frame"))) if seen or not sampled else []


def still(one: Annotation, asset: Asset) -> tuple[Track, list[State]]:
    """Return a shape on a run of frames, or on all, as a track that leaves after it."""
    first, last = (one.on.first_frame or 0, one.on.last_frame) if one.on else (0, None)
    end = (first if last is None else last) + 1 if one.on and one.on.first_frame is not None else asset.frames
    track = Track(one.id, one.number, one.class_, one.answers, one.group, one.source)
    shown = Keyframe(one.id, first, one.geometry, occluded=bool(one.occluded), z_order=one.z_order)
    states = [State(first, track, shown, made=False)]
    if end is not None and end != asset.frames:
        left = Keyframe(one.id, end, one.geometry, outside=True, z_order=one.z_order)
        states.append(State(end, track, left, made=False))
    return track, states


def written(states: Sequence[State], attributes: Mapping[str, object], of: LabelClass | None, asset: Asset) -> str:
    """Return a track; some state of it has a shape."""
    is_skeleton = all(isinstance(state.keyframe.geometry, Keypoints | None) for state in states)
    moved = list(_moved(states, of if is_skeleton else None, asset))
    inside = _skeleton(moved) if moved[0].one.joints else _shapes(moved)
    return element("track", {"id": states[0].track.number, **attributes}, inside)


def _moved(states: Sequence[State], of: LabelClass | None, asset: Asset) -> Iterator[Moved]:
    """Yield the shapes of a track; where there is none, the one before or, at its start, the one after."""
    shapes = [state.keyframe.geometry for state in states]
    before = next(shape for shape in shapes if shape is not None)
    for state, shape in zip(states, shapes, strict=True):
        before = before if shape is None else shape
        one = drawing.drawn(before, of)
        keyframe = state.keyframe
        attributes = {
            "frame": frames.source_frame(asset, state.frame),
            "keyframe": flag(not state.made),
            "outside": flag(keyframe.outside or shape is None),
            "occluded": flag(keyframe.occluded),
            "z_order": keyframe.z_order,
        }
        yield Moved(attributes, one, *drawing.joints(one, state.track.answers + keyframe.answers))


def _shapes(moved: Iterable[Moved]) -> Iterator[str]:
    return (element(each.one.tag, {**each.attributes, **each.one.numbers}, each.own) for each in moved)


def _skeleton(moved: Sequence[Moved]) -> Iterator[str]:
    for each in moved:
        yield element("skeleton", each.attributes, each.own)
    for place, (name, _) in enumerate(moved[0].one.joints):
        points = []
        for each in moved:
            numbers = drawing.joint(each.one.joints[place][1])
            gone = {"outside": "1"} if each.attributes["outside"] == "1" else {}
            points.append(element("points", {**each.attributes, **numbers, **gone}, each.of_joints[name]))
        yield element("track", {"id": place, "label": name}, points)


def _is_gone(keyframe: Keyframe) -> bool:
    return keyframe.outside or keyframe.geometry is None
