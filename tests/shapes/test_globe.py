"""Geometries on the globe, judged by shapely: the same places, cut at the antimeridian, turned by the right-hand rule."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.affinity import translate
from shapely.geometry import Polygon, box, mapping, shape
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from labelport.shapes.globe import proper

WORLD = box(-180, -90, 180, 90)
quick = settings(deadline=None, max_examples=60)


def wrapped(geometry: BaseGeometry) -> BaseGeometry:
    """Return the part of each turn of the globe, laid on the first."""
    return unary_union([translate(geometry, -360.0 * turn).intersection(WORLD) for turn in range(-2, 3)])


def plain(geometry: BaseGeometry) -> dict[str, Any]:
    """Return the GeoJSON of a geometry, with lists as JSON has them."""
    found = mapping(geometry)
    return {"type": found["type"], "coordinates": _lists(found["coordinates"])}


def _lists(value: Any) -> Any:
    return [_lists(one) for one in value] if isinstance(value, tuple | list) else value


@st.composite
def stars(draw: st.DrawFn) -> Polygon:
    """Draw a polygon of many corners, perhaps with holes, about the antimeridian or beyond."""
    east, north = draw(st.integers(-400, 400)), draw(st.integers(-40, 40))
    corners = draw(st.lists(st.tuples(st.integers(-30, 30), st.integers(-30, 30)), min_size=3, max_size=9))
    reach = draw(st.sampled_from((1, 3)))
    found = Polygon([(east + x * reach, north + y) for x, y in corners]).buffer(0)
    hole = box(east - 4, north - 4, east + 3, north + 3)
    found = found.difference(hole) if draw(st.booleans()) else found
    parts = list(getattr(found, "geoms", [found]))
    return max(parts, key=lambda part: part.area)


@given(stars())
@quick
def test_a_polygon_keeps_its_places(star: Polygon) -> None:
    if star.is_empty:
        return
    found = shape(proper(plain(star)))
    assert found.is_valid
    assert found.within(WORLD)
    assert found.symmetric_difference(wrapped(star)).area < 1e-6


@given(stars(), st.booleans())
@quick
def test_outer_rings_run_counterclockwise_and_holes_clockwise(star: Polygon, turned: bool) -> None:
    if star.is_empty:
        return
    given_ = plain(star)
    if turned:
        given_["coordinates"] = [ring[::-1] for ring in given_["coordinates"]]
    for part in getattr(shape(proper(given_)), "geoms", [shape(proper(given_))]):
        assert part.exterior.is_ccw
        assert not any(hole.is_ccw for hole in part.interiors)


@given(st.lists(st.tuples(st.integers(-600, 600), st.integers(-90, 90)), min_size=2, max_size=6, unique=True))
@quick
def test_a_line_keeps_its_places_and_its_length(points: list[tuple[int, int]]) -> None:
    line = {"type": "LineString", "coordinates": [[float(x), float(y)] for x, y in points]}
    found = shape(proper(line))
    assert WORLD.covers(found)
    assert found.length == pytest.approx(shape(line).length)
    assert wrapped(shape(line)).buffer(1e-6).covers(found)


def test_a_line_is_cut_in_its_direction_with_its_altitude() -> None:
    line = {"type": "LineString", "coordinates": [[170.0, 0.0, 0.0], [190.0, 20.0, 100.0]]}
    assert proper(line) == {
        "type": "MultiLineString",
        "coordinates": [[[170.0, 0.0, 0.0], [180.0, 10.0, 50.0]], [[-180.0, 10.0, 50.0], [-170.0, 20.0, 100.0]]],
    }


def test_the_long_way_round_stays_whole() -> None:
    line = {"type": "LineString", "coordinates": [[-170.0, 0.0], [170.0, 0.0]]}
    assert proper(line) == line


def test_members_of_collections_are_cut_and_points_come_back() -> None:
    given_ = {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [190.0, 5.0]}]}
    assert proper(given_) == {
        "type": "GeometryCollection",
        "geometries": [{"type": "Point", "coordinates": [-170.0, 5.0]}],
    }
