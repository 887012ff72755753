"""YOLO pose: a line for each object, `class x y width height x1 y1 v1 x2 y2 v2 ...`, in shares of the picture.

https://docs.ultralytics.com/datasets/pose/. An outline and joints that are a group of two are one line; joints alone
have the box round those that are labelled, a box alone has joints that are not labelled. Every line has as many joints
as the class with the most.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from labelport.kit.format import Context, File, Lost
from labelport.kit.scenes import Mark
from labelport.kit.yolo import reading
from labelport.kit.yolo.layout import (
    FLAT,
    NOTHING,
    OUTSIDE,
    SLIGHT,
    Line,
    Size,
    clipped,
    data_yaml,
    dropped,
    is_inside,
    laid_out,
    quoted,
    share,
)
from labelport.kit.yolo.reading import Data, Shapes, decoder
from labelport.model.export import Carries
from labelport.model.geometry import Box, Geometry, Keypoint, Keypoints
from labelport.model.label import Annotation
from labelport.model.ontology import LabelClass, Skeleton
from labelport.shapes import clip
from labelport.shapes.rings import envelope

TO_BOX = sorted({*FLAT} - {"box"})
CARRIES = Carries(
    kinds=frozenset({"keypoints", "box", *TO_BOX}),
    converts={**dict.fromkeys(TO_BOX, "box"), "track": "frames"},
    features=frozenset({"group", "on", "outside"}),
)
UNLABELLED = Keypoint(0.0, 0.0, 0)
NEAR = 1e-6
"""How far, in shares, a box may be from the one round the joints and still be that one."""
_SIDES = re.compile("left|right", re.IGNORECASE)


def joints(classes: Iterable[LabelClass]) -> int:
    """Return how many joints every line has."""
    return max((len(one.skeleton.joints) for one in classes if one.skeleton), default=1)


def flips(classes: Sequence[LabelClass], number: int) -> list[int] | None:
    """Return which joint each one is in a mirrored picture, by `left` and `right` in their names.

    None where two classes disagree: Ultralytics then mirrors no picture.
    """
    found = {tuple(_flipped(one.skeleton.joints, number)) for one in classes if one.skeleton}
    return list(found.pop()) if len(found) == 1 else None


def lines(context: Context) -> Iterator[str]:
    """Yield what `data.yaml` says of joints."""
    number = joints(context.classes)
    yield f"kpt_shape: [{number}, 3]"
    flipped = flips(context.classes, number)
    if flipped is not None:
        yield f"flip_idx: {flipped}"
    yield "kpt_names:" if any(one.skeleton for one in context.classes) else "kpt_names: {}"
    for id_, one in enumerate(context.classes):
        if one.skeleton:
            yield f"  {id_}: [{', '.join(map(quoted, one.skeleton.joints))}]"


def pose_once(context: Context) -> Iterator[File]:
    """Yield `data.yaml`, with what it says of joints."""
    yield File("data.yaml", data_yaml(context, tuple(lines(context))))


def pose_lines(marks: Sequence[Mark], size: Size, context: Context) -> Iterator[Line | Lost]:
    """Yield each object as its box and all its joints; tell of groups that are not of one outline and joints."""
    number = joints(context.classes)
    groups: dict[str, list[Mark]] = defaultdict(list)
    for mark in marks:
        if isinstance(mark.thing, Annotation) and mark.thing.group is not None:
            groups[mark.thing.group].append(mark)
    outlines: dict[str, Mark] = {}
    for found in groups.values():
        outline, *others = sorted(found, key=lambda mark: isinstance(mark.shape, Keypoints))
        if len(others) == 1 and _is_pair(outline, others[0]):
            outlines[others[0].thing.id] = outline
        else:
            yield from (Lost("group", "dropped", "it is not of one outline and joints") for _ in found)
    paired = {mark.thing.id for mark in outlines.values()}
    for mark in marks:
        points = mark.shape.points if isinstance(mark.shape, Keypoints) else ()
        if len(points) > number:
            yield dropped(mark, f"a line has {number} joints")
        elif mark.thing.id not in paired:
            outline_ = outlines.get(mark.thing.id, mark).shape
            yield from draw(mark, outline_, (*points, *(UNLABELLED,) * (number - len(points))), size)


def draw(mark: Mark, outline: Geometry, points: Sequence[Keypoint], size: Size) -> Iterator[Line | Lost]:
    """Yield the box of an object and its joints; what is over the border is cut off."""
    found = envelope(outline)
    inside = clip.box(found, size.width, size.height) if found else None
    if found is None or inside is None:
        yield dropped(mark, OUTSIDE if found else NOTHING)
        return
    values = [
        share(inside.x + inside.width / 2, size.width),
        share(inside.y + inside.height / 2, size.height),
        share(inside.width, size.width),
        share(inside.height, size.height),
    ]
    is_whole = max(found.width - inside.width, found.height - inside.height) <= SLIGHT
    for point in points:
        is_there = point.visibility > 0 and is_inside((point.x, point.y), size)
        is_whole &= is_there or not point.visibility
        values += (share(point.x, size.width), share(point.y, size.height), point.visibility) if is_there else (0, 0, 0)
    yield Line(mark.class_, ("%.8g " * len(values) % tuple(values))[:-1])
    if not is_whole:
        yield clipped(mark)


def parse(id_: int, values: list[float], size: Size, data: Data) -> Shapes:
    """Return what a line marks: joints, a box where none is labelled, or both where the box is another than theirs."""
    number, parts = data.kpt_shape or ((len(values) - 4) // 3, 3)
    if len(values) != 4 + number * parts or parts not in (2, 3):
        raise ValueError(f"{len(values)} values after the class, not 4 and {number} x {parts}, as `kpt_shape` has it")
    outline = Box(*reading.box(values[:4], size))
    called = (data.kpt_names or {}).get(id_)
    points = [_joint(values[at : at + parts], size) for at in range(4, len(values), parts)]
    if not any(point.visibility for point in points):
        return [outline]
    shape = Keypoints(tuple(points[: len(called)] if called else points))
    found = envelope(shape)
    return [shape] if found is not None and _is_near(found, outline, size) else [outline, shape]


def classes(data: Data) -> Iterator[LabelClass]:
    """Yield the classes with the joints that they are said to have."""
    number = data.kpt_shape[0] if data.kpt_shape else 0
    for id_, one in enumerate(reading.classes(data)):
        named = (data.kpt_names or {}).get(id_)
        if named is None and data.kpt_names is None and number:
            named = [f"joint {i}" for i in range(1, number + 1)]
        yield msgspec.structs.replace(one, skeleton=Skeleton(tuple(named))) if named else one


def _joint(values: Sequence[float], size: Size) -> Keypoint:
    """Return a joint; without a visibility of its own, one in the corner is not labelled."""
    x, y = reading.ring(values[:2], size)
    visibility = values[2] if len(values) > 2 else 2.0 if x or y else 0.0
    if visibility not in (0, 1, 2):
        raise ValueError(f"{visibility:g} is no visibility, which is 0, 1 or 2")
    return Keypoint(x, y, int(visibility))


def _is_near(one: Box, other: Box, size: Size) -> bool:
    ends = ((box.x, box.y, box.x + box.width, box.y + box.height) for box in (one, other))
    return all(abs(a - b) <= NEAR * size[i & 1] for i, (a, b) in enumerate(zip(*ends, strict=True)))


def _is_pair(outline: Mark, points: Mark) -> bool:
    is_outline = not isinstance(outline.shape, Keypoints)
    return is_outline and isinstance(points.shape, Keypoints) and outline.class_ == points.class_


def _flipped(names: tuple[str, ...], number: int) -> Iterator[int]:
    """Yield for each joint the one whose name has the other side in it; itself where there is none."""
    known = {name.lower(): joint for joint, name in enumerate(names)}
    for joint, name in enumerate(names):
        other = _SIDES.sub(lambda side: "right" if side[0].lower() == "left" else "left", name).lower()
        yield known.get(other, joint)
    yield from range(len(names), number)


FORMAT = laid_out("YOLO pose", CARRIES, pose_lines, decoder(parse, classes), once=pose_once, merges=True)
