"""A video as a row of `videos`, and each object of it as a row of `annotations`."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from labelport.kit.format import Context, Document, Lost, Row, Section, stem
from labelport.model.export import Carries
from labelport.model.geometry import Geometry, Mask, kind
from labelport.model.label import ClassRef
from labelport.model.ontology import LabelClass
from labelport.model.record import Record
from labelport.shapes import rle
from labelport.shapes.convert import CONVERSIONS, convert
from labelport.shapes.presence import Presence, presences

PATH = "instances.json"
CARRIES = Carries(
    kinds=frozenset({"mask"}),
    converts={**dict.fromkeys(CONVERSIONS["mask"], "mask"), "track": "frames"},
    features=frozenset({"on", "outside"}),
)
NO_SIZE = "the size of its video is not known, and a mask needs it"
NO_FRAMES = "it is on no frame with an area"
_NUMBER = {"videos": re.compile(rb'\{"id":(\d+)'), "annotations": re.compile(rb'\{"id":\d+,"video_id":(\d+)')}
_SEPARATOR = b",\n"
_encode = msgspec.json.Encoder().encode
Object = dict[str, Any]


def documents(context: Context) -> tuple[Document, ...]:
    """Return the one document, with all categories."""
    head = b'{"info":{"description":"Exported by Labelport","version":"1.0"},\n"licenses":[],\n"categories":[\n'
    head += _SEPARATOR.join(map(_category, context.classes)) + b'\n],\n"videos":[\n'
    sections = Section("videos", _SEPARATOR), Section("annotations", _SEPARATOR)
    return (Document(PATH, (head, sections[0], b'\n],\n"annotations":[\n', sections[1], b"\n]}\n")),)


def encode(record: Record, context: Context) -> Iterator[Row | Lost]:
    """Yield the video and its objects."""
    length = _length(record)
    yield Row("videos", _encode(_video(record, length)))
    if not record.asset.width or not record.asset.height:
        for label in record.labels:
            yield from (Lost(kind(one.geometry), "dropped", NO_SIZE) for one in label.annotations)
            yield from (Lost("track", "dropped", NO_SIZE) for _ in label.tracks)
        return
    numbers: dict[ClassRef | None, int] = {ref: one.number for one in context.classes for ref in (one.number, one.name)}
    for what, row in _objects(record, length, numbers):
        if row is None:
            yield Lost(what, "dropped", NO_FRAMES)
        else:
            yield Row("annotations", _encode(row))


def number(section: str, row: bytes) -> int:
    """Return the number of the task that a row belongs to."""
    found = _NUMBER[section].match(row)
    if found is None:
        raise ValueError(f"no row of {section!r}: {row[:40]!r}")
    return int(found[1])


def counted(record: Record, context: Context) -> Mapping[str, int]:
    """Return how many videos and objects a record gives."""
    rows = [item.section for item in encode(record, context) if isinstance(item, Row)]
    return {"videos": rows.count("videos"), "annotations": rows.count("annotations")}


def _objects(
    record: Record, length: int, numbers: Mapping[ClassRef | None, int]
) -> Iterator[tuple[str, Object | None]]:
    """Yield the kind of each object, and its row; None where it has none."""
    height, width = record.asset.height or 0, record.asset.width or 0
    for label in record.labels:
        kinds = {one.id: kind(one.geometry) for one in label.annotations}
        for one, seen in presences(label, length):
            frames = _masks(seen, length, (height, width))
            about = {"id": one.number, "video_id": record.number, "category_id": numbers[one.class_], "iscrowd": 0}
            row = {**about, "height": height, "width": width, "length": length, **frames}
            yield kinds.get(one.id, "track"), row if any(frames["areas"]) else None


def _masks(seen: Iterable[Presence], length: int, size: tuple[int, int]) -> dict[str, list[Any]]:
    """Return what stands for each frame: mask, box and area."""
    found: dict[str, list[Any]] = {key: [None] * length for key in ("segmentations", "bboxes", "areas")}
    masks: dict[Geometry, tuple[Any, Sequence[float], int]] = {}
    for frame, shape, _ in seen:
        if shape not in masks:
            mask = convert(shape, "mask", *size) if not isinstance(shape, Mask) else shape
            masks = {shape: _mask(mask)} if isinstance(mask, Mask) else masks
        segmentation, box, area = masks[shape]
        if area:
            found["segmentations"][frame], found["bboxes"][frame], found["areas"][frame] = segmentation, box, area
    return found


def _mask(mask: Mask) -> tuple[Object, Sequence[float], int]:
    runs = rle.parse(mask.counts)
    box = tuple(map(float, rle.bounds(runs, mask.height)))
    return {"size": [mask.height, mask.width], "counts": runs.tolist()}, box, rle.area(runs)


def _video(record: Record, length: int) -> Object:
    folder = stem(record.path)
    names = [f"{folder}/{frame:05d}.jpg" for frame in range(length)]
    about = {
        "id": record.number,
        "width": record.asset.width or 0,
        "height": record.asset.height or 0,
        "length": length,
    }
    rate = {"fps": record.asset.fps} if record.asset.fps else {}
    return {**about, **rate, "file_names": names}


def _length(record: Record) -> int:
    """Return how many frames there are, as far as is known; a picture is a video of one."""
    if record.asset.kind != "video" or record.asset.frames:
        return record.asset.frames or 1
    seen = [one.frame for label in record.labels for _, places in presences(label, None) for one in places]
    return max(seen, default=0) + 1


def _category(one: LabelClass) -> bytes:
    return _encode({"id": one.number, "name": one.name, "supercategory": one.parent or ""})
