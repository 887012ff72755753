"""Reads LabelMe: shapes of one group are the parts of an object."""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

import msgspec
import numpy as np

from labelport.errors import Fault, InvalidError
from labelport.kit import classlist, listing, png
from labelport.kit.format import BROKEN, Counted, Input, Item, Reject, Unread
from labelport.kit.listing import Listed
from labelport.model.asset import Asset
from labelport.model.geometry import Box, Ellipse, Geometry, Mask, Point, Polygon, Polyline
from labelport.model.label import Annotation, Label
from labelport.model.ontology import LabelClass, Ontology
from labelport.model.record import Record
from labelport.shapes import rle


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


def decode(inputs: Iterable[Input]) -> Iterator[Item]:
    """Yield the classes, in the order in which they are met where no list has them, and a record for each file."""
    given = list(inputs)
    files = {one.path: one for one in given if one.path.lower().endswith(".json")}
    listed = yield from listing.read(given)
    lines = {line.file: line for line in listed}
    known = {one.name: one for one in classlist.read(given)}
    if known:
        yield Ontology(tuple(known.values()))
    for path in {**lines, **dict.fromkeys(sorted(files))}:
        if path in files:
            yield from _read(files[path], lines.get(path), known)
        else:
            line = lines[path]
            yield Record(line.image, line.image, line.asset)


def _read(file: Input, line: Listed | None, known: dict[str, LabelClass]) -> Iterator[Item]:
    data = file.read()
    try:
        if "shapes" not in msgspec.json.decode(data, type=dict[str, msgspec.Raw]):
            yield Unread(file.path, "$", 1)
            return
        found = msgspec.json.decode(data, type=_File)
    except BROKEN as e:
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
    asset = Asset(name, "image", uri=name, width=found.imageWidth, height=found.imageHeight)
    label = Label("labelme", source="import", annotations=tuple(annotations))
    yield Record(name, name, asset, labels=(label,), metadata=line.metadata if line else None)
    if any((found.flags or {}).values()):
        yield Unread(file.path, "$.flags", 1)
    yield Counted(file.path, 1, len(annotations) + len(rejects))


def _annotations(found: _File, path: str, rejects: list[Reject]) -> Iterator[Annotation]:
    """Yield the objects; shapes of one kind, label and group are parts of one, if they follow each other."""
    shapes: list[tuple[int, _Shape]] = []
    for place_, raw in enumerate(found.shapes):
        try:
            shapes.append((place_, msgspec.json.decode(raw, type=_Shape)))
        except BROKEN as e:
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
