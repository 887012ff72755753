"""Categories of COCO documents as classes: numbers stay where they are 1 or more and free."""

from collections.abc import Iterator, Sequence

from labelport.errors import Fault
from labelport.kit.coco_document import CATEGORY, CategoryRow, Document, fault
from labelport.kit.format import BROKEN, Reject
from labelport.model.ontology import LabelClass, Ontology, Skeleton

Categories = dict[int, LabelClass]
"""The class of each category id of one document."""


def classes(documents: Sequence[Document]) -> tuple[Ontology, list[Categories], list[Reject]]:
    """Return all classes, those of each document by category id, and the categories that cannot be taken.

    A category of an earlier document's name is that class. One whose id is below 1 or was taken gets the next free
    number above all.
    """
    rejects: list[Reject] = []
    rows = [list(_rows(document, rejects)) for document in documents]
    free = max((row.id for page in rows for row in page), default=0) + 1
    known: dict[int, LabelClass] = {}
    pages: list[dict[int, int]] = []
    for page in rows:
        names = {one.name: one.number for one in reversed(known.values())}
        numbers: dict[int, int] = {}
        for row in page:
            number = names.get(row.name, row.id)
            if row.name not in names and (number < 1 or number in known):
                number, free = max(free, 1), max(free, 1) + 1
            known[number] = _merged(known.get(number), _class(row, number))
            numbers[row.id] = number
        pages.append(numbers)
    ontology = Ontology(tuple(known[number] for number in sorted(known)))
    return ontology, [{id_: known[number] for id_, number in page.items()} for page in pages], rejects


def _rows(document: Document, rejects: list[Reject]) -> Iterator[CategoryRow]:
    seen: set[int] = set()
    for place, raw in enumerate(document.categories):
        at = f"$.categories[{place}]"
        try:
            row = CATEGORY.read(raw, document.unread)
        except BROKEN as e:
            rejects.append(_reject(document, fault(e, raw, at)))
            continue
        joints = len(row.keypoints)
        if row.id in seen:
            rejects.append(_reject(document, Fault(f"{at}.id", f"{row.id} is taken by an earlier category")))
        elif any(joint > joints for edge in row.skeleton for joint in edge):
            rejects.append(_reject(document, Fault(f"{at}.skeleton", f"names a joint above {joints}, the last one")))
        else:
            seen.add(row.id)
            yield row


def _reject(document: Document, found: Fault) -> Reject:
    return Reject(document.path, "categories", (found,), records=0)


def _class(row: CategoryRow, number: int) -> LabelClass:
    return LabelClass(
        number,
        row.name,
        colour=f"#{row.color[0]:02x}{row.color[1]:02x}{row.color[2]:02x}" if row.color else None,
        parent=row.supercategory or None,
        skeleton=Skeleton(row.keypoints, tuple((a - 1, b - 1) for a, b in row.skeleton)) if row.keypoints else None,
        attributes=row.attributes,
    )


def _merged(old: LabelClass | None, new: LabelClass) -> LabelClass:
    """Return the class with what either document says of it, the earlier first."""
    if old is None:
        return new
    return LabelClass(
        old.number,
        old.name,
        colour=old.colour or new.colour,
        parent=old.parent or new.parent,
        skeleton=old.skeleton or new.skeleton,
        attributes=old.attributes or new.attributes,
    )
