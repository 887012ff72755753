"""Masks: Label Studio's brush run lengths, and its bitmasks, which are PNG pictures.

The brush is kept as the RGBA bytes of the whole picture, row by row, packed by `@thi.ng/rle-pack`
(https://docs.thi.ng/umbrella/rle-pack/): a stream of bits, the most significant first. It begins with the number of
values (32 bits), their width less one (5 bits) and four widths of counts, each less one (4 bits each). Then come
blocks: one bit that tells a run (1) from a list (0), two bits that choose one of the four widths, the count less one in
that width, and the value of the run, or as many values as the list counts. It is not COCO's run-length encoding. A
pixel belongs to the mask where its fourth value, alpha, is not 0, as the editor draws it.
"""

import base64
import binascii
import struct
import zlib
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from labelport.formats.label_studio.values import Fields, shown
from labelport.model.geometry import Mask
from labelport.shapes import rle

PIXELS = 1 << 26
"""Pixels of the largest mask that is taken (67 million)."""
CHANNELS = 4
PNG = b"\x89PNG\r\n\x1a\n"
_URL = "data:image/png;base64,"
_BROKEN_PICTURE = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error)
"""What Pillow raises, by the part of the file that is broken."""

Alpha = NDArray[np.bool_]


class PackError(Exception):
    """Bytes that are not packed as they should be; the message says why."""


def mask(alpha: Alpha | None, width: int, height: int) -> Mask | None:
    """Return the mask of pixels given row by row."""
    if alpha is None:
        return None
    return Mask(height, width, rle.write(rle.encode(alpha.reshape(height, width))))


def alpha_of_rle(value: Fields, width: int, height: int) -> Alpha | None:
    """Return which pixels, row by row, a brush covers; None (and a fault) where its bytes are broken."""
    packed = value.items("rle")
    if not packed and not value.faults:
        value.wrong("rle", "is missing or empty")
    if value.given.get("format") not in (None, "rle"):
        value.wrong("format", f"{shown(value.given['format'])} is not 'rle'")
    try:
        data = bytes(packed)  # type: ignore[arg-type]  # checked by the call itself
    except (TypeError, ValueError):
        value.wrong("rle", "holds something other than bytes, 0 to 255")
        return None
    if not data:
        return None
    try:
        return unpacked(data, width * height)
    except PackError as e:
        value.wrong("rle", str(e))
        return None


def unpacked(data: bytes, pixels: int) -> Alpha:
    """Return whether alpha is set for each pixel of packed RGBA bytes; raises `PackError` where they are broken."""
    if pixels > PIXELS:
        raise PackError(f"has {pixels} pixels, and {PIXELS} can be taken at most")
    bits = _Bits(data)
    total, word = bits.read(32), bits.read(5) + 1
    widths = [bits.read(4) + 1 for _ in range(4)]
    if total != pixels * CHANNELS:
        raise PackError(f"holds {total} values, and the picture has {CHANNELS} x {pixels} = {pixels * CHANNELS}")
    alpha = np.zeros(pixels, np.bool_)
    at = 0
    while at < total:
        head = bits.read(3)
        end = at + 1 + bits.read(widths[head & 3])
        if end > total:
            raise PackError(f"runs to value {end}, and holds {total}")
        first, last = at // CHANNELS, end // CHANNELS
        if head & 4:
            alpha[first:last] = bits.read(word) != 0
        else:
            alpha[first:last] = bits.words(end - at, word)[CHANNELS - 1 - at % CHANNELS :: CHANNELS]
        at = end
    return alpha


def alpha_of_png(value: Fields, key: str, width: int, height: int) -> Alpha | None:
    """Return which pixels a PNG in a data URL covers: where alpha (or without alpha, brightness) is not 0."""
    text = value.text(key)
    try:
        data = base64.b64decode(text.removeprefix(_URL), validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if not text.startswith(_URL) or not data.startswith(PNG) or len(data) < 24:
        value.wrong(key, "is not a PNG picture as a data URL")
        return None
    found = struct.unpack(">II", data[16:24])
    if found != (width, height) or width * height > PIXELS:
        value.wrong(key, f"is a picture of {found[0]} x {found[1]}, not of {width} x {height} within {PIXELS} pixels")
        return None
    try:
        with Image.open(BytesIO(data), formats=("PNG",)) as picture:
            plane = picture.convert("RGBA").getchannel("A") if _is_clear(picture) else picture.convert("L")
    except _BROKEN_PICTURE as e:
        value.wrong(key, f"is a broken PNG picture: {e}")
        return None
    found_alpha: Alpha = np.asarray(plane).reshape(-1) != 0
    return found_alpha


def _is_clear(picture: Image.Image) -> bool:
    return "A" in picture.getbands() or "transparency" in picture.info


class _Bits:
    """Reads bits, the most significant of each byte first."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def read(self, count: int) -> int:
        """Return the next `count` bits as a number."""
        start = self._advance(count)
        window = int.from_bytes(self._data[start >> 3 : (self._at + 7) >> 3])
        return window >> (-self._at & 7) & ((1 << count) - 1)

    def words(self, count: int, width: int) -> Alpha:
        """Return whether each of the next `count` words of `width` bits is other than 0."""
        start = self._advance(count * width)
        first = start >> 3
        window = np.frombuffer(self._data, np.uint8, ((self._at + 7) >> 3) - first, first)
        bits = np.unpackbits(window)[start & 7 :][: count * width]
        found: Alpha = bits.reshape(count, width).max(axis=1) != 0
        return found

    def _advance(self, count: int) -> int:
        start, self._at = self._at, self._at + count
        if self._at > len(self._data) * 8:
            raise PackError(f"ends after {len(self._data)} bytes, within a block")
        return start
