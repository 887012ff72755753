"""PNG files of few values, such as masks: written fast, the values kept, and read with Pillow.

Format: https://www.w3.org/TR/png-3/. Rows are filtered by the row above (filter 2), which leaves little but zeros.
"""

import struct
from collections.abc import Sequence
from io import BytesIO
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from zlib_ng import zlib_ng

from labelport.errors import Fault, InvalidError

Colour = tuple[int, int, int]
Pixels = NDArray[np.uint8] | NDArray[np.uint16]
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _RGB, _PALETTE, _RGBA = 0, 2, 3, 6
"""Colour types (section 11.2.1)."""
_UP = 2
_LEVEL = 2


def write(pixels: Pixels, palette: Sequence[Colour] = ()) -> bytes:
    """Return the file of a picture: (rows, columns) of 8 or 16 bits, or with 3 or 4 shades of 8; values are kept.

    With a palette, values of 8 bits are its indices (mode P); without, they are shades of grey.
    """
    depth = 8 * pixels.itemsize
    flat = _PALETTE if palette and depth == 8 else _GREY
    kind = flat if pixels.ndim == 2 else _RGB if pixels.shape[2] == 3 else _RGBA
    height, width = pixels.shape[:2]
    head = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    colours = bytes(part for colour in palette for part in colour)
    chunks = [(b"IHDR", head), (b"IDAT", zlib_ng.compress(_filtered(pixels), _LEVEL)), (b"IEND", b"")]
    if kind == _PALETTE:
        chunks.insert(1, (b"PLTE", colours))
    return _SIGNATURE + b"".join(_chunk(name, data) for name, data in chunks)


def read(data: bytes) -> NDArray[np.uint8] | NDArray[np.int32]:
    """Return the values of a picture, indices of a palette as they are; raises `InvalidError` for what is none."""
    try:
        with Image.open(BytesIO(data)) as picture:
            plain = picture.convert("RGB") if picture.mode in {"RGBA", "LA", "PA"} else picture
            return np.asarray(plain if plain.mode in {"P", "L", "RGB"} else plain.convert("I"))
    except (UnidentifiedImageError, OSError, SyntaxError) as e:
        raise InvalidError("a PNG", [Fault("", f"cannot be read: {e}")]) from e


def _filtered(pixels: Pixels) -> NDArray[np.uint8]:
    """Return the rows, each behind the number of its filter, as what differs from the row above, byte by byte."""
    height = pixels.shape[0]
    big = np.ascontiguousarray(pixels, ">u2" if pixels.itemsize == 2 else np.uint8)
    rows = np.frombuffer(big, np.uint8).reshape(height, -1)
    out = np.empty((height, rows.shape[1] + 1), np.uint8)
    out[:, 0] = _UP
    out[0, 1:] = rows[0]
    np.subtract(rows[1:], rows[:-1], out=out[1:, 1:])
    return out


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", crc32(name + data))
