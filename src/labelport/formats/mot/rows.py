"""A row of `gt.txt`, or of what a detector or tracker found."""

from typing import NamedTuple

from labelport.kit.sequences import number, shown, whole
from labelport.model.geometry import Box

HIDDEN = 0.5
"""Less of an object is to be seen where it counts as hidden."""


class Row(NamedTuple):
    """An object in a frame (from 0); `track` is None where it has no id, `class_` where no class is named.

    `is_partial` says that a share of it is to be seen, neither all nor nothing.
    """

    frame: int
    track: int | None
    box: Box
    class_: int | None
    occluded: bool
    confidence: float | None
    is_considered: bool
    is_partial: bool


def parse(line: str) -> Row | str:
    """Return a row, or what is wrong with it; it ends anywhere after its sixth column."""
    cells = (*line.split(","), *("-1",) * 4)
    frame, track = whole(cells[0]), whole(cells[1])
    sides = [side for cell in cells[2:6] if (side := number(cell)) is not None]
    class_ = whole(cells[7])
    if line.count(",") < 5 or frame is None or frame < 1 or len(sides) < 4 or min(sides[2:]) < 0:
        return f"{shown(line)} is no row of frame, id, left, top, width, height"
    if class_ is None:
        return f"{cells[7]!r} is no class of labels.txt"
    sure, seen = number(cells[6]), number(cells[8])
    x, y, width, height = sides
    return Row(
        frame - 1,
        track if track is not None and track > 0 else None,
        Box(x - 1, y - 1, width, height),
        class_ if class_ != -1 else None,
        seen is not None and 0 <= seen < HIDDEN,
        sure if sure is not None and 0 <= sure <= 1 else None,
        sure != 0,
        seen is not None and 0 < seen < 1,
    )
