"""Pictures of a medium: itself, or its frames, as far as something that is installed decodes them.

Pillow reads pictures and moving ones (GIF, APNG, WebP); films need PyAV, which the extra `video` brings.
"""

import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import BinaryIO, Self

from PIL import Image, ImageOps, UnidentifiedImageError

from labelport.errors import NotFoundError

BROKEN = (OSError, SyntaxError, ValueError, struct.error, Image.DecompressionBombError)
"""What Pillow raises over a file that it cannot read."""
WHITE = "#ffffff"


class Stills:
    """The pictures of one medium, taken in the order of their frames; used with `with`, which closes the file."""

    def __init__(self, open_: Callable[[], BinaryIO] | None) -> None:
        """Open nothing yet; None says that no media are at hand."""
        self._open = open_
        self._read: Callable[[int], Image.Image] | None = None
        self._held = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._held.close()

    def at(self, frame: int | None) -> Image.Image:
        """Return the picture, or a frame of the file, counted from 0, as it is displayed.

        Raises `NotFoundError` with the reason where it cannot be had.
        """
        if self._open is None:
            raise NotFoundError("its media are not at hand")
        if self._read is None:
            self._read = _reader(self._held.enter_context(self._open()), self._held)
        return self._read(frame or 0)


def _reader(file: BinaryIO, held: ExitStack) -> Callable[[int], Image.Image]:
    """Return what reads frames of a file, by whichever decoder knows it."""
    try:
        picture = held.enter_context(Image.open(file))
    except UnidentifiedImageError:
        file.seek(0)
        return _Film(file, held).at
    except BROKEN as e:
        raise NotFoundError(f"the file cannot be read: {e}") from e

    def at(frame: int) -> Image.Image:
        try:
            picture.seek(frame)
            return _flat(ImageOps.exif_transpose(picture))
        except EOFError as e:
            raise NotFoundError(f"the file has no frame {frame}") from e
        except BROKEN as e:
            raise NotFoundError(f"the file cannot be read: {e}") from e

    return at


class _Film:
    """The frames of a film, decoded from its start on, each once."""

    def __init__(self, file: BinaryIO, held: ExitStack) -> None:
        try:
            import av  # noqa: PLC0415  an extra brings it
        except ImportError as e:
            raise NotFoundError("nothing that is installed decodes it: the extra `video` reads films") from e
        self._error = av.FFmpegError
        try:
            self._frames: Iterator[av.VideoFrame] = held.enter_context(av.open(file, "r")).decode(video=0)
        except (self._error, IndexError) as e:
            raise NotFoundError(f"the file cannot be read: {e}") from e
        self._next = 0
        self._last: Image.Image | None = None

    def at(self, frame: int) -> Image.Image:
        """Return a frame; they are asked for in their order."""
        try:
            while self._next <= frame:
                found = next(self._frames, None)
                if found is None:
                    raise NotFoundError(f"the file has no frame {frame}")
                self._next += 1
                if self._next > frame:
                    self._last = Image.fromarray(found.to_ndarray(format="rgb24"))
        except self._error as e:
            raise NotFoundError(f"the file cannot be read: {e}") from e
        if self._last is None or self._next != frame + 1:
            raise NotFoundError(f"the file is past frame {frame}")
        return self._last


def _flat(picture: Image.Image) -> Image.Image:
    """Return a picture without anything that is seen through: on white."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    found = Image.new("RGB", picture.size, WHITE)
    seen = picture.convert("RGBA")
    found.paste(seen, mask=seen)
    return found
