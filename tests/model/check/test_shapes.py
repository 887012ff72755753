"""Faults of shapes, each with its path."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask as coco

from labelport.errors import Fault
from labelport.model.check import faults
from labelport.model.geometry import (
    Box,
    Cuboid3D,
    Geo,
    Geometry,
    HtmlSpan,
    Interval,
    Keypoint,
    Keypoints,
    Mask,
    MessageSpan,
    Polygon,
    Polyline,
    SliceShape,
    TextSpan,
)
from labelport.model.label import Annotation, Label
from labelport.model.runs import runs
from labelport.testing.runs import encoded
from tests.model.check.found import INF, NAN, paths

SQUARE = (0.0, 0.0, 4.0, 0.0, 4.0, 4.0)


def shape(geometry: Geometry) -> Annotation:
    return Annotation("a", geometry=geometry)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (shape(Polygon(((SQUARE, (1.0, 1.0, 2.0)), ((0.0, 0.0, 1.0, 1.0),)))), [".parts[0][1]", ".parts[1][0]"]),
        (shape(Polygon(())), [".parts"]),
        (shape(Polygon((((1.0,),),))), [".parts[0][0]"]),
        (shape(Polyline(((1.0, 1.0), (0.0, 0.0, 1.0, 1.0), (0.0, 0.0, 1.0)))), [".lines[0]", ".lines[2]"]),
        (shape(Mask(2, 2, "4")), []),
        (shape(Mask(2, 2, "5")), [".counts"]),
        (shape(Mask(2, 2, "T")), [".counts"]),
        (shape(Mask(2, 2, "~")), [".counts"]),
        (shape(Mask(2, 2, "é")), [".counts"]),
        (shape(Mask(2, 2, "13N")), [".counts"]),
        (shape(Mask(2, 2, "P" * 80 + "0")), [".counts"]),
        (shape(Mask(0, 0, "")), []),
        (shape(Mask(-2, 2, "4")), [".height"]),
        (shape(TextSpan(5, 4)), [".end"]),
        (shape(TextSpan(5, 5)), []),
        (shape(MessageSpan("m", 5, 4)), [".end"]),
        (shape(MessageSpan("m", 5, 4, end_message="m")), [".end"]),
        (shape(MessageSpan("m", 5, 4, end_message="n")), []),
        (shape(Interval(5.0, 4.5)), [".end"]),
        (shape(HtmlSpan("/p[1]", 5, "/p[1]", 4)), [".end"]),
        (shape(HtmlSpan("/p[1]", 5, "/p[2]", 4)), []),
        (shape(Box(0.0, 0.0, -1.0, -2.0)), [".width", ".height"]),
        (shape(Box(NAN, INF, 1.0, -INF)), [".x", ".y", ".height"]),
        (shape(Cuboid3D((0.0, 0.0, 0.0), (1.0, 1.0, -1.0), (1.0, 0.0, 0.0, 1.0))), [".size[2]", ".rotation"]),
        (shape(Cuboid3D((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (0.7071, 0.0, 0.0, 0.7071))), []),
        (shape(SliceShape("k", 0, Polygon(((SQUARE[:5],),)))), [".shape.parts[0][0]"]),
        (shape(Keypoints((Keypoint(0.0, 0.0, 3), Keypoint(0.0, NAN, 2)))), [".points[0][2]", ".points[1][1]"]),
    ],
)
def test_a_shape_tells_its_faults(value: Annotation, expected: list[str]) -> None:
    assert paths(value) == ["$.geometry" + path for path in expected]


@pytest.mark.parametrize(
    ("geometry", "expected"),
    [
        ({"type": "Point", "coordinates": [1, 2.5, 10]}, []),
        ({"type": "MultiPolygon", "coordinates": []}, []),
        ({"type": "Point", "coordinates": [1, 2], "bbox": [1, 2, 1, 2], "note": "foreign"}, []),
        ({"type": "point", "coordinates": [1, 2]}, [".type"]),
        ({"coordinates": [1, 2]}, [".type"]),
        ({"type": "Point"}, [".coordinates"]),
        ({"type": "Point", "coordinates": [1]}, [".coordinates"]),
        ({"type": "Point", "coordinates": [1, True]}, [".coordinates"]),
        ({"type": "Point", "coordinates": [48.1, 181.0]}, [".coordinates[1]"]),
        ({"type": "Point", "coordinates": [1, NAN]}, [".coordinates[1]"]),
        ({"type": "LineString", "coordinates": [[1, 2]]}, [".coordinates"]),
        ({"type": "MultiLineString", "coordinates": [[[1, 2], [3, 4]], [[1, 2]]]}, [".coordinates[1]"]),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}, []),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]}, [".coordinates[0]"]),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [0, 0]]]}, [".coordinates[0]"]),
        (
            {"type": "Polygon", "coordinates": [[0, 0], [1, 0]]},
            [f".coordinates[{i}][{j}]" for i in (0, 1) for j in (0, 1)],
        ),
        ({"type": "MultiPoint", "coordinates": [[0, 0], "x"]}, [".coordinates[1]"]),
        (
            {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": []}, 5]},
            [".geometries[0].coordinates", ".geometries[1]"],
        ),
        ({"type": "GeometryCollection"}, [".geometries"]),
        ({"type": "Feature", "geometry": None, "properties": {}}, [".geometry", ".properties", ".type"]),
    ],
)
def test_a_geojson_geometry_is_one_of_rfc_7946(geometry: dict[str, Any], expected: list[str]) -> None:
    assert sorted(paths(Geo(geometry))) == sorted("$.geometry" + path for path in expected)


def test_collections_do_not_nest_for_ever() -> None:
    inner: dict[str, Any] = {"type": "Point", "coordinates": [0, 0]}
    for _ in range(30):
        inner = {"type": "GeometryCollection", "geometries": [inner]}
    assert paths(Geo(inner)) == ["$.geometry" + ".geometries[0]" * 8 + ".geometries"]


@given(
    st.lists(st.booleans(), min_size=1, max_size=300).flatmap(lambda bits: st.tuples(st.just(bits), st.integers(1, 20)))
)
@settings(max_examples=100, deadline=None)
def test_runs_are_what_pycocotools_encodes(drawn: tuple[list[bool], int]) -> None:
    bits, height = drawn
    pixels = np.resize(np.array(bits, np.uint8), (height, len(bits)))
    written = coco.encode(np.asfortranarray(pixels))
    found = runs(written["counts"].decode())
    assert sum(found) == pixels.size
    assert coco.frPyObjects({"size": [height, len(bits)], "counts": found}, height, len(bits)) == written
    assert encoded(found) == written["counts"].decode()


def test_a24_a_mask_whose_runs_exceed_its_size_is_named_and_its_neighbours_are_not() -> None:
    marks = tuple(Annotation(str(i), geometry=Mask(2, 2, "4" if i != 1 else "8")) for i in range(3))
    assert list(faults(Label("l", annotations=marks))) == [
        Fault("$.annotations[1].geometry.counts", "the runs cover 8 pixels of 2 x 2")
    ]
