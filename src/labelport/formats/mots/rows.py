"""A row of the text form."""

from typing import NamedTuple

from labelport.kit.sequences import shown, whole
from labelport.model.geometry import Mask
from labelport.shapes import rle


class Row(NamedTuple):
    """An object in a frame, as the row counts it."""

    frame: int
    number: int
    class_: int
    mask: Mask


def parse(line: str) -> Row | str:
    """Return a row, or what is wrong with it."""
    cells = line.split()
    numbers = [found for cell in cells[:5] if (found := whole(cell)) is not None]
    if len(cells) != 6 or len(numbers) < 5 or min(numbers) < 0:
        return f"{shown(line)} is no row of frame, id, class, height, width, runs"
    frame, number, class_, height, width = numbers
    reason = rle.fault(cells[5], height, width)
    return f"its runs are no mask: {reason}" if reason else Row(frame, number, class_, Mask(height, width, cells[5]))


def number_of(line: str) -> int:
    """Return the object of a row that is not to be read, as far as can be told."""
    return whole((*line.split(), "", "")[1]) or 0
