"""A record's objects painted into masks, each kind of mask in its way."""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec
import numpy as np

from labelport.errors import RequestError
from labelport.formats.png_masks.index import CLASSES, MASKS, MOST, OBJECTS, ON, Options, Part, Picture, bits, options
from labelport.kit import layers, palette, png
from labelport.kit.format import Context, File, Lost, Row
from labelport.kit.layers import Layer
from labelport.kit.scenes import Scene, Size, place, scenes, size
from labelport.model.record import Record
from labelport.shapes import rle
from labelport.shapes.paint import Painting

_encode = msgspec.json.Encoder().encode


class Sheet(NamedTuple):
    """A picture at work: whose it is, how large, and what lies in it from the lowest to the topmost."""

    record: Record
    frame: int | None
    size: Size
    found: list[Layer]

    def place(self, folder: str) -> str:
        """Return the path of its file in a folder."""
        return place(self.record, self.frame, folder, ".png")

    def place_of(self, folder: str, number: int) -> str:
        """Return the path of one of its several files in a folder."""
        return place(self.record, self.frame, folder, f"/{number:05d}.png")


def encode(record: Record, context: Context) -> Iterator[Row | File | Lost]:
    """Yield the masks of a record, each with its row of the index."""
    asked = options(context)
    for scene in scenes(record, context):
        reach = size(record, scene.marks)
        if reach is None:
            yield Row("pictures", _encode(_picture(record, scene, reach)))
            continue
        sheet = Sheet(record, scene.frame, reach, layers.layers(scene.marks, reach, asked.order))
        parts: list[Part] = []
        for item in _made(sheet, asked, context):
            if isinstance(item, Part):
                parts.append(item)
            else:
                yield item
        picture = _picture(record, scene, reach)
        mask = None if asked.kind == "class" else sheet.place(MASKS)
        yield Row("pictures", _encode(msgspec.structs.replace(picture, mask=mask, parts=tuple(parts))))


def _picture(record: Record, scene: Scene, reach: Size | None) -> Picture:
    height, width = reach or (record.asset.height, record.asset.width)
    return Picture(record.number, record.path, scene.state, scene.frame, width, height)


def _made(sheet: Sheet, asked: Options, context: Context) -> Iterator[File | Lost | Part]:
    match asked.kind:
        case "semantic":
            return _semantic(sheet, asked, context)
        case "instance":
            return _instance(sheet)
        case "class":
            return _by_class(sheet)
        case "binary":
            return _binary(sheet)


def _semantic(sheet: Sheet, asked: Options, context: Context) -> Iterator[File | Lost | Part]:
    found = sheet.found
    values = [one.mark.class_ for one in found]
    painting = layers.painted(found, values, sheet.size)
    yield File(sheet.place(MASKS), _coloured(painting, asked, context))
    yield from layers.losses(found, layers.left(found, values, painting))
    for class_ in sorted(set(values)):
        pixels = int(np.count_nonzero(painting == class_))
        if pixels:
            yield Part(class_, pixels, class_)


def _coloured(painting: Painting, asked: Options, context: Context) -> bytes:
    shades = palette.colours(context.classes)
    top = max(shades, default=0)
    if asked.colour == "rgb":
        table = np.zeros((top + 1, 3), np.uint8)
        for number, colour in shades.items():
            table[number] = colour
        return png.write(table[painting])
    if bits(context.classes) == 16:
        return png.write(painting.astype(np.uint16))
    return png.write(painting.astype(np.uint8, copy=False), [shades.get(i, palette.BLACK) for i in range(top + 1)])


def _instance(sheet: Sheet) -> Iterator[File | Lost | Part]:
    found = sheet.found
    if len(found) > MOST:
        raise RequestError(f"{len(found)} objects are more than {MOST}, which a pixel of 16 bits tells apart")
    values = range(1, len(found) + 1)
    painting = layers.painted(found, values, sheet.size)
    yield File(sheet.place(MASKS), png.write(painting.astype(np.uint16)))
    for value, one, kept in zip(values, found, layers.left(found, values, painting), strict=True):
        file = sheet.place_of(OBJECTS, value) if kept < one.area else None
        if file:
            yield File(file, _alone(one.runs, sheet.size))
        yield Part(one.mark.class_, one.area, value, file, one.mark.thing.id)


def _by_class(sheet: Sheet) -> Iterator[File | Lost | Part]:
    found = sheet.found
    yield from layers.losses(found, [one.area for one in found])
    for class_ in sorted({one.mark.class_ for one in found if one.area}):
        runs = rle.union([one.runs for one in found if one.mark.class_ == class_])
        file = sheet.place_of(CLASSES, class_)
        yield File(file, _alone(runs, sheet.size))
        yield Part(class_, rle.area(runs), file=file)


def _binary(sheet: Sheet) -> Iterator[File | Lost | Part]:
    found = sheet.found
    yield from layers.losses(found, [one.area for one in found])
    runs = rle.union([one.runs for one in found]) if found else np.array([sheet.size[0] * sheet.size[1]])
    yield File(sheet.place(MASKS), _alone(runs, sheet.size))
    if rle.area(runs):
        yield Part(pixels=rle.area(runs), value=ON)


def _alone(runs: rle.Runs, reach: Size) -> bytes:
    return png.write(rle.decode(runs, *reach) * np.uint8(ON))
