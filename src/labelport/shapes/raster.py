"""Which pixels a polygon covers, exactly as pycocotools decides it (`rleFrPoly` of COCO's `common/maskApi.c`).

Corners are rounded to a fifth of a pixel, edges are walked in steps of that size, and each pixel column is cut along
the line between its third and fourth fifth: from the first crossing down to the second, from the third to the fourth
and so on, its pixels are set. Here only these crossings are computed, for many rings at once.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from labelport.shapes import rle
from labelport.shapes.rle import Runs

Floats = NDArray[np.float64]
Ring = Sequence[float]
"""Points one after the other: x0, y0, x1, y1, ...; closes by itself."""
Sizes = int | Sequence[int] | Runs
"""One number for all rings, or one for each."""

_CORNERS = 4096
"""Corners to work on at once: what comes of them stays in the processor's cache."""

_FAR = 4e8
"""Corners further out than this are taken back to it; the judge's integers overflow there."""


class _Edges(NamedTuple):
    """The edges that cross a column's line: where they start to be walked, how, and over which columns."""

    ring: Runs
    x: Floats
    y: Floats
    slope: Floats
    flat: NDArray[np.bool_]
    column: Floats
    step: Floats
    times: Runs


def areas(rings: Sequence[Ring], height: Sizes, width: Sizes) -> Runs:
    """Return how many pixels each ring covers, each in a picture of its own size."""
    found = [_areas(keys, counts) for keys, counts, _ in _crossings(rings, height, width)]
    return np.concatenate(found) if found else np.zeros(0, np.int64)


def runs(rings: Sequence[Ring], height: int, width: int) -> list[Runs]:
    """Return the mask of each ring as runs, all in pictures of one size."""
    found: list[Runs] = []
    for keys, counts, stride in _crossings(rings, height, width):
        ends = np.cumsum(counts)
        for ring, (start, end) in enumerate(zip((ends - counts).tolist(), ends.tolist(), strict=True)):
            turns, times = np.unique(keys[start:end] - ring * stride, return_counts=True)
            found.append(rle.from_turns(turns[times & 1 == 1], height * width))
    return found


def polygon(parts: Sequence[Sequence[Ring]], height: int, width: int) -> Runs:
    """Return the mask of a polygon: the union of its parts, each the outer ring less its holes."""
    found = iter(runs([ring for part in parts for ring in part], height, width))
    return rle.union([_part([next(found) for _ in part]) for part in parts])


def _part(rings: list[Runs]) -> Runs:
    return rle.difference(rings[0], rle.union(rings[1:])) if len(rings) > 1 else rings[0]


def _areas(keys: Runs, counts: Runs) -> Runs:
    """Sum up the stretches between the first and second crossing, the third and fourth, and so on, of each ring."""
    sums = np.concatenate([[0], np.cumsum(keys[1::2] - keys[0::2])])
    ends = np.cumsum(counts) // 2
    found: Runs = sums[ends] - sums[ends - counts // 2]
    return found


def _crossings(rings: Sequence[Ring], height: Sizes, width: Sizes) -> Iterator[tuple[Runs, Runs, int]]:
    """Yield, for a batch of rings at a time, the sorted crossings, how many are of each ring, and the stride.

    A crossing is the place in the picture, read down its columns, plus the ring's number times the stride.
    A ring crosses a column's line an even number of times, so pairs never mix rings.
    """
    corners = np.fromiter(map(len, rings), np.int64, len(rings)) // 2
    heights = np.broadcast_to(np.asarray(height, np.int64), corners.shape)
    widths = np.broadcast_to(np.asarray(width, np.int64), corners.shape)
    cuts = np.flatnonzero(np.diff(np.cumsum(corners) // _CORNERS)) + 1
    for start, end in zip([0, *cuts.tolist()], [*cuts.tolist(), len(rings)], strict=True):
        if start == end:
            continue
        chosen = slice(start, end)
        edges = _edges(rings[chosen], corners[chosen], widths[chosen])
        stride = int((heights[chosen] * widths[chosen]).max()) + 1
        keys = _keys(edges, heights[chosen][edges.ring], stride)
        keys.sort(kind="stable")
        counts = np.bincount(edges.ring, edges.times, end - start).astype(np.int64)
        yield keys, counts, stride


def _edges(rings: Sequence[Ring], corners: Runs, widths: Runs) -> _Edges:
    points = np.fromiter(chain.from_iterable(rings), np.float64, 2 * int(corners.sum()))
    x, y = np.trunc(np.clip(points, -_FAR, _FAR) * 5 + 0.5).reshape(-1, 2).T
    ends = np.cumsum(corners)
    following = np.arange(1, len(x) + 1)
    following[ends[corners > 0] - 1] = (ends - corners)[corners > 0]
    ring = np.repeat(np.arange(len(corners)), corners)
    next_x = x[following]
    first = np.maximum(np.ceil((np.minimum(x, next_x) - 2) / 5), 0)
    last = np.minimum(np.floor((np.maximum(x, next_x) - 3) / 5), widths[ring] - 1)
    crossing = np.flatnonzero(last >= first)
    first, last = first[crossing], last[crossing]
    x, y, next_x, next_y = x[crossing], y[crossing], next_x[crossing], y[following[crossing]]
    wide, high = next_x - x, next_y - y
    flat, back = np.abs(wide) >= np.abs(high), wide < 0
    turned = np.where(flat, back, high < 0)
    return _Edges(
        ring=ring[crossing],
        x=np.where(turned, next_x, x),
        y=np.where(turned, next_y, y),
        slope=np.where(flat, high, wide) / np.where(flat, wide, high),
        flat=flat,
        column=np.where(back, last, first),
        step=np.where(back, -1.0, 1.0),
        times=(last - first + 1).astype(np.int64),
    )


def _keys(edges: _Edges, height: Runs, stride: int) -> Runs:
    """Return where each edge crosses the lines of its columns, in the order in which the ring is walked."""
    times = edges.times
    offset = edges.column - edges.step * (np.cumsum(times) - times)
    edge = np.repeat(np.arange(len(times)), times)
    column = edges.step[edge] * np.arange(len(edge)) + offset[edge]
    level = np.empty(len(column))
    flat = edges.flat[edge]
    chosen = np.flatnonzero(flat)
    level[chosen] = _level_of_flat(edges, edge[chosen], column[chosen])
    chosen = np.flatnonzero(~flat)
    level[chosen] = _level_of_steep(edges, edge[chosen], column[chosen])
    tall = height.astype(np.float64)[edge]
    row = np.clip(np.floor((level + 2) / 5), 0, tall)
    keys: Runs = (column * tall + row).astype(np.int64)
    return keys + np.repeat(edges.ring * stride, times)


def _level_of_flat(edges: _Edges, edge: Runs, column: Floats) -> Floats:
    """Walk along x: the higher of the two levels on either side of the line."""
    slope = edges.slope[edge]
    along = column * 5 + (2 - edges.x + (edges.slope < 0))[edge]
    level: Floats = np.trunc(edges.y[edge] + slope * along + 0.5)
    return level


def _level_of_steep(edges: _Edges, edge: Runs, column: Floats) -> Floats:
    """Walk along y: the level just before the walk steps over the line."""
    slope, x, line = edges.slope[edge], edges.x[edge], column * 5
    along = np.rint((line + 2.5 - x) / slope)
    at = np.trunc(x + slope * along + 0.5)
    before = np.where(slope > 0, at < line + 3, at > line + 2)
    level: Floats = edges.y[edge] + along + before - 1
    return level
