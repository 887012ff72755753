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

_CORNERS = 1024
"""Corners to work on at once: what comes of them stays in the processor's cache and is not given back in between."""

_FAR = 4e8
"""Corners further out than this are taken back to it; the judge's integers overflow there."""


class _Edges(NamedTuple):
    """The edges that cross a column's line: where they start to be walked, how, and over which columns.

    Edges are walked from left to right (`flat` ones) or downwards, but listed as the ring runs.
    """

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


def bounds(rings: Sequence[Ring]) -> Floats:
    """Return x, y, width, height of the corners of each ring, a row each; a ring has a corner at least."""
    corners = np.fromiter(map(len, rings), np.int64, len(rings)) // 2
    points = np.fromiter(chain.from_iterable(rings), np.float64, 2 * int(corners.sum())).reshape(-1, 2)
    starts = np.cumsum(corners) - corners
    least = np.minimum.reduceat(points, starts)
    return np.hstack([least, np.maximum.reduceat(points, starts) - least])


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
        keys = _keys(edges, heights[chosen][edges.ring].astype(np.float64), stride)
        keys.sort(kind="stable")
        counts = np.bincount(edges.ring, edges.times, end - start).astype(np.int64)
        yield keys, counts, stride


def _edges(rings: Sequence[Ring], corners: Runs, widths: Runs) -> _Edges:
    points = np.fromiter(chain.from_iterable(rings), np.float64, 2 * int(corners.sum()))
    x, y = np.ascontiguousarray(np.trunc(np.clip(points, -_FAR, _FAR) * 5 + 0.5).reshape(-1, 2).T)
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


def _keys(edges: _Edges, height: Floats, stride: int) -> Runs:
    """Return where each edge crosses the lines of its columns, in the order in which the ring is walked.

    Here and below results overwrite what is no longer needed, which saves a fifth of the time.
    """
    times = edges.times
    place = np.arange(int(times.sum()), dtype=np.float64)
    offset = edges.column - edges.step * (np.cumsum(times) - times)
    line = np.repeat(5 * edges.step, times)
    line *= place
    line += np.repeat(5 * offset + 2.5, times)
    row = _level(edges, line)
    row += 2
    row /= 5
    np.floor(row, out=row)
    np.clip(row, 0, np.repeat(height, times), out=row)
    place *= np.repeat(edges.step * height, times)
    row += place
    row += np.repeat(offset * height + edges.ring * stride, times)
    keys: Runs = row.astype(np.int64)
    return keys


def _level(edges: _Edges, line: Floats) -> Floats:
    """Return on which fifth of a row each crossing lies; `line` is half-way between the fifths that it parts.

    Flat edges are walked along x: the higher level on either side of the line. Steep ones along y: the level just
    before the walk steps over the line, which is where rounding says, or one step further.
    """
    times, flat, slope = edges.times, edges.flat, edges.slope
    ahead: Floats = line - np.repeat(np.where(flat, edges.x + 0.5 - (slope < 0), edges.x), times)
    ahead /= np.repeat(np.where(flat, 1.0, slope), times)
    np.rint(ahead, out=ahead)
    grade = np.repeat(slope, times)
    at = grade * ahead
    start = np.repeat(np.where(flat, edges.y, edges.x), times)
    np.add(start, at, out=at)
    at += 0.5
    np.trunc(at, out=at)
    line -= at
    line *= grade
    ahead += line > 0
    ahead += np.repeat(edges.y - 1, times)
    np.copyto(ahead, at, where=np.repeat(flat, times))
    return ahead
