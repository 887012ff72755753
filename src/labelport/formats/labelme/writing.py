"""Writes LabelMe: the objects of a picture as shapes."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from labelport.kit import listing, png
from labelport.kit.format import FILES, Context, File, Lost, Row, stem
from labelport.kit.scenes import Mark, Scene, scenes
from labelport.kit.scenes import count as marked
from labelport.model.export import Carries
from labelport.model.geometry import Box, Mask, Point, Polygon, Polyline
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


def encode(record: Record, context: Context) -> Iterator[Row | File | Lost]:
    """Yield the files of a task's pictures, and their lines in the list."""
    names = {one.number: one.name for one in context.classes}
    for scene in scenes(record, context):
        path = f"{stem(scene.path)}.json"
        yield listing.listed(record, scene, path)
        if scene.state == "unlabelled" and not scene.marks:
            continue
        shapes: list[dict[str, object]] = []
        for place_, mark in enumerate(scene.marks, 1):
            own = list(_shapes(mark, names[mark.class_], place_, record))
            if not own:
                yield Lost(mark.what, "dropped", "it covers no pixel")
            shapes += own
        yield File(path, _encode(_document(record, scene, shapes)))


def count(record: Record, context: Context) -> Mapping[str, int]:
    """Return how many pictures a record gives, and how many of them have a file."""
    number, marks = marked(record, context.frames)
    return {listing.SECTION: number, FILES: number if marks or state_of(record) != "unlabelled" else 0}


def place(path: str, context: Context) -> str:
    """Return where the copy of a picture is: beside its file."""
    del context
    return path


def _document(record: Record, scene: Scene, shapes: list[dict[str, object]]) -> dict[str, object]:
    return {
        "version": VERSION,
        "flags": {},
        "shapes": shapes,
        "imagePath": scene.path.rpartition("/")[2],
        "imageData": None,
        "imageHeight": record.asset.height,
        "imageWidth": record.asset.width,
    }


def _shapes(mark: Mark, name: str, place_: int, record: Record) -> Iterator[dict[str, object]]:
    """Yield the shapes that a mark is, of one group where there are several."""
    shape = mark.shape
    how = CONVERTED.get(mark.what.removeprefix("keyframe of "))
    if how is not None:
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
