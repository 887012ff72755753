"""Envelopes, judged by bagit and in-toto's own library: every byte is accounted for."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bagit
import pytest
from google.protobuf.json_format import Parse
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement

from labelport.api import VerifyDelivery
from labelport.app.envelopes import STATEMENT, envelope
from labelport.app.verifying import verify
from labelport.model.export import ExportRequest, FileEntry, Split
from tests.app.test_copies import COUNT, brought, draw
from tests.spaces import Space, everything, record


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Space]:
    made = Space(tmp_path)
    made.work.create_project("p").save([record(i) for i in range(6)])
    yield made
    made.app.store.close()


def wrapped(space: Space, kind: str, **given: Any) -> str:
    return space.export(space.request("p", envelope=kind, **given)).destination


@pytest.mark.parametrize("given", [{}, {"formats": ("ndjson", "coco", "ndjson_split")}, {"split": Split({"a": 1.0})}])
def test_bagit_finds_the_bag_valid(space: Space, given: dict[str, Any]) -> None:
    bag = bagit.Bag(wrapped(space, "bagit", **given))
    assert bag.is_valid()
    assert bag.version_info == (1, 0)
    assert all(path.startswith("data/") for path in bag.payload_files())


def test_copies_of_media_are_payload(space: Space, tmp_path: Path) -> None:
    media = tmp_path / "media"
    media.mkdir()
    for i in range(COUNT):
        draw(media / f"{i}.jpg")
    brought(space, media, tmp_path)
    place = space.export(space.request("cars", envelope="bagit", media="copies")).destination
    bag = bagit.Bag(place)
    assert bag.is_valid()
    assert {f"data/media/{i}.jpg" for i in range(COUNT)} < set(bag.payload_files())


def test_a_changed_byte_of_the_payload_or_of_a_tag_file_is_found(space: Space) -> None:
    for path in ("data/data.ndjson", "items.csv"):
        place = wrapped(space, "bagit")
        (Path(place) / path).write_bytes((Path(place) / path).read_bytes()[:-1] + b"#")
        assert not bagit.Bag(place).is_valid()


def test_percent_signs_are_escaped_in_manifests() -> None:
    entries = [FileEntry("data/a%2F.json", 3, "0" * 64)]
    made = dict(envelope(ExportRequest("p", envelope="bagit"), cut=1, base=None, root="")(lambda: iter(entries)))
    assert list(made["manifest-sha256.txt"]) == [b"0" * 64 + b"  data/a%252F.json\n"]


def test_a_statement_names_every_file_with_its_hash(space: Space) -> None:
    place = wrapped(space, "in-toto")
    files = everything(place)
    statement = Statement.copy_from_pb(Parse(files[STATEMENT], statement_pb2.Statement()))
    statement.validate()
    listed = [json.loads(line) for line in files["files.ndjson"].splitlines()]
    subjects = {one.name: one.digest["sha256"] for one in statement.pb.subject}
    assert subjects == {one["path"]: one["sha256"] for one in listed if one["path"] != STATEMENT}
    assert {"data.ndjson", "items.csv"} <= set(subjects)


def test_a_statement_says_of_what_state_it_is(space: Space) -> None:
    files = everything(wrapped(space, "in-toto"))
    sealed, said = json.loads(files["manifest.json"]), json.loads(files[STATEMENT])["predicate"]
    assert {name: said[name] for name in ("cut", "root", "project")} == {
        name: sealed[name] for name in ("cut", "root", "project")
    }
    assert said["request"] == {name: value for name, value in sealed["request"].items() if name != "shard_size"}


@pytest.mark.parametrize("kind", ["bagit", "in-toto"])
def test_a_wrapped_delivery_verifies(space: Space, kind: str) -> None:
    assert not verify(space.app, VerifyDelivery(wrapped(space, kind))).faults


def test_lines_are_read_out_of_a_bag(space: Space) -> None:
    job = space.work.project("p").export(request=space.request("p", envelope="bagit"), to=space.fresh())
    job.wait_till_done()
    assert job.get_total_lines() == 6


@pytest.mark.parametrize("kind", ["bagit", "in-toto"])
@pytest.mark.parametrize("name", ["json", "coco", "csv_objects", "parquet", "webdataset"])
def test_what_is_in_an_envelope_reads_back(space: Space, kind: str, name: str) -> None:
    place = wrapped(space, kind, formats=(name,), verify="deep")
    report = space.work.import_files("back", name, [place])
    assert (report.records, report.annotations, report.rejected) == (6, 6, ())
    assert not [path for path in report.unread if path == "$"]
