"""Small records, and the documents of Datumaro that are written of them and read."""

import json
from collections.abc import Iterable
from typing import Any

import msgspec

from labelport.formats.datumaro import FORMAT
from labelport.kit.format import Context, Item
from labelport.model.asset import Asset
from labelport.model.label import Annotation, Label
from labelport.model.record import Record
from labelport.testing.cases import CLASSES
from labelport.testing.render import inputs, render

OPTIONS = {"media": "image"}
CONTEXT = Context(CLASSES, OPTIONS)
Document = dict[str, Any]


def picture(*annotations: Annotation, **more: Any) -> Record:
    asset = Asset("i", "image", width=64, height=48)
    return Record("t", "a.jpg", asset, 7, "a/b.jpg", labels=(Label("l", annotations=annotations),), **more)


def written(*records_: Record, **options: Any) -> Document:
    files = render(FORMAT, records_, msgspec.structs.replace(CONTEXT, options={**OPTIONS, **options}))
    found: Document = json.loads(files["annotations/default.json"])
    return found


def decoded(*documents: Document | bytes, names: Iterable[str] = ()) -> list[Item]:
    assert FORMAT.decode is not None
    paths = list(names) or [f"annotations/{place}.json" for place in range(len(documents))]
    data = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in documents]
    return list(FORMAT.decode(inputs(dict(zip(paths, data, strict=True)))))


def back(document: Document) -> Annotation:
    (record,) = (item for item in decoded(document) if isinstance(item, Record))
    (one,) = record.labels[0].annotations
    return one
