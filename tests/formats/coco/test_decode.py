"""COCO documents are read whole: what is faulty is named, what is not read is listed, and the counts close."""

import json
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from labelport.errors import Fault
from labelport.kit.coco import decode
from labelport.kit.format import Counted, Input, Item, Reject, Unread
from labelport.model.answers import Answer, Boolean, Checklist, Number, Option, Radio, Ranking, Text, Tree
from labelport.model.geometry import Box, Keypoint, Keypoints, Mask, Polygon
from labelport.model.label import Annotation
from labelport.model.ontology import LabelClass, Ontology, Skeleton
from labelport.model.record import Record
from tests.samples import sample

IMAGE = {"id": 7, "file_name": "a.jpg", "width": 6, "height": 4}
CAT = {"id": 3, "name": "cat"}
SQUARE = [1, 1, 3, 1, 3, 3, 1, 3]


def given(path: str, content: bytes | dict[str, Any]) -> Input:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return Input(path, lambda: BytesIO(data))


def document(
    *annotations: dict[str, Any], images: Any = (IMAGE,), categories: Any = (CAT,), **more: Any
) -> dict[str, Any]:
    return {"images": list(images), "annotations": list(annotations), "categories": list(categories), **more}


def element(id_: Any = 1, **more: Any) -> dict[str, Any]:
    return {"id": id_, "image_id": 7, "category_id": 3, **more}


def read(*contents: dict[str, Any] | bytes) -> list[Item]:
    return list(decode([given(f"{place}.json", content) for place, content in enumerate(contents)]))


def records(items: list[Item]) -> list[Record]:
    return [item for item in items if isinstance(item, Record)]


def made(**more: Any) -> tuple[Annotation, ...]:
    return records(read(document(element(**more))))[0].labels[0].annotations


def faults(*contents: dict[str, Any] | bytes) -> list[Fault]:
    return [fault for item in read(*contents) if isinstance(item, Reject) for fault in item.faults]


def closes(items: list[Item]) -> bool:
    taken = records(items)
    rejects = [item for item in items if isinstance(item, Reject)]
    counted = [item for item in items if isinstance(item, Counted)]
    held = sum(len(label.annotations) for record in taken for label in record.labels)
    return (
        sum(one.records for one in counted) == len(taken) + sum(one.records for one in rejects)
        and sum(one.annotations for one in counted) == held + sum(one.annotations for one in rejects)
    )  # fmt: skip


def test_a18_a_polygon_of_two_parts_is_one_annotation() -> None:
    far = [4, 0, 5, 0, 5, 1]
    assert made(segmentation=[SQUARE, far], bbox=[1, 0, 4, 3]) == (
        Annotation("1", class_=3, geometry=Polygon(((tuple(map(float, SQUARE)),), (tuple(map(float, far)),)))),
    )


def test_a_box_is_one_where_nothing_is_outlined() -> None:
    assert made(segmentation=[], bbox=[1, 2, 3, 1.5])[0].geometry == Box(1, 2, 3, 1.5)


@pytest.mark.parametrize("counts", ["5220;", [5, 2, 2, 2, 13]])
def test_runs_are_read_packed_or_not(counts: Any) -> None:
    found = made(segmentation={"size": [4, 6], "counts": counts}, iscrowd=1)[0]
    assert found.crowd
    assert found.geometry == Mask(4, 6, "5220;")


def test_joints_with_an_outline_are_two_annotations_of_one_group() -> None:
    outline, joints = made(segmentation=[SQUARE], bbox=[1, 1, 2, 2], keypoints=[1, 2, 2, 0, 0, 0], num_keypoints=1)
    assert isinstance(outline.geometry, Polygon)
    assert joints == Annotation(
        "1:keypoints", class_=3, geometry=Keypoints((Keypoint(1, 2, 2), Keypoint(0, 0, 0))), group="1"
    )
    assert outline.group == "1"


def test_joints_in_a_box_of_their_own_size_are_one_annotation() -> None:
    assert made(keypoints=[1, 2, 2, 3, 3, 1], bbox=[1, 2, 2, 1], segmentation=[]) == (
        Annotation("1", class_=3, geometry=Keypoints((Keypoint(1, 2, 2), Keypoint(3, 3, 1)))),
    )


def test_joints_in_a_box_that_tells_more_are_two_annotations() -> None:
    assert [one.geometry for one in made(keypoints=[1, 2, 2], bbox=[0, 0, 5, 4])] == [
        Box(0, 0, 5, 4),
        Keypoints((Keypoint(1, 2, 2),)),
    ]


def test_joints_of_which_none_is_labelled_are_none() -> None:
    assert [one.geometry for one in made(keypoints=[0, 0, 0, 0, 0, 0], bbox=[0, 0, 5, 4])] == [Box(0, 0, 5, 4)]


def test_captions_answer_for_the_whole_task() -> None:
    found = records(read(document({"id": 5, "image_id": 7, "caption": "A cat."})))[0].labels[0].annotations
    assert found == (Annotation("caption:5", answers=(Text("caption", "A cat."),)),)


def test_extensions_are_read() -> None:
    found = made(
        bbox=[0, 0, 1, 1], score=0.5, occluded=True, truncated=False, group="g", z_order=2, attributes={"a": "x"}
    )[0]
    assert found == Annotation(
        "1", class_=3, geometry=Box(0, 0, 1, 1), answers=(Text("a", "x"),), group="g", occluded=True, truncated=False,
        z_order=2, confidence=0.5,
    )  # fmt: skip


def test_attributes_are_answers_of_the_kind_that_the_category_says_or_the_value_suggests() -> None:
    questions = [{"key": "r", "kind": "radio"}, {"key": "o", "kind": "ranking"}]
    values = {"r": "x", "t": "y", "n": 1.5, "b": True, "c": ["p", "q"], "o": ["q", "p"], "e": [["a", "b"]], "z": None}
    items = read(document(element(attributes=values), categories=[{**CAT, "attributes": questions}]))
    expected: tuple[Answer, ...] = (
        Radio("r", Option("x")),
        Text("t", "y"),
        Number("n", 1.5),
        Boolean("b", yes=True),
        Checklist("c", (Option("p"), Option("q"))),
        Ranking("o", ("q", "p")),
        Tree("e", (("a", "b"),)),
    )
    assert records(items)[0].labels[0].annotations[0].answers == expected


def test_a_picture_without_annotations_is_reviewed_and_empty() -> None:
    record = records(read(document()))[0]
    assert [label.annotations for label in record.labels] == [()]


def test_a34_a_picture_that_says_so_is_not_labelled() -> None:
    assert records(read(document(images=[{**IMAGE, "state": "unlabelled"}])))[0].labels == ()


def test_pictures_keep_what_their_rows_say() -> None:
    record = records(read(document(images=[{**IMAGE, "license": 2, "coco_url": "http://x/a.jpg"}])))[0]
    assert (record.id, record.name, record.asset.uri) == ("7", "a.jpg", "http://x/a.jpg")
    assert (record.asset.width, record.asset.height) == (6, 4)
    assert record.metadata == {"license": 2, "coco_url": "http://x/a.jpg"}


def test_a12_category_ids_stay_class_numbers() -> None:
    skeleton = {"keypoints": ["head", "tail"], "skeleton": [[1, 2]], "supercategory": "animal", "color": [255, 0, 16]}
    ontology = read(document(categories=[{"id": 90, "name": "dog"}, {**CAT, **skeleton}]))[0]
    assert ontology == Ontology(
        (
            LabelClass(3, "cat", "#ff0010", "animal", Skeleton(("head", "tail"), ((0, 1),))),
            LabelClass(90, "dog"),
        )
    )


def test_a13_a_category_0_gets_the_next_free_number() -> None:
    items = read(document(element(category_id=0, bbox=[0, 0, 1, 1]), categories=[{"id": 0, "name": "dog"}, CAT]))
    assert items[0] == Ontology((LabelClass(3, "cat"), LabelClass(4, "dog")))
    assert records(items)[0].labels[0].annotations[0].class_ == 4


@pytest.mark.parametrize(
    ("annotation", "fault"),
    [
        (element(image_id=8), Fault("$.annotations[0].image_id", "no image 8")),
        (element(category_id=9), Fault("$.annotations[0].category_id", "no category 9")),
        (element(category_id=None), Fault("$.annotations[0].category_id", "is missing")),
        (element(None, bbox=[0, 0, 1, 1]), Fault("$.annotations[0].id", "is missing")),
        (
            element(segmentation=[SQUARE, [1, 2, 3, 4]]),
            Fault("$.annotations[0].segmentation[1]", "is no polygon: 4 numbers are not 3 points or more"),
        ),
        (
            element(segmentation={"size": [4, 6], "counts": "52"}),
            Fault("$.annotations[0].segmentation.counts", "the runs add up to 7 pixels, not to 4 x 6 = 24"),
        ),
        (
            element(segmentation={"size": [4, 6], "counts": [5, 2]}),
            Fault("$.annotations[0].segmentation.counts", "the runs add up to 7 pixels, not to 4 x 6 = 24"),
        ),
        (
            element(segmentation={"size": [4, 6], "counts": "5P"}),
            Fault("$.annotations[0].segmentation.counts", "ends within a number"),
        ),
        (
            element(segmentation={"size": [6, 4], "counts": "h0"}),
            Fault("$.annotations[0].segmentation.size", "is 6 x 4 in a picture of 4 x 6"),
        ),
        (element(bbox=[0, 0, float("nan"), 1]), Fault("$.annotations[0].bbox[2]", "NaN is no number")),
        (element(bbox=[0, 0, float("-inf"), 1]), Fault("$.annotations[0].bbox[2]", "-Infinity is no number")),
        (
            element(bbox=[0, 0, -1, 1]),
            Fault("$.annotations[0].bbox", "is no box: x, y and a width and a height that are not negative"),
        ),
        (
            element(keypoints=[1, 1, 3]),
            Fault("$.annotations[0].keypoints", "is no list of x, y and a visibility of 0, 1 or 2"),
        ),
        (
            element(attributes={"a": {"b": 1}}),
            Fault("$.annotations[0].attributes.a", "is no answer: neither text, number, yes or no, nor a list of them"),
        ),
        (element(score=7), Fault("$.annotations[0].score", "Expected `float` <= 1.0")),
        ({"id": 1}, Fault("$.annotations[0]", "Object missing required field `image_id`")),
    ],
)  # fmt: skip
def test_a24_a_faulty_annotation_is_named_and_sinks_nothing_else(annotation: dict[str, Any], fault: Fault) -> None:
    items = read(document(annotation, element(2, bbox=[0, 0, 1, 1])))
    assert [f for item in items if isinstance(item, Reject) for f in item.faults] == [fault]
    assert [one.id for one in records(items)[0].labels[0].annotations] == ["2"]
    assert closes(items)


def test_all_faults_of_an_annotation_are_named_at_once() -> None:
    assert len(faults(document(element(category_id=9, segmentation=[[1]], keypoints=[1, 1, 9])))) == 3


def test_a14_a_repeated_annotation_id_is_refused() -> None:
    items = read(document(element(bbox=[0, 0, 1, 1]), element(bbox=[0, 0, 2, 2])))
    assert [item.faults for item in items if isinstance(item, Reject)] == [
        (Fault("$.annotations[1].id", "1 is taken by an earlier annotation"),)
    ]
    assert closes(items)


def test_joints_must_be_as_many_as_the_category_has() -> None:
    person = {**CAT, "keypoints": ["head", "tail"]}
    assert faults(document(element(keypoints=[1, 1, 2]), categories=[person])) == [
        Fault("$.annotations[0].keypoints", "holds 1 joints, category 'cat' has 2")
    ]


@pytest.mark.parametrize(
    ("images", "fault"),
    [
        ([IMAGE, IMAGE], Fault("$.images[1].id", "7 is taken by an earlier image")),
        ([IMAGE, {"id": 8}], Fault("$.images[1]", "Object missing required field `file_name`")),
    ],
)
def test_a_faulty_image_is_named(images: Any, fault: Fault) -> None:
    items = read(document(images=images))
    assert [item.faults for item in items if isinstance(item, Reject)] == [(fault,)]
    assert closes(items)


@pytest.mark.parametrize(
    ("category", "fault"),
    [
        ({"id": 3, "name": "dog"}, Fault("$.categories[1].id", "3 is taken by an earlier category")),
        ({"id": "x", "name": "dog"}, Fault("$.categories[1].id", "Expected `int`, got `str`")),
        (
            {"id": 4, "name": "dog", "keypoints": ["head"], "skeleton": [[1, 2]]},
            Fault("$.categories[1].skeleton", "names a joint above 1, the last one"),
        ),
    ],
)
def test_a_faulty_category_is_named(category: Any, fault: Fault) -> None:
    assert faults(document(categories=[CAT, category])) == [fault]


def test_keys_that_are_not_read_are_counted() -> None:
    content = document(
        element(1, bbox=[0, 0, 1, 1], area=1, hue="red", num_keypoints=0), element(2, segmentation=[SQUARE]), info={}
    )
    assert [(item.path, item.count) for item in read(content) if isinstance(item, Unread)] == [
        ("$.annotations[].hue", 1),
        ("$.annotations[].num_keypoints", 1),
        ("$.info", 1),
    ]


TWICE = pytest.mark.parametrize(
    ("shape", "said"),
    [
        ({"bbox": [0, 0, 2, 3]}, {"area": 6}),
        ({"segmentation": [SQUARE]}, {"area": 4, "bbox": [1, 1, 2, 2]}),
        ({"segmentation": [SQUARE, SQUARE]}, {"area": 4.5, "bbox": [1, 1, 2, 2]}),
        ({"segmentation": {"size": [4, 6], "counts": [5, 2, 2, 2, 13]}}, {"area": 4, "bbox": [1, 1, 2, 2]}),
    ],
)  # fmt: skip


@TWICE
def test_what_is_said_twice_is_held_against_the_outline(shape: dict[str, Any], said: dict[str, Any]) -> None:
    assert not [item for item in read(document(element(**shape, **said))) if isinstance(item, Unread)]


@TWICE
def test_what_is_said_otherwise_than_the_outline_is_told(shape: dict[str, Any], said: dict[str, Any]) -> None:
    wrong = {"area": 900, "bbox": [1, 1, 5, 2]}
    found = read(document(element(**shape, **{key: wrong[key] for key in said})))
    assert [item.path for item in found if isinstance(item, Unread)] == [f"$.annotations[].{key}" for key in said]


@pytest.mark.parametrize(
    ("content", "reason"), [(b"{", "Input data was truncated"), (b'{"images":1}', "Expected `array`, got `int`")]
)
def test_a_file_that_is_no_document_is_refused(content: bytes, reason: str) -> None:
    assert [fault.reason for fault in faults(content)] == [reason]


def test_bytes_that_are_no_text_cost_their_element_alone() -> None:
    content = json.dumps(document(element(1, bbox=[0, 0, 1, 1]), element(2, bbox=[0, 0, 1, 1], group="GROUP"))).encode()
    found = read(content.replace(b"GROUP", b"\xff"))
    assert [one.id for one in records(found)[0].labels[0].annotations] == ["1"]
    assert [item.path for item in faults(content.replace(b"GROUP", b"\xff"))] == ["$.annotations[1]"]


@pytest.mark.parametrize("where", ["images", "annotations", "categories"])
def test_nesting_without_end_is_refused(where: str) -> None:
    content = json.dumps(document() | {where: ["DEEP"]}).encode().replace(b'"DEEP"', b"[" * 99_999 + b"]" * 99_999)
    assert len(faults(content)) == 1


@pytest.mark.parametrize("content", [b"{}", b"[]"])
def test_json_without_images_is_of_another_kind(content: bytes) -> None:
    assert Unread("0.json", "$", 1) in read(content)


def test_a_byte_order_mark_is_no_fault() -> None:
    assert len(records(read(b"\xef\xbb\xbf" + json.dumps(document()).encode()))) == 1


def test_the_same_file_twice_gives_equal_items() -> None:
    content = document(element(bbox=[0, 0, 1, 1]), element(2, segmentation=[SQUARE]))
    assert read(content) == read(content)


def test_documents_of_the_same_pictures_are_read_together() -> None:
    instances = document(element(segmentation=[SQUARE]))
    joints = document(element(segmentation=[SQUARE], keypoints=[1, 1, 2]))
    captions = document({"id": 1, "image_id": 7, "caption": "A cat."}, categories=())
    items = read(instances, joints, captions)
    assert [one.id for one in records(items)[0].labels[0].annotations] == ["1", "1:keypoints", "caption:1"]
    assert closes(items)


def test_documents_of_other_pictures_keep_them_apart() -> None:
    other = document(
        element(bbox=[0, 0, 1, 1]), images=[{**IMAGE, "file_name": "b.jpg"}], categories=[{"id": 3, "name": "dog"}]
    )
    items = read(document(element(bbox=[0, 0, 1, 1])), other)
    assert [(record.id, record.labels[0].annotations[0].class_) for record in records(items)] == [
        ("7", 3),
        ("1.json#7", 4),
    ]
    assert closes(items)


def test_an_id_that_means_another_object_in_a_later_document_is_told_apart() -> None:
    items = read(document(element(bbox=[0, 0, 1, 1])), document(element(bbox=[0, 0, 2, 2])))
    assert [one.id for one in records(items)[0].labels[0].annotations] == ["1", "1.json#1"]
    assert closes(items)


SEGMENTS = {
    "image_id": 7,
    "file_name": "a.png",
    "segments_info": [
        {"id": 258, "category_id": 3, "bbox": [1, 0, 2, 2], "area": 4, "iscrowd": 0},
        {"id": 65536, "category_id": 3, "bbox": [4, 3, 1, 1], "area": 1, "iscrowd": 1},
    ],
}  # fmt: skip


def test_panoptic_segments_are_masks_of_the_png() -> None:
    pixels = np.zeros((4, 6, 3), np.uint8)
    pixels[:2, 1:3] = (2, 1, 0)
    pixels[3, 4] = (0, 0, 1)
    png = BytesIO()
    Image.fromarray(pixels).save(png, "PNG")
    items = list(decode([given("p.json", document(SEGMENTS)), given("pan/a.png", png.getvalue())]))
    first, second = records(items)[0].labels[0].annotations
    assert (first.id, first.geometry) == ("7/258", Mask(4, 6, "4220<"))
    assert second.crowd
    assert [(item.path.rpartition(".")[2], item.count) for item in items if isinstance(item, Unread)] == [
        ("area", 2),
        ("bbox", 2),
    ]
    assert closes(items)


def test_panoptic_segments_are_boxes_without_the_png() -> None:
    items = read(document(SEGMENTS))
    first, _ = records(items)[0].labels[0].annotations
    assert first == Annotation("7/258", class_=3, geometry=Box(1, 0, 2, 2), extra={"area": 4})
    assert Unread("0.json", "$.annotations[].file_name", 1) in items
    assert closes(items)


@pytest.mark.parametrize(
    ("png", "reason"),
    [
        (b"no png", "'a.png' cannot be read"),
        ((5, 5), "'a.png' is 5 x 5 for a picture of 4 x 6"),
        ((4, 6), "no pixel of the PNG is 258"),
    ],
)
def test_panoptic_segments_that_the_png_does_not_show_are_refused(png: Any, reason: str) -> None:
    data = BytesIO(png if isinstance(png, bytes) else b"")
    if isinstance(png, tuple):
        Image.fromarray(np.zeros((*png, 3), np.uint8)).save(data, "PNG")
    items = list(decode([given("p.json", document(SEGMENTS)), given("a.png", data.getvalue())]))
    rejects = [item for item in items if isinstance(item, Reject)]
    assert rejects[0].faults[0].reason.startswith(reason)
    assert len(rejects) == 2
    assert closes(items)


@pytest.mark.parametrize(
    ("fault", "segment"),
    [
        (
            Fault("$.annotations[0].segments_info[0].category_id", "no category 9"),
            {"id": 1, "category_id": 9, "bbox": [0, 0, 1, 1]},
        ),
        (Fault("$.annotations[0].segments_info[0].bbox", "is missing, and so is the PNG"), {"id": 1, "category_id": 3}),
        (Fault("$.annotations[0].segments_info[0]", "Object missing required field `id`"), {"category_id": 3}),
    ],
)
def test_a_faulty_segment_is_named(fault: Fault, segment: dict[str, Any]) -> None:
    items = read(document({"image_id": 7, "segments_info": [segment]}))
    assert [item.faults for item in items if isinstance(item, Reject)] == [(fault,)]
    assert closes(items)


@pytest.mark.parametrize(
    ("path", "pictures", "annotations"),
    [
        ("coco_val2017_10/instances_val2017_filtered.json", 10, 97),
        ("coco_val2017_10/person_keypoints_val2017_filtered.json", 10, 36),
        ("coco_val2017_10/captions_val2017_filtered.json", 10, 50),
        ("coco_panoptic_20/instances.json", 10, 62),
        ("coco_panoptic_20/rle.json", 10, 231),
        ("coco_panoptic_20/panoptic.json", 20, 369),
    ],
)
def test_real_documents_are_read_whole(path: str, pictures: int, annotations: int) -> None:
    items = list(decode([given(path, sample(path).read_bytes())]))
    assert [item for item in items if isinstance(item, Reject)] == []
    assert items[-1] == Counted(path, pictures, annotations)
    assert closes(items)
