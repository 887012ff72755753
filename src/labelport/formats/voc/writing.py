"""Writes Pascal VOC: boxes as XML, and what has an outline as pixels in two PNGs, by class and by object."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple
from xml.sax.saxutils import escape

import msgspec
import numpy as np

from labelport.kit import listing, palette, png
from labelport.kit.format import FILES, Context, Document, File, Lost, Row, Section, stem
from labelport.kit.scenes import Mark, Scene, Size, known_size, scenes
from labelport.kit.scenes import count as marked
from labelport.model.export import Carries
from labelport.model.geometry import Box, Cuboid
from labelport.model.label import Annotation
from labelport.model.record import Record, state_of
from labelport.shapes import clip, paint, rle
from labelport.shapes.rings import envelope
from labelport.shapes.rle import Runs

PART = "train"
"""The part that pictures are in where the delivery is not split."""
VOID = 255
"""The value of pixels that are of no object and not of the background either."""
COLOURS = [palette.numbered(number) for number in range(256)]
DRAWN = ("ellipse", "multi_polygon", "polygon", "polygon_with_hole", "rotated_box")
CARRIES = Carries(
    kinds=frozenset({"box", "mask", "cuboid", *DRAWN}),
    converts={**dict.fromkeys(DRAWN, "mask"), "cuboid": "box", "track": "frames"},
    features=frozenset({"on", "outside", "occluded", "truncated"}),
)
ZERO_BASED = "pixels from 0"
"""What `<source>` says of files whose pixels are not counted from 1."""
OUTSIDE = "nothing of it is inside the picture"
NO_PIXEL = "it covers no pixel"
_CLEAN = str.maketrans(dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535), "�"))


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`pixels`: the number of the first pixel, 1 as in VOC itself or 0."""

    pixels: Literal[0, 1] = 1


class Placed(NamedTuple):
    """An object as it is written: its box, and the pixels that it is drawn with, if any."""

    mark: Mark
    box: Box
    runs: Runs | None


def documents(context: Context) -> tuple[Document, ...]:
    """Return the list of pictures, and those of each part that have an XML file."""
    sets = (
        Document(f"ImageSets/Main/{part}.txt", (Section(f"set {part}", b"\n", terminated=True),))
        for part in context.parts or (PART,)
    )
    return listing.DOCUMENT, *sets


def place(path: str, context: Context) -> str:
    """Return where the copy of a picture is."""
    del context
    return f"JPEGImages/{path}"


def count(record: Record, context: Context) -> Mapping[str, int]:
    """Return how many pictures a record gives, how many of them have an XML file, and how many files there are."""
    number, marks = marked(record, context.frames)
    sets = dict.fromkeys((f"set {part}" for part in context.parts or (PART,)), 0)
    said = number if marks or state_of(record) != "unlabelled" else 0
    sets[f"set {context.part or PART}"] = said
    drawn = sum(any(map(_is_outlined, scene.marks)) for scene in scenes(record, context)) if marks else 0
    return {listing.SECTION: number, FILES: said + 2 * drawn, **sets}


def encode(record: Record, context: Context) -> Iterator[Row | File | Lost]:
    """Yield the files of a task's pictures, and their lines in the lists."""
    for scene in scenes(record, context):
        name = stem(scene.path)
        yield listing.listed(record, scene, f"Annotations/{name}.xml")
        if scene.state == "unlabelled" and not scene.marks:
            continue
        yield Row(f"set {context.part or PART}", name.encode())
        height, width = known_size(record) if scene.marks else (0, 0)
        placed: list[Placed] = []
        for found in _placed(scene.marks, height, width):
            if isinstance(found, Lost):
                yield found
            else:
                placed.append(found)
        yield File(f"Annotations/{name}.xml", _xml(record, scene, placed, context))
        if any(map(_is_outlined, scene.marks)):
            yield from _segmentation(name, placed, (height, width), context)


def clean(text: str) -> str:
    """Return a text without what XML 1.0 cannot hold (section 2.2)."""
    return text.translate(_CLEAN)


def _placed(marks: Sequence[Mark], height: int, width: int) -> Iterator[Placed | Lost]:
    """Yield each mark with its box, and its pixels where it has an outline."""
    outlined = [mark.shape for mark in marks if _is_outlined(mark)]
    covers = iter(paint.covers(outlined, height, width) if outlined else ())
    for mark in marks:
        if not _is_outlined(mark):
            found = envelope(mark.shape)
            inside = clip.box(found, width, height) if found else None
            is_there = inside is not None and inside.width > 0 and inside.height > 0
            yield Placed(mark, inside, None) if inside and is_there else Lost(mark.what, "dropped", OUTSIDE)
        else:
            runs = next(covers)
            bounds = rle.bounds(runs, height)
            yield Placed(mark, Box(*map(float, bounds)), runs) if bounds[2] else Lost(mark.what, "dropped", NO_PIXEL)


def _is_outlined(mark: Mark) -> bool:
    return not isinstance(mark.shape, Box | Cuboid)


def _segmentation(name: str, placed: Sequence[Placed], size: Size, context: Context) -> Iterator[File | Lost]:
    """Yield the two PNGs, where anything is drawn, and tell what others lie upon; the later lies above."""
    drawn = [(place_, one, one.runs) for place_, one in enumerate(placed, 1) if one.runs is not None]
    ids = {one.number: place_ for place_, one in enumerate(context.classes, 1)}
    if max(*ids.values(), len(placed)) >= VOID:
        raise ValueError(f"{len(ids)} classes and {len(placed)} objects: a PNG of 8 bits has numbers up to {VOID - 1}")
    covers = [runs for _, _, runs in drawn]
    objects = paint.paint(covers, [place_ for place_, _, _ in drawn], *size)
    for place_, one, runs in drawn:
        left = paint.left(objects, runs, place_)
        if left < rle.area(runs):
            how = "mask, less what lies upon it" if left else "box, as others lie upon it"
            yield Lost(one.mark.what, "converted", how)
    numbers = bytearray(256)
    for place_, one, _ in drawn:
        numbers[place_] = ids[one.mark.class_]
    rows = np.ascontiguousarray(objects, np.uint8)
    classes = np.frombuffer(rows.tobytes().translate(numbers), np.uint8).reshape(rows.shape)
    yield File(f"SegmentationClass/{name}.png", png.write(classes, COLOURS))
    yield File(f"SegmentationObject/{name}.png", png.write(rows, COLOURS))


def _xml(record: Record, scene: Scene, placed: Sequence[Placed], context: Context) -> bytes:
    first = msgspec.convert(context.options, Options).pixels
    names = {one.number: one.name for one in context.classes}
    asset = record.asset
    folder, _, name = scene.path.rpartition("/")
    where = f"JPEGImages/{folder}" if folder else "JPEGImages"
    lines = [
        "<annotation>",
        f"\t<folder>{_text(where)}</folder>",
        f"\t<filename>{_text(name)}</filename>",
        "\t<source>",
        f"\t\t<database>Labelport</database>{'' if first else f'<annotation>{ZERO_BASED}</annotation>'}",
        "\t</source>",
    ]
    if asset.width is not None and asset.height is not None:
        sides = f"<width>{asset.width}</width><height>{asset.height}</height><depth>3</depth>"
        lines.append(f"\t<size>{sides}</size>")
    lines.append(f"\t<segmented>{int(any(one.runs is not None for one in placed))}</segmented>")
    lines += [_object(one, names[one.mark.class_], first) for one in placed]
    return "\n".join([*lines, "</annotation>", ""]).encode()


def _object(one: Placed, name: str, first: int) -> str:
    """Return an object; the last pixel of a box is part of it, so that counted from 1 it is where the box ends."""
    box, of = one.box, one.mark.state
    truncated = of.truncated if isinstance(of, Annotation) else None
    last = first - 1
    sides = (
        *(("xmin", box.x + first), ("ymin", box.y + first)),
        *(("xmax", box.x + box.width + last), ("ymax", box.y + box.height + last)),
    )
    flags = "".join(
        f"<{key}>{int(value)}</{key}>"
        for key, value in (("truncated", truncated), ("occluded", of.occluded))
        if value is not None and (value or isinstance(of, Annotation))
    )
    bounds = "".join(f"<{key}>{value:.10g}</{key}>" for key, value in sides)
    return f"\t<object><name>{_text(name)}</name>{flags}<difficult>0</difficult><bndbox>{bounds}</bndbox></object>"


def _text(text: str) -> str:
    return escape(clean(text), {"\r": "&#13;"})
