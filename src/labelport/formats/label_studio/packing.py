"""Masks as Label Studio's brush: runs of RGBA bytes packed into bits, the counterpart of `brush.unpacked`.

A block is 1, which of the widths (2 bits), the run's length less one in so many bits, and the byte that it repeats.
"""

import numpy as np
from numpy.typing import NDArray

from labelport.model.geometry import Mask
from labelport.shapes import rle
from labelport.shapes.rle import Runs

WIDTHS = np.array([3, 4, 8, 16])
"""Bits of the counts: those that `@thi.ng/rle-pack` takes by default."""
_LONGEST = 1 << 16
_AROUND = 11
"""Bits of a block beside its count."""
Bits = NDArray[np.uint8]


def packed(mask: Mask) -> list[int]:
    """Return the bytes of a mask, which is opaque white where it is and nothing elsewhere."""
    rows = rle.encode(rle.decode(rle.parse(mask.counts), mask.height, mask.width).T)
    head = f"{4 * mask.height * mask.width:032b}{7:05b}" + "".join(f"{width - 1:04b}" for width in WIDTHS)
    bits = np.frombuffer(head.encode(), np.uint8) == ord("1")
    return np.packbits(np.concatenate([bits, _blocks(rows)])).tolist()


def _blocks(rows: Runs) -> Bits:
    """Return the bits of all blocks; a run that is too long for one has several."""
    runs = 4 * rows
    pieces = -(-runs // _LONGEST)
    counts = np.full(pieces.sum(), _LONGEST)
    ends = np.cumsum(pieces)[pieces > 0] - 1
    counts[ends] = ((runs - 1) % _LONGEST + 1)[pieces > 0]
    values = np.repeat(np.arange(len(rows)) % 2 * 255, pieces)
    which = np.searchsorted(1 << WIDTHS, counts)
    sizes = WIDTHS[which] + _AROUND
    words = (4 + which) << (sizes - 3) | (counts - 1) << 8 | values
    left = (words << (32 - sizes)).astype(">u4").view(np.uint8).reshape(-1, 4)
    found: Bits = np.unpackbits(left, axis=1)[np.arange(32) < sizes[:, None]]
    return found
