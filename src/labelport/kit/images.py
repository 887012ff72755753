"""Sizes of pictures in files, as they are displayed."""

from typing import BinaryIO

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


def shown_size(file: BinaryIO) -> tuple[int, int]:
    """Return width and height as displayed, after EXIF orientation; raises `ValueError` where it is no picture."""
    from PIL import Image  # noqa: PLC0415  only what reads pictures needs it

    try:
        with Image.open(file) as picture:
            width, height = picture.size
            turn = picture.getexif().get(ORIENTATION, 1)
    except OSError as e:
        raise ValueError(f"the picture cannot be read: {e}") from e
    return (height, width) if turn in TURNED else (width, height)
