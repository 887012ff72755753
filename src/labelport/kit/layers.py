"""Objects as layers of a picture in which each pixel shows one: what lies above what, and what that loses."""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np

from labelport.kit.format import Lost
from labelport.kit.scenes import Mark, Size
from labelport.model.export import Carries
from labelport.shapes import paint, rle
from labelport.shapes.paint import Painting
from labelport.shapes.rle import Runs

Order = Literal["z_order", "class", "area"]
"""`z_order`: the higher lies above, then the later. `class`: the higher class number. `area`: the smaller object."""
NOWHERE = "it covers no pixel"
COVERED = "others lie upon it"
PARTLY = "mask, less what lies upon it"


_DRAWN = ("box", "rotated_box", "ellipse", "polygon", "multi_polygon", "polygon_with_hole")


def carries(*features: str) -> Carries:
    """Return what a format of pixels carries: masks, what has an inside as one, tracks frame by frame."""
    return Carries(
        kinds=frozenset({"mask", *_DRAWN}),
        converts={**dict.fromkeys(_DRAWN, "mask"), "track": "frames"},
        features=frozenset({"on", "outside", "z_order", *features}),
    )


class Layer(NamedTuple):
    """An object with the pixels that it covers."""

    mark: Mark
    runs: Runs
    area: int


def layers(marks: Sequence[Mark], size: Size, order: Order) -> list[Layer]:
    """Return the objects from the lowest to the topmost."""
    covered = paint.covers([mark.shape for mark in marks], *size)
    found = [Layer(mark, runs, rle.area(runs)) for mark, runs in zip(marks, covered, strict=True)]
    match order:
        case "z_order":
            return sorted(found, key=lambda one: one.mark.z_order)
        case "class":
            return sorted(found, key=lambda one: (one.mark.class_, one.mark.z_order))
        case "area":
            return sorted(found, key=lambda one: (-one.area, one.mark.z_order))


def painted(found: Sequence[Layer], values: Sequence[int], size: Size) -> Painting:
    """Return the picture of layers, each in its value, 0 where there is none."""
    return paint.paint([one.runs for one in found], values, *size)


def left(found: Sequence[Layer], values: Sequence[int], painting: Painting) -> list[int]:
    """Return how many pixels of each layer still have its value; it is looked for only where layers overlap."""
    if sum(one.area for one in found) == np.count_nonzero(painting):
        return [one.area for one in found]
    return [paint.left(painting, one.runs, value) for one, value in zip(found, values, strict=True)]


def losses(found: Sequence[Layer], kept: Sequence[int]) -> Iterator[Lost]:
    """Yield what is not there, or not whole, of layers of which so many pixels are left."""
    for one, pixels in zip(found, kept, strict=True):
        if not one.area:
            yield Lost(one.mark.what, "dropped", NOWHERE)
        elif not pixels:
            yield Lost(one.mark.what, "dropped", COVERED)
        elif pixels < one.area:
            yield Lost(one.mark.what, "converted", PARTLY)
