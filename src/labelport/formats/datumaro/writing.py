"""A task as items: its picture, or the frames of a video that bear anything, each with its annotations."""

import re
from collections.abc import Iterator, Mapping
from itertools import count as numbers

import msgspec

from labelport.formats.datumaro import attributes, categories, shapes
from labelport.formats.datumaro.rows import FOLDERS, MEDIA_TYPES, SUBSET, Options
from labelport.kit import scenes
from labelport.kit.format import Context, Document, Lost, Row, Section, stem
from labelport.kit.scenes import placed
from labelport.model.export import Carries
from labelport.model.geometry import Cuboid3D, Geometry, kind
from labelport.model.label import Annotation, ClassRef, Keyframe, Target, Track
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
_NUMBER = re.compile("[1-9][0-9]{0,8}")


def documents(context: Context) -> tuple[Document, ...]:
    """Return a document for each subset, with all categories."""
    media = MEDIA_TYPES[msgspec.convert(context.options, Options).media]
    head = b'{"dm_format_version":"1.0","media_type":%d,"infos":{},\n"categories":' % media
    head += _encode(categories.written(context.classes)) + b',\n"items":[\n'
    return tuple(
        Document(f"annotations/{part or SUBSET}.json", (head, Section(_section(part), _SEPARATOR), b"\n]}\n"))
        for part in context.parts or ("",)
    )


def encode(record: Record, context: Context) -> Iterator[Row | Lost]:
    """Yield the items of a task."""
    media = msgspec.convert(context.options, Options).media
    writer = _Writer(record, context)
    for frame, things in placed(record, context.frames):
        rows: list[dict[str, object]] = []
        for thing, state in things:
            lost = _lost(thing, state)
            if lost is not None:
                yield lost
            if lost is None or lost.fate == "converted":
                rows += writer.rows(thing, state)
        yield Row(_section(context.part), _encode(_item(record, frame, media, rows)))


def count(record: Record, context: Context) -> Mapping[str, int]:
    """Return how many items a record gives."""
    return {_section(context.part): scenes.count(record, context.frames)[0]}


def found(record: Record, context: Context) -> tuple[int, int]:
    """Return how many tasks and annotations a reader finds: an object of a track is one in each frame."""
    return 1, scenes.count(record, context.frames)[1]


def place(path: str, context: Context) -> str:
    """Return where the copy of a medium is."""
    return f"{FOLDERS[msgspec.convert(context.options, Options).media]}/{context.part or SUBSET}/{path}"


class _Writer:
    """Makes the annotations of a task's objects."""

    def __init__(self, record: Record, context: Context) -> None:
        self._record = record
        self._places: dict[ClassRef, int] = {}
        for place_, one in enumerate(context.classes):
            self._places |= {one.number: place_, one.name: place_}
        self._groups = _groups(record)
        tracks = {(label.id, track.id): track.number for label in record.labels for track in label.tracks}
        self._keyed = {(tracks[label.id, key.track], key.frame) for label in record.labels for key in label.keyframes}

    def rows(self, thing: Annotation | Track, state: Annotation | Keyframe) -> Iterator[dict[str, object]]:
        """Yield the annotations of an object."""
        one = _whole(thing, state)
        answers = one.answers
        if one.geometry is not None:
            told: list[shapes.Told] = list(shapes.told(_carried(one.geometry, self._record)))
        elif one.class_ is not None:
            told = [{"type": "label"}]
        else:
            caption, answers = attributes.captioned(answers)
            told = [{"type": "caption", "caption": caption}]
        same: dict[str, object] = {"attributes": attributes.written(one, answers)}
        if isinstance(state, Keyframe):
            is_key = (thing.number, state.frame) in self._keyed
            same["attributes"] = attributes.written(one, answers) | {"track_id": thing.number, "keyframe": is_key}
        same["group"] = self._groups.get(thing.number, thing.number if len(told) > 1 else 0)
        same |= self._about(one, state)
        yield from ({"id": thing.number, **each, **same} for each in told)

    def _about(self, one: Annotation, state: Annotation | Keyframe) -> dict[str, object]:
        """Return the class, the track, what lies above, and the part of the asset, where it is more than a frame."""
        found: dict[str, object] = {}
        if one.class_ is not None:
            found["label_id"] = self._places[one.class_]
        if isinstance(state, Keyframe):
            found["object_id"] = one.number
        if one.geometry is not None or one.z_order:
            found["z_order"] = one.z_order
        if one.on is not None and not _is_frame(one.on):
            found["on"] = one.on
        return found


def _groups(record: Record) -> dict[int, int]:
    """Return numbers for groups, which Datumaro has in place of names, by the numbers of the objects that are in one.

    A group that is called by a number keeps it. None has the number of an object: those are for annotations that only
    belong to each other because they are parts of one object.
    """
    own: dict[int, tuple[str, str]] = {}
    taken: set[int] = set()
    for label in record.labels:
        objects: list[Annotation | Track] = [*label.annotations, *label.tracks]
        for one in objects:
            taken.add(one.number)
            if one.group is not None:
                own[one.number] = (label.id, one.group)
    given: dict[tuple[str, str], int] = {}
    for name in dict.fromkeys(own.values()):
        number = int(name[1]) if _NUMBER.fullmatch(name[1]) else 0
        if number and number not in taken:
            given[name] = number
            taken.add(number)
    free = (number for number in numbers(1) if number not in taken)
    for name in dict.fromkeys(own.values()):
        if name not in given:
            given[name] = next(free)
    return {number: given[name] for number, name in own.items()}


def _section(part: str) -> str:
    return f"items of {part}" if part else "items"


def _whole(thing: Annotation | Track, state: Annotation | Keyframe) -> Annotation:
    """Return an object as it stands on a picture or in a frame."""
    if isinstance(thing, Annotation):
        return thing
    assert isinstance(state, Keyframe), "a track stands as its keyframes say"
    return Annotation(
        thing.id,
        thing.number,
        thing.class_,
        state.geometry,
        thing.answers + state.answers,
        occluded=state.occluded or None,
        z_order=state.z_order,
        confidence=thing.confidence,
    )


def _lost(thing: Annotation | Track, state: Annotation | Keyframe) -> Lost | None:
    shape = state.geometry
    what = kind(shape) if state is thing else f"keyframe of {kind(shape)}"
    if isinstance(shape, Cuboid3D) and shape.space == "voxel":
        return Lost(what, "dropped", IN_VOXELS)
    return Lost(what, "converted", "polygon") if shapes.is_turned(shape) else None


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
    asset = record.asset
    size = {"size": (asset.height, asset.width)} if asset.height and asset.width else {}
    match media, asset.kind:
        case "image", "video" if frame is not None:
            return {"image": {"path": scenes.path(record, frame), **size}}
        case "image", "image":
            return {"image": {"path": scenes.path(record, None), **size}}
        case "video_frame", "video" if frame is not None:
            return {"video_frame": {"video_path": record.path, "frame_index": frames.source_frame(asset, frame)}}
        case "point_cloud", "point_cloud":
            return {"point_cloud": {"path": record.path}}
        case _:
            return {}


def _carried(shape: Geometry, record: Record) -> Geometry:
    if shapes.is_turned(shape):
        return convert(shape, "polygon")
    how = CARRIES.converts.get(kind(shape))
    return convert(shape, how, record.asset.height, record.asset.width) if how else shape


def _is_frame(on: Target) -> bool:
    """Whether a part of an asset is one frame and no more."""
    if on.first_frame is None:
        return False
    return on.last_frame in (None, on.first_frame) and on.series is None and on.page is None and on.message is None
