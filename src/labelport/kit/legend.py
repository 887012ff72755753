"""What numbers in masks mean: the classes as a legend beside pictures or volumes has them, and back."""

from collections.abc import Iterable, Sequence

import msgspec

from labelport.kit import palette
from labelport.model.ontology import LabelClass

FOREGROUND = LabelClass(1, "foreground")
"""The class of what a binary mask shows."""


class ClassRow(msgspec.Struct, frozen=True, rename={"class_": "class"}):
    """A class in a legend: its number, name and colour."""

    class_: int
    name: str
    colour: str


def rows(classes: Sequence[LabelClass]) -> tuple[ClassRow, ...]:
    """Return classes as a legend has them, each with a colour."""
    shades = palette.colours(classes)
    return tuple(ClassRow(one.number, one.name, palette.text(shades[one.number])) for one in classes)


def classes_of(kind: str, told: Iterable[ClassRow]) -> tuple[LabelClass, ...]:
    """Return the classes that a legend tells of; of binary masks, the one of what is there."""
    if kind == "binary":
        return (FOREGROUND,)
    return tuple(LabelClass(one.class_, one.name, one.colour) for one in told)
