"""Documents of Datumaro read: a record for each item, or for all items of one video.

Several documents are subsets of one set. Media beside them are no documents and are passed over. An annotation that
cannot be taken is rejected alone, with every reason.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Raw

from labelport.errors import Fault
from labelport.formats.datumaro import attributes, categories, shapes
from labelport.formats.datumaro.categories import Categories
from labelport.formats.datumaro.rows import FOLDERS, AnnotationRow, ItemRow
from labelport.kit.coco_document import Kind, fault
from labelport.kit.format import BROKEN, Counted, Input, Item, Reject, Unread, stem
from labelport.kit.native import BOM, MANIFEST, SIDECARS
from labelport.model.asset import Asset
from labelport.model.label import Annotation, Label, Target
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.record import Record

LABEL = "datumaro"
_MEDIA = frozenset(FOLDERS.values())


class _Item(ItemRow, frozen=True, forbid_unknown_fields=True):
    pass


class _Annotation(AnnotationRow, frozen=True, forbid_unknown_fields=True):
    pass


class _Document(msgspec.Struct, frozen=True):
    items: list[Raw]
    categories: Categories = Categories()
    infos: dict[str, Any] = {}
    media_type: Any = None
    dm_format_version: Any = None


class _Page(msgspec.Struct):
    """A document at work: what its labels are, the keys that are not read, and how much was read of it."""

    path: str
    document: _Document
    unread: Counter[str]
    classes: list[LabelClass] = []
    records: int = 0
    annotations: int = 0


Placed = tuple[str, ItemRow]
"""An item with its path in the document."""
Row = tuple[str, AnnotationRow]
"""An annotation with its path in the document."""
_item = Kind("$.items[]", ItemRow, _Item)
_annotation = Kind("$.items[].annotations[]", AnnotationRow, _Annotation)
_keys = msgspec.json.Decoder(dict[str, Raw])
_document = msgspec.json.Decoder(_Document)


def decode(inputs: Iterable[Input]) -> Iterator[Item]:
    """Yield the classes, then a record for each task, then what was not read and the counts of each document."""
    pages: list[_Page] = []
    for given in inputs:
        *folders, name = given.path.split("/")
        if name in (MANIFEST, *SIDECARS) or not _MEDIA.isdisjoint(folders):
            continue
        found = _open(given) if name.endswith(".json") else Unread(given.path, "$", 1)
        if isinstance(found, _Page):
            pages.append(found)
        else:
            yield found
    classes, own = categories.read((page.document.categories, page.unread) for page in pages)
    yield Ontology(tuple(classes))
    taken: set[str] = set()
    for page, labels in zip(pages, own, strict=True):
        page.classes = labels
        yield from _records(page, taken)
        yield from (Unread(page.path, key, times) for key, times in sorted(page.unread.items()) if times)
        yield Counted(page.path, page.records, page.annotations)


def _open(given: Input) -> _Page | Reject | Unread:
    """Return the document in a file, or why there is none; JSON without `items` is of another kind and not read."""
    data = given.read().removeprefix(BOM)
    try:
        keys = _keys.decode(data)
        if "items" not in keys:
            return Unread(given.path, "$", 1)
        document = _document.decode(data)
    except BROKEN as e:
        return Reject(given.path, "$", (fault(e, data),))
    unread = Counter(f"$.{key}" for key in keys if key not in _Document.__struct_fields__)
    unread["$.infos"] += bool(document.infos)
    return _Page(given.path, document, unread)


def _records(page: _Page, taken: set[str]) -> Iterator[Record | Reject]:
    tasks: dict[tuple[str, object], list[Placed]] = {}
    for place, raw in enumerate(page.document.items):
        at = f"$.items[{place}]"
        try:
            row = _item.read(raw, page.unread)
        except BROKEN as e:
            page.records += 1
            yield Reject(page.path, at, (fault(e, raw, at),))
            continue
        tasks.setdefault(_task(row, place), []).append((at, row))
    for items in tasks.values():
        page.records += 1
        yield from _record(page, items, taken)


def _task(row: ItemRow, place: int) -> tuple[str, object]:
    """Return what the items of one task have in common."""
    if row.number is not None:
        return "number", row.number
    return ("video", row.video_frame.video_path) if row.video_frame else ("place", place)


def _record(page: _Page, items: Sequence[Placed], taken: set[str]) -> Iterator[Record | Reject]:
    first = items[0][1]
    asset = _asset([row for _, row in items])
    name = asset.id if asset.id not in taken else f"{page.path}#{asset.id}"
    taken.add(name)
    annotations: dict[str, Annotation] = {}
    for at, item in items:
        for made in _annotations(page, item, at, name):
            if isinstance(made, Reject):
                yield made
            else:
                key = _free(made, item, annotations)
                annotations[key] = msgspec.structs.replace(made, id=key)
    labels = (Label(LABEL, source="import", annotations=tuple(annotations.values())),)
    is_bare = not annotations and all(row.state == "unlabelled" for _, row in items)
    yield Record(name, asset.uri or name, asset, labels=() if is_bare else labels, metadata=first.attr or None)


def _asset(rows: Sequence[ItemRow]) -> Asset:
    """Return what the items of one task show."""
    first = rows[0]
    size = next((row.image.size for row in rows if row.image and row.image.size), (None, None))
    if first.path is not None:
        uri, kind = first.path, first.kind or "image"
    elif first.video_frame is not None:
        uri, kind = first.video_frame.video_path, "video"
    elif first.point_cloud is not None and first.point_cloud.path:
        uri, kind = first.point_cloud.path, "point_cloud"
    else:
        uri = (first.image and first.image.path) or (first.media and first.media.path) or first.id
        kind = "image"
    is_frame = first.frame is not None or first.video_frame is not None
    name = stem(uri) if first.path is not None or is_frame else first.id
    return msgspec.convert({"id": name, "kind": kind, "uri": uri, "height": size[0], "width": size[1]}, Asset)


def _annotations(page: _Page, item: ItemRow, at: str, record: str) -> Iterator[Annotation | Reject]:
    objects: dict[object, list[Row]] = {}
    for place, raw in enumerate(item.annotations):
        path = f"{at}.annotations[{place}]"
        try:
            row = _annotation.read(raw, page.unread)
        except BROKEN as e:
            page.annotations += 1
            yield Reject(page.path, record, (fault(e, raw, path),), 1, 0)
            continue
        objects.setdefault(_object(row, place), []).append((path, row))
    alone = Counter(rows[0][1].group for rows in objects.values())
    for rows in objects.values():
        page.annotations += 1
        faults: list[Fault] = []
        made = _made(page, item, [row for _, row in rows], faults)
        group = rows[0][1].group
        if faults:
            path = rows[0][0]
            placed = tuple(msgspec.structs.replace(one, path=path + one.path) for one in faults)
            yield Reject(page.path, record, placed, 1, 0)
        elif not group or (group == rows[0][1].id and alone[group] == 1):
            yield made
        else:
            yield msgspec.structs.replace(made, group=str(group))


def _object(row: AnnotationRow, place: int) -> object:
    """Return what the annotations of one object have in common: parts have its id and its group."""
    if row.type in shapes.JOINED and row.id and row.group:
        return row.type, row.id, row.group, row.label_id
    return place


def _made(page: _Page, item: ItemRow, rows: Sequence[AnnotationRow], faults: list[Fault]) -> Annotation:
    row = rows[0]
    of = None
    if row.label_id is not None and 0 <= row.label_id < len(page.classes):
        of = page.classes[row.label_id]
    elif row.label_id is not None or row.type == "label":
        faults.append(Fault(".label_id", "is missing" if row.label_id is None else f"no label {row.label_id}"))
    given = row.attributes or {}
    if row.object_id is not None and row.object_id >= 0 and "track_id" not in given:
        given = {**given, "track_id": row.object_id}
    told, answers = attributes.read(given, of.attributes if of else (), faults)
    size = item.image.size if item.image else None
    shape = None
    if row.type == "caption":
        answers = attributes.uncaptioned(row.caption, answers)
    elif row.type != "label":
        shape = shapes.read(shapes.Given(rows, of, size, told.rotation), faults)
    return Annotation(
        str(row.id or ""),
        class_=of.number if of else None,
        geometry=shape,
        answers=answers,
        on=row.on or _on(item),
        occluded=told.occluded,
        truncated=told.truncated,
        crowd=told.crowd,
        z_order=row.z_order or 0,
        confidence=told.confidence,
    )


def _on(item: ItemRow) -> Target | None:
    """Return the frame that an item is of."""
    frame = item.video_frame.frame_index if item.video_frame else None
    frame = item.frame if item.frame is not None else frame
    return None if frame is None else Target(first_frame=frame, last_frame=frame)


def _free(one: Annotation, item: ItemRow, taken: dict[str, Annotation]) -> str:
    """Return an id that no other annotation of the task has; Datumaro's may be 0, or one in several frames."""
    if one.id and one.id not in taken:
        return one.id
    name = f"{item.id}#{one.id or len(taken) + 1}"
    while name in taken:
        name += "'"
    return name
