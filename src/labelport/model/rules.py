"""What types and bounds cannot say: the rules that a shape, a label, an asset or an ontology keeps.

A rule looks at one value, not at the Structs inside it, and yields faults with paths relative to it. It is not put
off by what types and bounds do say, so that every fault is told once.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from math import inf, sqrt
from typing import Any, TypeVar, cast, get_args

import msgspec

from labelport.errors import Fault
from labelport.model.asset import Asset, Series
from labelport.model.geojson import geometry_faults
from labelport.model.geometry import (
    Cuboid3D,
    Geo,
    Geometry,
    HtmlSpan,
    Interval,
    Keypoints,
    Mask,
    MessageSpan,
    Polygon,
    Polyline,
    TextSpan,
)
from labelport.model.label import Annotation, ClassRef, Label, Target
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.runs import runs
from labelport.model.workflow import Issue

Classes = Mapping[int | str, LabelClass]
"""The classes of an ontology by number and by name; empty where none is given."""
F = TypeVar("F", bound=Callable[..., object])
UNIT = 1e-3
"""How far the length of a quaternion may be from 1: tools write four digits."""


def by_type(function: F) -> F:
    """Remember what a function says of each type."""
    return cast("F", cache(function))  # `cache` hides the signature, and takes classes for their instances


def known_classes(ontology: Ontology | None) -> Classes:
    """Return the classes by number and by name."""
    classes = ontology.classes if ontology else ()
    return {**{one.name: one for one in classes}, **{one.number: one for one in classes}}


def rules_in(value: object, classes: Classes, but: frozenset[type] = frozenset()) -> list[Fault]:
    """Return what breaks a rule in the value and in all inside it, with paths relative to it.

    The rules of the types in `but` were looked at elsewhere.
    """
    if not classes:
        but |= _OF_CLASSES
    return _faults_in(value, classes, but)


def _faults_in(value: object, classes: Classes, but: frozenset[type]) -> list[Fault]:
    if type(value) is tuple:
        inside = [(f"[{i}]", found) for i, item in enumerate(value) if (found := _faults_in(item, classes, but))]
        return [_under(step, fault) for step, found in inside for fault in found]
    rule, places = _plan(type(value), but)
    found = list(rule(value, classes)) if rule else []
    for attribute, name in places:
        if (part := getattr(value, attribute)) and (inner := _faults_in(part, classes, but)):
            found += [_under(f".{name}", fault) for fault in inner]
    return found


def _under(step: str, fault: Fault) -> Fault:
    return Fault(step + fault.path, fault.reason)


@by_type
def _plan(kind: type, but: frozenset[type]) -> "tuple[Rule | None, tuple[tuple[str, str], ...]]":
    """Return the rule of a type, and the fields under which others may apply: attribute, and name in JSON."""
    if not issubclass(kind, msgspec.Struct):
        return None, ()
    ruled = RULES.keys() - but
    fields = [field for field in msgspec.structs.fields(kind) if not _structs(field.type).isdisjoint(ruled)]
    return None if kind in but else RULES.get(kind), tuple((field.name, field.encode_name) for field in fields)


def _structs(kind: object) -> set[type]:
    """Return all Structs that a value of the type may hold, at any depth."""
    found: set[type] = set()
    waiting: list[object] = [kind]
    while waiting:
        each = waiting.pop()
        if isinstance(each, type) and issubclass(each, msgspec.Struct):
            if each not in found:
                found.add(each)
                waiting += [field.type for field in msgspec.structs.fields(each)]
        else:
            waiting += get_args(each)
    return found


def _polygon(shape: Polygon, _: Classes) -> Iterator[Fault]:
    for i, part in enumerate(shape.parts):
        for j, ring in enumerate(part):
            yield from _flat(ring, 3, f".parts[{i}][{j}]", "a ring")


def _polyline(shape: Polyline, _: Classes) -> Iterator[Fault]:
    for i, line in enumerate(shape.lines):
        yield from _flat(line, 2, f".lines[{i}]", "a line")


def _flat(numbers: tuple[float, ...], least: int, path: str, what: str) -> Iterator[Fault]:
    if len(numbers) < 2 <= least:
        return  # the type says that it is too short
    if len(numbers) % 2:
        yield Fault(path, f"{len(numbers)} numbers are not pairs of x and y")
    elif 0 < len(numbers) < 2 * least:
        yield Fault(path, f"{what} has {least} points or more, not {len(numbers) // 2}")


def _mask(shape: Mask, _: Classes) -> Iterator[Fault]:
    if shape.height < 0 or shape.width < 0:
        return
    try:
        covered = sum(runs(shape.counts))
    except ValueError as e:
        yield Fault(".counts", f"not COCO RLE: {e}")
        return
    if covered != shape.height * shape.width:
        yield Fault(".counts", f"the runs cover {covered} pixels of {shape.height} x {shape.width}")


def _span(span: TextSpan | Interval, _: Classes) -> Iterator[Fault]:
    if span.end < span.start:
        yield Fault(".end", f"{span.end} is before the start, {span.start}")


def _message_span(span: MessageSpan, _: Classes) -> Iterator[Fault]:
    if span.end_message in (None, span.message) and span.end < span.start:
        yield Fault(".end", f"{span.end} is before the start, {span.start}, in the same message")


def _html_span(span: HtmlSpan, _: Classes) -> Iterator[Fault]:
    if span.start_path == span.end_path and span.end < span.start:
        yield Fault(".end", f"{span.end} is before the start, {span.start}, in the same node")


def _cuboid3d(shape: Cuboid3D, _: Classes) -> Iterator[Fault]:
    length = sqrt(sum(part * part for part in shape.rotation))
    if UNIT < abs(length - 1) < inf:
        yield Fault(".rotation", f"a quaternion of length {length:g}, not 1")


def _geo(shape: Geo, _: Classes) -> Iterator[Fault]:
    yield from (_under(".geometry", fault) for fault in geometry_faults(shape.geometry))


def _annotation(value: Annotation, classes: Classes) -> Iterator[Fault]:
    yield from _classified(value.class_, value.geometry, classes)


def _classified(ref: ClassRef | None, shape: Geometry | None, classes: Classes) -> Iterator[Fault]:
    if not classes or ref is None:
        return
    if ref not in classes:
        yield Fault(".class", f"the ontology has no class {ref!r}")
    elif isinstance(shape, Keypoints) and (skeleton := classes[ref].skeleton) is not None:
        yield from _joints(shape, len(skeleton.joints))


def _joints(shape: Keypoints, joints: int) -> Iterator[Fault]:
    if len(shape.points) != joints:
        yield Fault(".geometry.points", f"{len(shape.points)} points for a skeleton of {joints} joints")


def _target(target: Target, _: Classes) -> Iterator[Fault]:
    if target.first_frame is not None and target.last_frame is not None and target.last_frame < target.first_frame:
        yield Fault(".last_frame", f"{target.last_frame} is before the first, {target.first_frame}")


def _label(label: Label, classes: Classes) -> Iterator[Fault]:
    known = {one.id for one in label.annotations}
    known.update([one.id for one in label.tracks])
    if len(known) < len(label.annotations) + len(label.tracks):
        yield from _twice(label)
    for i, track in enumerate(label.tracks):
        yield from (_under(f".tracks[{i}]", fault) for fault in _classified(track.class_, None, classes))
    ends = [(f".relations[{i}].{end}", getattr(one, end)) for i, one in enumerate(label.relations) for end in _ENDS]
    if not known.issuperset([stamp.annotation for stamp in label.stamps]):
        ends += [(f".stamps[{i}].annotation", stamp.annotation) for i, stamp in enumerate(label.stamps)]
    yield from (Fault(path, f"the label has no annotation {name!r}") for path, name in ends if name not in known)
    if label.keyframes:
        yield from _keyframes(label, classes)


def _twice(label: Label) -> Iterator[Fault]:
    first: dict[str, str] = {}
    ids = [(f"annotations[{i}]", one.id) for i, one in enumerate(label.annotations)]
    ids += [(f"tracks[{i}]", one.id) for i, one in enumerate(label.tracks)]
    for place, name in ids:
        if name in first:
            yield Fault(f".{place}.id", f"{name!r} is the id of {first[name]} too")
        first.setdefault(name, place)


_ENDS = ("source", "target")


def _keyframes(label: Label, classes: Classes) -> Iterator[Fault]:
    skeletons = {track.id: _skeleton(track.class_, classes) for track in label.tracks}
    last: dict[str, int] = {}
    seen: set[tuple[str, int]] = set()
    for i, keyframe in enumerate(label.keyframes):
        track, frame = place = keyframe.track, keyframe.frame
        if track not in skeletons:
            yield Fault(f".keyframes[{i}].track", f"the label has no track {track!r}")
        elif (joints := skeletons[track]) and isinstance(keyframe.geometry, Keypoints):
            yield from (_under(f".keyframes[{i}]", fault) for fault in _joints(keyframe.geometry, joints))
        if place in seen:
            yield Fault(f".keyframes[{i}].frame", f"track {track!r} has two keyframes at {frame}")
        elif frame < last.get(track, frame):
            yield Fault(
                f".keyframes[{i}].frame", f"track {track!r} is at {last[track]} already: keyframes are in order"
            )
        seen.add(place)
        last[track] = max(frame, last.get(track, frame))


def _skeleton(ref: ClassRef | None, classes: Classes) -> int:
    skeleton = classes[ref].skeleton if ref is not None and ref in classes else None
    return len(skeleton.joints) if skeleton else 0


def _asset(asset: Asset, _: Classes) -> Iterator[Fault]:
    """Yield raw sizes that do not become the displayed ones by the orientation (EXIF: 5 to 8 turn by 90 degrees)."""
    if asset.orientation is None:
        return
    turned = asset.orientation >= 5
    for name, raw, shown in (
        ("raw_width", asset.raw_width, asset.height if turned else asset.width),
        ("raw_height", asset.raw_height, asset.width if turned else asset.height),
    ):
        if raw is not None and shown is not None and raw != shown and min(raw, shown) >= 0:
            yield Fault(f".{name}", f"{raw} pixels are not the {shown} shown under orientation {asset.orientation}")


def _series(series: Series, _: Classes) -> Iterator[Fault]:
    if series.affine is not None and len(series.affine) != 16:
        yield Fault(".affine", f"{len(series.affine)} numbers are not four rows of four")


def _issue(issue: Issue, _: Classes) -> Iterator[Fault]:
    yield from _flat(issue.position, 1, ".position", "a place")


def _ontology(ontology: Ontology, _: Classes) -> Iterator[Fault]:
    first: dict[int, str] = {}
    for i, one in enumerate(ontology.classes):
        if one.number in first:
            yield Fault(f".classes[{i}].number", f"{one.number} is the number of {first[one.number]!r} too")
        first.setdefault(one.number, one.name)
        joints = len(one.skeleton.joints) if one.skeleton else 0
        for j, edge in enumerate(one.skeleton.edges if one.skeleton else ()):
            if not all(0 <= end < joints for end in edge):
                yield Fault(f".classes[{i}].skeleton.edges[{j}]", f"{edge} does not join two of {joints} joints")


Rule = Callable[[Any, Classes], Iterator[Fault]]
RULES: Mapping[type[msgspec.Struct], Rule] = {
    Annotation: _annotation,
    Asset: _asset,
    Cuboid3D: _cuboid3d,
    Geo: _geo,
    HtmlSpan: _html_span,
    Interval: _span,
    Issue: _issue,
    Label: _label,
    Mask: _mask,
    MessageSpan: _message_span,
    Ontology: _ontology,
    Polygon: _polygon,
    Polyline: _polyline,
    Series: _series,
    Target: _target,
    TextSpan: _span,
}
_OF_CLASSES = frozenset({Annotation})
"""Types whose rule only looks at classes."""
