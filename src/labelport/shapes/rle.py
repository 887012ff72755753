"""Run lengths of masks, byte for byte as pycocotools has them (COCO API, `common/maskApi.c`).

A mask is read down its columns, from left to right; `Runs` are the lengths of its runs, zeros first, in turn zeros and
ones. Only the first run may be empty in runs that are made here. A counts string packs runs as numbers of five bits a
character; from the third run on, the difference to the run two before is written.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from labelport.errors import Fault, InvalidError

Runs = NDArray[np.int64]
Pixels = NDArray[np.uint8]
Bounds = tuple[int, int, int, int]
"""x, y, width, height of the pixels that are set; zeros where none is."""

_LONGEST = 12
"""Characters of a number at most, so that it stays below 2**60."""
_MANY = 4096
"""From so many runs on, painting them one by one is slower than repeating values."""


class Stack(NamedTuple):
    """Runs of several masks one after the other; the runs of mask i start at `starts[i]`, `sizes[i]` of them."""

    runs: Runs
    starts: Runs
    sizes: Runs


def parse(counts: str) -> Runs:
    """Return the runs of a counts string; raises `InvalidError` where it is none."""
    return parse_all([counts]).runs


def of(values: Sequence[int]) -> Runs:
    """Return a list of numbers as runs."""
    return np.fromiter(values, np.int64, len(values))


def parse_all(counts: Sequence[str]) -> Stack:
    """Return the runs of many counts strings; raises `InvalidError` where one is none."""
    try:
        data = np.frombuffer("".join(counts).encode("ascii"), np.uint8).astype(np.int64) - 48
    except UnicodeEncodeError as e:
        raise InvalidError("a mask", [Fault("counts", "holds a character that is not ASCII")]) from e
    lengths = np.fromiter(map(len, counts), np.int64, len(counts))
    last = np.flatnonzero(data & 32 == 0)
    ends = np.searchsorted(last, np.cumsum(lengths))
    sizes = np.diff(ends, prepend=0)
    _refuse_broken(data, lengths, last)
    return Stack(_undo_differences(_numbers(data, last), ends - sizes, sizes), ends - sizes, sizes)


def write(runs: Runs) -> str:
    """Return the counts string of runs."""
    numbers = runs.copy()
    numbers[3:] -= runs[1:-2]
    rest, written = numbers, np.zeros((len(runs), _LONGEST), np.uint8)
    used = np.zeros((len(runs), _LONGEST), bool)
    going = np.ones(len(runs), bool)
    for place in range(_LONGEST):
        digit = rest & 31
        rest = rest >> 5
        more = np.where(digit & 16 != 0, rest != -1, rest != 0)
        written[:, place] = digit + 32 * more + 48
        used[:, place] = going
        going &= more
        if not going.any():
            break
    return written[used].tobytes().decode("ascii")


def encode(pixels: NDArray[np.bool_] | Pixels) -> Runs:
    """Return the runs of a mask (rows, columns), whichever way it lies in memory."""
    height, width = pixels.shape
    if not pixels.size:
        return np.zeros(1, np.int64)
    on = pixels if pixels.dtype == np.bool_ else pixels != 0
    if on.flags.f_contiguous:
        flat = on.ravel(order="F")
        turns = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    else:
        down = np.flatnonzero(np.ascontiguousarray(on[1:] != on[:-1]))
        across = np.flatnonzero(on[0, 1:] != on[-1, :-1])
        turns = np.sort(np.concatenate([down % width * height + down // width + 1, (across + 1) * height]))
    return from_turns(np.concatenate([[0], turns]) if on[0, 0] else turns, height * width)


def decode(runs: Runs, height: int, width: int) -> Pixels:
    """Return the mask (rows, columns; column-major in memory) of runs."""
    if len(runs) > _MANY:
        flat = np.repeat((np.arange(len(runs)) & 1).astype(np.uint8), runs)
    else:
        flat = np.zeros(height * width, np.uint8)
        ends = np.cumsum(runs).tolist()
        for start, end in zip(ends[0::2], ends[1::2], strict=False):
            flat[start:end] = 1
    return flat.reshape((height, width), order="F")


def area(runs: Runs) -> int:
    """Return how many pixels are set."""
    return int(runs[1::2].sum())


def bounds(runs: Runs, height: int) -> Bounds:
    """Return the bounds of the pixels that are set."""
    x, y, width, high = bounds_all(Stack(runs, np.zeros(1, np.int64), np.array([len(runs)])), [height])[0].tolist()
    return x, y, width, high


def areas(stack: Stack) -> Runs:
    """Return the area of each mask."""
    ones = np.where(_place(stack) & 1, stack.runs, 0)
    found: Runs = np.diff(np.concatenate([[0], np.cumsum(ones)])[np.append(stack.starts, len(ones))])
    return found


def bounds_all(stack: Stack, heights: Sequence[int] | Runs) -> Runs:
    """Return x, y, width, height of each mask, a row each."""
    found = np.zeros((len(stack.sizes), 4), np.int64)
    ends = np.cumsum(stack.runs)
    before = np.repeat((ends - stack.runs)[np.minimum(stack.starts, max(len(ends) - 1, 0))], stack.sizes)
    set_ = np.flatnonzero((_place(stack) & 1) & (stack.runs > 0))
    if not len(set_):
        return found
    mask = np.repeat(np.arange(len(stack.sizes)), stack.sizes)[set_]
    height = np.asarray(heights, np.int64)[mask]
    start, end = (ends - stack.runs - before)[set_], (ends - before)[set_] - 1
    left, right = start // height, end // height
    top, bottom = start - left * height, end - right * height
    tall = right > left
    which, first = np.unique(mask, return_index=True)
    x, y = np.minimum.reduceat(left, first), np.minimum.reduceat(np.where(tall, 0, top), first)
    found[which, 0], found[which, 1] = x, y
    found[which, 2] = np.maximum.reduceat(right, first) - x + 1
    found[which, 3] = np.maximum.reduceat(np.where(tall, height - 1, bottom), first) - y + 1
    return found


def union(masks: Iterable[Runs]) -> Runs:
    """Return the runs of the pixels that any of the masks sets; all are of one size."""
    found = list(masks)
    return found[0] if len(found) == 1 else _combine(found, [1] * len(found))


def difference(mask: Runs, less: Runs) -> Runs:
    """Return the runs of the pixels that the first mask sets and the second does not."""
    return _combine([mask, less], [1, -1])


def from_turns(turns: Runs, size: int) -> Runs:
    """Return the runs of a mask of `size` pixels that turns from 0 to 1 and back at these places, in rising order."""
    if len(turns) and turns[-1] == size:
        turns = turns[:-1]
    return np.diff(turns, prepend=0, append=size)


def fault(counts: str, height: int, width: int) -> str | None:
    """Return why a counts string is no mask of that size; None where it is one."""
    try:
        runs = parse(counts)
    except InvalidError as e:
        return e.faults[0].reason
    return fault_of_runs(runs, height, width)


def fault_of_runs(runs: Runs, height: int, width: int) -> str | None:
    """Return why runs are no mask of that size; None where they are one."""
    if len(runs) and runs.min() < 0:
        return f"run {int(np.argmin(runs >= 0))} is negative"
    if (total := int(runs.sum())) != height * width:
        return f"the runs add up to {total} pixels, not to {height} x {width} = {height * width}"
    return None


def faults(counts: Sequence[str], heights: Sequence[int], widths: Sequence[int]) -> list[str | None]:
    """Return for each counts string why it is no mask of its size; None where it is one."""
    try:
        stack = parse_all(counts)
    except InvalidError:
        good = False
    else:
        sums = np.diff(np.concatenate([[0], np.cumsum(stack.runs)])[np.append(stack.starts, len(stack.runs))])
        good = not (stack.runs < 0).any() and sums.tolist() == [h * w for h, w in zip(heights, widths, strict=True)]
    return [None] * len(counts) if good else list(map(fault, counts, heights, widths))


def _numbers(data: Runs, last: Runs) -> Runs:
    """Put the five bits of each character together; `last` are the places where numbers end."""
    if not len(last):
        return np.zeros(0, np.int64)
    first = np.concatenate([[0], last[:-1] + 1])
    shift = 5 * (np.arange(len(data)) - np.repeat(first, last - first + 1))
    numbers = np.add.reduceat((data & 31) << shift, first)
    return np.where(data[last] & 16, numbers - (np.int64(32) << shift[last]), numbers)


def _undo_differences(numbers: Runs, starts: Runs, sizes: Runs) -> Runs:
    """Add to each number the one two before it in the same mask, from its fourth number on."""
    place = np.arange(len(numbers)) - np.repeat(starts, sizes)
    runs = numbers.copy()
    for chosen, begin in ((place & 1 == 1, 1), ((place & 1 == 0) & (place > 0), 2)):
        at = np.flatnonzero(chosen)
        if len(at):
            sums = np.cumsum(numbers[at])
            fresh = np.flatnonzero(place[at] == begin)
            before = sums[fresh] - numbers[at[fresh]]
            runs[at] = sums - np.repeat(before, np.diff(fresh, append=len(at)))
    return runs


def _refuse_broken(data: Runs, lengths: Runs, last: Runs) -> None:
    if not len(data):
        return
    if data.min() < 0 or data.max() > 63:
        raise InvalidError("a mask", [Fault("counts", "holds a character outside '0' to 'o'")])
    ends = np.cumsum(lengths)[lengths > 0] - 1
    if (data[ends] & 32).any():
        raise InvalidError("a mask", [Fault("counts", "ends within a number")])
    if np.diff(last, prepend=-1).max() > _LONGEST:
        raise InvalidError("a mask", [Fault("counts", "holds a number too large for any picture")])


def _place(stack: Stack) -> Runs:
    return np.arange(len(stack.runs)) - np.repeat(stack.starts, stack.sizes)


def _combine(masks: Sequence[Runs], weights: Sequence[int]) -> Runs:
    """Return the runs of the pixels where the weights of the masks that set them add up to 1 or more."""
    places, steps = [], []
    for mask, weight in zip(masks, weights, strict=True):
        places.append(np.cumsum(mask))
        steps.append(np.where(np.arange(len(mask)) & 1, -weight, weight))
    at, which = np.unique(np.concatenate(places), return_inverse=True)
    on = np.cumsum(np.bincount(which, np.concatenate(steps))) > 0
    return from_turns(at[np.diff(on, prepend=False)], int(masks[0].sum()))
