"""Faults of labels, assets, issues and ontologies, each with its path."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np
import pytest

from labelport.errors import Fault
from labelport.model.asset import Asset, Series
from labelport.model.check import faults
from labelport.model.geometry import Box, Keypoint, Keypoints
from labelport.model.label import Annotation, Keyframe, Label, Relation, Stamp, Target, Track
from labelport.model.ontology import LabelClass, Ontology, Skeleton
from labelport.model.workflow import Issue, Review
from tests.model.check.found import paths

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


def test_a_value_nested_too_deeply_is_a_fault() -> None:
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    assert list(faults(Annotation("a", extra={"deep": deep}))) == [Fault("$", "is nested too deeply")]


def test_a_key_of_json_is_a_string() -> None:
    assert paths(Annotation("a", extra={"k": {1: 2}})) == ['$.extra.k["1"]']


@pytest.mark.parametrize("number", [np.float64(1.5), np.float32(1.5), "1.5", True])
def test_a_number_of_another_library_is_a_fault(number: float) -> None:
    assert paths(Box(number, 0.0, 1.0, 1.0)) == ["$.x"]
