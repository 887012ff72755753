"""A task as items: its picture, or the frames of a video that bear anything, each with its annotations."""

from collections.abc import Iterable, Iterator, Mapping
from heapq import merge
from itertools import chain, groupby, islice
from itertools import count as numbers
from operator import itemgetter
from typing import NamedTuple

import msgspec

from labelport.formats.datumaro import attributes, categories, shapes
from labelport.formats.datumaro.rows import FOLDERS, MEDIA_TYPES, SUBSET, Options
from labelport.kit.coco_attributes import Plain
from labelport.kit.format import Context, Document, Lost, Row, Section, stem
from labelport.model.export import Carries
from labelport.model.geometry import Cuboid3D, Geometry, kind
from labelport.model.label import Annotation, ClassRef, Label, Track
from labelport.model.record import Record, state_of
from labelport.shapes import frames
from labelport.shapes.convert import convert

CARRIES = Carries(
    kinds=frozenset(
        {
            "box",
            "classification",
            "cuboid",
            "cuboid3d",
            "ellipse",
            "keypoints",
            "mask",
            "multi_polygon",
            "point",
            "polygon",
            "polyline",
        }
    ),
    converts={"rotated_box": "polygon", "polygon_with_hole": "mask", "track": "frames"},
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
            "unclassified",
            "z_order",
        }
    ),
)
IN_VOXELS = "it is told in voxels, and a cloud has none"
_encode = msgspec.json.Encoder().encode
_SEPARATOR = b",\n"


class Thing(NamedTuple):
    """An object as it is in one item; `track` is the number of its track, which is `made` between its keyframes."""

    one: Annotation
    where: str
    track: int | None = None
    made: bool = False

    @property
    def what(self) -> str:
        """Its kind as the loss report has it."""
        return f"keyframe of {kind(self.one.geometry)}" if self.track is not None else kind(self.one.geometry)


def documents(context: Context) -> tuple[Document, ...]:
    """Return a document for each subset, with all categories."""
    classes = sorted(context.classes, key=lambda one: one.number)
    media = MEDIA_TYPES[msgspec.convert(context.options, Options).media]
    head = b'{"dm_format_version":"1.0","media_type":%d,"infos":{},\n"categories":' % media
    head += _encode(categories.written(classes)) + b',\n"items":[\n'
    return tuple(
        Document(f"annotations/{part or SUBSET}.json", (head, Section(_section(part), _SEPARATOR), b"\n]}\n"))
        for part in context.parts or ("",)
    )


def encode(record: Record, context: Context) -> Iterator[Row | Lost]:
    """Yield the items of a task."""
    media = msgspec.convert(context.options, Options).media
    places = _places(context)
    groups = _Groups(record)
    for frame, things in items(record, context.frames):
        rows: list[dict[str, object]] = []
        for thing in things:
            lost = _lost(thing)
            if lost is not None:
                yield lost
            if lost is None or lost.fate == "converted":
                rows += _rows(thing, record, places, groups)
        yield Row(_section(context.part), _encode(_item(record, frame, media, rows)))


def items(record: Record, wanted: frames.Wanted) -> Iterator[tuple[int | None, list[Thing]]]:
    """Yield the asset itself, unless all is on frames, then the frames in order, each with the objects there."""
    still = [Thing(one, label.id) for label in record.labels for one in label.annotations if _frame(one) is None]
    streams: list[Iterable[tuple[int, Thing]]] = []
    for label in record.labels:
        streams += (_tracks(record, label, wanted), _framed(label))
    moving = merge(*streams, key=itemgetter(0))
    first = list(islice(moving, 1))
    if still or not first:
        yield None, still
    for frame, things in groupby(chain(first, moving), itemgetter(0)):
        yield frame, [thing for _, thing in things]


def count(record: Record, context: Context) -> Mapping[str, int]:
    """Return how many items a record gives, by closed form."""
    still = False
    runs: list[tuple[int, int]] = []
    beside: set[int] = set()
    for label in record.labels:
        runs += frames.spans(label, record.asset.frames, context.frames)
        for frame in map(_frame, label.annotations):
            there = frames.place(frame, context.frames) if frame is not None else None
            still = still or frame is None
            runs += [] if there is None else [(there, there + 1)]
            beside |= {frame} if frame is not None and there is None else set()
    covered = frames.covered(runs) + len(beside)
    return {_section(context.part): covered + (still or not covered)}


def found(record: Record, context: Context) -> tuple[int, int]:
    """Return how many tasks and annotations a reader finds: an object of a track is one in each frame."""
    things = (thing for _, some in items(record, context.frames) for thing in some)
    return 1, sum((lost := _lost(thing)) is None or lost.fate == "converted" for thing in things)


def place(path: str, context: Context) -> str:
    """Return where the copy of a medium is."""
    return f"{FOLDERS[msgspec.convert(context.options, Options).media]}/{context.part or SUBSET}/{path}"


class _Groups:
    """Numbers for the groups of a task, which Datumaro has in place of names.

    A group that is called by a number keeps it. None has the number of an annotation: those are for annotations that
    only belong to each other because they are parts of one object.
    """

    def __init__(self, record: Record) -> None:
        objects: list[tuple[str, Annotation | Track]] = []
        for label in record.labels:
            objects += ((label.id, one) for one in label.annotations)
            objects += ((label.id, one) for one in label.tracks)
        names = dict.fromkeys((label, one.group) for label, one in objects if one.group is not None)
        taken = {one.number for _, one in objects}
        self._numbers: dict[tuple[str, str], int] = {}
        for name in names:
            number = int(name[1]) if name[1].isdecimal() and name[1].isascii() else 0
            if 0 < number < 2**31 and str(number) == name[1] and number not in taken:
                self._numbers[name] = number
                taken.add(number)
        free = (number for number in numbers(1) if number not in taken)
        self._numbers.update((name, next(free)) for name in names if name not in self._numbers)

    def number(self, thing: Thing, parts: int) -> int:
        """Return the number of a thing's group; 0 where it is in none."""
        if thing.one.group is None:
            return thing.one.number if parts > 1 else 0
        return self._numbers[thing.where, thing.one.group]


def _section(part: str) -> str:
    return f"items of {part}" if part else "items"


def _places(context: Context) -> Mapping[ClassRef | None, int]:
    ordered = enumerate(sorted(context.classes, key=lambda one: one.number))
    return {ref: place for place, one in ordered for ref in (one.number, one.name)}


def _lost(thing: Thing) -> Lost | None:
    shape = thing.one.geometry
    if isinstance(shape, Cuboid3D) and shape.space == "voxel":
        return Lost(thing.what, "dropped", IN_VOXELS)
    return Lost(thing.what, "converted", "polygon") if shapes.is_turned(shape) else None


def _item(record: Record, frame: int | None, media: str, rows: list[dict[str, object]]) -> dict[str, object]:
    asset = record.asset
    name = stem(record.path)
    found: dict[str, object] = {
        "id": name if frame is None else f"{name}/frame_{frame:06d}",
        "number": record.number,
        "annotations": rows,
    }
    if record.metadata:
        found["attr"] = record.metadata
    medium = _medium(record, frame, media)
    found |= medium
    if "image" not in medium or frame is not None:
        found |= {"path": record.path, "kind": asset.kind}
    if frame is not None:
        found |= _when(record, frame)
    state = state_of(record)
    if state != "labelled" or not rows:
        found["state"] = state
    return found


def _when(record: Record, frame: int) -> dict[str, object]:
    """Return which frame an item is of: of the asset, of its file where that is another, and when it is shown."""
    source, seconds = frames.source_frame(record.asset, frame), frames.seconds(record.asset, frame)
    found: dict[str, object] = {"frame": frame}
    if source != frame:
        found["source_frame"] = source
    if seconds is not None:
        found["seconds"] = seconds
    return found


def _medium(record: Record, frame: int | None, media: str) -> dict[str, object]:
    asset, name = record.asset, stem(record.path)
    size = {"size": (asset.height, asset.width)} if asset.height and asset.width else {}
    match media, asset.kind:
        case "image", "video" if frame is not None:
            return {"image": {"path": f"{name}/frame_{frame:06d}.jpg", **size}}
        case "image", "image":
            return {"image": {"path": record.path, **size}}
        case "video_frame", "video" if frame is not None:
            return {"video_frame": {"video_path": record.path, "frame_index": frames.source_frame(asset, frame)}}
        case "point_cloud", "point_cloud":
            return {"point_cloud": {"path": record.path}}
        case _:
            return {}


def _rows(
    thing: Thing, record: Record, places: Mapping[ClassRef | None, int], groups: _Groups
) -> Iterator[dict[str, object]]:
    """Yield the annotations of an object."""
    one = thing.one
    answers = one.answers
    if one.geometry is not None:
        told: list[shapes.Told] = list(shapes.told(_carried(one.geometry, record)))
    elif one.class_ is not None:
        told = [{"type": "label"}]
    else:
        caption, answers = attributes.captioned(answers)
        told = [{"type": "caption", "caption": caption}]
    said: dict[str, Plain] = attributes.written(one, answers)
    if thing.track is not None:
        said |= {"track_id": thing.track, "keyframe": not thing.made}
    for each in told:
        row: dict[str, object] = {
            "id": one.number,
            **each,
            "attributes": said,
            "group": groups.number(thing, len(told)),
        }
        if one.class_ is not None:
            row["label_id"] = places[one.class_]
        if thing.track is not None:
            row["object_id"] = thing.track
        if one.geometry is not None or one.z_order:
            row["z_order"] = one.z_order
        if one.on is not None and not _is_frame(one):
            row["on"] = one.on
        yield row


def _carried(shape: Geometry, record: Record) -> Geometry:
    if shapes.is_turned(shape):
        return convert(shape, "polygon")
    how = CARRIES.converts.get(kind(shape))
    return convert(shape, how, record.asset.height, record.asset.width) if how else shape


def _tracks(record: Record, label: Label, wanted: frames.Wanted) -> Iterator[tuple[int, Thing]]:
    for frame, track, keyframe, made in frames.states(label, record.asset.frames, wanted):
        one = Annotation(
            track.id,
            track.number,
            track.class_,
            keyframe.geometry,
            track.answers + keyframe.answers,
            group=track.group,
            occluded=keyframe.occluded or None,
            z_order=keyframe.z_order,
            confidence=track.confidence,
        )
        yield frame, Thing(one, label.id, track.number, made)


def _framed(label: Label) -> list[tuple[int, Thing]]:
    found = [(frame, Thing(one, label.id)) for one in label.annotations if (frame := _frame(one)) is not None]
    return sorted(found, key=itemgetter(0))


def _frame(one: Annotation) -> int | None:
    return one.on.first_frame if one.on is not None else None


def _is_frame(one: Annotation) -> bool:
    """Whether an annotation belongs to one frame and to no other part of the asset."""
    on = one.on
    if on is None or on.first_frame is None:
        return False
    return on.last_frame in (None, on.first_frame) and on.series is None and on.page is None and on.message is None
