"""COCO stuff: a mask for each class in each picture, in one document (https://cocodataset.org/#format-data, section 3).

Each pixel belongs to one class at most. Otherwise the document is that of COCO instances: `iscrowd` is 0, the outline
is runs, and categories are classes by their pinned numbers.
"""

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec
import numpy as np

from labelport.kit import coco_items, coco_rows, layers
from labelport.kit.coco import decode
from labelport.kit.coco_outlines import Shape
from labelport.kit.coco_rows import Item
from labelport.kit.format import Context, Document, Format, Lost, Row
from labelport.kit.layers import Layer, Order
from labelport.kit.scenes import Scene, Size, count, found, scenes, size
from labelport.model.geometry import Mask
from labelport.model.record import Record
from labelport.shapes import rle
from labelport.shapes.paint import Painting


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`order`: what lies on top: the higher `z_order`, the higher class number, or the smaller area.

    `category_id_base`: the category id of class 1.
    """

    order: Order = "z_order"
    category_id_base: Literal[0, 1] = 1


def documents(context: Context) -> tuple[Document, ...]:
    """Return the one document, with all categories."""
    found = coco_rows.document(context.classes, _options(context).category_id_base)
    return (msgspec.structs.replace(found, path="stuff.json"),)


def encode(record: Record, context: Context) -> Iterator[Row | Lost]:
    """Yield for each picture or frame its row, and a mask of each class that is seen in it."""
    asked = _options(context)
    for scene in scenes(record, context):
        image = coco_items.image(record, scene.frame)
        yield Row("images", coco_rows.encode(image))
        reach = size(record, scene.marks)
        if reach is None or not scene.marks:
            continue
        found = layers.layers(scene.marks, reach, asked.order)
        values = [one.mark.class_ for one in found]
        painting = layers.painted(found, values, reach)
        yield from layers.losses(found, layers.left(found, values, painting))
        items = list(_items(found, painting, reach, record, scene, image.id))
        if items:
            rows = coco_rows.joined(coco_rows.rows(items))
            yield Row("annotations", coco_rows.rebased(rows, asked.category_id_base))


def counted(record: Record, context: Context) -> Mapping[str, int]:
    """Return how many images and masks a record gives; what is seen is known by drawing alone, so it is drawn again."""
    masks = 0
    for scene in scenes(record, context):
        reach = size(record, scene.marks)
        if reach is not None and scene.marks:
            found = layers.layers(scene.marks, reach, _options(context).order)
            values = [one.mark.class_ for one in found]
            painting = layers.painted(found, values, reach)
            masks += sum(bool(np.any(painting == class_)) for class_ in set(values))
    return {"images": count(record, context.frames)[0], "annotations": masks}


def _options(context: Context) -> Options:
    return msgspec.convert(context.options, Options)


def _items(
    found: list[Layer], painting: Painting, reach: Size, record: Record, scene: Scene, image: int
) -> Iterator[Item]:
    """Yield the mask of each class that is seen, under the number of the first annotation of the class."""
    first: dict[int, int] = {}
    for one in found:
        first[one.mark.class_] = min(first.get(one.mark.class_, one.mark.thing.number), one.mark.thing.number)
    for class_, number in sorted(first.items()):
        runs = rle.encode(painting == class_)
        if len(runs) < 2:
            continue
        shape = Shape(Mask(*reach, rle.write(runs)), *reach)
        id_ = number if scene.frame is None else coco_rows.of_frame(number, scene.frame, record.name)
        yield Item(id_, image, class_, shape)


FORMAT = Format(
    "COCO stuff",
    layers.carries(),
    encode,
    documents,
    options=Options,
    decode=decode,
    typed=True,
    merges=True,
    holds={"images": "task", "annotations": "task"},
    number=coco_rows.number,
    count=counted,
    found=found,
)
