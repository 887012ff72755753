"""Objects drawn over their picture, as people look at them: filled, outlined, in the colours of their classes."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image

from labelport.kit import palette, png
from labelport.kit.canvas import Canvas, Edges
from labelport.kit.scenes import Mark, Size
from labelport.model.ontology import LabelClass

OPACITY = 0.35
STROKE = 2.0
"""The width of outlines, in pixels of what is drawn."""


class Style(NamedTuple):
    """How objects of each class look, by its number: its colour, and the edges of its skeleton."""

    colours: Mapping[int, str]
    edges: Mapping[int, Edges]


def style(classes: Sequence[LabelClass]) -> Style:
    """Return the style of classes."""
    colours = {number: palette.text(colour) for number, colour in palette.colours(classes).items()}
    return Style(colours, {one.number: one.skeleton.edges for one in classes if one.skeleton})


def draw(canvas: Canvas, marks: Sequence[Mark], look: Style, stroke: float = STROKE) -> None:
    """Draw objects, the lower first."""
    for mark in sorted(marks, key=lambda mark: mark.z_order):
        colour = look.colours.get(mark.class_, "#000000")
        canvas.fill(mark.shape, colour, OPACITY)
        canvas.stroke(mark.shape, colour, stroke, look.edges.get(mark.class_, ()))


def shrunk(size: Size, side: int) -> Size:
    """Return height and width with the longer one at most `side`."""
    share = min(1.0, side / max(size))
    return max(1, round(size[0] * share)), max(1, round(size[1] * share))


def transparent(marks: Sequence[Mark], size: Size, look: Style, side: int) -> bytes:
    """Return a PNG that lies over the picture: as it is, or smaller, with the longer side at most `side`."""
    height, width = shrunk(size, side)
    canvas = Canvas((width, height), None, width / size[1])
    draw(canvas, marks, look)
    return png.write(np.asarray(canvas.picture()))


def contact_sheet(pictures: Sequence[Image.Image], cell: Size, columns: int, gap: int = 4) -> Image.Image:
    """Return pictures side by side on white, row by row, each as large as its cell lets it be."""
    height, width = cell
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * (width + gap) - gap, max(rows * (height + gap) - gap, 1)), "#ffffff")
    for place, picture in enumerate(pictures):
        tall, wide = shrunk((picture.height, picture.width), max(cell))
        share = min(1.0, height / tall, width / wide)
        small = picture.resize((max(1, round(wide * share)), max(1, round(tall * share))), Image.Resampling.LANCZOS)
        x, y = place % columns * (width + gap), place // columns * (height + gap)
        sheet.paste(small, (x + (width - small.width) // 2, y + (height - small.height) // 2))
    return sheet
