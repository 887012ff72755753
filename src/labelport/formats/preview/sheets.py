"""Contact sheets: the pictures of a page as one PNG, with what is drawn over them and what they are called."""

from base64 import b64decode
from collections.abc import Iterator, Sequence
from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from labelport.formats.preview.pages import Picture, rows
from labelport.kit import overlay, png
from labelport.kit.format import File
from labelport.model.ontology import LabelClass

WIDTH, HEIGHT = 240, 160
"""The cell that a picture is fitted into."""
TEXT = 40
"""Pixels for what stands below a picture: its name, and what it holds."""
COLUMNS = 6
GAP = 12
SIZE = 13
INK, PALE, GREY, WHITE = "#1b1e23", "#6a7078", "#e4e6ea", "#ffffff"


def sheet(path: str, data: bytes, classes: Sequence[LabelClass]) -> Iterator[File]:
    """Yield the contact sheet of a page."""
    found = [_cell(one, classes) for one in rows(data)]
    if found:
        columns = min(COLUMNS, len(found))
        cells = overlay.contact_sheet(found, (HEIGHT + TEXT, WIDTH), columns, GAP)
        drawn = _put_together(_legend(cells.width, classes), cells)
        folder, _, name = path.rpartition("/")
        yield File(f"{folder.removesuffix('pages')}sheets/{name.removesuffix('.js')}.png", png.write(np.asarray(drawn)))


def _cell(one: Picture, classes: Sequence[LabelClass]) -> Image.Image:
    """Return a picture with its name below."""
    cell = Image.new("RGB", (WIDTH, HEIGHT + TEXT), WHITE)
    shown = _shown(one)
    cell.paste(shown, ((WIDTH - shown.width) // 2, (HEIGHT - shown.height) // 2))
    brush = ImageDraw.Draw(cell)
    if one.note:
        for place, line in enumerate(_wrapped(one.note, WIDTH - 2 * GAP, 3)):
            brush.text((WIDTH / 2, HEIGHT / 2 + place * (SIZE + 3)), line, PALE, _FONT, "mm")
    name = one.name if one.frame is None else f"{one.name}, frame {one.frame}"
    brush.text((0, HEIGHT + 3), _cut(name, WIDTH), INK, _FONT)
    brush.text((0, HEIGHT + 3 + SIZE + 4), _cut(_held(one, classes), WIDTH), PALE, _FONT)
    return cell


def _shown(one: Picture) -> Image.Image:
    """Return a picture, or grey, as large as its cell lets it be, with what is drawn over it."""
    ground = _opened(one.media.partition(",")[2]) if one.media and one.media.startswith("data:") else None
    size = (one.height, one.width) if one.height and one.width else None
    tall, wide = size or ((ground.height, ground.width) if ground else (HEIGHT, WIDTH))
    share = min(HEIGHT / tall, WIDTH / wide)
    fitted = max(1, round(wide * share)), max(1, round(tall * share))
    shown = ground.convert("RGBA").resize(fitted, _SMOOTH) if ground else Image.new("RGBA", fitted, GREY)
    if one.overlay:
        shown.alpha_composite(_opened(one.overlay).convert("RGBA").resize(fitted, _SMOOTH))
    return shown.convert("RGB")


def _opened(base64: str) -> Image.Image:
    return Image.open(BytesIO(b64decode(base64)))


def _held(one: Picture, classes: Sequence[LabelClass]) -> str:
    names = {str(each.number): each.name for each in classes}
    return ", ".join(f"{times} {names.get(number, number)}" for number, times in one.classes.items()) or one.state


def _legend(width: int, classes: Sequence[LabelClass]) -> Image.Image:
    """Return the classes, each with its colour, in as many lines as they need."""
    colours = overlay.style(classes).colours
    x = y = 0
    places = []
    for one in sorted(classes, key=lambda one: one.number):
        name = _cut(one.name, width - SIZE - 6)
        reach = SIZE + 6 + round(_FONT.getlength(name))
        if x and x + reach > width:
            x, y = 0, y + SIZE + 7
        places.append((x, y, one.number, name))
        x += reach + 2 * GAP
    found = Image.new("RGB", (width, y + SIZE + 5 if places else 1), WHITE)
    brush = ImageDraw.Draw(found)
    for x, y, number, name in places:
        brush.rectangle((x, y + 2, x + SIZE - 2, y + SIZE), fill=colours[number])
        brush.text((x + SIZE + 4, y), name, INK, _FONT)
    return found


def _put_together(legend: Image.Image, cells: Image.Image) -> Image.Image:
    found = Image.new("RGB", (cells.width + 2 * GAP, legend.height + cells.height + 3 * GAP), WHITE)
    found.paste(legend, (GAP, GAP))
    found.paste(cells, (GAP, legend.height + 2 * GAP))
    return found


def _cut(text: str, width: int) -> str:
    """Return a text on one line, with dots where its end has no room."""
    line = " ".join(text.split())
    if _FONT.getlength(line) <= width:
        return line
    while line and _FONT.getlength(line + _MORE) > width:
        line = line[:-1]
    return line + _MORE


def _wrapped(text: str, width: int, most: int) -> list[str]:
    """Return a text in so many lines at most."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if _FONT.getlength(longer) <= width or not lines[-1] or len(lines) == most:
            lines[-1] = longer
        else:
            lines.append(word)
    return [_cut(line, width) for line in lines]


_SMOOTH = Image.Resampling.LANCZOS
_FONT = ImageFont.load_default(SIZE)
_MORE = "..."
