"""Pictures and frames of media, as Pillow and PyAV decode them."""

import sys
from io import BytesIO
from typing import Any, BinaryIO

import av
import numpy as np
import pytest
from PIL import Image

from labelport.errors import NotFoundError
from labelport.kit.stills import Stills

SHADES = (0, 80, 160, 240)


def gif() -> BytesIO:
    out = BytesIO()
    first, *rest = (Image.new("L", (16, 12), shade) for shade in SHADES)
    first.save(out, "GIF", save_all=True, append_images=rest)
    return BytesIO(out.getvalue())


def film() -> BytesIO:
    out = BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream: Any = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 16, 16, "yuv420p"
        for shade in SHADES:
            frame = av.VideoFrame.from_ndarray(np.full((16, 16, 3), shade, np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return BytesIO(out.getvalue())


def shade(picture: Image.Image) -> int:
    return round(float(np.asarray(picture).mean()))


@pytest.mark.parametrize("make", [gif, film])
def test_frames_are_counted_from_0(make: Any) -> None:
    stills = Stills(make)
    found = [stills.at(frame) for frame in (0, 2, 2, 3)]
    assert [shade(one) for one in found] == pytest.approx([0, 160, 160, 240], abs=4)
    assert {one.mode for one in found} == {"RGB"}


@pytest.mark.parametrize("make", [gif, film])
def test_a_frame_that_is_not_there_is_told(make: Any) -> None:
    with pytest.raises(NotFoundError, match="no frame 9"):
        Stills(make).at(9)


def test_a_picture_is_turned_as_it_is_displayed() -> None:
    out = BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (16, 12)).save(out, "JPEG", exif=exif)
    assert Stills(lambda: BytesIO(out.getvalue())).at(None).size == (12, 16)


def test_what_is_seen_through_is_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(out, "PNG")
    assert shade(Stills(lambda: BytesIO(out.getvalue())).at(None)) == 255


def test_a_medium_is_opened_once_and_when_it_is_first_looked_at() -> None:
    opened = []

    def open_() -> BinaryIO:
        opened.append(1)
        return gif()

    stills = Stills(open_)
    assert not opened
    stills.at(0)
    stills.at(1)
    assert len(opened) == 1


@pytest.mark.parametrize("data", [b"", b"not a film", b"\x89PNG\r\n\x1a\n", b"GIF89a"])
def test_what_is_no_medium_is_told(data: bytes) -> None:
    with pytest.raises(NotFoundError, match="cannot be read"):
        Stills(lambda: BytesIO(data)).at(0)


def test_a_film_that_nothing_decodes_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(NotFoundError, match="the extra `video`"):
        Stills(film).at(0)
