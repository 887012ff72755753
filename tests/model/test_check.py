"""Everything that is wrong with a value is found at once, with its path; what is right passes as it was."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pycocotools import mask as coco

from labelport.errors import Fault, InvalidError
from labelport.model.asset import Asset, Series
from labelport.model.check import faults, parse
from labelport.model.export import ExportRequest
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
from labelport.model.label import Annotation, Keyframe, Label, Relation, Stamp, Target, Track
from labelport.model.ontology import LabelClass, Ontology, Skeleton
from labelport.model.record import Record
from labelport.model.runs import runs
from labelport.model.workflow import Issue, Review
from labelport.testing.runs import encoded
from labelport.testing.strategies import projects, records

quick = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NAN, INF = float("nan"), float("inf")
SQUARE = (0.0, 0.0, 4.0, 0.0, 4.0, 4.0)


def paths(value: msgspec.Struct, ontology: Ontology | None = None) -> list[str]:
    return [fault.path for fault in faults(value, ontology)]


def refused(data: bytes | str, type_: type[Any]) -> list[Fault]:
    with pytest.raises(InvalidError) as caught:
        parse(data, type_)
    return list(caught.value.faults)


def shape(geometry: Geometry) -> Annotation:
    return Annotation("a", geometry=geometry)


@given(projects())
@quick
def test_what_is_drawn_has_no_fault_and_is_parsed_as_it_was(project: tuple[Ontology, tuple[Record, ...]]) -> None:
    ontology, tasks = project
    assert list(faults(ontology)) == []
    for task in tasks:
        assert list(faults(task, ontology)) == []
        assert parse(msgspec.json.encode(task), Record, ontology) == task


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


LABEL = Label(
    "l",
    annotations=(Annotation("a"), Annotation("b")),
    tracks=(Track("k"),),
    relations=(Relation("r", "a", "k"),),
    keyframes=(Keyframe("k", 0), Keyframe("k", 5)),
    stamps=(Stamp("b"), Stamp("k")),
)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"annotations": (Annotation("a"), Annotation("b"), Annotation("a"))}, ["annotations[2].id"]),
        ({"annotations": (Annotation("a"), Annotation("b"), Annotation("k"))}, ["tracks[0].id"]),
        (
            {"relations": (Relation("r", "a", "b"), Relation("s", "x", "y"))},
            ["relations[1].source", "relations[1].target"],
        ),
        ({"stamps": (Stamp("c"),)}, ["stamps[0].annotation"]),
        ({"keyframes": (Keyframe("k", 0), Keyframe("q", 0))}, ["keyframes[1].track"]),
        ({"keyframes": (Keyframe("a", 0),)}, ["keyframes[0].track"]),
        ({"keyframes": (Keyframe("k", 5), Keyframe("k", 4), Keyframe("k", 6))}, ["keyframes[1].frame"]),
        ({"keyframes": (Keyframe("k", 5), Keyframe("k", 6), Keyframe("k", 5))}, ["keyframes[2].frame"]),
        ({"keyframes": (Keyframe("k", -1),)}, ["keyframes[0].frame"]),
        ({"created_at": datetime(2020, 1, 1)}, ["created_at"]),  # noqa: DTZ001 - the fault
        ({"reviews": (Review(accepted=True, at=datetime(2020, 1, 1)),)}, ["reviews[0].at"]),  # noqa: DTZ001
        ({"created_at": datetime(2020, 1, 1, tzinfo=UTC)}, []),
        (
            {"annotations": (Annotation("a", on=Target(first_frame=3, last_frame=2)), Annotation("b"))},
            ["annotations[0].on.last_frame"],
        ),
        (
            {"annotations": (Annotation("a", confidence=1.5), Annotation("b", extra={"a b": [{1}]}))},
            ["annotations[0].confidence", 'annotations[1].extra["a b"][0]'],
        ),
    ],
)
def test_a_label_tells_its_faults(change: dict[str, Any], expected: list[str]) -> None:
    assert paths(msgspec.structs.replace(LABEL, **change)) == [f"$.{path}" for path in expected]


def test_tracks_may_take_turns_in_the_list_of_keyframes() -> None:
    order = (Keyframe("k", 0), Keyframe("m", 0), Keyframe("k", 5), Keyframe("m", 3))
    assert paths(msgspec.structs.replace(LABEL, tracks=(Track("k"), Track("m")), keyframes=order)) == []


@pytest.mark.parametrize(
    ("asset", "expected"),
    [
        (Asset("a", "image", width=4, height=3, raw_width=3, raw_height=4, orientation=6), []),
        (Asset("a", "image", width=4, height=3, raw_width=4, raw_height=3, orientation=3), []),
        (
            Asset("a", "image", width=4, height=3, raw_width=4, raw_height=3, orientation=6),
            [".raw_width", ".raw_height"],
        ),
        (
            Asset("a", "image", width=4, height=3, raw_width=3, raw_height=4, orientation=1),
            [".raw_width", ".raw_height"],
        ),
        (Asset("a", "image", width=4, height=3, raw_width=9, raw_height=9), []),
        (Asset("a", "image", width=-4, height=3, orientation=9), [".width", ".orientation"]),
        (Asset("a", "volume", series=(Series("s", affine=(1.0,) * 12),)), [".series[0].affine"]),
    ],
)
def test_a21_raw_and_displayed_sizes_agree_by_orientation(asset: Asset, expected: list[str]) -> None:
    assert paths(asset) == ["$" + path for path in expected]


def test_a_place_of_an_issue_is_pairs() -> None:
    assert paths(Issue("i", position=(1.0, 2.0, 3.0))) == ["$.position"]


PERSON = LabelClass(7, "person", skeleton=Skeleton(("head", "foot"), ((0, 1),)))
ONTOLOGY = Ontology((PERSON, LabelClass(9, "car")))
TWO, THREE = (Keypoints((Keypoint(0.0, 0.0, 2),) * n) for n in (2, 3))


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        (
            Label(
                "l",
                annotations=(Annotation("a", class_=7, geometry=TWO), Annotation("b", class_="person", geometry=TWO)),
            ),
            [],
        ),
        (Label("l", annotations=(Annotation("a", class_=7, geometry=THREE),)), [".annotations[0].geometry.points"]),
        (
            Label("l", annotations=(Annotation("a", class_="person", geometry=THREE),)),
            [".annotations[0].geometry.points"],
        ),
        (Label("l", annotations=(Annotation("a", class_=9, geometry=THREE),)), []),
        (
            Label("l", annotations=(Annotation("a", class_=8), Annotation("b", class_="bus"))),
            [".annotations[0].class", ".annotations[1].class"],
        ),
        (Label("l", tracks=(Track("k", class_=8),)), [".tracks[0].class"]),
        (
            Label("l", tracks=(Track("k", class_=7),), keyframes=(Keyframe("k", 0, THREE),)),
            [".keyframes[0].geometry.points"],
        ),
    ],
)
def test_a_label_fits_the_ontology_where_it_is_given(label: Label, expected: list[str]) -> None:
    assert paths(label, ONTOLOGY) == ["$" + path for path in expected]
    assert paths(label) == []


def test_an_ontology_pins_each_number_once_and_joins_what_is_there() -> None:
    twice = LabelClass(7, "bus", skeleton=Skeleton(("a", "b"), ((0, 1), (1, 2), (-1, 0))))
    assert paths(Ontology((PERSON, twice))) == [
        "$.classes[1].number",
        "$.classes[1].skeleton.edges[1]",
        "$.classes[1].skeleton.edges[2]",
    ]


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


Plant = Callable[[dict[str, Any]], str | None]


def _set(name: str, value: object) -> Plant:
    def plant(part: dict[str, Any]) -> str:
        part[name] = value
        return f".{name}"

    return plant


def _drop(name: str) -> Plant:
    def plant(part: dict[str, Any]) -> str:
        del part[name]
        return f".{name}"

    return plant


def _dangle(label: dict[str, Any]) -> str:
    relations = label.setdefault("relations", [])
    own = (*label.get("annotations", []), {"id": "own"})[0]["id"]
    relations.append({"id": "planted", "source": own, "target": "nobody"})
    if own == "own":
        label.setdefault("annotations", []).append({"id": "own"})
    return f".relations[{len(relations) - 1}].target"


def _twin(label: dict[str, Any]) -> str:
    marks = label.setdefault("annotations", [])
    marks += [{"id": "twin"}, {"id": "twin"}]
    return f".annotations[{len(marks) - 1}].id"


def _untracked(label: dict[str, Any]) -> str:
    keyframes = label.setdefault("keyframes", [])
    keyframes.append({"track": "nobody", "frame": 0})
    return f".keyframes[{len(keyframes) - 1}].track"


def _bad_mask(label: dict[str, Any]) -> str:
    marks = label.setdefault("annotations", [])
    marks.append({"id": "bad mask", "geometry": {"kind": "mask", "height": 2, "width": 2, "counts": "9"}})
    return f".annotations[{len(marks) - 1}].geometry.counts"


def _bad_kind(label: dict[str, Any]) -> str:
    marks = label.setdefault("annotations", [])
    marks.append({"id": "bad kind", "geometry": {"kind": "polygone", "parts": []}})
    return f".annotations[{len(marks) - 1}].geometry.kind"


IN_RECORD: list[Plant] = [_set("id", 5), _drop("name"), _set("number", -1), _set("path", None), _set("metadata", [])]
IN_ASSET: list[Plant] = [_set("kind", "imag"), _set("fps", "fast"), _set("bytes", 1.5), _set("frame_step", 0)]
IN_LABEL: list[Plant] = [
    _dangle,
    _twin,
    _untracked,
    _bad_mask,
    _bad_kind,
    _set("final", "yes"),
    _set("created_at", "2020-01-01T00:00:00"),
    _set("updated_at", "yesterday"),
    _set("seconds", []),
    _set("source", "robot"),
]


@given(records(), st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_each_planted_fault_is_reported_where_it_is(record: Record, data: st.DataObject) -> None:
    part = json.loads(msgspec.json.encode(record))
    part.setdefault("labels", []).append({"id": "one more"})
    at = data.draw(st.integers(0, len(part["labels"]) - 1))
    places = [
        ("$", part, IN_RECORD),
        ("$.asset", part["asset"], IN_ASSET),
        (f"$.labels[{at}]", part["labels"][at], IN_LABEL),
    ]
    planted = []
    for path, target, plants in places:
        chosen = data.draw(st.lists(st.sampled_from(plants), unique=True))
        planted += [f"{path}{plant(target)}" for plant in chosen]
    text = json.dumps(part)
    if planted:
        assert sorted(fault.path for fault in refused(text, Record)) == sorted(planted)
    else:
        parse(text, Record)


@given(
    records(), st.lists(st.sampled_from(("nan", "negative", "source", "number", "z_order")), unique=True, min_size=1)
)
@quick
def test_typed_values_tell_their_faults_too(record: Record, wrong: list[str]) -> None:
    changes: dict[str, Any] = {
        "nan": {"geometry": Box(0.0, NAN, 1.0, 1.0)},
        "negative": {"confidence": -0.5},
        "source": {"source": "robot"},
        "number": {"number": -1},
        "z_order": {"z_order": "top"},
    }
    where = {
        "nan": "geometry.y",
        "negative": "confidence",
        "source": "source",
        "number": "number",
        "z_order": "z_order",
    }
    bad = Annotation("bad", **{name: value for one in wrong for name, value in changes[one].items()})
    label = Label("more", annotations=(Annotation("good"), bad), relations=(Relation("r", "good", "nobody"),))
    at = len(record.labels)
    found = paths(msgspec.structs.replace(record, labels=(*record.labels, label)))
    expected = [f"$.labels[{at}].annotations[1].{where[one]}" for one in wrong]
    assert sorted(found) == sorted([*expected, f"$.labels[{at}].relations[0].target"])


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_none_are_refused_where_they_stand(number: str) -> None:
    text = '{"id":"a","geometry":{"kind":"box","x":1,"y":2,"width":?,"height":4},"extra":{"k":[0,?]}}'.replace(
        "?", number
    )
    found = refused(text, Annotation)
    assert [fault.path for fault in found] == ["$.geometry.width", "$.extra.k[1]"]
    assert all("is not a finite number" in fault.reason for fault in found)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is not JSON"),
        (b'{"id":', "is not JSON"),
        (b'{"id":"a"} x', "is not JSON"),
        (b'{"id":"\xff"}', "is not UTF-8: byte 7 is 0xff"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[]", "expected object, got array"),
        (b"null", "expected object, got null"),
    ],
)
def test_what_is_no_record_at_all_is_one_fault_at_the_root(data: bytes, reason: str) -> None:
    (found,) = refused(data, Record)
    assert found.path == "$"
    assert reason in found.reason


def test_half_a_surrogate_pair_is_not_text() -> None:
    assert [f.path for f in refused(b'{"id":"\\ud800"}', Annotation)] == ["$.id"]
    assert paths(Annotation("\ud800")) == ["$.id"]


def test_a_value_nested_too_deeply_is_a_fault() -> None:
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    assert list(faults(Annotation("a", extra={"deep": deep}))) == [Fault("$", "is nested too deeply")]


@pytest.mark.parametrize(
    ("text", "type_", "path", "reason"),
    [
        (
            '{"id":"a","geometry":{"kind":"bx"}}',
            Annotation,
            "$.geometry.kind",
            "no kind named 'bx'; did you mean 'box'?",
        ),
        ('{"id":"a","geometry":{"x":1}}', Annotation, "$.geometry.kind", "is missing; known: angle, box, "),
        ('{"id":"a","geometry":{"kind":3}}', Annotation, "$.geometry.kind", "is not a string; known: angle, "),
        ('{"id":"a","geometry":[]}', Annotation, "$.geometry", "expected object | null, got array"),
        ('{"id":"a","class":0}', Annotation, "$.class", "expected int >= 1"),
        (
            '{"id":"a","source":"models"}',
            Annotation,
            "$.source",
            "'models' is none of person, model, import; did you mean 'model'?",
        ),
        (
            '{"id":"a","geometry":{"kind":"cuboid","corners":[1,2]}}',
            Annotation,
            "$.geometry.corners",
            "is of length 2, not 16",
        ),
        ('{"id":"a","geometry":{"kind":"landmark","at":[1,2]}}', Annotation, "$.geometry.at", "is of length 2, not 3"),
        (
            '{"id":"a","geometry":{"kind":"keypoints","points":[[1,2]]}}',
            Annotation,
            "$.geometry.points[0]",
            "is of length 2, not 3 or more",
        ),
        (
            '{"id":"a","answers":[{"kind":"radio","key":"k","option":{"value":1}}]}',
            Annotation,
            "$.answers[0].option.value",
            "expected str, got int",
        ),
        (
            '{"project":"p","format":["coco"]}',
            ExportRequest,
            "$.format",
            "no field named 'format'; did you mean 'formats'?",
        ),
        ('{"project":"p","options":{"coco":1}}', ExportRequest, "$.options.coco", "expected object, got int"),
    ],
)
def test_a_reason_says_what_is_expected(text: str, type_: type[Any], path: str, reason: str) -> None:
    (found,) = refused(text, type_)
    assert found.path == path
    assert found.reason.startswith(reason)


def test_a_key_of_json_is_a_string() -> None:
    assert paths(Annotation("a", extra={"k": {1: 2}})) == ['$.extra.k["1"]']


@pytest.mark.parametrize("number", [np.float64(1.5), np.float32(1.5), "1.5", True])
def test_a_number_of_another_library_is_a_fault(number: float) -> None:
    assert paths(Box(number, 0.0, 1.0, 1.0)) == ["$.x"]
