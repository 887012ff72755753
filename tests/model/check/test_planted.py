"""What is drawn is right and passes as it was; what is planted in it is found, all at once, where it is."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelport.model.check import faults, parse
from labelport.model.geometry import Box
from labelport.model.label import Annotation, Label, Relation
from labelport.model.ontology import Ontology
from labelport.model.record import Record
from labelport.testing.strategies import projects, records
from tests.model.check.found import NAN, paths, quick, refused


@given(projects())
@quick
def test_what_is_drawn_has_no_fault_and_is_parsed_as_it_was(project: tuple[Ontology, tuple[Record, ...]]) -> None:
    ontology, tasks = project
    assert list(faults(ontology)) == []
    for task in tasks:
        assert list(faults(task, ontology)) == []
        assert parse(msgspec.json.encode(task), Record, ontology) == task


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
