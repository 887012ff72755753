"""What is wrong with the bytes of a value is told where it stands, with what is expected there."""

from typing import Any

import pytest

from labelport.model.export import ExportRequest
from labelport.model.label import Annotation
from labelport.model.record import Record
from tests.model.check.found import paths, refused


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
