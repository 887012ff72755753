"""The published schema, judged by the jsonschema package: what we write is valid, what we refuse is not."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator

from labelport.errors import InvalidError
from labelport.model.check import parse
from labelport.model.record import Record
from labelport.model.schema import record_schema, record_schema_file
from labelport.testing.strategies import records

FILE = Path(__file__).parent.parent.parent / "docs" / "reference" / "record.schema.json"
JUDGE = Draft202012Validator(record_schema())
BASE = {"id": "t", "name": "a.jpg", "asset": {"id": "a", "kind": "image"}}


def test_the_published_file_is_in_step() -> None:
    assert FILE.read_bytes() == record_schema_file(), "run `just generate`"


def test_the_schema_is_one_of_draft_2020_12_with_a_name() -> None:
    schema = record_schema()
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == "urn:labelport:schema:record:1"


@given(records())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_record_that_is_written_is_valid(record: Record) -> None:
    JUDGE.validate(json.loads(msgspec.json.encode(record)))


def marked(geometry: object) -> dict[str, Any]:
    return {"labels": [{"id": "l", "annotations": [{"id": "a", "geometry": geometry}]}]}


@pytest.mark.parametrize(
    "change",
    [
        {"id": 5},
        {"name": None},
        {"number": -1},
        {"asset": {"id": "a"}},
        {"asset": {"id": "a", "kind": "imag"}},
        {"asset": {"id": "a", "kind": "image", "orientation": 9}},
        {"asset": {"id": "a", "kind": "image", "width": "640"}},
        {"workflow": {"status": "finished"}},
        {"workflow": {"created_at": "2024-01-01T00:00:00"}},
        {"labels": {}},
        {"labels": [{}]},
        {"labels": [{"id": "l", "annotations": [{"id": "a", "class": 0}]}]},
        {"labels": [{"id": "l", "annotations": [{"id": "a", "confidence": 1.5}]}]},
        {"labels": [{"id": "l", "annotations": [{"id": "a", "answers": [{"kind": "radio", "key": "k"}]}]}]},
        {"labels": [{"id": "l", "keyframes": [{"track": "k", "frame": -1}]}]},
        {"metadata": []},
        marked({"kind": "bx"}),
        marked({"x": 1, "y": 2}),
        marked({"kind": "box", "x": 1, "y": 2, "width": -1, "height": 1}),
        marked({"kind": "polygon", "parts": []}),
        marked({"kind": "cuboid", "corners": [1] * 15}),
        marked({"kind": "keypoints", "points": [[1, 2, 3]]}),
        marked({"kind": "landmark", "at": [1, 2]}),
        marked({"kind": "segment", "blob": "ABC", "values": [1]}),
        marked({"kind": "slice_shape", "axis": "x", "index": 0, "shape": {"kind": "point", "x": 1, "y": 2}}),
    ],
)
def test_what_the_reader_refuses_the_schema_refuses(change: dict[str, Any]) -> None:
    document = {**BASE, **change}
    with pytest.raises(InvalidError):
        parse(json.dumps(document), Record)
    assert not JUDGE.is_valid(document)


def test_the_smallest_record_is_valid_in_both() -> None:
    parse(json.dumps(BASE), Record)
    JUDGE.validate(BASE)
