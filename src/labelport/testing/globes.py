"""Hypothesis strategies for GeoJSON geometries (RFC 7946, section 3.1)."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from labelport.model.asset import Asset
from labelport.model.geometry import Geo

Position = list[float]


def _positions() -> SearchStrategy[Position]:
    pair = st.tuples(st.floats(-180, 180, width=32), st.floats(-90, 90, width=32))
    return pair.map(list) | st.tuples(pair, st.floats(-400, 8000, width=32)).map(lambda high: [*high[0], high[1]])


def _lines() -> SearchStrategy[list[Position]]:
    return st.lists(_positions(), min_size=2, max_size=4)


@st.composite
def _rings(draw: st.DrawFn) -> list[list[Position]]:
    """Draw a rectangle, counterclockwise, and perhaps a clockwise one in its middle; closed (section 3.1.6)."""
    west, south = draw(st.integers(-180, 170)), draw(st.integers(-90, 80))
    wide, tall = draw(st.integers(3, 9)), draw(st.integers(3, 9))
    corners = [(0, 0), (wide, 0), (wide, tall), (0, tall), (0, 0)]
    hole = [(1, 1), (1, tall - 1), (wide - 1, tall - 1), (wide - 1, 1), (1, 1)]
    rings = [corners, hole] if draw(st.booleans()) else [corners]
    return [[[float(west + x), float(south + y)] for x, y in ring] for ring in rings]


def _simple() -> SearchStrategy[dict[str, Any]]:
    coordinates: dict[str, SearchStrategy[Any]] = {
        "Point": _positions(),
        "MultiPoint": st.lists(_positions(), max_size=3),
        "LineString": _lines(),
        "MultiLineString": st.lists(_lines(), max_size=2),
        "Polygon": _rings(),
        "MultiPolygon": st.lists(_rings(), max_size=2),
    }
    return st.one_of(
        *(st.fixed_dictionaries({"type": st.just(name), "coordinates": drawn}) for name, drawn in coordinates.items()),
    )


def geo(_: Asset) -> SearchStrategy[Geo]:
    """Draw a geometry of any of the seven types."""
    several = st.lists(_simple(), max_size=3)
    collection = st.fixed_dictionaries({"type": st.just("GeometryCollection"), "geometries": several})
    return (_simple() | collection).map(Geo)
