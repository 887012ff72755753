"""Labelling configurations: classes in order, colours, objects; and what they may not hold."""

import pytest

from labelport.formats.label_studio.config import colour
from labelport.kit.format import Reject
from tests.formats.label_studio.build import decode, file, read, result, task

BOX = {"x": 1, "y": 2, "width": 3, "height": 4}


@pytest.mark.parametrize(
    ("text", "hex_"),
    [
        ("red", "#ff0000"),
        ("#0F0", "#00ff00"),
        ("#00ff0080", "#00ff00"),
        ("rgba(218, 1, 238, 0.5)", "#da01ee"),
        ("rgb(1,2,3)", "#010203"),
        (" Blue ", "#0000ff"),
        ("nonsense", None),
        ("", None),
        (None, None),
    ],
)
def test_colours_of_css_are_hex(text: str | None, hex_: str | None) -> None:
    assert colour(text) == hex_


def test_classes_come_in_the_order_of_the_configuration_then_of_the_tasks() -> None:
    config = (
        '<View><Image name="image" value="$image"/><RectangleLabels name="label" toName="image">'
        '<Label value="B" background="red"/><Label value="A"/></RectangleLabels></View>'
    )
    results = [result("rectanglelabels", {**BOX, "rectanglelabels": [word]}, id=word) for word in ("C", "A", "D")]
    classes = read(*results, config=config).ontology.classes
    assert [(it.number, it.name, it.colour) for it in classes] == [
        (1, "B", "#ff0000"),
        (2, "A", None),
        (3, "C", None),
        (4, "D", None),
    ]


def test_without_a_configuration_classes_come_in_the_order_in_which_they_appear() -> None:
    first = task(result("rectanglelabels", {**BOX, "rectanglelabels": ["B"]}))
    second = task(result("rectanglelabels", {**BOX, "rectanglelabels": ["A"]}), id=2)
    classes = decode(file("one.json", [first]), file("two.json", [second])).ontology.classes
    assert [(it.number, it.name) for it in classes] == [(1, "B"), (2, "A")]


def test_an_alias_is_the_label_that_results_hold() -> None:
    config = '<View><Image name="i" value="$image"/><Labels name="l" toName="i"><Label value="Long" alias="L"/></Labels></View>'
    assert [it.name for it in read(config=config).ontology.classes] == ["L"]


def test_tags_and_attributes_are_read_in_any_case() -> None:
    config = '<view><image NAME="i" VALUE="$image"/><rectanglelabels name="l" toname="i"><label value="A"/></rectanglelabels></view>'
    assert [it.name for it in read(config=config).ontology.classes] == ["A"]


def test_the_configuration_says_where_an_object_lies() -> None:
    config = '<View><Image name="img" value="$deep.url"/><RectangleLabels name="l" toName="img"/></View>'
    outcome = read(
        result("rectangle", BOX, to_name="img"), data={"deep": {"url": "b.jpg"}, "image": "a.jpg"}, config=config
    )
    assert outcome.record.asset.uri == "b.jpg"


def test_a_task_without_labels_has_its_asset_from_the_configuration() -> None:
    config = '<View><Video name="v" value="$clip" frameRate="12.5"/><Labels name="l" toName="v"/></View>'
    asset = read(data={"clip": "store/7"}, config=config).record.asset
    assert (asset.kind, asset.uri, asset.fps) == ("video", "store/7", 12.5)


def test_objects_that_repeat_are_found_by_their_number() -> None:
    config = (
        '<View><Repeater on="$images" indexFlag="{{idx}}"><Image name="page_{{idx}}" value="$images[{{idx}}].url"/>'
        '<RectangleLabels name="labels_{{idx}}" toName="page_{{idx}}"><Label value="Title"/></RectangleLabels></Repeater></View>'
    )
    data = {"images": [{"url": "a.jpg"}, {"url": "b.jpg"}]}
    outcome = read(result("rectangle", BOX, to_name="page_1"), data=data, config=config)
    assert outcome.record.asset.uri == "b.jpg"
    assert outcome.annotation.on is None
    assert [it.name for it in outcome.ontology.classes] == ["Title"]


def test_attributes_of_the_configuration_that_have_no_place_are_counted() -> None:
    config = '<View><Image name="i" value="$image" zoom="true"/><Rectangle name="l" toName="i" opacity="1"/><Style>.a{}</Style></View>'
    assert read(config=config).unread == {"Image@zoom": 1, "Rectangle@opacity": 1}


@pytest.mark.parametrize(
    "config",
    [
        '<!DOCTYPE View [<!ENTITY a "b">]><View/>',
        '<!DOCTYPE View SYSTEM "file:///etc/hostname"><View/>',
        '<?xml version="1.0" encoding="UTF-16"?><View/>',
        "<View>",
        "",
        "<View a='&b;'/>",
    ],
)
def test_a_configuration_with_a_document_type_or_broken_is_refused(config: str) -> None:
    (reject,) = read(config=config).of(Reject)
    assert (reject.file, reject.record) == ("label_config.xml", "$")


def test_a_document_type_is_refused_in_any_encoding() -> None:
    config = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE View [<!ENTITY a "b">]><View/>'.encode("utf-16")
    (fault,) = decode(file("a.json", [task()]), file("label_config.xml", config)).faults
    assert "document type" in fault.reason


def test_other_xml_is_left_alone_and_counted() -> None:
    outcome = decode(file("a.json", [task()]), file("voc.xml", "<annotation/>"))
    assert outcome.unread == {"$": 1}


def test_the_configuration_of_the_api_is_read_too() -> None:
    config = {
        "label": {
            "type": "RectangleLabels",
            "to_name": ["image"],
            "inputs": [{"type": "Image", "value": "image"}],
            "labels": ["B", "A"],
            "labels_attrs": {"B": {"value": "B", "background": "red"}},
        },
        "q": {
            "type": "Choices",
            "to_name": ["image"],
            "inputs": [{"type": "Image", "value": "image"}],
            "labels": ["x"],
        },
    }
    ontology = decode(file("config.json", config), file("a.json", [task()])).ontology
    assert [(it.name, it.colour) for it in ontology.classes] == [("B", "#ff0000"), ("A", None)]
    assert [(it.key, it.options) for it in ontology.attributes] == [("q", ("x",))]
