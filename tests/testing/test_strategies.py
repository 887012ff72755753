"""What the strategies promise to the tests that build on them."""

from collections.abc import Callable
from typing import get_args

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings

from labelport.model.geometry import Geometry, kind
from labelport.model.label import Label
from labelport.model.ontology import Ontology
from labelport.model.record import Record
from labelport.testing.strategies import KINDS, geometries, hostile_names, labels, ontologies, projects, records

quick = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
reach = settings(max_examples=2000, deadline=None, phases=[Phase.generate])
ALL = tuple(sorted({shape for shapes in KINDS.values() for shape in shapes}))
ENCODER = msgspec.json.Encoder(order="deterministic")


@given(records())
@quick
def test_a_drawn_record_is_read_back_from_json_as_it_was(record: Record) -> None:
    assert msgspec.json.decode(ENCODER.encode(record), type=Record) == record


@given(labels())
@quick
def test_a_drawn_label_is_read_back_from_json_as_it_was(label: Label) -> None:
    assert msgspec.json.decode(ENCODER.encode(label), type=Label) == label


@given(ontologies())
@quick
def test_a_drawn_ontology_has_plain_classes_and_one_with_joints(ontology: Ontology) -> None:
    assert msgspec.json.decode(ENCODER.encode(ontology), type=Ontology) == ontology
    assert {one.skeleton is None for one in ontology.classes} == {True, False}


def test_every_shape_of_the_model_can_be_drawn() -> None:
    tags = {shape.__struct_config__.tag for shape in get_args(Geometry)}
    assert {*ALL} == {*tags, "polygon_with_hole", "multi_polygon"}


@pytest.mark.parametrize("name", ALL)
def test_a_shape_is_of_the_kind_that_was_asked_for(name: str) -> None:
    @given(geometries((name,)))
    @settings(max_examples=15, deadline=None)
    def holds(shape: Geometry) -> None:
        assert kind(shape) == name
        encoded = ENCODER.encode(shape)
        assert msgspec.json.decode(encoded, type=Geometry) == shape

    holds()


@given(records(kinds=("box", "mask")))
@quick
def test_a_record_holds_only_the_kinds_that_were_asked_for(record: Record) -> None:
    shapes = [one.geometry for label in record.labels for one in label.annotations]
    assert {kind(shape) for shape in shapes} <= {"box", "mask"}


@given(projects())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_ids_and_numbers_are_unique_over_a_project(project: tuple[Ontology, tuple[Record, ...]]) -> None:
    _, tasks = project
    said = [label for task in tasks for label in (*task.labels, *task.predictions)]
    marked = [(one.id, one.number) for label in said for one in label.annotations]
    marked += [(one.id, one.number) for label in said for one in label.tracks]
    for unique in ([t.id for t in tasks], [t.number for t in tasks], [t.path for t in tasks]):
        assert len(set(unique)) == len(unique)
    for every in zip(*marked, strict=True):
        assert len(set(every)) == len(every)


@pytest.mark.parametrize(
    "wanted",
    [
        lambda label: bool(label.keyframes),
        lambda label: bool(label.relations),
        lambda label: any(keyframe.outside for keyframe in label.keyframes),
        lambda label: b'"answers":[{"kind"' in ENCODER.encode([a.answers for a in label.annotations]),
        lambda label: any(len(a.id) > 0 and a.on and a.on.last_frame for a in label.annotations),
    ],
    ids=["keyframes", "relations", "outside", "nested answers", "frame ranges"],
)
def test_labels_reach_every_corner(wanted: Callable[[Label], bool]) -> None:
    assert find(labels(kinds=("box", "classification")), wanted, settings=reach)


@given(hostile_names())
@quick
def test_hostile_names_are_unicode_text(name: str) -> None:
    assert name.encode().decode() == name
