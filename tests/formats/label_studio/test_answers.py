"""Answers about the task and about regions, and labels after the first."""

from typing import Any

import pytest

from labelport.model.answers import Answer, Checklist, Number, Option, Radio, Ranking, Text, Tree
from labelport.model.ontology import Attribute, LabelClass
from tests.formats.label_studio.build import Outcome, decode, file, read, result, task

BOX: dict[str, Any] = {"x": 1, "y": 2, "width": 3, "height": 4}


def _asked(kind: str, value: object, name: str = "q", **more: Any) -> dict[str, Any]:
    return {"id": "a1", "type": kind, "from_name": name, "to_name": "image", "value": value, **more}


@pytest.mark.parametrize(
    ("kind", "value", "answers"),
    [
        ("choices", {"choices": ["Yes"]}, [Radio("q", Option("Yes"))]),
        ("choices", {"choices": ["A", "B"]}, [Checklist("q", (Option("A"), Option("B")))]),
        ("choices", {"choices": [["A", "B"], ["C"]]}, [Tree("q", (("A", "B"), ("C",)))]),
        ("taxonomy", {"taxonomy": [["Online", "UGC"], ["Offline"]]}, [Tree("q", (("Online", "UGC"), ("Offline",)))]),
        ("rating", {"rating": 4}, [Number("q", 4)]),
        ("number", {"number": 12.5}, [Number("q", 12.5)]),
        ("datetime", {"datetime": "2024-05-01"}, [Text("q", "2024-05-01")]),
        ("textarea", {"text": ["one", "two"]}, [Text("q", "one"), Text("q", "two")]),
        ("textarea", {"text": "one"}, [Text("q", "one")]),
        ("pairwise", {"selected": "left"}, [Radio("q", Option("left"))]),
        ("ranker", {"ranker": ["mdn", "wiki"]}, [Ranking("q", ("mdn", "wiki"))]),
        ("ranker", {"ranker": {"_": ["mdn"]}}, [Ranking("q", ("mdn",))]),
        ("ranker", {"ranker": {"best": ["mdn"], "ads": []}}, [Ranking("q/best", ("mdn",)), Ranking("q/ads", ())]),
        ("choices", {"choices": []}, []),
    ],
)  # fmt: skip
def test_an_answer_about_the_task_is_an_annotation_without_shape(
    kind: str, value: object, answers: list[Answer]
) -> None:
    annotation = read(_asked(kind, value)).annotation
    assert (annotation.id, annotation.geometry, annotation.class_) == ("a1", None, None)
    assert list(annotation.answers) == answers


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("choices", {"choices": 5}),
        ("choices", {"choices": [None]}),
        ("choices", None),
        ("taxonomy", {"taxonomy": [[]]}),
        ("taxonomy", {"taxonomy": "x"}),
        ("rating", {"rating": "many"}),
        ("number", {}),
        ("datetime", {"datetime": ["x"]}),
        ("textarea", {"text": {"a": 1}}),
        ("ranker", {"ranker": 7}),
        ("ranker", {"ranker": {"best": None}}),
    ],
)
def test_an_answer_of_the_wrong_type_is_refused(kind: str, value: object) -> None:
    outcome = read(_asked(kind, value))
    assert outcome.faults
    assert outcome.label.annotations == ()


def test_an_answer_about_a_region_stands_on_it() -> None:
    shape = result("rectanglelabels", {**BOX, "rectanglelabels": ["Car"]})
    asked = _asked("choices", {**BOX, "choices": ["Red"]}, id="r1")
    outcome = read(shape, asked)
    assert outcome.annotation.answers == (Radio("q", Option("Red")),)
    assert outcome.ontology.classes == (LabelClass(1, "Car", attributes=(Attribute("q", "radio", ("Red",)),)),)
    assert outcome.unread == {}


def test_a_question_with_several_choices_anywhere_is_a_checklist_everywhere() -> None:
    outcome = read(_asked("choices", {"choices": ["A"]}), _asked("choices", {"choices": ["A", "B"]}, id="a2"))
    first, second = outcome.label.annotations
    assert first.answers == (Checklist("q", (Option("A"),)),)
    assert second.answers == (Checklist("q", (Option("A"), Option("B"))),)
    assert outcome.ontology.attributes == (Attribute("q", "checklist", ("A", "B")),)


def test_the_first_label_is_the_class_and_the_rest_are_kept() -> None:
    outcome = read(result("rectanglelabels", {**BOX, "rectanglelabels": ["Car", "Red", "Big"]}))
    assert outcome.annotation.class_ == "Car"
    assert outcome.annotation.answers == (Checklist("label", (Option("Red"), Option("Big"))),)


def test_labels_of_further_controls_are_kept_under_their_names() -> None:
    """The example of several labels for one region in Label Studio's description of its task format."""
    outcome = read(
        result("rectangle", BOX, from_name="product"),
        result("labels", {**BOX, "labels": ["Coffee"]}, from_name="kind"),
        result("labels", {**BOX, "labels": ["Brazil"]}, from_name="country"),
        _asked("number", {**BOX, "number": 12.5}, "price", id="r1"),
    )
    assert outcome.annotation.class_ == "Coffee"
    assert outcome.annotation.answers == (Checklist("country", (Option("Brazil"),)), Number("price", 12.5))
    assert [it.name for it in outcome.ontology.classes] == ["Coffee", "Brazil"]


def test_a_region_without_label_has_no_class() -> None:
    assert read(result("rectangle", BOX)).annotation.class_ is None


def test_a_label_for_the_whole_task_is_a_class_without_shape() -> None:
    annotation = read({"id": "r", "type": "labels", "to_name": "image", "value": {"labels": ["Blurred"]}}).annotation
    assert (annotation.class_, annotation.geometry) == ("Blurred", None)


def test_a_result_of_an_unknown_type_is_refused_and_the_task_comes_through() -> None:
    outcome = read(_asked("reactcode", {"reactcode": 1}), result("rectangle", BOX))
    assert [it.id for it in outcome.label.annotations] == ["r1"]
    (fault,) = outcome.faults
    assert fault.path == "$[0].annotations[0].result[0].type"


def test_a_strange_answer_leaves_its_region_whole_and_is_reported() -> None:
    outcome = read(result("rectangle", BOX), _asked("reactcode", {"reactcode": 1}, id="r1"))
    assert outcome.annotation.id == "r1"
    assert [it.path for it in outcome.faults] == ["$[0].annotations[0].result[1].type"]


def _configured(controls: str, *results: dict[str, Any]) -> Outcome:
    config = f'<View><Image name="image" value="$image"/>{controls}</View>'
    return decode(file("export.json", [task(*results)]), file("config.xml", config))


def test_options_come_from_the_configuration_in_its_order() -> None:
    controls = (
        '<Choices name="q" toName="image" choice="multiple"><Choice value="A"/><Choice value="B" alias="b"/></Choices>'
    )
    outcome = _configured(controls, _asked("choices", {"choices": ["b"]}))
    assert outcome.ontology.attributes == (Attribute("q", "checklist", ("A", "b")),)
    assert outcome.annotation.answers == (Checklist("q", (Option("b"),)),)


def test_a_tree_of_options_is_its_paths() -> None:
    controls = (
        '<Taxonomy name="q" toName="image"><Choice value="Online"><Choice value="Free"/></Choice><Choice value="Off"/>'
        "</Taxonomy>"
    )
    outcome = _configured(controls, _asked("taxonomy", {"taxonomy": [["Off"]]}))
    assert outcome.ontology.attributes == (Attribute("q", "tree", ("Online", "Online/Free", "Off")),)


def test_a_question_about_regions_belongs_to_the_classes_of_its_object() -> None:
    controls = (
        '<RectangleLabels name="label" toName="image"><Label value="Car"/><Label value="Bus"/></RectangleLabels>'
        '<Rating name="all" toName="image" perRegion="true"/>'
        '<TextArea name="some" toName="image" perRegion="true" whenLabelValue="Bus"/>'
    )
    ontology = _configured(controls).ontology
    rating, text = Attribute("all", "number"), Attribute("some", "text")
    assert ontology.classes == (
        LabelClass(1, "Car", attributes=(rating,)),
        LabelClass(2, "Bus", attributes=(rating, text)),
    )
    assert ontology.attributes == ()
