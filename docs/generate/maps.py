"""The picture of the page on GeoJSON: a shape over the antimeridian, as it is marked and as it is read back."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from docs.generate.png import png

from labelport.formats.geojson import FORMAT
from labelport.kit.canvas import Canvas
from labelport.kit.format import Context
from labelport.kit.overlay import contact_sheet
from labelport.model.asset import Asset
from labelport.model.geometry import Box, Geo, Polygon, Polyline
from labelport.model.label import Annotation, Label
from labelport.model.record import Record
from labelport.testing.render import inputs, render

EAST, WEST, NORTH, SOUTH = 270, -180, 70, -70
"""Degrees that the map shows; the globe ends at 180."""
SEA, GREY, BLUE, RED = "#f2f6fa", "#c9ced6", "#3b7dd8", "#c8324b"
MARKED = {
    "type": "Polygon",
    "coordinates": [
        [[150, 40], [205, 55], [235, 10], [200, -35], [160, -20], [150, 40]],
        [[170, 20], [175, -5], [205, -5], [200, 25], [170, 20]],
    ],
}


def pictures() -> Iterator[tuple[str, bytes]]:
    """Yield the picture with its name."""
    mark = Annotation("a", 1, geometry=Geo(msgspec.convert(MARKED, dict[str, Any])))
    record = Record("m", "m", Asset("m", "geo"), 1, "m.tif", labels=(Label("l", annotations=(mark,)),))
    back = (item for item in _read(record) if isinstance(item, Record))
    shapes = [one.geometry for found in (record, *back) for label in found.labels for one in label.annotations]
    sheet = contact_sheet([_map(shape).picture() for shape in shapes if isinstance(shape, Geo)], (140, 450), 1)
    yield "geojson", png(sheet, 32)


def _read(record: Record) -> Iterable[object]:
    assert FORMAT.decode is not None
    return FORMAT.decode(inputs(render(FORMAT, [record], Context(()))))


def _map(shape: Geo) -> Canvas:
    """Return the globe with a shape on it, and what would be to its east."""
    canvas = Canvas((EAST - WEST, NORTH - SOUTH), ("#ffffff", "#ffffff"))
    canvas.fill(Box(0, 0, 360, NORTH - SOUTH), SEA, 1.0)
    for longitude in range(WEST, EAST + 1, 30):
        canvas.stroke(Polyline((_flat([[longitude, NORTH], [longitude, SOUTH]]),)), GREY, 1)
    canvas.stroke(Polyline((_flat([[180, NORTH], [180, SOUTH]]),)), RED, 2)
    found = shape.geometry["coordinates"]
    for part in found if shape.geometry["type"] == "MultiPolygon" else [found]:
        drawn = Polygon((tuple(map(_flat, part)),))
        canvas.fill(drawn, BLUE, 0.35)
        canvas.stroke(drawn, BLUE, 2)
    return canvas


def _flat(line: Iterable[Iterable[float]]) -> tuple[float, ...]:
    """Return positions as pixels: a degree is one."""
    return tuple(value for x, y in line for value in (x - WEST, NORTH - y))
