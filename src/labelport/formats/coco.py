"""COCO: instances and keypoints in one document (https://cocodataset.org/#format-data).

Ids: an image's is its task's number, an annotation's its own; a category's is its class's pinned number. Frames of a
video are images of their own. Outline and joints of one group are one annotation. Answers go to `attributes`. The
`state` of an image tells a task that nobody labelled from one that was reviewed and is empty.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import Literal

import msgspec

from labelport.errors import InvalidError
from labelport.kit import coco_items, coco_rows
from labelport.kit.coco import decode
from labelport.kit.coco_items import CARRIES
from labelport.kit.coco_outlines import as_keyholes, as_runs
from labelport.kit.coco_rows import ImageRow, Item
from labelport.kit.format import Context, Document, Format, Row, Stored
from labelport.model.geometry import Polygon
from labelport.model.label import Annotation
from labelport.model.record import Record

AT_ONCE = 512
"""Rows of a video that are made together."""


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`category_id_base`: the category id of class 1. `holes`: a polygon with holes as runs, or as keyhole polygons."""

    category_id_base: Literal[0, 1] = 1
    holes: Literal["rle", "keyhole"] = "rle"


def encode(record: Record, context: Context) -> Iterator[Row]:
    """Yield the image, or those of the frames, and their annotations."""
    options = msgspec.convert(context.options, Options)
    numbers = {one.name: one.number for one in context.classes}
    still = [item for label in record.labels for item in coco_items.stills(record, label, numbers)]
    moves = any(map(coco_items.is_moving, record.labels))
    moving = coco_items.moving(record, context.frames, numbers) if moves else iter(())
    first = list(islice(moving, 1))
    if still or not first:
        yield _image(coco_items.picture(record))
        yield from _annotations(still, options)
    waiting: list[Item] = []
    for frame, items in groupby(chain(first, moving), itemgetter(0)):
        yield _image(coco_items.frame_picture(record, frame))
        waiting += (item for _, item in items)
        if len(waiting) >= AT_ONCE:
            yield from _annotations(waiting, options)
            waiting = []
    yield from _annotations(waiting, options)


def documents(context: Context) -> tuple[Document, ...]:
    """Return the one document, with all categories."""
    options = msgspec.convert(context.options, Options)
    return (coco_rows.document(context.classes, options.category_id_base),)


def splice(stored: Stored, context: Context) -> Iterator[Row]:
    """Yield the image of a picture and the annotations that were made when its labels were stored."""
    yield _image(ImageRow(stored.number, stored.path, stored.width, stored.height, stored.state))
    body = coco_rows.joined(filter(None, stored.fragments))
    if body:
        yield Row("annotations", coco_rows.rebased(body, context.options.get("category_id_base", 1)))


def fragment(records: Sequence[Record]) -> list[bytes | None]:
    """Return the annotations of each record's label, where they do not depend on options, frames or other rows."""
    found = [_direct(record) for record in records]
    try:
        rows = iter(coco_rows.rows([item for items in found for item in items or ()]))
    except InvalidError:
        return [None] if len(records) == 1 else [one for record in records for one in fragment([record])]
    return [None if items is None else coco_rows.joined(islice(rows, len(items))) for items in found]


def count(record: Record, context: Context) -> Mapping[str, int]:
    """Return how many images and annotations a record gives."""
    return coco_items.counted(record, context.frames)


def found(record: Record, context: Context) -> tuple[int, int]:
    """Return how many pictures and annotations a reader finds."""
    return coco_items.found(record, context.frames)


def _direct(record: Record) -> list[Item] | None:
    label = record.labels[0]
    if label.tracks or label.keyframes or not all(map(_is_direct, label.annotations)):
        return None
    return None if coco_items.joints_of(label.annotations) else coco_items.stills(record, label, {})


def _is_direct(one: Annotation) -> bool:
    shape = one.geometry
    if isinstance(shape, Polygon) and any(part[1:] for part in shape.parts):
        return False
    return not isinstance(one.class_, str) and (one.on is None or one.on.first_frame is None)


def _image(row: ImageRow) -> Row:
    return Row("images", coco_rows.encode(row))


def _annotations(items: list[Item], options: Options) -> Iterable[Row]:
    if not items:
        return ()
    rows = coco_rows.rows(items, as_runs if options.holes == "rle" else as_keyholes)
    return (Row("annotations", coco_rows.rebased(coco_rows.joined(rows), options.category_id_base)),)


FORMAT = Format(
    "COCO",
    CARRIES,
    encode,
    documents,
    splice=splice,
    fragment=fragment,
    options=Options,
    decode=decode,
    typed=True,
    holds={"images": "task", "annotations": "annotation"},
    number=coco_rows.number,
    count=count,
    found=found,
)
