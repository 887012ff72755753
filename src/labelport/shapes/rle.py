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
_MORE = 80
"""Characters from this one on are followed by another of the same number."""
_MANY = 4096
"""From so many runs on, painting them one by one is slower than repeating values."""


class Stack(NamedTuple):
    """Runs of several masks one after the other: those of mask i are `sizes[i]` from `starts[i]` on.

    Each mask is filled up to pairs of runs, one at least, with runs of no length, so zeros stand at even places.
    """

    runs: Runs
    starts: Runs
    sizes: Runs


def parse(counts: str) -> Runs:
    """Return the runs of a counts string; raises `InvalidError` where it is none."""
    stack = parse_all([counts])
    return stack.runs[: stack.sizes[0]]


def of(values: Sequence[int]) -> Runs:
    """Return a list of numbers as runs."""
    return np.fromiter(values, np.int64, len(values))


def parse_all(counts: Sequence[str]) -> Stack:
    """Return the runs of many counts strings; raises `InvalidError` where one is none."""
    try:
        data = np.frombuffer("".join(counts).encode("ascii"), np.uint8)
    except UnicodeEncodeError as e:
        raise InvalidError("a mask", [Fault("counts", "holds a character that is not ASCII")]) from e
    ends = np.cumsum(np.fromiter(map(len, counts), np.int64, len(counts)))
    last = np.flatnonzero(data < _MORE)
    lengths = np.diff(last, prepend=-1)
    _refuse_broken(data, ends, lengths)
    total = np.searchsorted(last, ends)
    sizes = np.diff(total, prepend=0)
    filled = np.maximum(sizes + (sizes & 1), 2)
    starts = np.cumsum(filled) - filled
    runs = np.zeros(int(filled.sum()), np.int64)
    runs[np.arange(len(last)) + np.repeat(starts - total + sizes, sizes)] = _numbers(data, last, lengths)
    _undo_differences(runs, starts, sizes)
    return Stack(runs, starts, sizes)


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
    even = np.zeros(max(len(runs) + len(runs) % 2, 2), np.int64)
    even[: len(runs)] = runs
    x, y, width, high = bounds_all(Stack(even, np.zeros(1, np.int64), np.array([len(runs)])), [height])[0].tolist()
    return x, y, width, high


def totals(stack: Stack) -> Runs:
    """Return how many pixels each mask has, set or not; -1 where a run is negative."""
    found = np.add.reduceat(stack.runs, stack.starts)
    return np.where(np.minimum.reduceat(stack.runs, stack.starts) < 0, -1, found)


def areas(stack: Stack) -> Runs:
    """Return the area of each mask."""
    return np.add.reduceat(stack.runs[1::2], stack.starts // 2)


def bounds_all(stack: Stack, heights: Sequence[int] | Runs) -> Runs:
    """Return x, y, width, height of each mask, a row each."""
    found = np.zeros((len(stack.sizes), 4), np.int64)
    ones, firsts = stack.runs[1::2], stack.starts // 2
    ends = np.cumsum(stack.runs[0::2] + ones)
    pairs = np.diff(firsts, append=len(ones))
    before = (ends - ones - stack.runs[0::2])[firsts]
    set_ = np.flatnonzero(ones > 0)
    if not len(set_):
        return found
    mask = np.repeat(np.arange(len(pairs)), pairs)[set_]
    height = np.asarray(heights, np.int64)[mask]
    start, end = (ends - ones)[set_] - before[mask], ends[set_] - before[mask] - 1
    left, right = start // height, end // height
    tall = right > left
    first = np.flatnonzero(np.diff(mask, prepend=-1))
    x = np.minimum.reduceat(left, first)
    y = np.minimum.reduceat(np.where(tall, 0, start - left * height), first)
    found[mask[first]] = np.transpose(
        [
            x,
            y,
            np.maximum.reduceat(right, first) - x + 1,
            np.maximum.reduceat(np.where(tall, height - 1, end - right * height), first) - y + 1,
        ]
    )
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
        good = totals(stack).tolist() == [h * w for h, w in zip(heights, widths, strict=True)]
    return [None] * len(counts) if good else list(map(fault, counts, heights, widths))


def _numbers(data: Pixels, last: Runs, lengths: Runs) -> Runs:
    """Put the five bits of each character together, from the last character of each number backwards."""
    digits = data & 31 ^ 16
    numbers = digits[last].astype(np.int64)
    numbers -= (numbers & 16) << 1
    longer = np.flatnonzero(lengths > 1)
    place = 1
    while len(longer):
        numbers[longer] = (numbers[longer] << 5) + digits[last[longer] - place]
        place += 1
        longer = longer[lengths[longer] > place]
    return numbers


def _undo_differences(runs: Runs, starts: Runs, sizes: Runs) -> None:
    """Add to each number the one two before it in the same mask, from its fourth number on."""
    firsts = starts // 2
    kept = runs[starts]
    runs[starts] = 0
    for column in (runs[0::2], runs[1::2]):
        if len(firsts):
            sums = np.add.reduceat(column, firsts)
            column[firsts[1:]] -= sums[:-1]
            np.cumsum(column, out=column)
    runs[starts] = kept
    odd = np.flatnonzero(sizes & 1)
    runs[starts[odd] + sizes[odd]] = 0


def _refuse_broken(data: Pixels, ends: Runs, lengths: Runs) -> None:
    if not len(data):
        return
    if data.min() < 48 or data.max() > 111:
        raise InvalidError("a mask", [Fault("counts", "holds a character outside '0' to 'o'")])
    if (data[np.maximum(ends, 1) - 1] >= _MORE).any():
        raise InvalidError("a mask", [Fault("counts", "ends within a number")])
    if lengths.max() > _LONGEST:
        raise InvalidError("a mask", [Fault("counts", "holds a number too large for any picture")])


def _combine(masks: Sequence[Runs], weights: Sequence[int]) -> Runs:
    """Return the runs of the pixels where the weights of the masks that set them add up to 1 or more."""
    places, steps = [], []
    for mask, weight in zip(masks, weights, strict=True):
        places.append(np.cumsum(mask))
        steps.append(np.where(np.arange(len(mask)) & 1, -weight, weight))
    at, which = np.unique(np.concatenate(places), return_inverse=True)
    on = np.cumsum(np.bincount(which, np.concatenate(steps))) > 0
    return from_turns(at[np.diff(on, prepend=False)], int(masks[0].sum()))
