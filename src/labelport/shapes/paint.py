"""Painting: which pixels shapes cover, and pictures whose pixels say what lies on top.

A painting is column-major in memory, as runs are; each value covers what was painted before.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from labelport.model.geometry import Geometry, Mask
from labelport.shapes import raster, rle
from labelport.shapes.convert import parts
from labelport.shapes.rings import Ring
from labelport.shapes.rle import Runs

Painting = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.uint32]
_MANY = 2000
"""From so many stretches on, painting them one by one is slower than looking at every pixel between."""


def covers(shapes: Sequence[Geometry], height: int, width: int) -> list[Runs]:
    """Return the pixels that each shape covers, as runs; a shape without an inside covers none."""
    outlines = [() if isinstance(shape, Mask) else parts(shape) for shape in shapes]
    rings: list[Ring] = [ring for outline in outlines for part in outline for ring in part]
    drawn = iter(raster.runs(rings, height, width))
    found = []
    for shape, outline in zip(shapes, outlines, strict=True):
        if isinstance(shape, Mask):
            found.append(_mask(shape, height, width))
        else:
            cut = [_cut([next(drawn) for _ in part]) for part in outline]
            found.append(rle.union(cut) if cut else np.array([height * width]))
    return found


def paint(covered: Sequence[Runs], values: Sequence[int], height: int, width: int) -> Painting:
    """Return a picture with each cover in its value, the later above; 0 where there is none."""
    top = max(values, default=0)
    flat = _blank(height * width, top)
    for runs, value in zip(covered, values, strict=True):
        starts, ends = _stretches(runs)
        if len(starts) > _MANY:
            low, high = starts[0], ends[-1]
            inside = np.repeat(np.arange(1, len(runs)) % 2 == 1, runs[1:])[: high - low]
            flat[low:high][inside] = value
        else:
            for start, end in zip(starts, ends, strict=True):
                flat[start:end] = value
    return flat.reshape((height, width), order="F")


def left(painting: Painting, runs: Runs, value: int) -> int:
    """Return how many pixels of a cover still have its value."""
    starts, ends = _stretches(runs)
    if not starts:
        return 0
    flat = painting.ravel(order="F")[starts[0] : ends[-1]]
    inside = np.repeat(np.arange(1, len(runs)) % 2 == 1, runs[1:])[: len(flat)]
    return int(np.count_nonzero(inside & (flat == value)))


def _blank(pixels: int, top: int) -> Painting:
    if top < 256:
        return np.zeros(pixels, np.uint8)
    return np.zeros(pixels, np.uint16) if top < 65536 else np.zeros(pixels, np.uint32)


def _stretches(runs: Runs) -> tuple[list[int], list[int]]:
    """Return where each run of ones starts and ends."""
    places = np.cumsum(runs).tolist()
    return places[0 : len(runs) - 1 : 2], places[1::2]


def _cut(rings: Sequence[Runs]) -> Runs:
    """Return what the outer ring covers, less its holes."""
    return rle.difference(rings[0], rle.union(rings[1:])) if len(rings) > 1 else rings[0]


def _mask(shape: Mask, height: int, width: int) -> Runs:
    """Return a mask's runs; one of another size is cut, or lies in the upper left corner."""
    runs = rle.parse(shape.counts)
    if (shape.height, shape.width) == (height, width):
        return runs
    pixels = np.zeros((height, width), np.uint8, order="F")
    own = rle.decode(runs, shape.height, shape.width)[:height, :width]
    pixels[: own.shape[0], : own.shape[1]] = own
    return rle.encode(pixels)
