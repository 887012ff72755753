"""COCO captions: texts about whole pictures (https://cocodataset.org/#format-data, section 5).

Every text answer about a task is a caption. One that answers another question than `caption` says so in `key`, which
is not COCO's own. The first text of an annotation has its number as id, the others one made of it.
"""

from collections.abc import Iterator, Mapping

import msgspec

from labelport.kit import coco_items, coco_rows
from labelport.kit.coco import decode
from labelport.kit.coco_document import CAPTION
from labelport.kit.format import Context, Document, Format, Row
from labelport.model.answers import Text
from labelport.model.export import Carries
from labelport.model.record import Record


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`key`: only answers to this question; without it, every text."""

    key: str | None = None


class _Row(msgspec.Struct, frozen=True, omit_defaults=True):
    id: int
    image_id: int
    caption: str
    key: str = CAPTION


def encode(record: Record, context: Context) -> Iterator[Row]:
    """Yield the image and its captions."""
    yield Row("images", coco_rows.encode(coco_items.picture(record)))
    rows = coco_rows.joined(map(coco_rows.encode, _rows(record, context)))
    if rows:
        yield Row("annotations", rows)


def documents(context: Context) -> tuple[Document, ...]:  # noqa: ARG001
    """Return the one document, which has no categories."""
    return (msgspec.structs.replace(coco_rows.document(None), path="captions.json"),)


def count(record: Record, context: Context) -> Mapping[str, int]:
    """Return how many images and captions a record gives."""
    return {"images": 1, "annotations": sum(1 for _ in _rows(record, context))}


def found(record: Record, context: Context) -> tuple[int, int]:
    """Return how many pictures and captions a reader finds."""
    return 1, count(record, context)["annotations"]


def _rows(record: Record, context: Context) -> Iterator[_Row]:
    wanted = msgspec.convert(context.options, Options).key
    for label in record.labels:
        for annotation in label.annotations:
            texts = [one for one in annotation.answers if isinstance(one, Text) and wanted in (None, one.key)]
            for place, one in enumerate(texts if annotation.geometry is None else ()):
                id_ = coco_rows.of_frame(annotation.number, place, record.name) if place else annotation.number
                key = CAPTION if one.key == CAPTION else one.key  # what is omitted is told by identity
                yield _Row(id_, record.number, one.text, key)


FORMAT = Format(
    "COCO captions",
    Carries(frozenset({"classification"}), features=frozenset({"texts"})),
    encode,
    documents,
    options=Options,
    decode=decode,
    holds={"images": "task", "annotations": "annotation"},
    number=coco_rows.number,
    count=count,
    found=found,
)
