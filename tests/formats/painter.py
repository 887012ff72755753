"""A painter that is not ours: which pixels shapes cover, by pycocotools, and what lies on top."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as judge

from labelport.kit.format import Context
from labelport.kit.scenes import Mark, scenes, size
from labelport.model.geometry import Geometry, Mask
from labelport.model.record import Record
from labelport.shapes.convert import parts

Inside = NDArray[np.bool_]


class Drawn(NamedTuple):
    """A picture or frame: its objects from the lowest to the topmost, and the pixels that each covers."""

    frame: int | None
    marks: list[Mark]
    masks: list[Inside]

    def classes(self) -> NDArray[np.int64]:
        """Return the class of the topmost object of each pixel."""
        return self._top([mark.class_ for mark in self.marks])

    def objects(self) -> NDArray[np.int64]:
        """Return the place, from 1 on, of the topmost object of each pixel."""
        return self._top(list(range(1, len(self.marks) + 1)))

    def _top(self, values: list[int]) -> NDArray[np.int64]:
        found = np.zeros(self.masks[0].shape if self.masks else (1, 1), np.int64)
        for mask, value in zip(self.masks, values, strict=True):
            found[mask] = value
        return found


def drawings(record: Record, order: str = "z_order") -> Iterator[Drawn]:
    """Yield what is to be seen of a record, key frame by key frame."""
    for scene in scenes(record, Context(())):
        reach = size(record, scene.marks) or (1, 1)
        pairs = [(mark, inside(mark.shape, *reach)) for mark in scene.marks]
        match order:
            case "class":
                pairs.sort(key=lambda pair: (pair[0].class_, pair[0].z_order))
            case "area":
                pairs.sort(key=lambda pair: (-int(pair[1].sum()), pair[0].z_order))
            case _:
                pairs.sort(key=lambda pair: pair[0].z_order)
        yield Drawn(scene.frame, [mark for mark, _ in pairs], [mask for _, mask in pairs])


def inside(shape: Geometry, height: int, width: int) -> Inside:
    """Return the pixels that a shape covers."""
    if isinstance(shape, Mask):
        found: Inside = judge.decode({"size": [height, width], "counts": shape.counts}) > 0
        return found
    whole = np.zeros((height, width), bool)
    for outer, *holes in parts(shape):
        part = _ring(outer, height, width)
        for hole in holes:
            part &= ~_ring(hole, height, width)
        whole |= part
    return whole


def _ring(ring: tuple[float, ...], height: int, width: int) -> Inside:
    three = (ring + 2 * ring[-2:])[:6] if len(ring) < 6 else ring  # four numbers would be taken for a box
    found: Inside = judge.decode(judge.frPyObjects([list(three)], height, width))[..., 0] > 0
    return found
