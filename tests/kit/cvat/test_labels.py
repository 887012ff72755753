"""Labels become classes: one where they are the same, named apart where they are not."""

import pytest

from labelport.errors import Fault
from labelport.kit.cvat.answers import answer
from labelport.kit.cvat.labels import Definition, Joint, Spec, colour, edges, known, ontology, spec
from labelport.kit.cvat.values import Values
from labelport.model.answers import Answer, Boolean, Number, Option, Radio, Text
from labelport.model.ontology import Attribute, LabelClass, Skeleton

MAKE = Spec("make", "radio", ("a", "b"), "a", mutable=False)
SEEN = Spec("seen", "boolean", (), None, mutable=True)


def test_labels_of_one_name_and_definition_are_one_class() -> None:
    classes, of = ontology([Definition("car", "task 1", "#000000"), Definition("car", "task 2", "#ffffff")])
    assert classes.classes == (LabelClass(1, "car", "#000000"),)
    assert of == [classes.classes[0]] * 2


def test_labels_of_one_name_that_differ_are_named_after_their_owners() -> None:
    given = [Definition("car", "task 1"), Definition("car", "task 2", specs=(MAKE,)), Definition("car", "task 3")]
    classes, of = ontology(given)
    assert [one.name for one in classes.classes] == ["car", "car (task 2)"]
    assert [one.number for one in of] == [1, 2, 1]


def test_a_name_made_for_a_class_is_no_other_labels() -> None:
    given = [
        Definition("car (task 2)", "task 1"),
        Definition("car", "task 1"),
        Definition("car", "task 2", specs=(MAKE,)),
    ]
    classes, _ = ontology(given)
    assert [one.name for one in classes.classes] == ["car (task 2)", "car", "car (task 2) 2"]


def test_attributes_are_questions_and_those_of_joints_too() -> None:
    definition = Definition(
        "s", "task 1", specs=(MAKE,), joints=(Joint("nose", (SEEN,)), Joint("ear")), edges=((0, 1),)
    )
    classes, _ = ontology([definition])
    assert classes.classes[0].skeleton == Skeleton(("nose", "ear"), ((0, 1),))
    assert classes.classes[0].attributes == (
        Attribute("make", "radio", ("a", "b"), default="a"),
        Attribute("nose/seen", "boolean", mutable=True),
    )
    assert known(definition, 1).mutable() == {"nose/seen"}


def test_edges_are_read_off_the_drawing_by_name_or_id() -> None:
    svg = (
        '<line data-node-from="2" x1="1" data-node-to="1"></line><line data-node-from="1" data-node-to="3"/>'
        '<circle data-node-id="1" data-label-name="a &amp; b"></circle><circle data-node-id="2" data-label-id="7"/>'
    )
    found, wrong = edges(svg, ["a & b", "c"], {"7": "c"})
    assert found == [(1, 0)]
    assert wrong == ["an edge from node '1' to '3', which are not both sublabels"]


@pytest.mark.parametrize(
    ("kind", "value", "wanted"),
    [
        ("checkbox", "true", Boolean("k", yes=True)),
        ("checkbox", "False", Boolean("k", yes=False)),
        ("checkbox", "", None),
        ("number", "7", Number("k", 7)),
        ("number", "-5.6", Number("k", -5.6)),
        ("radio", "a", Radio("k", Option("a"))),
        ("select", "__undefined__", None),
        ("text", "", Text("k", "")),
        ("text", "any", Text("k", "any")),
    ],
)
def test_a_value_is_an_answer_of_the_kind_that_is_defined(kind: str, value: str, wanted: Answer | None) -> None:
    faults: list[Fault] = []
    made = spec(Values({"name": "k", "input_type": kind}, "$", faults), ())
    assert answer("k", made, value, "$", faults) == wanted
    assert faults == []


@pytest.mark.parametrize(("kind", "value"), [("number", "many"), ("number", "nan"), ("checkbox", "maybe"), ("text", 5)])
def test_a_value_of_another_kind_is_refused(kind: str, value: object) -> None:
    faults: list[Fault] = []
    made = spec(Values({"name": "k", "input_type": kind}, "$", faults), ())
    assert answer("k", made, value, "$.value", faults) is None
    assert [fault.path for fault in faults] == ["$.value"]


def test_what_is_not_defined_is_text() -> None:
    assert answer("k", None, "7", "$", []) == Text("k", "7")


@pytest.mark.parametrize(("given", "wanted"), [("#0A1B2C", "#0a1b2c"), ("", None), ("red", None)])
def test_colours_are_written_small(given: str, wanted: str | None) -> None:
    faults: list[Fault] = []
    assert colour(Values({"color": given}, "$", faults)) == wanted
    assert bool(faults) == (given == "red")
