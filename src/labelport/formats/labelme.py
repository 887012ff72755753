"""LabelMe: a JSON file for each picture, its shapes as lists of points in pixels.

https://github.com/wkentaro/labelme. Several parts of an object are shapes with one `group_id`. What has holes is a
`mask`: a PNG of its bounds, whose last corner is the last pixel. Pictures are not inside (`imageData` is null).
"""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import msgspec

from labelport.errors import Fault, InvalidError
from labelport.kit import classlist, listing, png
from labelport.kit.format import (
    FILES,
    Context,
    Counted,
    Document,
    File,
    Format,
    Input,
    Item,
    Lost,
    Reject,
    Row,
    Unread,
    stem,
)
from labelport.kit.listing import Listed
from labelport.kit.pictures import Mark, Picture, counted, found_back, pictures
from labelport.model.asset import Asset
from labelport.model.export import Carries
from labelport.model.geometry import Box, Ellipse, Geometry, Mask, Point, Polygon, Polyline
from labelport.model.label import Annotation, Label
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.record import Record, state_of
from labelport.shapes import convert, rle

VERSION = "5.5.0"
"""Of LabelMe, whose files these are like."""
CONVERTED = {"rotated_box": "polygon", "ellipse": "polygon", "cuboid": "box", "polygon_with_hole": "mask"}
CARRIES = Carries(
    kinds=frozenset({"box", "polygon", "multi_polygon", "polyline", "point", "mask", *CONVERTED}),
    converts={**CONVERTED, "track": "frames"},
    features=frozenset({"on", "outside"}),
)
_encode = msgspec.json.Encoder().encode


class _Shape(msgspec.Struct, frozen=True):
    """A shape as LabelMe has it; what is not read is told."""

    label: str
    points: list[tuple[float, float]]
    shape_type: str = "polygon"
    group_id: int | str | None = None
    mask: str | None = None
    description: str | None = None
    flags: dict[str, Any] | None = None


class _File(msgspec.Struct, frozen=True):
    shapes: list[msgspec.Raw]
    imagePath: str | None = None  # noqa: N815  LabelMe's own
    imageWidth: int | None = None  # noqa: N815
    imageHeight: int | None = None  # noqa: N815
    flags: dict[str, Any] | None = None


def encode(record: Record, context: Context) -> Iterator[Row | File | Lost]:
    """Yield the files of a task's pictures, and their lines in the list."""
    names = {one.number: one.name for one in context.classes}
    for picture in pictures(record, context):
        path = f"{stem(picture.path)}.json"
        yield listing.listed(record, picture, path)
        if picture.state == "unlabelled" and not picture.marks:
            continue
        shapes: list[dict[str, object]] = []
        for place_, mark in enumerate(picture.marks, 1):
            found = list(_shapes(mark, names[mark.class_], place_, record))
            if not found:
                yield Lost(mark.what, "dropped", "it covers no pixel")
            shapes += found
        yield File(path, _encode(_document(record, picture, shapes)))


def documents(context: Context) -> tuple[Document, ...]:
    """Return the list of pictures."""
    del context
    return (listing.DOCUMENT,)


def once(context: Context) -> Iterator[File]:
    """Yield the list of classes."""
    yield classlist.file(context.classes)


def count(record: Record, context: Context) -> Mapping[str, int]:
    """Return how many pictures a record gives, and how many of them have a file."""
    number, marks = counted(record, context.frames)
    return {listing.SECTION: number, FILES: number if marks or state_of(record) != "unlabelled" else 0}


def place(path: str, context: Context) -> str:
    """Return where the copy of a picture is: beside its file."""
    del context
    return path


def _document(record: Record, picture: Picture, shapes: list[dict[str, object]]) -> dict[str, object]:
    return {
        "version": VERSION,
        "flags": {},
        "shapes": shapes,
        "imagePath": picture.path.rpartition("/")[2],
        "imageData": None,
        "imageHeight": record.asset.height,
        "imageWidth": record.asset.width,
    }


def _shapes(mark: Mark, name: str, place_: int, record: Record) -> Iterator[dict[str, object]]:
    """Yield the shapes that a mark is, of one group where there are several."""
    shape = mark.shape
    how = CONVERTED.get(mark.what.removeprefix("keyframe of "))
    if shape is not None and how is not None:
        shape = convert.convert(shape, how, record.asset.height, record.asset.width)
    match shape:
        case Box(x, y, width, height):
            yield _shape(name, "rectangle", (x, y, x + width, y + height), None)
        case Point(x, y):
            yield _shape(name, "point", (x, y), None)
        case Polygon(parts):
            group = place_ if len(parts) > 1 else None
            yield from (_shape(name, "polygon", part[0], group) for part in parts)
        case Polyline(lines):
            group = place_ if len(lines) > 1 else None
            yield from (_shape(name, "linestrip", line, group) for line in lines)
        case Mask():
            yield from _mask(name, shape)
        case _:
            return


def _shape(
    name: str, kind: str, flat: Sequence[float], group: int | None, mask: str | None = None
) -> dict[str, object]:
    return {
        "label": name,
        "points": [flat[i : i + 2] for i in range(0, len(flat), 2)],
        "group_id": group,
        "description": "",
        "shape_type": kind,
        "flags": {},
        "mask": mask,
    }


def _mask(name: str, shape: Mask) -> Iterator[dict[str, object]]:
    runs = rle.parse(shape.counts)
    x, y, width, height = rle.bounds(runs, shape.height)
    if width:
        window = rle.decode(runs, shape.height, shape.width)[y : y + height, x : x + width]
        text = b64encode(png.write(window * 255)).decode()
        yield _shape(name, "mask", (x, y, x + width - 1, y + height - 1), None, text)


def decode(inputs: Iterable[Input]) -> Iterator[Item]:
    """Yield the classes, in the order in which they are met where no list has them, and a record for each file."""
    given = list(inputs)
    files = {one.path: one for one in given if one.path.lower().endswith(".json")}
    lines: dict[str, Listed] = {}
    for line in listing.read(given):
        if isinstance(line, Reject):
            yield line
        else:
            lines[line.file] = line
    known = {one.name: one for one in classlist.read(given)}
    if known:
        yield Ontology(tuple(known.values()))
    for path in {**lines, **dict.fromkeys(sorted(files))}:
        if path in files:
            yield from _read(files[path], lines.get(path), known)
        else:
            line = lines[path]
            asset = Asset(line.image, "image", uri=line.image, width=line.width, height=line.height)
            yield Record(line.image, line.image, asset)


def _read(file: Input, line: Listed | None, known: dict[str, LabelClass]) -> Iterator[Item]:
    data = file.read()
    try:
        if "shapes" not in msgspec.json.decode(data, type=dict[str, msgspec.Raw]):
            yield Unread(file.path, "$", 1)
            return
        found = msgspec.json.decode(data, type=_File)
    except msgspec.DecodeError as e:
        yield Reject(file.path, file.path, (Fault("$", str(e)),))
        return
    rejects: list[Reject] = []
    annotations = list(_annotations(found, file.path, rejects))
    fresh = [one for one in dict.fromkeys(str(one.class_) for one in annotations) if one not in known]
    for name in fresh:
        known[name] = LabelClass(max((one.number for one in known.values()), default=0) + 1, name)
    if fresh:
        yield Ontology(tuple(known[name] for name in fresh))
    yield from rejects
    folder, slash, _ = file.path.rpartition("/")
    base = (found.imagePath or file.path).replace("\\", "/").rpartition("/")[2]
    name = line.image if line else f"{folder}{slash}{base}"
    metadata = {"source": line.source, "frame": line.frame} if line and line.source else None
    asset = Asset(name, "image", uri=name, width=found.imageWidth, height=found.imageHeight)
    label = Label("labelme", source="import", annotations=tuple(annotations))
    yield Record(name, name, asset, labels=(label,), metadata=metadata)
    if any((found.flags or {}).values()):
        yield Unread(file.path, "$.flags", 1)
    yield Counted(file.path, 1, len(annotations) + len(rejects))


def _annotations(found: _File, path: str, rejects: list[Reject]) -> Iterator[Annotation]:
    """Yield the objects; shapes of one kind, label and group are parts of one, if they follow each other."""
    shapes: list[tuple[int, _Shape]] = []
    for place_, raw in enumerate(found.shapes):
        try:
            shapes.append((place_, msgspec.json.decode(raw, type=_Shape)))
        except msgspec.DecodeError as e:
            rejects.append(Reject(path, path, (Fault(f"$.shapes[{place_}]", str(e)),), 1, 0))
    for _, run in groupby(shapes, key=_object):
        parts = list(run)
        first, shape = parts[0]
        try:
            geometry = _geometry([one for _, one in parts], found)
        except (ValueError, InvalidError) as e:
            rejects.append(Reject(path, path, (Fault(f"$.shapes[{first}]", str(e)),), 1, 0))
        else:
            yield Annotation(str(first + 1), class_=shape.label, geometry=geometry)


def _object(one: tuple[int, _Shape]) -> tuple[object, ...]:
    place_, shape = one
    joins = shape.group_id is not None and shape.shape_type in {"polygon", "linestrip"}
    return (shape.shape_type, shape.label, shape.group_id) if joins else (place_,)


def _geometry(shapes: Sequence[_Shape], found: _File) -> Geometry:
    first = shapes[0]
    flat = tuple(tuple(value for point in one.points for value in point) for one in shapes)
    match first.shape_type, len(first.points):
        case "rectangle", 2:
            (x, y), (right, bottom) = first.points
            return Box(min(x, right), min(y, bottom), abs(right - x), abs(bottom - y))
        case "polygon", _:
            return Polygon(tuple((ring,) for ring in flat))
        case (("linestrip" | "line"), _):
            return Polyline(flat)
        case "point", 1:
            return Point(*first.points[0])
        case "circle", 2:
            (x, y), (u, v) = first.points
            radius = ((u - x) ** 2 + (v - y) ** 2) ** 0.5
            return Ellipse(x, y, radius, radius)
        case "mask", 2 if first.mask is not None:
            return _read_mask(first, found)
        case kind, points:
            raise ValueError(f"a {kind!r} of {points} points is not known")


def _read_mask(shape: _Shape, found: _File) -> Mask:
    import numpy as np  # noqa: PLC0415  few files hold masks

    if not found.imageWidth or not found.imageHeight:
        raise ValueError("a mask needs the size of the picture, `imageWidth` and `imageHeight`")
    try:
        window = png.read(b64decode(shape.mask or "", validate=True))
    except Base64Error as e:
        raise ValueError(f"its mask is no Base64: {e}") from e
    x, y = (round(value) for value in shape.points[0])
    pixels = np.zeros((found.imageHeight, found.imageWidth), np.bool_)
    if window.ndim != 2 or x < 0 or y < 0 or pixels[y : y + len(window), x : x + window.shape[1]].shape != window.shape:
        raise ValueError(f"its mask of {window.shape} does not fit into the picture at {x}, {y}")
    pixels[y : y + len(window), x : x + window.shape[1]] = window > 0
    return Mask(found.imageHeight, found.imageWidth, rle.write(rle.encode(pixels)))


FORMAT = Format(
    "LabelMe",
    CARRIES,
    encode,
    documents,
    once=once,
    decode=decode,
    typed=True,
    holds={listing.SECTION: "task"},
    number=listing.number,
    count=count,
    found=found_back,
    place=place,
)
