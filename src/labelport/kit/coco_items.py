"""What of a record becomes rows of a COCO document: its objects, on the picture itself or on frames of a video."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import merge
from operator import itemgetter

from labelport.errors import Fault, InvalidError
from labelport.kit import scenes
from labelport.kit.coco_outlines import Shape
from labelport.kit.coco_rows import ImageRow, Item, of_frame
from labelport.model.export import Carries
from labelport.model.geometry import Box, Geometry, Keypoints, Mask, Polygon, kind
from labelport.model.label import Annotation, ClassRef, Label
from labelport.model.record import Record, state_of
from labelport.shapes import frames, rings
from labelport.shapes.convert import convert

CARRIES = Carries(
    kinds=frozenset({"box", "polygon", "multi_polygon", "polygon_with_hole", "mask", "keypoints"}),
    converts={
        "polygon_with_hole": "mask",
        "rotated_box": "polygon",
        "ellipse": "polygon",
        "cuboid": "box",
        "track": "frames",
    },
    features=frozenset(
        {
            "answers",
            "confidence",
            "crowd",
            "group",
            "nested_answers",
            "occluded",
            "on",
            "outside",
            "truncated",
            "z_order",
        }
    ),
)
_CARRIED = frozenset({Box, Polygon, Mask, Keypoints})
Numbers = Mapping[str, int]
"""The numbers of classes by name, for those that are named only."""


def stills(record: Record, label: Label, numbers: Numbers) -> list[Item]:
    """Return the objects of a label that are on the picture itself; outline and joints of a group as one."""
    pairs = joints_of(label.annotations)
    paired = {joints.id for joints in pairs.values()}
    height, width = record.asset.height, record.asset.width
    found = []
    for one in label.annotations:
        shape = one.geometry
        if shape is None or one.class_ is None or _frame(one) is not None or one.id in paired:
            continue
        shape = carried(shape, height, width)
        if shape is not None:
            found.append(_item(one, Shape(shape, height, width, one.crowd), record.number, numbers, pairs.get(one.id)))
    return found


def moving(record: Record, wanted: frames.Wanted, numbers: Numbers) -> Iterator[tuple[int, Item]]:
    """Yield the objects that are on frames, each with its frame, in the order of the frames."""
    streams: list[Iterable[tuple[int, Item]]] = []
    for label in record.labels:
        streams += (_of_tracks(record, label, wanted, numbers), _framed(record, label, numbers))
    return merge(*streams, key=itemgetter(0))


def is_moving(label: Label) -> bool:
    """Whether anything of a label is on frames."""
    return bool(label.keyframes) or any(_frame(one) is not None for one in label.annotations)


def counted(record: Record, wanted: frames.Wanted) -> dict[str, int]:
    """Return how many rows a record gives, by closed form."""
    still = framed = moved = 0
    runs: list[tuple[int, int]] = []
    beside: set[int] = set()
    for label in record.labels:
        found = [_frame(one) for one in label.annotations if _carried(record, one) is not None]
        on_frames = [frame for frame in found if frame is not None]
        spans = list(frames.spans(label, record.asset.frames, wanted))
        runs += spans
        for frame in on_frames:
            place = frames.place(frame, wanted)
            if place is None:
                beside.add(frame)
            else:
                runs.append((place, place + 1))
        still += len(found) - len(on_frames) - len(joints_of(label.annotations))
        framed += len(on_frames)
        moved += sum(end - start for start, end in spans)
    covered = frames.covered(runs) + len(beside)
    return {"images": covered + (still > 0 or not covered), "annotations": still + framed + moved}


def found(record: Record, wanted: frames.Wanted) -> tuple[int, int]:
    """Return how many pictures and annotations a reader finds: joints beside an outline are one of their own again."""
    rows = counted(record, wanted)
    return rows["images"], rows["annotations"] + sum(_joints_apart(label.annotations) for label in record.labels)


def image(record: Record, frame: int | None) -> ImageRow:
    """Return the row of the picture itself, or of a frame."""
    return picture(record) if frame is None else frame_picture(record, frame)


def picture(record: Record) -> ImageRow:
    """Return the row of the picture itself."""
    asset = record.asset
    return ImageRow(record.number, record.path, asset.width, asset.height, state_of(record))


def frame_picture(record: Record, frame: int) -> ImageRow:
    """Return the row of a frame."""
    asset = record.asset
    source = frames.source_frame(asset, frame)
    return ImageRow(
        of_frame(record.number, frame, record.name),
        scenes.path(record, frame),
        asset.width,
        asset.height,
        "labelled",
        record.path,
        frame,
        source if source != frame else None,
        frames.seconds(asset, frame),
    )


def joints_of(annotations: Sequence[Annotation]) -> dict[str, Annotation]:
    """Return the joints that belong to an outline, by the outline's id.

    They do where a group of two is one outline and joints of the same class, and the joints say nothing beside.
    """
    if not any(type(one.geometry) is Keypoints for one in annotations):
        return {}
    groups: dict[str, list[Annotation]] = defaultdict(list)
    for one in annotations:
        if one.group is not None and one.geometry is not None and one.class_ is not None:
            groups[one.group].append(one)
    found = {}
    for pair in groups.values():
        ordered = sorted(pair, key=lambda one: type(one.geometry) is Keypoints)
        if len(pair) == 2 and _belongs(ordered[1], ordered[0]):
            found[ordered[0].id] = ordered[1]
    return found


def _joints_apart(annotations: Sequence[Annotation]) -> int:
    """Return how many joints read as an annotation of their own: one is seen, and the outline is not their bounds."""
    outlines = {one.id: one.geometry for one in annotations}
    bounds = {
        name: rings.envelope(joints.geometry) for name, joints in joints_of(annotations).items() if joints.geometry
    }
    return sum(box is not None and outlines[name] != box for name, box in bounds.items())


def _belongs(joints: Annotation, outline: Annotation) -> bool:
    plain = Annotation(
        joints.id,
        joints.number,
        outline.class_,
        joints.geometry,
        on=outline.on,
        group=joints.group,
        source=joints.source,
        extra=joints.extra,
    )
    is_outline = type(outline.geometry) in _CARRIED - {Keypoints}
    return type(joints.geometry) is Keypoints and is_outline and joints == plain and _frame(joints) is None


def _of_tracks(record: Record, label: Label, wanted: frames.Wanted, numbers: Numbers) -> Iterator[tuple[int, Item]]:
    asset = record.asset
    for frame, track, keyframe, made in frames.states(label, asset.frames, wanted):
        shape = carried(keyframe.geometry, asset.height, asset.width)
        if shape is None:
            continue
        yield (
            frame,
            Item(
                of_frame(track.number, frame, record.name),
                of_frame(record.number, frame, record.name),
                _number(track.class_, numbers),
                Shape(shape, asset.height, asset.width),
                shape if isinstance(shape, Keypoints) else None,
                track.answers + keyframe.answers,
                track.confidence,
                keyframe.occluded or None,
                group=track.group,
                z_order=keyframe.z_order,
                track=track.number,
                keyframe=False if made else None,
            ),
        )


def _framed(record: Record, label: Label, numbers: Numbers) -> list[tuple[int, Item]]:
    found = [
        (
            frame,
            _item(
                one,
                Shape(shape, record.asset.height, record.asset.width, one.crowd),
                of_frame(record.number, frame, record.name),
                numbers,
            ),
        )
        for one in label.annotations
        if (frame := _frame(one)) is not None and (shape := _carried(record, one)) is not None
    ]
    return sorted(found, key=itemgetter(0))


def _item(one: Annotation, shape: Shape, image: int, numbers: Numbers, joints: Annotation | None = None) -> Item:
    points = joints.geometry if joints else shape.geometry
    return Item(
        one.number,
        image,
        _number(one.class_, numbers),
        shape,
        points if isinstance(points, Keypoints) else None,
        one.answers,
        one.confidence,
        one.occluded,
        one.truncated,
        one.group,
        one.z_order,
        one.on if one.on is not None and not _is_frame(one) else None,
    )


def carried(shape: Geometry | None, height: int | None, width: int | None) -> Geometry | None:
    """Return the shape as COCO carries it, converted where need be; None where it cannot."""
    if shape is None or type(shape) in _CARRIED:
        return shape
    how = CARRIES.converts.get(kind(shape))
    return convert(shape, how, height, width) if how else None


def _carried(record: Record, one: Annotation) -> Geometry | None:
    if one.class_ is None:
        return None
    return carried(one.geometry, record.asset.height, record.asset.width)


def _frame(one: Annotation) -> int | None:
    return one.on.first_frame if one.on is not None else None


def _is_frame(one: Annotation) -> bool:
    """Whether an annotation belongs to one frame and to no other part of the asset."""
    on = one.on
    if on is None or on.first_frame is None:
        return False
    return on.last_frame in (None, on.first_frame) and on.series is None and on.page is None and on.message is None


def _number(ref: ClassRef | None, numbers: Numbers) -> int:
    if isinstance(ref, int):
        return ref
    if ref is None or ref not in numbers:
        raise InvalidError("an annotation", [Fault("class", f"{ref!r} is no class")])
    return numbers[ref]
