"""Native records are read back as they were written, by others too; what is faulty is named and counted."""

from collections.abc import Iterable
from functools import partial
from io import BytesIO
from pathlib import Path

import msgspec
import pytest

from labelport.errors import Fault
from labelport.formats import json, ndjson, ndjson_split
from labelport.kit.format import Counted, Input, Item, Reject, Unread
from labelport.model.ontology import Ontology
from labelport.model.workflow import Batch
from labelport.testing.cases import CLASSES, pictures

RECORDS = pictures()
ONE, TWO, THREE = map(msgspec.json.encode, RECORDS)
HELD = 13
"""Annotations of the pictures; the first holds them all."""


def read(decode: object, **files: bytes) -> list[Item]:
    inputs = [Input(path.replace("_", "."), partial(BytesIO, data)) for path, data in files.items()]
    assert callable(decode)
    found: Iterable[Item] = decode(inputs)
    return list(found)


@pytest.mark.parametrize(
    "data",
    [
        ONE + b"\n" + TWO + b"\n" + THREE + b"\n",
        ONE + b"\n" + TWO + b"\n" + THREE,
        b"\xef\xbb\xbf" + ONE + b"\r\n\r\n" + TWO + b"\n  \n" + THREE + b"\n",
    ],
    ids=["as written", "without a last line feed", "with a byte order mark, blank lines and CRLF"],
)
def test_lines_are_records(data: bytes) -> None:
    assert read(ndjson.FORMAT.decode, a_ndjson=data) == [*RECORDS, Counted("a.ndjson", 3, HELD)]


@pytest.mark.parametrize(
    "data",
    [
        b"[\n" + ONE + b",\n" + TWO + b",\n" + THREE + b"\n]\n",
        b"[" + ONE + b"," + TWO + b"," + THREE + b"]",
        b"[\n" + ONE + b",\n" + TWO + b"," + THREE + b"]",
        b"\xef\xbb\xbf" + msgspec.json.format(b"[" + ONE + b"," + TWO + b"," + THREE + b"]"),
        msgspec.json.format(b"[" + ONE + b"," + TWO + b"," + THREE + b"]", indent=0),
    ],
    ids=["as written", "in one line", "in lines that end early", "indented, with a byte order mark", "compact"],
)
def test_an_array_is_records_however_it_is_laid_out(data: bytes) -> None:
    assert read(json.FORMAT.decode, a_json=data) == [*RECORDS, Counted("a.json", 3, HELD)]


@pytest.mark.parametrize("data", [b"[\n\n]\n", b"[]", b"[\n]\n"])
def test_an_empty_array_holds_nothing(data: bytes) -> None:
    assert read(json.FORMAT.decode, a_json=data) == [Counted("a.json", 0, 0)]


def test_a_file_for_each_task_is_read() -> None:
    found = read(ndjson_split.FORMAT.decode, a_json=ONE + b"\n", b_json=TWO + b"\n")
    assert found == [RECORDS[0], Counted("a.json", 1, HELD), RECORDS[1], Counted("b.json", 1, 0)]


def test_a_faulty_line_is_named_with_all_its_faults_and_the_rest_is_read() -> None:
    faulty = ONE.replace(b'"number":101', b'"number":"?"').replace(b'"width":30.25', b'"width":-1')
    *_, reject, last, counted = read(ndjson.FORMAT.decode, a_ndjson=TWO + b"\n" + faulty + b"\n" + THREE + b"\n")
    assert isinstance(reject, Reject)
    assert (reject.record, reject.annotations) == ("p1", HELD)
    assert {fault.path for fault in reject.faults} == {
        "$.labels[0].annotations[0].number",
        "$.labels[0].annotations[0].geometry.width",
        "$.labels[1].annotations[0].geometry.width",
    }
    assert (last, counted) == (RECORDS[2], Counted("a.ndjson", 3, HELD))


HOSTILE = {
    "no UTF-8": TWO.replace(b'"p2"', b'"p\xff"'),
    "nested without end": TWO[:-1] + b',"metadata":{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
    "a number that is none": TWO[:-1] + b',"metadata":{"a":1e999}}',
    "a list": b"[]",
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_a24_hostile_bytes_do_not_sink_the_rest(hostile: bytes) -> None:
    first, reject, last, counted = read(ndjson.FORMAT.decode, a_ndjson=ONE + b"\n" + hostile + b"\n" + THREE + b"\n")
    assert (first, last, counted) == (RECORDS[0], RECORDS[2], Counted("a.ndjson", 3, HELD))
    assert isinstance(reject, Reject)
    assert reject.faults


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_a24_hostile_bytes_in_an_array_are_named(hostile: bytes) -> None:
    found = read(json.FORMAT.decode, a_json=b"[\n" + ONE + b",\n" + hostile + b",\n" + THREE + b"\n]\n")
    assert found[0] == RECORDS[0]
    assert [type(item) for item in found[1:]] in ([Reject, Counted], [Reject, type(RECORDS[2]), Counted])


def test_a_line_that_is_no_json_is_named_by_its_number() -> None:
    reject, counted = read(ndjson.FORMAT.decode, a_ndjson=b"\n" + ONE[:-1] + b"\n")
    assert isinstance(reject, Reject)
    assert (reject.file, reject.record, reject.annotations) == ("a.ndjson", "2", 0)
    assert counted == Counted("a.ndjson", 1, 0)


def test_an_array_that_breaks_off_keeps_what_came_before() -> None:
    found = read(json.FORMAT.decode, a_json=b"[\n" + ONE + b",\n" + TWO + b",\n" + THREE[:9])
    assert found[:2] == list(RECORDS[:2])
    assert isinstance(found[2], Reject)
    assert found[3] == Counted("a.json", 3, HELD)


def test_a_manifest_brings_classes_and_batches_first() -> None:
    manifest = msgspec.json.encode({"classes": CLASSES, "batches": {"w31": "Week 31"}, "of": "a later version"})
    found = read(ndjson.FORMAT.decode, a_ndjson=TWO + b"\n", manifest_json=manifest)
    assert found[:3] == [Ontology(CLASSES), Batch("w31", "Week 31"), RECORDS[1]]


def test_a_manifest_that_is_broken_is_named() -> None:
    (reject,) = read(ndjson.FORMAT.decode, manifest_json=b'{"classes": 3}')
    assert reject == Reject("manifest.json", "manifest.json", (Fault("$.classes", "Expected `array`, got `int`"),))


def test_what_is_not_read_is_said() -> None:
    found = read(ndjson.FORMAT.decode, a_txt=b"notes", files_ndjson=b"{}", items_csv=b"")
    assert found == [Unread("a.txt", "$", 1)]


def test_a_line_at_a_time_is_read(tmp_path: Path) -> None:
    """The first record comes before the rest is looked at."""
    (tmp_path / "a.ndjson").write_bytes(TWO + b"\n" + b"x" * 10_000_000)
    opened = []

    def open_() -> BytesIO:
        opened.append((tmp_path / "a.ndjson").open("rb"))
        return opened[0]  # type: ignore[return-value]  # a binary file

    decode = ndjson.FORMAT.decode
    assert decode is not None
    items = decode([Input("a.ndjson", open_)])
    assert next(items) == RECORDS[1]
    assert opened[0].tell() < 1_000_000
