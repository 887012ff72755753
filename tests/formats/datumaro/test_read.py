"""What is read of Datumaro's documents, our own and others', and what is wrong in them."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from labelport.formats.datumaro import FORMAT
from labelport.kit.format import Context, Counted, Reject, Unread
from labelport.model.answers import Boolean, Number, Option, Radio, Tree
from labelport.model.geometry import Box, Cuboid3D, Ellipse, Geometry, Keypoint, Keypoints, Polyline, RotatedBox
from labelport.model.label import Annotation
from labelport.model.ontology import Attribute, LabelClass, Ontology, Skeleton
from labelport.model.record import Record
from labelport.testing.render import render
from tests.formats.datumaro.build import OPTIONS, Document, back, decoded, picture


def document(*annotations: Document, labels: Sequence[Document] = (), **item: Any) -> Document:
    named = [{"name": name, "parent": ""} for name in ("ship", "buoy")] if not labels else list(labels)
    image = {"path": "a.jpg", "size": [4, 6]}
    whole = {"id": "a", "annotations": list(annotations), "image": image, **item}
    return {"categories": {"label": {"labels": named}}, "items": [whole]}


def row(**more: Any) -> Document:
    return {"id": 5, "type": "bbox", "label_id": 0, "bbox": [1, 1, 2, 2], "group": 0, "attributes": {}, **more}


def test_subsets_are_read_as_one_set() -> None:
    train = document(row(), labels=[{"name": "ship", "parent": ""}, {"name": "tug", "parent": "ship"}])
    val = document(row(label_id=1), labels=[{"name": "buoy", "parent": ""}, {"name": "ship", "parent": ""}])
    items = decoded(
        train, val, b"\x89PNG", names=("annotations/train.json", "annotations/val.json", "images/train/a.png")
    )
    (ontology,) = (item for item in items if isinstance(item, Ontology))
    assert [(one.number, one.name, one.parent) for one in ontology.classes] == [(1, "ship", None), (2, "tug", "ship"), (3, "buoy", None)]  # fmt: skip
    found = [item for item in items if isinstance(item, Record)]
    assert [(one.id, one.labels[0].annotations[0].class_) for one in found] == [("a", 1), ("annotations/val.json#a", 1)]
    assert not [item for item in items if isinstance(item, Unread)]


@pytest.mark.parametrize(
    ("told", "shape"),
    [
        (row(attributes={"rotation": 30.0}), RotatedBox(2, 2, 2, 2, 30)),
        (row(attributes={"rotation": 0.0}), Box(1, 1, 2, 2)),
        (row(type="ellipse", points=[0, 0, 4, 2], attributes={"rotation": 5}), Ellipse(2, 1, 2, 1, 5)),
        (row(type="points", points=[1, 1, 2, 2]), Keypoints((Keypoint(1, 1, 2), Keypoint(2, 2, 2)))),
        (row(type="polyline", points=[1, 1, 2, 2, 3, 1]), Polyline(((1, 1, 2, 2, 3, 1),))),
        (row(type="cuboid_3d", position=[1, 2, 3]), Cuboid3D((1, 2, 3), (1, 1, 1))),
    ],
)
def test_what_others_write_is_read(told: Document, shape: Geometry) -> None:
    assert back(document(told)).geometry == shape


def test_what_has_no_place_in_an_annotation_is_an_answer() -> None:
    one = back(document(row(attributes={"visible": True, "score": 3, "occluded": False}, object_id=4)))
    assert (one.occluded, one.confidence) == (False, None)
    assert one.answers == (Boolean("visible", yes=True), Number("score", 3), Number("track_id", 4))


def test_a_group_of_one_that_has_its_number_is_none() -> None:
    found = document(row(group=5), row(id=6, group=7), row(id=7, group=7))
    (record,) = (item for item in decoded(found) if isinstance(item, Record))
    assert [(one.id, one.group) for one in record.labels[0].annotations] == [("5", None), ("6", "7"), ("7", "7")]


def test_annotations_without_an_id_of_their_own_get_one() -> None:
    (record,) = (item for item in decoded(document(row(id=0), row(id=0), row())) if isinstance(item, Record))
    assert [one.id for one in record.labels[0].annotations] == ["a#1", "a#2", "5"]


@pytest.mark.parametrize(
    ("faulty", "path"),
    [
        ({"bbox": [1, 1, -2, 2]}, ".bbox"),
        ({"bbox": [1, 1, 2]}, ".bbox"),
        ({"label_id": 2}, ".label_id"),
        ({"type": "label", "label_id": None}, ".label_id"),
        ({"type": "polygon", "points": [1, 1, 2, 2]}, ".points"),
        ({"type": "polygon", "points": [1, 1, 2, 2, 3, "x"]}, ".points"),
        ({"type": "polyline"}, ".points"),
        ({"type": "points", "points": [1, 1], "visibility": [2, 2]}, ".visibility"),
        ({"type": "ellipse", "points": [3, 3, 1, 1]}, ".points"),
        ({"type": "mask"}, ".rle"),
        ({"type": "mask", "rle": {"counts": "0000", "size": [4, 6]}}, ".rle.counts"),
        ({"type": "mask", "rle": {"counts": "1", "size": [1, 1]}}, ".rle.size"),
        ({"type": "cuboid_2d", "points": [[1, 1]]}, ".points"),
        ({"type": "cuboid_3d"}, ".position"),
        ({"type": "cuboid_3d", "position": [1, 1, 1], "scale": [1, 1, -1]}, ".scale"),
        ({"type": "skeleton"}, ".type"),
        ({"id": "five"}, ".id"),
        ({"attributes": {"a": {"b": 1}}}, ".attributes.a"),
    ],
)
def test_a24_a_faulty_annotation_is_rejected_alone(faulty: Document, path: str) -> None:
    items = decoded(document(row(**faulty), row(id=6)))
    (reject,) = (item for item in items if isinstance(item, Reject))
    assert [one.path for one in reject.faults] == [f"$.items[0].annotations[0]{path}"]
    (record,) = (item for item in items if isinstance(item, Record))
    assert [one.id for one in record.labels[0].annotations] == ["6"]
    assert Counted("annotations/0.json", 1, 2) in items


def test_joints_that_are_not_those_of_the_skeleton_are_rejected() -> None:
    found = document(row(type="points", points=[1, 1, 2, 2]))
    found["categories"]["points"] = {"items": [{"label_id": 0, "labels": ["a", "b", "c"], "joints": [[1, 2], [1, 4]]}]}
    items = decoded(found)
    assert [one.path for item in items if isinstance(item, Reject) for one in item.faults] == [
        "$.items[0].annotations[0].points"
    ]
    (ontology,) = (item for item in items if isinstance(item, Ontology))
    assert ontology.classes[0].skeleton == Skeleton(("a", "b", "c"), ((0, 1),))
    assert Unread("annotations/0.json", "$.categories.points.items[].joints", 1) in items


def test_a_faulty_item_is_rejected_alone() -> None:
    found = document(row())
    found["items"].append({"annotations": []})
    items = decoded(found)
    (reject,) = (item for item in items if isinstance(item, Reject))
    assert (reject.record, reject.records) == ("$.items[1]", 1)
    assert Counted("annotations/0.json", 2, 1) in items


@pytest.mark.parametrize("data", [b"{", b"[1]", b'{"items": 3}', b'{"items": [], "categories": []}', b"\xff"])
def test_what_is_no_document_is_refused_by_name(data: bytes) -> None:
    (reject,) = (item for item in decoded(data, names=["annotations/a.json"]) if isinstance(item, Reject))
    assert reject.file == "annotations/a.json"


def test_keys_that_are_not_read_are_told() -> None:
    found = document({**row(), "area": 3}, related_images=[], labels=[{"name": "ship", "attributes": ["hull"]}])
    found |= {"infos": {"by": "ada"}, "more": 1}
    found["categories"]["label"] |= {"label_groups": [{"name": "g"}], "attributes": ["occluded"]}
    told = {item.path: item.count for item in decoded(found, {"images": []}) if isinstance(item, Unread)}
    assert told == {
        "$": 1,
        "$.categories.label.attributes": 1,
        "$.categories.label.label_groups": 1,
        "$.categories.label.labels[].attributes": 1,
        "$.infos": 1,
        "$.items[].annotations[].area": 1,
        "$.items[].related_images": 1,
        "$.more": 1,
    }


def test_questions_of_a_class_come_back_with_their_answers() -> None:
    classes = (LabelClass(3, "ship", attributes=(Attribute("vessel", "radio", ("ferry", "tug")),)),)
    one = Annotation("9", 9, 3, Box(1, 2, 3, 4), (Radio("vessel", Option("tug")), Tree("at", (("port", "quay"),))))
    files = render(FORMAT, [picture(one)], Context(classes, OPTIONS))
    items = decoded(files["annotations/default.json"])
    assert Ontology(classes) in items
    (record,) = (item for item in items if isinstance(item, Record))
    assert record.labels[0].annotations == (msgspec.structs.replace(one, number=0),)
