"""Shapes as the values of results: pixels made percent, milliseconds made seconds."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from labelport.formats.label_studio.packing import packed
from labelport.formats.label_studio.shapes import Size
from labelport.model.geometry import (
    Box,
    Ellipse,
    Geometry,
    HtmlSpan,
    Interval,
    Mask,
    Point,
    Polygon,
    Polyline,
    RotatedBox,
    TextSpan,
)
from labelport.shapes.rings import turn

Value = dict[str, Any]


class Spelled(NamedTuple):
    """A shape as a result has it: the tag without `labels`, its value, and the kind of what it is on."""

    tag: str
    value: Value
    on: str = "image"


def in_words(shape: Geometry) -> Spelled | None:
    """Return a stretch of text, HTML or sound; None for a shape in a picture."""
    match shape:
        case TextSpan(start, end, text):
            return Spelled("", {"start": start, "end": end, **_said(text)}, "text")
        case HtmlSpan(first, start, last, end, text):
            value = {"start": first, "end": last, "startOffset": start, "endOffset": end, **_said(text)}
            return Spelled("hypertext", value, "html")
        case Interval(start, end, channel):
            value = {"start": start / 1000, "end": end / 1000}
            return Spelled("", value if channel is None else {**value, "channel": channel}, "audio")
        case _:
            return None


def in_picture(shape: Geometry, size: Size) -> Spelled:
    """Return a shape in a picture."""
    match shape:
        case Box() | RotatedBox():
            return Spelled("rectangle", box(shape, size))
        case Ellipse(cx, cy, rx, ry, angle):
            (x, y), (across, down) = percent(size, cx, cy), percent(size, rx, ry)
            return Spelled("ellipse", {"x": x, "y": y, "radiusX": across, "radiusY": down, "rotation": angle})
        case Polygon(((ring,),)):
            places = _places(ring)
            return Spelled("polygon", {"points": [percent(size, *place) for place in places], "closed": True})
        case Polyline(lines):
            return Spelled("vector", {"vertices": _vertices(lines, size), "closed": False})
        case Point(x, y):
            left, top = percent(size, x, y)
            return Spelled("keypoint", {"x": left, "y": top, "width": 0.5})
        case Mask():
            return Spelled("brush", {"format": "rle", "rle": packed(shape)})
        case other:
            raise AssertionError(f"not among the kinds that are carried: {other}")


def box(shape: Box | RotatedBox, size: Size) -> Value:
    """Return a rectangle by the corner about which Label Studio turns it."""
    x, y, angle = (shape.x, shape.y, 0.0) if isinstance(shape, Box) else _corner(shape)
    (left, top), (width, height) = percent(size, x, y), percent(size, shape.width, shape.height)
    return {"x": left, "y": top, "width": width, "height": height, "rotation": angle}


def percent(size: Size, x: float, y: float) -> tuple[float, float]:
    """Return a place in pixels as percent."""
    return x * 100 / size.width, y * 100 / size.height


def _corner(shape: RotatedBox) -> tuple[float, float, float]:
    angle = shape.angle
    cosine, sine = turn(angle)
    across, down = shape.width / 2, shape.height / 2
    return shape.cx - across * cosine + down * sine, shape.cy - across * sine - down * cosine, angle


def _vertices(lines: Sequence[Sequence[float]], size: Size) -> list[Value]:
    """Return the vertices of one line through all points."""
    places = [percent(size, *place) for line in lines for place in _places(line)]
    return [
        {"id": f"v{at}", "x": x, "y": y, "prevPointId": f"v{at - 1}" if at else None, "isBezier": False}
        for at, (x, y) in enumerate(places)
    ]


def _places(flat: Sequence[float]) -> list[tuple[float, float]]:
    return list(zip(flat[0::2], flat[1::2], strict=True))


def _said(text: str | None) -> Value:
    return {} if text is None else {"text": text}
