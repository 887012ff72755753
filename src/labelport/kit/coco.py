"""Reads COCO documents: instances, keypoints, captions, panoptic; several documents of the same pictures together.

A picture is the same where id and file name are. An object that a later document repeats, by id, class and outline,
is taken once; only its joints are added.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import msgspec

from labelport.errors import Fault
from labelport.kit import coco_derived, coco_objects, coco_panoptic
from labelport.kit.coco_classes import Categories, classes
from labelport.kit.coco_document import ANNOTATION, IMAGE, AnnotationRow, Document, Id, ImageRow, fault, open_document
from labelport.kit.format import BROKEN, Counted, Input, Item, Reject, Unread
from labelport.kit.native import foreign
from labelport.model.asset import Asset
from labelport.model.geometry import Box
from labelport.model.label import Annotation, Label
from labelport.model.record import Record
from labelport.shapes import rle

AT_ONCE = 256
"""Pictures whose masks are checked together."""


class _Page(msgspec.Struct):
    """A document at work: what its ids mean, and how much was read of it."""

    document: Document
    categories: Categories
    pictures: "dict[str, _Picture]" = {}
    seen: set[Id] = set()
    records: int = 0
    annotations: int = 0


class _Picture(msgspec.Struct):
    """A picture with the elements of `annotations` that are its own: of which document, the how-manieth, and bytes."""

    id: str
    row: ImageRow
    elements: list[tuple[_Page, int, msgspec.Raw]] = []


class _Head(msgspec.Struct, frozen=True):
    image_id: Id


class _Element(msgspec.Struct):
    """A decoded element, why its mask is none, or the bounds and the area that it has."""

    page: _Page
    at: str
    row: AnnotationRow
    of: _Picture
    reason: str | None = None
    measured: coco_derived.Measured | None = None


_head = msgspec.json.Decoder(_Head)


def decode(inputs: Iterable[Input]) -> Iterator[Item]:
    """Yield the classes, then a record for each picture, then what was not read and the counts of each document."""
    documents: list[Document] = []
    pngs: dict[str, Input] = {}
    for given in foreign(inputs):
        name = given.path.rpartition("/")[2]
        if name.endswith(".png"):
            pngs.setdefault(name, given)
            continue
        found = open_document(given) if name.endswith(".json") else Unread(given.path, "$", 1)
        if isinstance(found, Document):
            documents.append(found)
        else:
            yield found
    ontology, categories, rejects = classes(documents)
    yield ontology
    yield from rejects
    pages = [_Page(document, own) for document, own in zip(documents, categories, strict=True)]
    pictures: dict[tuple[Id, str], _Picture] = {}
    for page in pages:
        yield from _gather(page, pictures)
    yield from _records(pictures.values(), pngs)
    for page in pages:
        path = page.document.path
        yield from (Unread(path, key, count) for key, count in sorted(page.document.unread.items()))
        yield Counted(path, page.records, page.annotations)


def _gather(page: _Page, pictures: dict[tuple[Id, str], _Picture]) -> Iterator[Reject]:
    """Take up the pictures of a document and hand them their elements; yield what belongs nowhere."""
    path = page.document.path
    taken = {picture.id for picture in pictures.values()}
    for place, raw in enumerate(page.document.images):
        at = f"$.images[{place}]"
        try:
            row = IMAGE.read(raw, page.document.unread)
        except BROKEN as e:
            page.records += 1
            yield Reject(path, at, (fault(e, raw, at),))
            continue
        if str(row.id) in page.pictures:
            page.records += 1
            yield Reject(path, str(row.id), (Fault(f"{at}.id", f"{row.id} is taken by an earlier image"),))
            continue
        known = pictures.get((row.id, row.file_name))
        if known is None:
            page.records += 1
            name = str(row.id) if str(row.id) not in taken else f"{path}#{row.id}"
            known = pictures[row.id, row.file_name] = _Picture(name, row)
        page.pictures[str(row.id)] = known
    for place, raw in enumerate(page.document.annotations):
        try:
            image = str(_head.decode(raw).image_id)
            page.pictures[image].elements.append((page, place, raw))
        except BROKEN as e:
            yield _refuse(page, "$", (fault(e, raw, f"$.annotations[{place}]"),))
        except KeyError:
            yield _refuse(page, image, (Fault(f"$.annotations[{place}].image_id", f"no image {image}"),))


def _records(pictures: Iterable[_Picture], pngs: dict[str, Input]) -> Iterator[Record | Reject]:
    waiting = iter(pictures)
    while some := list(islice(waiting, AT_ONCE)):
        rejects: list[Reject] = []
        read = [list(_elements(picture, rejects)) for picture in some]
        _check_masks([element for elements in read for element in elements])
        for picture, elements in zip(some, read, strict=True):
            record = _record(picture, elements, pngs, rejects)
            yield from rejects
            yield record
            rejects.clear()


def _elements(picture: _Picture, rejects: list[Reject]) -> Iterator[_Element]:
    for page, place, raw in picture.elements:
        at = f"$.annotations[{place}]"
        try:
            row = ANNOTATION.read(raw, page.document.unread)
        except BROKEN as e:
            rejects.append(_refuse(page, picture.id, (fault(e, raw, at),)))
        else:
            page.annotations += coco_objects.expected(row)
            yield _Element(page, at, row, picture)


def _check_masks(elements: Sequence[_Element]) -> None:
    masks = [(element, mask) for element in elements if (mask := coco_objects.mask_of(element.row))]
    reasons = rle.faults(*zip(*(mask for _, mask in masks), strict=True)) if masks else []
    for (element, _), reason in zip(masks, reasons, strict=True):
        element.reason = reason
    _measure([(element, mask) for element, mask in masks if element.reason is None])


def _measure(masks: Sequence[tuple[_Element, tuple[str, int, int]]]) -> None:
    """Note the bounds and the area of each mask, all at once."""
    if not masks:
        return
    stack = rle.parse_all([counts for _, (counts, _, _) in masks])
    boxes = rle.bounds_all(stack, [height for _, (_, height, _) in masks]).tolist()
    for (element, _), box, area in zip(masks, boxes, rle.areas(stack).tolist(), strict=True):
        element.measured = Box(*map(float, box)), float(area)


def _record(picture: _Picture, elements: list[_Element], pngs: dict[str, Input], rejects: list[Reject]) -> Record:
    found: dict[str, Annotation] = {}
    for element in elements:
        page = element.page
        made = _panoptic(element, pngs) if element.row.segments_info is not None else _annotations(element)
        for one in made:
            if isinstance(one, Reject):
                rejects.append(one)
            elif _repeats(one, found):
                page.annotations -= 1
            else:
                name = one.id if one.id not in found else f"{page.document.path}#{one.id}"
                found[name] = msgspec.structs.replace(one, id=name) if name != one.id else one
    row = picture.row
    asset = Asset(picture.id, "image", uri=row.coco_url or row.file_name, width=row.width, height=row.height)
    kept = ("license", "coco_url", "flickr_url", "date_captured")
    labels = (Label("coco", source="import", annotations=tuple(found.values())),)
    return Record(
        picture.id,
        row.file_name,
        asset,
        labels=() if row.state == "unlabelled" and not found else labels,
        metadata={key: value for key in kept if (value := getattr(row, key)) is not None} or None,
    )


def _repeats(one: Annotation, found: dict[str, Annotation]) -> bool:
    """Whether an earlier document has the object; its group is taken over from either."""
    known = found.get(one.id)
    if known is None or (known.class_, known.geometry, known.answers) != (one.class_, one.geometry, one.answers):
        return False
    if known.group is None and one.group is not None:
        found[one.id] = msgspec.structs.replace(known, group=one.group)
    return True


def _annotations(element: _Element) -> Iterable[Annotation | Reject]:
    page, row, at = element.page, element.row, element.at
    faults: list[Fault] = []
    if row.id is not None and row.id in page.seen:
        faults.append(Fault(".id", f"{row.id} is taken by an earlier annotation"))
    if row.id is not None:
        page.seen.add(row.id)
    of = page.categories.get(row.category_id) if row.category_id is not None else None
    if of is None and row.caption is None:
        faults.append(
            Fault(".category_id", "is missing" if row.category_id is None else f"no category {row.category_id}")
        )
    if element.reason:
        faults.append(Fault(".segmentation.counts", element.reason))
    made = coco_objects.annotations(row, of, _size(element.of), page.document.unread, faults)
    if not faults:
        coco_derived.check(row, made[0].geometry, element.measured, page.document.unread)
        return made
    return [Reject(page.document.path, element.of.id, coco_objects.placed(faults, at), coco_objects.expected(row), 0)]


def _panoptic(element: _Element, pngs: dict[str, Input]) -> Iterator[Annotation | Reject]:
    page, row = element.page, element.row
    png = pngs.get((row.file_name or "").rpartition("/")[2])
    for one in coco_panoptic.segments(row, png, page.categories, _size(element.of), page.document.unread):
        if isinstance(one, Annotation):
            yield one
        else:
            yield Reject(page.document.path, element.of.id, coco_objects.placed(one, element.at), 1, 0)


def _refuse(page: _Page, record: str, faults: tuple[Fault, ...]) -> Reject:
    page.annotations += 1
    return Reject(page.document.path, record, faults, 1, 0)


def _size(picture: _Picture) -> coco_objects.Size:
    return picture.row.height, picture.row.width
