"""Masks as Label Studio's brush: runs of RGBA bytes packed into bits, the counterpart of `brush.unpacked`."""

from collections.abc import Iterator

import numpy as np

from labelport.model.geometry import Mask
from labelport.shapes import rle

WIDTHS = (3, 4, 8, 16)
"""Bits of the counts: those that `@thi.ng/rle-pack` takes by default."""
_LONGEST = 1 << WIDTHS[-1]


def packed(mask: Mask) -> list[int]:
    """Return the bytes of a mask, which is opaque white where it is and nothing elsewhere."""
    rows = rle.encode(rle.decode(rle.parse(mask.counts), mask.height, mask.width).T)
    head = f"{4 * mask.height * mask.width:032b}{7:05b}" + "".join(f"{width - 1:04b}" for width in WIDTHS)
    bits = head + "".join(_blocks(rows.tolist()))
    bits += "0" * (-len(bits) % 8)
    return np.packbits(np.frombuffer(bits.encode(), np.uint8) == ord("1")).tolist()


def _blocks(runs: list[int]) -> Iterator[str]:
    """Yield blocks of runs: 1, which of the widths, the count less one, the value."""
    for place, run in enumerate(runs):
        value = "1" * 8 if place & 1 else "0" * 8
        left = 4 * run
        while left:
            count = min(left, _LONGEST)
            which = next(at for at, width in enumerate(WIDTHS) if count <= 1 << width)
            yield f"1{which:02b}{count - 1:0{WIDTHS[which]}b}{value}"
            left -= count
