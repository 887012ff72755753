"""Colours of classes: their own where they have one, others as Pascal VOC numbers its colours."""

from collections.abc import Sequence
from itertools import chain, count

from labelport.kit.png import Colour
from labelport.model.ontology import LabelClass

BLACK: Colour = (0, 0, 0)
"""The colour of what is no object."""


def colours(classes: Sequence[LabelClass]) -> dict[int, Colour]:
    """Return a colour for each class by its number: no two alike, none black.

    A class keeps its colour whatever classes are added: of two that want one, the lower number has it.
    """
    taken = {BLACK}
    found: dict[int, Colour] = {}
    for one in sorted(classes, key=lambda one: one.number):
        own = (parsed(one.colour),) if one.colour else ()
        wanted = chain(own, map(numbered, count(one.number)))
        found[one.number] = next(colour for colour in wanted if colour not in taken)
        taken.add(found[one.number])
    return found


def numbered(number: int) -> Colour:
    """Return the colour of a number: its bits from the lowest, three at a time, are the highest bits of the shades.

    So the devkit of Pascal VOC numbers its colours (VOCcode, `VOClabelcolormap`).
    """
    red = green = blue = 0
    for place in range(7, -1, -1):
        red |= (number & 1) << place
        green |= (number >> 1 & 1) << place
        blue |= (number >> 2 & 1) << place
        number >>= 3
    return red, green, blue


def text(colour: Colour) -> str:
    """Return a colour as `#rrggbb`."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def parsed(colour: str) -> Colour:
    """Return the colour that a class has as `#rrggbb`."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
