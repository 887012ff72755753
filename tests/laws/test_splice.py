"""Joined bytes are the bytes that an encoder makes: what is spliced equals what is decoded and encoded."""

from collections.abc import Iterator
from itertools import combinations

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelport.app.fragments import KEPT
from labelport.client.workspace import Project
from labelport.model.export import FIELDS, ExportRequest
from labelport.model.label import Label
from labelport.model.ontology import Ontology
from labelport.model.record import Record
from labelport.registry import format_named, formats
from labelport.store.reads import Reader, whole
from labelport.testing.strategies import projects
from tests.spaces import Space, files, manifest

SPLICED = tuple(name for name in formats() if format_named(name).splice is not None)
READABLE = tuple(name for name in formats() if format_named(name).encode and format_named(name).decode)
EXACT = ("box", "polygon", "multi_polygon", "mask")
"""Shapes that every format which splices carries as they are."""
BORROWING = {"yolo": "box", "yolo_segment": "polygon"}
"""Formats that splice fragments of another, each with a kind that it carries as it is."""
Drawn = tuple[Ontology, tuple[Record, ...]]
quick = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Space]:
    made = Space(tmp_path_factory.mktemp("splice"))
    yield made
    made.app.store.close()


def stored(space: Space, drawn: Drawn) -> Project:
    """Store an ontology with its numbers, and records by it."""
    ontology, records = drawn
    project = space.work.create_project(space.app.new_id())
    store = space.app.store
    with store.change(store.project(project.id), actor="tester", at=space.app.now()) as change:
        change.names.define(ontology)
    if records:
        project.save(records)
    return project


def pictures(drawn: Drawn) -> Drawn:
    """Return the records of pictures: the tracks of a video are never carried as they are."""
    return drawn[0], tuple(one for one in drawn[1] if one.asset.kind == "image")


def unnumbered(record: Record) -> Record:
    """Return the record without what the store gives: numbers and the path."""
    labels = tuple(map(_unnumbered, record.labels))
    return msgspec.structs.replace(record, number=0, path="", labels=labels)


def _unnumbered(label: Label) -> Label:
    return msgspec.structs.replace(
        label,
        annotations=tuple(msgspec.structs.replace(one, number=0) for one in label.annotations),
        tracks=tuple(msgspec.structs.replace(one, number=0) for one in label.tracks),
    )


@given(projects())
@quick
def test_a_record_is_read_back_as_it_was_stored(space: Space, drawn: Drawn) -> None:
    project = stored(space, drawn)
    numbers = [task.number for task in project.tasks()]
    lines = whole(space.app.store.db, space.app.store.project(project.id).log, numbers)
    found = [msgspec.json.decode(line, type=Record) for line in lines]
    assert list(map(unnumbered, found)) == list(map(unnumbered, drawn[1]))
    assert [record.number for record in found] == numbers


@given(projects(), st.sampled_from([*combinations(FIELDS, 2), FIELDS, ()]), st.sampled_from(("final", "all")))
@quick
def test_the_joined_line_is_the_encoded_record_whatever_fields_are_asked_for(
    space: Space, drawn: Drawn, fields: tuple[str, ...], labels: str
) -> None:
    project = stored(space, drawn)
    log = space.app.store.project(project.id).log
    request = msgspec.structs.replace(ExportRequest(project.id, fields=fields), labels=labels)
    reader = Reader(space.app.store.db, log, request, base=None, cut=project.info().number)
    for run in reader.plan(10):
        for found in reader.rows(run):
            line = found.stored.line
            assert msgspec.json.encode(msgspec.json.decode(line, type=Record)) == line
            there = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
            assert {name for name in FIELDS if name in there} <= set(fields)


@given(projects(), st.sampled_from(("keyframes", "all", "every:3")), st.sampled_from(("final", "all")))
@quick
def test_whatever_is_delivered_is_read_back_whole(space: Space, drawn: Drawn, frames: str, labels: str) -> None:
    project = stored(space, drawn)
    request = space.request(project.id, formats=READABLE, verify="deep", frames=frames, labels=labels)
    assert space.export(request).status in ("done", "done_with_skips")


@given(projects())
@quick
def test_spliced_and_encoded_deliveries_are_the_same(space: Space, drawn: Drawn) -> None:
    native = tuple(name for name in SPLICED if name not in KEPT and format_named(name).borrows is None)
    assert_same(space, stored(space, drawn), native)


@given(drawn=projects(kinds=EXACT).map(pictures))
@quick
def test_deliveries_of_kept_fragments_and_encoded_ones_are_the_same(space: Space, drawn: Drawn) -> None:
    assert_same(space, stored(space, drawn), KEPT)


def test_every_format_that_borrows_is_tried_here() -> None:
    assert set(BORROWING) == {name for name in SPLICED if format_named(name).borrows}


@pytest.mark.parametrize(("name", "kind"), BORROWING.items())
@given(data=st.data())
@quick
def test_deliveries_of_borrowed_fragments_and_encoded_ones_are_the_same(
    space: Space, name: str, kind: str, data: st.DataObject
) -> None:
    assert_same(space, stored(space, pictures(data.draw(projects(kinds=(kind,))))), (name,))


def assert_same(space: Space, project: Project, formats: tuple[str, ...]) -> None:
    """Export twice: `drop` takes the encoders' way, and where nothing is lost it must make no difference."""
    spliced, encoded = (
        space.export(space.request(project.id, formats=formats, on_loss=on_loss)).destination
        for on_loss in ("convert", "drop")
    )
    assert files(spliced) == files(encoded)
    assert manifest(spliced).tallies == manifest(encoded).tallies
    assert manifest(spliced).losses == manifest(encoded).losses
