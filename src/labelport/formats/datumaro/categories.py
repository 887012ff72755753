"""`categories` as classes: labels by their place, colours of masks, joints of points; edges count joints from 1."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import msgspec

from labelport.kit.palette import parsed, text
from labelport.model.ontology import Attribute, LabelClass, Skeleton

Told = dict[str, object]
Shade = Annotated[int, msgspec.Meta(ge=0, le=255)]


class LabelRow(msgspec.Struct, frozen=True):
    """An element of `label.labels`; `number` and `questions` are ours."""

    name: str
    parent: str | None = None
    attributes: tuple[str, ...] = ()
    number: int | None = None
    questions: tuple[Attribute, ...] = ()


class _Labels(msgspec.Struct, frozen=True):
    labels: tuple[LabelRow, ...] = ()
    label_groups: tuple[Any, ...] = ()
    attributes: tuple[str, ...] = ()


class _Colour(msgspec.Struct, frozen=True):
    label_id: int
    r: Shade
    g: Shade
    b: Shade


class _Colours(msgspec.Struct, frozen=True):
    colormap: tuple[_Colour, ...] = ()


class _Joints(msgspec.Struct, frozen=True):
    label_id: int
    labels: tuple[str, ...] = ()
    joints: tuple[tuple[int, int], ...] = ()


class _Points(msgspec.Struct, frozen=True):
    items: tuple[_Joints, ...] = ()


class Categories(msgspec.Struct, frozen=True):
    """`categories` of a document."""

    label: _Labels = _Labels()
    mask: _Colours = _Colours()
    points: _Points = _Points()


def written(classes: Sequence[LabelClass]) -> Told:
    """Return `categories`; the classes are in the order of their places."""
    labels = {"labels": [_label(place, one) for place, one in enumerate(classes)], "label_groups": [], "attributes": []}
    colours = [
        {"label_id": place, **dict(zip("rgb", parsed(one.colour), strict=True))}
        for place, one in enumerate(classes)
        if one.colour
    ]
    joints = [
        {
            "label_id": place,
            "labels": one.skeleton.joints,
            "joints": [(a + 1, b + 1) for a, b in one.skeleton.edges],
            "positions": [],
        }
        for place, one in enumerate(classes)
        if one.skeleton
    ]
    found: Told = {"label": labels}
    if colours:
        found["mask"] = {"colormap": colours}
    if joints:
        found["points"] = {"items": joints}
    return found


def read(documents: Iterable[tuple[Categories, Counter[str]]]) -> tuple[list[LabelClass], list[list[LabelClass]]]:
    """Return all classes, and those of each document by their place; what is not read is counted.

    A label of an earlier one's name is that class. One without a `number` is numbered by its place, from 1; where that
    is taken, by the next that is free above all.
    """
    known: dict[str, LabelClass] = {}
    pages = []
    for found, unread in documents:
        made = [_class(place, row, found, unread) for place, row in enumerate(found.label.labels)]
        for one in made:
            taken = {each.number for each in known.values()}
            free = one.number if one.number not in taken else max(taken) + 1
            known.setdefault(one.name, msgspec.structs.replace(one, number=free))
        unread += Counter(
            {
                "$.categories.label.label_groups": len(found.label.label_groups),
                "$.categories.label.attributes": len(found.label.attributes),
            }
        )
        pages.append([known[one.name] for one in made])
    return list(known.values()), pages


def _label(place: int, one: LabelClass) -> Told:
    found: Told = {
        "name": one.name,
        "parent": one.parent or "",
        "attributes": sorted({question.key for question in one.attributes}),
    }
    if one.number != place + 1:
        found["number"] = one.number
    if one.attributes:
        found["questions"] = one.attributes
    return found


def _class(place: int, row: LabelRow, found: Categories, unread: Counter[str]) -> LabelClass:
    colour = next((text((one.r, one.g, one.b)) for one in found.mask.colormap if one.label_id == place), None)
    joints = next((one for one in found.points.items if one.label_id == place and one.labels), None)
    unread["$.categories.label.labels[].attributes"] += len(set(row.attributes) - {one.key for one in row.questions})
    number = row.number if row.number is not None and row.number > 0 else place + 1
    return LabelClass(number, row.name, colour, row.parent or None, _skeleton(joints, unread), row.questions)


def _skeleton(given: _Joints | None, unread: Counter[str]) -> Skeleton | None:
    """Return a skeleton; an edge that joins no two of its joints is told as not read."""
    if given is None:
        return None
    edges = tuple((a - 1, b - 1) for a, b in given.joints)
    whole = tuple(edge for edge in edges if all(0 <= end < len(given.labels) for end in edge))
    unread["$.categories.points.items[].joints"] += len(edges) - len(whole)
    return Skeleton(given.labels, whole)
