"""A video as a row of `videos`, and each object of it as a row of `annotations`."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from labelport.kit.format import Context, Document, Lost, Row, Section, stem
from labelport.kit.scenes import Size, sides
from labelport.kit.task_numbers import begun
from labelport.model.export import Carries
from labelport.model.geometry import Geometry, Mask, kind
from labelport.model.label import Annotation, ClassRef
from labelport.model.ontology import LabelClass
from labelport.model.record import Record
from labelport.shapes import rle
from labelport.shapes.convert import CONVERSIONS, convert
from labelport.shapes.presence import Presence, by_object, length_of

PATH = "instances.json"
CARRIES = Carries(
    kinds=frozenset({"mask"}),
    converts={**dict.fromkeys(CONVERSIONS["mask"], "mask"), "track": "frames"},
    features=frozenset({"on", "outside"}),
)
NO_SIZE = "the size of its video is not known, and a mask needs it"
NO_FRAMES = "it covers nothing in a wanted frame"
_NUMBER = {"videos": re.compile(rb'\{"id":(\d+)'), "annotations": re.compile(rb'\{"id":\d+,"video_id":(\d+)')}
_SEPARATOR = b",\n"
_encode = msgspec.json.Encoder().encode
Object = dict[str, Any]


class Masked(NamedTuple):
    """What stands for a frame in which an object is seen: runs, left, top, width and height, and area."""

    segmentation: Object
    bbox: tuple[float, ...]
    area: int


def documents(context: Context) -> tuple[Document, ...]:
    """Return the one document, with all categories."""
    head = b'{"info":{"description":"Exported by Labelport","version":"1.0"},\n"licenses":[],\n"categories":[\n'
    head += _SEPARATOR.join(map(_category, context.classes)) + b'\n],\n"videos":[\n'
    sections = Section("videos", _SEPARATOR), Section("annotations", _SEPARATOR)
    return (Document(PATH, (head, sections[0], b'\n],\n"annotations":[\n', sections[1], b"\n]}\n")),)


def encode(record: Record, context: Context) -> Iterator[Row | Lost]:
    """Yield the video and its objects."""
    length = length_of(record)
    yield Row("videos", _encode(_video(record, length)))
    numbers: dict[ClassRef | None, int] = {ref: one.number for one in context.classes for ref in (one.number, one.name)}
    for one, seen in by_object(record, context.frames):
        frames = _frames(_masks(seen, sides(record)), length)
        if frames is None:
            what = kind(one.geometry) if isinstance(one, Annotation) else "track"
            yield Lost(what, "dropped", NO_FRAMES if sides(record) else NO_SIZE)
        else:
            about = {"id": one.number, "video_id": record.number, "category_id": numbers[one.class_], "iscrowd": 0}
            size = {"height": record.asset.height, "width": record.asset.width, "length": length}
            yield Row("annotations", _encode({**about, **size, **frames}))


def number(section: str, row: bytes) -> int:
    """Return the number of the task that a row belongs to."""
    return begun(_NUMBER[section], section, row)


def counted(record: Record, context: Context) -> Mapping[str, int]:
    """Return how many videos and objects a record gives; of each object one frame with an area is looked for."""
    objects = by_object(record, context.frames)
    return {"videos": 1, "annotations": sum(any(_masks(seen, sides(record))) for _, seen in objects)}


def _masks(seen: Iterable[Presence], size: Size | None) -> Iterator[tuple[int, Masked]]:
    """Yield each frame in which an object covers anything, with its mask, bounds and area."""
    before: tuple[Geometry, Masked] | None = None
    if size is None:
        return
    for each in seen:
        if before is None or before[0] != each.shape:
            before = each.shape, _masked(each.shape, size)
        if before[1].area:
            yield each.frame, before[1]


def _frames(masks: Iterable[tuple[int, Masked]], length: int) -> Object | None:
    """Return what stands for each frame; None where there is no mask."""
    found: dict[str, list[object]] = {key: [None] * length for key in ("segmentations", "bboxes", "areas")}
    frame = None
    for frame, mask in masks:
        found["segmentations"][frame], found["bboxes"][frame], found["areas"][frame] = mask
    return None if frame is None else found


def _masked(shape: Geometry, size: Size) -> Masked:
    mask = shape if isinstance(shape, Mask) else convert(shape, "mask", *size)
    assert isinstance(mask, Mask)
    runs = rle.parse(mask.counts)
    box = tuple(map(float, rle.bounds(runs, mask.height)))
    return Masked({"size": [mask.height, mask.width], "counts": runs.tolist()}, box, rle.area(runs))


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


def _category(one: LabelClass) -> bytes:
    return _encode({"id": one.number, "name": one.name, "supercategory": one.parent or ""})
