"""PNG files are what Pillow reads, value by value."""

from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from labelport.errors import InvalidError
from labelport.kit import png

_quick = settings(deadline=None, max_examples=30)
SIDES = st.integers(1, 9)


def pixels(seed: int, shape: tuple[int, ...], most: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.random.default_rng(seed).integers(0, most, shape)


@_quick
@given(st.integers(0, 99), SIDES, SIDES, st.booleans())
def test_8_bits_are_read_as_they_are(seed: int, height: int, width: int, palette: bool) -> None:
    values = pixels(seed, (height, width), 256).astype(np.uint8)
    colours = [(i, 255 - i, 7) for i in range(256)]
    data = png.write(values, colours if palette else ())
    with Image.open(BytesIO(data)) as found:
        assert found.mode == ("P" if palette else "L")
        assert (np.asarray(found) == values).all()
        if palette:
            assert found.convert("RGB").getpixel((0, 0)) == colours[int(values[0, 0])]
    assert (png.read(data) == values).all()


@_quick
@given(st.integers(0, 99), SIDES, SIDES)
def test_16_bits_are_read_as_they_are(seed: int, height: int, width: int) -> None:
    values = pixels(seed, (height, width), 65536).astype(np.uint16)
    data = png.write(values)
    with Image.open(BytesIO(data)) as found:
        assert found.mode == "I;16"
        assert (np.asarray(found) == values).all()
    assert (png.read(data) == values).all()


@_quick
@given(st.integers(0, 99), SIDES, SIDES, st.sampled_from((3, 4)))
def test_colours_are_read_as_they_are(seed: int, height: int, width: int, shades: int) -> None:
    values = pixels(seed, (height, width, shades), 256).astype(np.uint8)
    with Image.open(BytesIO(png.write(values))) as found:
        assert found.mode == ("RGB" if shades == 3 else "RGBA")
        assert (np.asarray(found) == values).all()


def test_a_picture_that_lies_column_by_column_is_the_same_file() -> None:
    values = pixels(1, (5, 7), 256).astype(np.uint8)
    assert png.write(np.asfortranarray(values)) == png.write(values)


def test_pillow_checks_every_sum_in_the_file() -> None:
    data = bytearray(png.write(np.zeros((4, 4), np.uint8)))
    with Image.open(BytesIO(data)) as found:
        found.verify()
    data[-5] ^= 1
    with Image.open(BytesIO(data)) as broken, pytest.raises(SyntaxError):
        broken.verify()


@pytest.mark.parametrize("data", [b"", b"no picture", png.write(np.zeros((40, 40), np.uint8))[:60]])
def test_what_is_no_picture_is_told(data: bytes) -> None:
    with pytest.raises(InvalidError, match="cannot be read"):
        png.read(data)
