"""Categories, images and annotations of COCO say what is known of classes, tasks and objects."""

from typing import Any

import msgspec
import pytest

from labelport.errors import InvalidError
from labelport.formats.coco import FORMAT, Options, encode
from labelport.kit.coco_rows import number
from labelport.kit.format import Context, Row, Stored
from labelport.model.answers import Answer, Boolean, Checklist, Number, Option, Radio, Ranking, Text, Tree
from labelport.model.geometry import Box
from labelport.model.label import Label, Target
from labelport.model.ontology import Attribute, LabelClass, Ontology
from labelport.model.record import Record
from labelport.testing.render import render
from tests.formats.back import decoded
from tests.formats.coco.build import HEIGHT, WIDTH, context, one, record, video, written


def test_a12_categories_are_all_classes_with_their_numbers() -> None:
    assert written(record())["categories"] == [
        {"id": 1, "name": "cat", "supercategory": ""},
        {
            "id": 2,
            "name": "person",
            "supercategory": "animal",
            "keypoints": ["head", "foot"],
            "skeleton": [[1, 2]],
            "color": [255, 128, 0],
        },
    ]


def test_a13_category_ids_can_start_at_0() -> None:
    document = written(record(one(Box(0, 0, 1, 1), class_=2)), category_id_base=0)
    assert [category["id"] for category in document["categories"]] == [0, 1]
    assert document["annotations"][0]["category_id"] == 1


def test_a13_only_category_ids_are_shifted() -> None:
    answers = (Number("category_id", 5), Text("t", '\n{"id":1,"image_id":1,"category_id":7'))
    found = written(record(one(Box(0, 0, 1, 1), answers=answers)), category_id_base=0)["annotations"][0]
    assert (found["category_id"], found["attributes"]["category_id"]) == (0, 5)
    assert found["attributes"]["t"].endswith("7")


@pytest.mark.parametrize(
    ("labels", "state"),
    [
        ((), "unlabelled"),
        ((Label("l"),), "empty"),
        ((Label("l", skipped=True),), "unlabelled"),
        ((Label("l", annotations=(one(Box(0, 0, 1, 1)),)),), "labelled"),
    ],
)
def test_a34_the_three_states_are_told_apart(labels: tuple[Label, ...], state: str) -> None:
    given_record = msgspec.structs.replace(record(), labels=labels)
    assert [image["state"] for image in written(given_record)["images"]] == [state]


def test_a34_a_task_that_lost_its_annotations_to_the_format_is_not_empty() -> None:
    assert written(record(state="labelled"))["images"][0]["state"] == "labelled"


def test_a10_file_names_are_the_paths_of_the_delivery() -> None:
    assert written(record())["images"] == [
        {"id": 1, "file_name": "1.jpg", "width": WIDTH, "height": HEIGHT, "state": "empty"}
    ]


def test_answers_become_attributes_with_nested_ones_beside() -> None:
    answers: tuple[Answer, ...] = (
        Radio("kind", Option("dog", (Radio("breed", Option("pug")),))),
        Checklist("marks", (Option("ear", (Text("side", "left"),)), Option("tail"))),
        Text("note", "a"),
        Text("note", "b"),
        Number("age", 2.5),
        Boolean("tame", yes=True),
        Tree("place", (("house", "roof"),)),
        Ranking("best", ("x", "y")),
    )
    found = written(record(one(Box(0, 0, 1, 1), answers=answers)))["annotations"][0]["attributes"]
    assert found == {
        "kind": "dog",
        "kind/dog/breed": "pug",
        "marks": ["ear", "tail"],
        "marks/ear/side": "left",
        "note": "a",
        "note#2": "b",
        "age": 2.5,
        "tame": True,
        "place": [["house", "roof"]],
        "best": ["x", "y"],
    }


def test_what_else_is_known_of_an_object_is_written_where_it_is() -> None:
    more: dict[str, Any] = {"occluded": True, "truncated": False, "group": "g", "z_order": 2, "confidence": 0.5}
    found = written(record(one(Box(0, 0, 1, 1), **more, on=Target(series="s"))))["annotations"][0]
    assert {key: found[key] for key in ("occluded", "truncated", "group", "z_order", "score", "on")} == {
        "occluded": True,
        "truncated": False,
        "group": "g",
        "z_order": 2,
        "score": 0.5,
        "on": {"series": "s"},
    }
    assert not {"score", "occluded", "attributes"} & written(record(one(Box(0, 0, 1, 1))))["annotations"][0].keys()


def test_a_class_without_number_is_looked_up_by_name() -> None:
    assert written(record(one(Box(0, 0, 1, 1), class_="person")))["annotations"][0]["category_id"] == 2


def test_a_class_that_is_not_there_is_refused() -> None:
    with pytest.raises(InvalidError, match="'dog' is no class"):
        written(record(one(Box(0, 0, 1, 1), class_="dog")))


def test_options_are_only_the_known_ones() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"holes": "none"}, Options)


def test_attributes_of_classes_are_written_and_read() -> None:
    classes = (LabelClass(1, "cat", attributes=(Attribute("kind", "radio", ("a", "b")),)),)
    given_record = record(one(Box(0, 0, 1, 1), answers=(Radio("kind", Option("a")),)))
    data = render(FORMAT, [given_record], Context(classes))["annotations.json"]
    ontology, back = decoded(FORMAT, {"a.json": data})[:2]
    assert ontology == Ontology(classes)
    assert isinstance(back, Record)
    assert back.labels[0].annotations[0].answers == given_record.labels[0].annotations[0].answers


def test_a_row_knows_the_number_of_its_task() -> None:
    given_record = video((0, Box(0, 0, 1, 1)))
    rows = [item for item in encode(given_record, context()) if isinstance(item, Row)]
    assert {(item.section, number(item.section, item.data)) for item in rows} == {("images", 1), ("annotations", 1)}
    assert number("images", b'{"id":7,"file_name":"x"}') == 7


def test_a_task_without_labels_is_spliced_too() -> None:
    assert FORMAT.splice is not None
    row_ = Stored(3, "t", "t", "t.jpg", None, None, None, "unlabelled", 0, b"")
    made = FORMAT.splice(row_, context())
    assert made is not None
    assert list(made) == [Row("images", b'{"id":3,"file_name":"t.jpg","state":"unlabelled"}')]
