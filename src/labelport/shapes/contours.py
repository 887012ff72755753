"""The outline of a mask: rings along the edges of its pixels, so that they cover exactly what the mask sets.

Pixels that touch at a corner only are parts of their own. A ring lists corners alone, clockwise on screen from its
upper left one; a hole belongs to the part that it is cut out of.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from labelport.shapes import rle
from labelport.shapes.rle import Runs

Ring = tuple[float, ...]
Indices = NDArray[np.int64]
_FALLING, _RISING = 9, 6
"""Patterns of the four pixels round a corner that touch there only: upper left and lower right, or the others."""


class _Part(NamedTuple):
    """The corners of an outer ring (x and y, a row each), and the rings so far."""

    outer: Indices
    rings: list[Ring]


class _Corners(NamedTuple):
    """Where outlines turn, down the rows; a place where two pixels touch is there twice, with its left edge first.

    `along` and `down` give the corner at the other end of a corner's horizontal and vertical edge.
    """

    y: Indices
    x: Indices
    along: list[int]
    down: list[int]


def parts(runs: Runs, height: int, width: int) -> tuple[tuple[Ring, ...], ...]:
    """Return the rings of a mask, each part an outer one and its holes; none where nothing is set."""
    x, y, wide, high = rle.bounds(runs, height)
    if not wide:
        return ()
    window = rle.decode(runs, height, width)[y : y + high, x : x + wide] > 0
    corners = _corners(window)
    found: list[_Part] = []
    holes: list[Indices] = []
    for path in _paths(corners):
        points = np.stack([corners.x[path], corners.y[path]], axis=1)
        column, row = points[0].tolist()
        if row < high and column < wide and window[row, column]:
            found.append(_Part(points, [_ring(points, x, y)]))
        else:
            holes.append(points)
    for points in holes:
        _around(points, found).rings.append(_ring(points, x, y))
    return tuple(tuple(part.rings) for part in found)


def _corners(window: NDArray[np.bool_]) -> _Corners:
    padded = np.pad(window, 1).view(np.uint8)
    pattern = padded[:-1, :-1] + 2 * padded[:-1, 1:] + 4 * padded[1:, :-1] + 8 * padded[1:, 1:]
    turns = np.array([count in (1, 3) for count in map(int.bit_count, range(16))])
    turns[[_FALLING, _RISING]] = True
    y, x = np.nonzero(turns[pattern])
    kinds = pattern[y, x]
    twice = np.where((kinds == _FALLING) | (kinds == _RISING), 2, 1)
    y, x, kinds = (np.repeat(one, twice) for one in (y, x, kinds))
    second = np.concatenate([[False], (y[1:] == y[:-1]) & (x[1:] == x[:-1])])
    lower = np.where(kinds == _RISING, ~second, second)
    order = np.lexsort((lower, y, x))
    return _Corners(y, x, _partners(np.arange(len(y))), _partners(order))


def _partners(order: Indices) -> list[int]:
    """Return for each corner the other end of its edge: along a line, edges join the first two, the next two ..."""
    found = np.empty(len(order), np.int64)
    found[order[0::2]] = order[1::2]
    found[order[1::2]] = order[0::2]
    return found.tolist()


def _paths(corners: _Corners) -> Iterator[list[int]]:
    """Yield each ring as its corners, from the upper left one to the right."""
    seen = bytearray(len(corners.along))
    for first in range(len(seen)):
        if seen[first]:
            continue
        path: list[int] = []
        at = first
        while not seen[at]:
            right = corners.along[at]
            seen[at] = seen[right] = 1
            path += (at, right)
            at = corners.down[right]
        yield path


def _around(hole: Indices, parts_: list[_Part]) -> _Part:
    """Return the part that a hole is cut out of: the last begun of those around the pixel at its upper left."""
    column, row = hole[0].tolist()
    for part in reversed(parts_):
        begins, ends = part.outer[1::2], np.roll(part.outer[0::2, 1], -1)
        crossed = (begins[:, 0] < column) & ((begins[:, 1] < row) != (ends < row))
        if np.count_nonzero(crossed) & 1:
            return part
    raise AssertionError("every hole lies in a part")


def _ring(points: Indices, x: int, y: int) -> Ring:
    return tuple((points + np.array([x, y])).astype(np.float64).ravel().tolist())
