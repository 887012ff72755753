"""Reads the runs of a mask from its COCO compressed RLE string."""

import re
from functools import lru_cache
from itertools import accumulate

_NUMBERS = re.compile("[P-o]*[0-O]")
"""Letters that say that another follows, and one that does not."""
_LONGEST = 12


def runs(counts: str) -> list[int]:
    """Return the lengths of the runs of zeros and ones in turn; raises `ValueError` for what is no such string.

    A letter holds five bits, the lowest first, and whether another follows. A number is the difference to the run
    before last, but for the first three (maskApi.c, `rleFrString`).
    """
    words = _NUMBERS.findall(counts)
    if "".join(words) != counts:
        raise ValueError("a letter out of place, or the end is missing")
    found = list(map(_number, words))
    found[1::2] = accumulate(found[1::2])
    found[2::2] = accumulate(found[2::2])
    if found and min(found) < 0:
        raise ValueError(f"run {next(i for i, run in enumerate(found) if run < 0)} is negative")
    return found


@lru_cache(maxsize=1 << 15)
def _number(word: str) -> int:
    if len(word) > _LONGEST:
        raise ValueError("a run is longer than any mask")
    bits = sum((ord(letter) - 48 & 31) << 5 * i for i, letter in enumerate(word))
    return bits - (1 << 5 * len(word)) if ord(word[-1]) - 48 & 16 else bits
