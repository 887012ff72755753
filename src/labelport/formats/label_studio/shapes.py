"""Shapes in a picture: percent of its size made pixels.

Label Studio places shapes in the picture as the browser shows it before the annotator turns it: percentages are of
`original_width` and `original_height`, and `image_rotation` (a quarter turn of the view) changes neither
(https://labelstud.io/tags/rectanglelabels, and the editor's stage, which is turned as a whole). A rectangle turns
about its upper left corner, clockwise on screen; an ellipse about its centre.
"""

from collections.abc import Callable
from typing import NamedTuple

from labelport.formats.label_studio.brush import alpha_of_png, alpha_of_rle, mask
from labelport.formats.label_studio.values import Fields, Object, finite, shown
from labelport.model.geometry import Box, Ellipse, Geometry, Mask, Point, Polygon, Polyline, RotatedBox
from labelport.shapes.rings import turn

LARGEST_SIDE = 1 << 24


class Size(NamedTuple):
    """The size of a picture in pixels."""

    width: int
    height: int

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return a place given in percent as pixels."""
        return x * self.width / 100, y * self.height / 100


def size_of(given: Object) -> Size | None:
    """Return the size that an object states as `original_width` and `original_height`, or `width` and `height`."""
    for across, down in (("original_width", "original_height"), ("width", "height")):
        width, height = finite(given.get(across)), finite(given.get(down))
        if width and height and _is_side(width) and _is_side(height):
            return Size(int(width), int(height))
    return None


def in_picture(shape: str, value: Fields, size: Size) -> Geometry | None:
    """Return a shape of a picture; None (and a fault) for what is none."""
    return _READERS[shape](value, size)


def box(value: Fields, size: Size) -> Box | RotatedBox:
    """Return a rectangle, as a plain one where it is not turned."""
    if value.number_or("rotation", 0.0) % 360 != 0:
        return rotated_box(value, size)
    x, y = size.place(value.number("x"), value.number("y"))
    return Box(x, y, *size.place(value.number("width", low=0), value.number("height", low=0)))


def rotated_box(value: Fields, size: Size) -> RotatedBox:
    """Return a rectangle by its centre; Label Studio turns it about its upper left corner."""
    x, y = size.place(value.number("x"), value.number("y"))
    width, height = size.place(value.number("width", low=0), value.number("height", low=0))
    angle = value.number_or("rotation", 0.0)
    cosine, sine = turn(angle)
    across, down = width / 2, height / 2
    return RotatedBox(x + across * cosine - down * sine, y + across * sine + down * cosine, width, height, angle)


def vector(value: Fields, size: Size) -> Geometry | None:
    """Return a path: closed a polygon, else lines, one for each branch; a single vertex is a point."""
    vertices = value.children("vertices")
    places = [size.place(vertex.number("x"), vertex.number("y")) for vertex in vertices]
    curved = [vertex for vertex in vertices if vertex.flag("isBezier")]
    for vertex in curved:
        vertex.wrong("isBezier", "is a Bézier curve, which has no place here: straighten it")
    if not places:
        value.wrong("vertices", "is missing or empty")
    if len(places) < 2:
        return Point(*places[0]) if places else None
    if value.flag("closed"):
        return _ring(value, "vertices", places)
    return Polyline(tuple(tuple(c for at in line for c in places[at]) for line in _branches(vertices)))


def _branches(vertices: list[Fields]) -> list[list[int]]:
    """Return the vertices of each line: a vertex goes on from `prevPointId`, where that is said, else from the last."""
    names = {vertex.given["id"]: at for at, vertex in enumerate(vertices) if isinstance(vertex.given.get("id"), str)}
    lines = [[0]]
    for at, vertex in enumerate(vertices[1:], 1):
        before = vertex.given.get("prevPointId")
        start = names.get(before, at - 1) if isinstance(before, str) else at - 1
        if start == lines[-1][-1]:
            lines[-1].append(at)
        else:
            lines.append([start, at])
    return lines


def _ellipse(value: Fields, size: Size) -> Ellipse:
    x, y = size.place(value.number("x"), value.number("y"))
    rx, ry = size.place(value.number("radiusX", low=0), value.number("radiusY", low=0))
    return Ellipse(x, y, rx, ry, value.number_or("rotation", 0.0))


def _polygon(value: Fields, size: Size) -> Polygon | Polyline | None:
    places = []
    for at, item in enumerate(value.items("points")):
        pair = [finite(number) for number in item] if isinstance(item, list) else []
        if len(pair) != 2 or pair[0] is None or pair[1] is None:
            value.wrong(f"points[{at}]", f"{shown(item)} is not a pair of numbers")
        else:
            places.append(size.place(pair[0], pair[1]))
    if value.given.get("closed") is False and len(places) > 1:
        return Polyline((tuple(c for place in places for c in place),))
    return _ring(value, "points", places)


def _ring(value: Fields, key: str, places: list[tuple[float, float]]) -> Polygon | None:
    if len(places) < 3:
        value.wrong(key, f"has {len(places)} corners, and a polygon has three at least")
        return None
    return Polygon(((tuple(c for place in places for c in place),),))


def _point(value: Fields, size: Size) -> Point:
    return Point(*size.place(value.number("x"), value.number("y")))


def _brush(value: Fields, size: Size) -> Mask | None:
    if "rle" not in value.given and value.has("maskDataURL"):
        return mask(alpha_of_png(value, "maskDataURL", *size), *size)
    return mask(alpha_of_rle(value, *size), *size)


def _bitmask(value: Fields, size: Size) -> Mask | None:
    return mask(alpha_of_png(value, "imageDataURL", *size), *size)


_READERS: dict[str, Callable[[Fields, Size], Geometry | None]] = {
    "bitmask": _bitmask,
    "box": box,
    "brush": _brush,
    "ellipse": _ellipse,
    "point": _point,
    "polygon": _polygon,
    "vector": vector,
}


def _is_side(number: float) -> bool:
    return number.is_integer() and 0 < number <= LARGEST_SIDE
