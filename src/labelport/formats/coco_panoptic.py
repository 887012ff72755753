"""COCO panoptic: each pixel of a picture is of one segment at most (https://cocodataset.org/#format-data, section 4).

A PNG for each picture holds the ids of segments as R + 256 G + 65536 B, 0 where there is none; `panoptic.json` tells
what each segment is. Of things, each object is a segment; of stuff, all objects of a class are one.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec
import numpy as np

from labelport.errors import RequestError
from labelport.kit import coco_items, coco_rows, layers, png
from labelport.kit.coco import decode
from labelport.kit.format import Context, Document, File, Format, Lost, Row, Section, stem
from labelport.kit.layers import Layer, Order
from labelport.kit.palette import colours
from labelport.kit.scenes import Scene, count, drawn, found, scenes, size
from labelport.model.label import Annotation
from labelport.model.ontology import LabelClass
from labelport.model.record import Record
from labelport.shapes import rle
from labelport.shapes.paint import Painting

FOLDER, PATH = "panoptic", "panoptic.json"
"""The folder of the PNGs is named as the document, which is where readers look."""
MOST = 2**24 - 1
STUFF = "stuff"
"""The parent that makes a class stuff."""
_IMAGE = re.compile(rb'\{"image_id":(\d+)')


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`order`: what lies on top: the higher `z_order`, the higher class number, or the smaller area.

    `stuff`: the numbers of classes that are stuff, with commas between, besides those whose parent is `stuff`.
    `category_id_base`: the category id of class 1.
    """

    order: Order = "z_order"
    stuff: str = ""
    category_id_base: Literal[0, 1] = 1


class Category(msgspec.Struct, frozen=True):
    """A row of `categories`."""

    id: int
    name: str
    supercategory: str
    isthing: int
    color: tuple[int, int, int]


class Segment(msgspec.Struct, frozen=True):
    """A row of `segments_info`; `bbox` bounds its pixels."""

    id: int
    category_id: int
    area: int
    bbox: tuple[int, int, int, int]
    iscrowd: int


class Segmented(msgspec.Struct, frozen=True):
    """A row of `annotations`, one for each picture."""

    image_id: int
    file_name: str
    segments_info: tuple[Segment, ...]


def documents(context: Context) -> tuple[Document, ...]:
    """Return the one document, with all categories."""
    base = _options(context).category_id_base
    stuff, shades = _stuff(context), colours(context.classes)
    rows = [
        Category(one.number - 1 + base, one.name, one.parent or "", int(one.number not in stuff), shades[one.number])
        for one in sorted(context.classes, key=lambda one: one.number)
    ]
    listed = coco_rows.SEPARATOR.join(map(coco_rows.encode, rows))
    head = b'{"info":{"description":"Exported by Labelport","version":"1.0"},\n"categories":[\n' + listed + b"\n],\n"
    images, annotations = (Section(name, coco_rows.SEPARATOR) for name in ("images", "annotations"))
    parts = (head + b'"images":[\n', images, b'\n],\n"annotations":[\n', annotations, b"\n]}\n")
    return (Document(PATH, parts),)


def encode(record: Record, context: Context) -> Iterator[Row | File | Lost]:
    """Yield for each picture or frame its row, and the PNG and the row of its segments."""
    stuff = _stuff(context)
    for scene in scenes(record, context):
        image = coco_items.image(record, scene.frame)
        yield Row("images", coco_rows.encode(image))
        reach = size(record, scene.marks)
        if reach is None:
            continue
        found = layers.layers(scene.marks, reach, _options(context).order)
        ids = _ids(found, stuff)
        painting = layers.painted(found, ids, reach)
        kept = layers.left(found, ids, painting)
        yield from layers.losses(found, kept)
        name = _name(record, scene)
        yield File(f"{FOLDER}/{name}", _png(painting))
        seen = [(one, id_) for one, id_, left in zip(found, ids, kept, strict=True) if left]
        segments = _segments(seen, painting, _options(context).category_id_base)
        yield Row("annotations", coco_rows.encode(Segmented(image.id, name, tuple(segments))))


def counted(record: Record, context: Context) -> Mapping[str, int]:
    """Return how many images and annotations a record gives."""
    return {"images": count(record, context.frames)[0], "annotations": drawn(record, context.frames)}


def number(section: str, element: bytes) -> int:
    """Return the number of the task that a row belongs to."""
    if section == "annotations" and (found := _IMAGE.match(element)):
        return coco_rows.number("images", b'{"id":' + found[1])
    return coco_rows.number(section, element)


def _options(context: Context) -> Options:
    return msgspec.convert(context.options, Options)


def _stuff(context: Context) -> frozenset[int]:
    """Return the numbers of the classes that are stuff."""
    words = [word.strip() for word in _options(context).stuff.split(",") if word.strip()]
    known = {str(one.number): one.number for one in context.classes}
    if unknown := [word for word in words if word not in known]:
        raise RequestError(f"format 'coco_panoptic': stuff: {unknown[0]!r} is no number of a class")
    return frozenset([*(known[word] for word in words), *_by_parent(context.classes)])


def _by_parent(classes: Sequence[LabelClass]) -> Iterator[int]:
    return (one.number for one in classes if one.parent == STUFF)


def _name(record: Record, scene: Scene) -> str:
    """Return the name of a PNG; no other file has it, since names of tasks bear no `~` but before digits."""
    frame = "" if scene.frame is None else f"~frame-{scene.frame:06d}"
    return f"{stem(record.path)}{frame}.png"


def _ids(found: Sequence[Layer], stuff: frozenset[int]) -> list[int]:
    """Return the segment of each layer: the number of its annotation, or of the first of its class where it is stuff.

    Where such a number does not fit, or is not alone, segments are numbered from 1 on.
    """
    first: dict[int, int] = {}
    owners = [first.setdefault(one.mark.class_, at) if one.mark.class_ in stuff else at for at, one in enumerate(found)]
    given = {at: found[at].mark.thing.number for at in owners}
    if len(set(given.values())) < len(given) or not all(0 < value <= MOST for value in given.values()):
        given = {at: place for place, at in enumerate(given, 1)}
    return [given[at] for at in owners]


def _segments(seen: Sequence[tuple[Layer, int]], painting: Painting, base: int) -> Iterator[Segment]:
    """Yield what each segment is; of several layers in one, the first speaks for all."""
    done: set[int] = set()
    for one, id_ in seen:
        if id_ in done:
            continue
        done.add(id_)
        x, y, width, height = rle.bounds(
            rle.union([layer.runs for layer, other in seen if other == id_]), len(painting)
        )
        inside = painting[y : y + height, x : x + width] == id_
        left, top, wide, high = rle.bounds(rle.encode(inside), height)
        box = (x + left, y + top, wide, high)
        yield Segment(id_, one.mark.class_ - 1 + base, int(np.count_nonzero(inside)), box, _crowd(one))


def _crowd(one: Layer) -> int:
    return int(isinstance(one.mark.thing, Annotation) and one.mark.thing.crowd)


def _png(painting: Painting) -> bytes:
    """Return ids as colours, the lowest byte red."""
    ids = np.ascontiguousarray(painting, "<u4")
    return png.write(np.frombuffer(ids, np.uint8).reshape(*painting.shape, 4)[..., :3])


FORMAT = Format(
    "COCO panoptic",
    layers.carries("crowd"),
    encode,
    documents,
    options=Options,
    decode=decode,
    typed=True,
    merges=True,
    holds={"images": "task", "annotations": "task"},
    number=number,
    count=counted,
    found=found,
)
