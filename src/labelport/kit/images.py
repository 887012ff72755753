"""Sizes of pictures in files, as they are stored and as they are displayed."""

from pathlib import Path
from typing import BinaryIO, NamedTuple

ORIENTATION = 0x0112
"""The EXIF tag (CIPA DC-008, 4.6.4) that says how the stored picture is turned for display."""
TURNED = range(5, 9)
"""Orientations that swap width and height."""
SUFFIXES = frozenset(
    {".avif", ".bmp", ".gif", ".heic", ".jfif", ".jp2", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"}
)
"""What the names of pictures end with."""


def is_picture(path: str) -> bool:
    """Whether a file is a picture by its name."""
    return "." + path.rpartition(".")[2].lower() in SUFFIXES


class Sizes(NamedTuple):
    """Width and height as displayed and as stored, and the EXIF orientation between them."""

    shown: tuple[int, int]
    raw: tuple[int, int]
    turn: int


def sizes(file: BinaryIO | Path) -> Sizes:
    """Return the sizes of a picture; raises `ValueError` where it is none that can be read."""
    from PIL import Image  # noqa: PLC0415  only what reads pictures needs it

    try:
        with Image.open(file) as picture:
            width, height = picture.size
            turn = int(picture.getexif().get(ORIENTATION, 1))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as e:
        raise ValueError(f"the picture cannot be read: {e}") from e
    turn = turn if 1 <= turn <= 8 else 1
    return Sizes((height, width) if turn in TURNED else (width, height), (width, height), turn)
