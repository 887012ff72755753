"""Several people label one task: each for themselves, then they are compared, and one label is final."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelport.client.workspace import Project, Workspace
from labelport.errors import ConflictError
from labelport.local import Direct
from labelport.model import acts
from labelport.model.geometry import Box
from labelport.model.label import Annotation, Label
from labelport.model.stages import Stage, Stages
from labelport.shapes.agreement import agreement, overlap, scores
from tests.spaces import Space, lines, record

BOXES = st.builds(Box, *[st.floats(0, 50)] * 2, *[st.floats(0, 50)] * 2)
STAGES = Stages(
    (
        Stage("three", "consensus", next="review", labels=3),
        Stage("review", "review", next="done", back="three"),
        Stage("done", "complete"),
    )
)


def label(name: str, *boxes: Box | None, class_: str = "car") -> Label:
    marked = (Annotation(f"{name}-{i}", class_=class_, geometry=box) for i, box in enumerate(boxes))
    return Label(name, annotations=tuple(marked))


@st.composite
def labels(draw: st.DrawFn) -> Label:
    return label("l", *draw(st.lists(BOXES, max_size=4)), class_=draw(st.sampled_from(("car", "bus"))))


@settings(max_examples=60, deadline=None)
@given(first=labels(), second=labels())
def test_agreement_is_symmetric_within_bounds_and_whole_with_oneself(first: Label, second: Label) -> None:
    assert agreement(first, second) == pytest.approx(agreement(second, first), abs=1e-12)
    assert 0 <= agreement(first, second) <= 1 + 1e-12
    assert agreement(first, first) == pytest.approx(1)


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        (label("a"), label("b"), 1.0),
        (label("a", Box(0, 0, 2, 2)), label("b"), 0.0),
        (label("a", Box(0, 0, 2, 2)), label("b", Box(1, 0, 2, 2)), 1 / 3),
        (label("a", Box(0, 0, 2, 2)), label("b", Box(0, 0, 2, 2), class_="bus"), 0.0),
        (label("a", Box(0, 0, 2, 2), Box(9, 9, 1, 1)), label("b", Box(0, 0, 2, 2)), 2 / 3),
        (label("a", None), label("b", None), 1.0),
    ],
)
def test_agreement_is_twice_what_is_common_over_what_both_hold(first: Label, second: Label, wanted: float) -> None:
    assert agreement(first, second) == pytest.approx(wanted)


def test_boxes_without_area_are_alike_only_where_they_are_equal() -> None:
    assert overlap(Box(1, 1, 0, 0), Box(1, 1, 0, 0)) == 1
    assert overlap(Box(1, 1, 0, 0), Box(2, 1, 0, 0)) == 0


def test_one_alone_agrees_with_everybody() -> None:
    assert scores([label("a", Box(0, 0, 1, 1))]) == [1.0]


@pytest.fixture
def space(tmp_path: Path) -> Space:
    space = Space(tmp_path)
    project = space.work.create_project("cars")
    project.set_stages(STAGES)
    project.save([record(0, labels=())])
    return space


def as_one(space: Space, who: str) -> Project:
    return Workspace(Direct(msgspec.structs.replace(space.app, actor=who))).project("cars")


def held(space: Space) -> dict[str, Any]:
    found: dict[str, Any] = lines(space.delivered(space.work.project("cars").id, labels="all")["data.ndjson"])[0]
    return found


def test_a38_the_label_that_agrees_most_is_final_and_each_has_its_score(space: Space) -> None:
    for who, x in (("ann", 0), ("bo", 1), ("cleo", 9)):
        as_one(space, who).work("t0", acts.Submit(), [label(who, Box(x, 0, 4, 4))])
    task = held(space)
    assert task["workflow"]["stage"] == "review"
    told = [(one["id"], one["author"], one.get("final", True), one["score"]) for one in task["labels"]]
    assert told == [("ann", "ann", True, 0.3), ("bo", "bo", False, 0.3), ("cleo", "cleo", False, 0.0)]
    assert {visit["consensus"] for visit in task["stage_history"]} == {"three/1"}
    (events,) = space.work.project("cars").export.get_task_events(only_ground_truth=False)
    assert events["events"][-1]["scores"] == {"ann": 0.3, "bo": 0.3, "cleo": 0.0}
    assert space.work.verify_log().faults == ()


def test_nobody_writes_the_label_of_another(space: Space) -> None:
    as_one(space, "ann").work("t0", acts.Save(), [label("l", Box(0, 0, 4, 4))])
    with pytest.raises(ConflictError, match="label 'l' is of another than 'bo', and here each makes a label alone"):
        as_one(space, "bo").work("t0", acts.Save(), [label("l", Box(1, 1, 1, 1))])
    assert held(space)["labels"][0]["annotations"][0]["geometry"]["x"] == 0


def test_a_reviewer_chooses_another_label(space: Space) -> None:
    for who, x in (("ann", 0), ("bo", 1), ("cleo", 9)):
        as_one(space, who).work("t0", acts.Submit(), [label(who, Box(x, 0, 4, 4))])
    space.work.project("cars").work("t0", acts.Choose("cleo"))
    assert [one["id"] for one in held(space)["labels"] if one.get("final", True)] == ["cleo"]
