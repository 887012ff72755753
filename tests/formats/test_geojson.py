"""GeoJSON: shapely finds every geometry, properly turned and cut; anybody's files are read."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from io import BytesIO
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import shape

from labelport.fidelity import Ledger, fit
from labelport.formats import geojson
from labelport.kit.count import units
from labelport.kit.format import Context, Counted, Input, Item, Reject
from labelport.model.asset import Asset
from labelport.model.geometry import Geo
from labelport.model.label import Annotation, Label
from labelport.model.record import Record, state_of
from labelport.testing.cases import CLASSES, pictures
from labelport.testing.formats import FormatTests
from labelport.testing.render import render
from labelport.testing.strategies import projects

quick = settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow])
PLACE = {"type": "Point", "coordinates": [9.99, 53.55]}
CLOCKWISE = {"type": "Polygon", "coordinates": [[[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.0, 0.0]]]}


class TestGeoJson(FormatTests):
    name = "geojson"

    def read(self, files: Mapping[str, bytes]) -> int:
        features = json.loads(files["annotations.geojson"])["features"]
        for feature in features:
            if feature["geometry"] is not None and feature["geometry"].get("coordinates"):
                for part in _polygons(shape(_flat(feature["geometry"]))):
                    assert part.exterior.is_ccw
        return len(features)

    def objects(self, given_: Sequence[Record]) -> int:
        return sum(units(record, "shape_or_empty") for record in given_)


def _flat(value: Any) -> Any:
    """Return a geometry without altitudes: shapely wants all of them or none."""
    if isinstance(value, dict):
        return {name: _flat(one) for name, one in value.items()}
    if isinstance(value, list):
        return value[:2] if value and isinstance(value[0], float) else [_flat(one) for one in value]
    return value


def _polygons(found: Any) -> list[Any]:
    return [part for part in getattr(found, "geoms", [found]) if part.geom_type == "Polygon" and not part.is_empty]


def decoded(*documents: bytes) -> list[Item]:
    files = (Input(f"{place}.geojson", partial(BytesIO, data)) for place, data in enumerate(documents))
    return list(geojson.decode(files))


def records(items: Iterable[Item]) -> list[Record]:
    return [item for item in items if isinstance(item, Record)]


def rendered(*given_: Record) -> bytes:
    return render(geojson.FORMAT, given_, Context(CLASSES))["annotations.geojson"]


def of_map(*geometries: dict[str, Any] | None) -> Record:
    marks = tuple(Annotation(f"a{i}", i + 1, 1, Geo(one) if one else None) for i, one in enumerate(geometries))
    return Record("m", "m", Asset("m", "geo"), 1, "m.tif", labels=(Label("l", annotations=marks),))


@quick
@given(projects(("geo", "classification")))
def test_annotations_come_back_as_they_were(project: tuple[object, tuple[Record, ...]]) -> None:
    given_ = [fit(record, geojson.CARRIES, "convert", Ledger()) for record in project[1]]
    once = records(decoded(rendered(*given_)))
    assert [_bare(record) for record in once] == [_bare(record) for record in given_]
    assert records(decoded(rendered(*once))) == once


def _bare(record: Record) -> list[list[Annotation]]:
    return [[msgspec.structs.replace(a, geometry=None) for a in label.annotations] for label in record.labels]


def test_a34_labelled_empty_and_unlabelled_tasks_are_told_apart() -> None:
    given_ = [fit(record, geojson.CARRIES, "convert", Ledger()) for record in pictures()]
    features = json.loads(rendered(*given_))["features"]
    assert [
        (one["properties"]["state"], one["geometry"]) for one in features if "annotation" not in one["properties"]
    ] == [
        ("labelled", None),
        ("empty", None),
        ("unlabelled", None),
    ]


def test_rings_follow_the_right_hand_rule() -> None:
    (feature,) = json.loads(rendered(of_map(CLOCKWISE)))["features"]
    assert shape(feature["geometry"]).exterior.is_ccw
    assert shape(feature["geometry"]).equals(shape(CLOCKWISE))


def test_what_crosses_the_antimeridian_is_cut_there() -> None:
    line = {"type": "LineString", "coordinates": [[170.0, 0.0], [190.0, 0.0]]}
    (feature,) = json.loads(rendered(of_map(line)))["features"]
    assert feature["geometry"]["coordinates"] == [[[170.0, 0.0], [180.0, 0.0]], [[-180.0, 0.0], [-170.0, 0.0]]]


def test_a12_features_name_their_class_by_number_and_name() -> None:
    (feature,) = json.loads(rendered(of_map(PLACE)))["features"]
    assert feature["properties"]["class_name"] == "ship"
    assert feature["properties"]["annotation"]["class"] == 1


FOREIGN = {
    "type": "FeatureCollection",
    "features": [
        {"type": "Feature", "id": 4, "geometry": PLACE, "properties": {"class": "berth", "depth": 3.5}},
        {"type": "Feature", "id": 4, "geometry": CLOCKWISE, "properties": None},
    ],
}


def test_a_collection_of_somebody_else_is_one_task() -> None:
    (record,) = records(decoded(json.dumps(FOREIGN, indent=1).encode()))
    first, second = record.labels[0].annotations
    assert (first.class_, first.geometry, first.extra) == ("berth", Geo(PLACE), {"depth": 3.5})
    assert (second.class_, second.geometry, second.extra) == (None, Geo(CLOCKWISE), None)
    assert first.id != second.id
    assert state_of(record) == "labelled"


@pytest.mark.parametrize("document", [PLACE, {"type": "Feature", "geometry": PLACE, "properties": {}}])
def test_a_geometry_and_a_feature_are_geojson_too(document: dict[str, Any]) -> None:
    (record,) = records(decoded(json.dumps(document).encode()))
    assert [one.geometry for one in record.labels[0].annotations] == [Geo(PLACE)]


def test_a24_a_wrong_geometry_does_not_sink_the_others() -> None:
    wrong = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [1.0, 95.0]}, "properties": {}}
    found = decoded(json.dumps({**FOREIGN, "features": [wrong, *FOREIGN["features"]]}).encode())
    (reject,) = (item for item in found if isinstance(item, Reject))
    assert "latitude 95.0 is beyond a pole" in str(reject.faults[0])
    assert (reject.record, reject.annotations, reject.records) == ("$.features[0]", 1, 0)
    assert Counted("0.geojson", 1, 3) in found


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"type":"FeatureCollection"}', "Expected `array`, got `null`"),
        (b'{"type":"Feature","geometry":null,"crs":{"properties":{"name":"EPSG:3857"}}}', "GeoJSON is in WGS 84"),
        (b'{"type":"Feature","geometry":null,"crs":4}', "GeoJSON is in WGS 84"),
        (b'{"type":"FeatureCollection","features":[4]}', "Expected `object`, got `int`"),
        (geojson.HEAD, "the collection does not end"),
        (b"\xff", "$"),
    ],
)
def test_a24_what_cannot_be_read_is_told(data: bytes, reason: str) -> None:
    found = decoded(data, json.dumps(FOREIGN).encode())
    (reject,) = (item for item in found if isinstance(item, Reject))
    assert reason in str(reject.faults[0])
    assert len(records(found)) == 1


@given(st.sampled_from(["urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326"]))
def test_a_crs_that_is_wgs_84_is_allowed(name: str) -> None:
    document = {**FOREIGN, "crs": {"type": "name", "properties": {"name": name}}}
    assert len(records(decoded(json.dumps(document).encode()))) == 1
