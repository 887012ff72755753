"""Datumaro's documents: what is written in them, what comes back, what is wrong in those of others."""

import json
from collections.abc import Iterable, Mapping, Sequence
from math import pi
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelport.fidelity import Ledger, fit
from labelport.formats.datumaro import FORMAT
from labelport.kit.coco_attributes import attributes
from labelport.kit.format import Context, Counted, Item, Lost, Reject, Unread
from labelport.model.answers import Boolean, Checklist, Number, Option, Radio, Text, Tree
from labelport.model.asset import Asset
from labelport.model.geometry import (
    Box,
    Cuboid,
    Cuboid3D,
    Ellipse,
    Geometry,
    Keypoint,
    Keypoints,
    Mask,
    Point,
    Polygon,
    Polyline,
    RotatedBox,
)
from labelport.model.label import Annotation, Keyframe, Label, Target, Track
from labelport.model.ontology import Attribute, LabelClass, Ontology, Skeleton
from labelport.model.record import Record, state_of
from labelport.shapes.convert import convert
from labelport.testing import golden
from labelport.testing.cases import CASES, CLASSES
from labelport.testing.formats import FormatTests
from labelport.testing.render import encoded, inputs, render
from labelport.testing.strategies import ontologies, records
from tests.formats.near import near
from tests.judges import judge

OPTIONS = {"media": "image"}
CONTEXT = Context(CLASSES, OPTIONS)
KINDS = (*sorted(FORMAT.carries.kinds | set(FORMAT.carries.converts) - {"track"}),)
Document = dict[str, Any]


class TestDatumaro(FormatTests):
    name = "datumaro"

    def read(self, files: Mapping[str, bytes]) -> int:
        """Count objects: annotations of one id and group in an item are parts of one."""
        items = json.loads(files["annotations/default.json"])["items"]
        return len({(item["id"], one["id"]) for item in items for one in item["annotations"]})

    def objects(self, given_: Sequence[Record]) -> int:
        return self.returned(given_)[1]

    def returned(self, given_: Sequence[Record]) -> tuple[int, int]:
        """An object of a track comes back in each frame."""
        assert FORMAT.found is not None
        return len(given_), sum(FORMAT.found(record, CONTEXT)[1] for record in given_)


def picture(*annotations: Annotation, **more: Any) -> Record:
    asset = Asset("i", "image", width=64, height=48)
    return Record("t", "a.jpg", asset, 7, "a/b.jpg", labels=(Label("l", annotations=annotations),), **more)


def written(*records_: Record, **options: Any) -> Document:
    files = render(FORMAT, records_, msgspec.structs.replace(CONTEXT, options={**OPTIONS, **options}))
    found: Document = json.loads(files["annotations/default.json"])
    return found


def rows(*annotations: Annotation) -> list[Document]:
    found: list[Document] = written(picture(*annotations))["items"][0]["annotations"]
    return found


def decoded(*documents: Document | bytes, names: Iterable[str] = ()) -> list[Item]:
    assert FORMAT.decode is not None
    paths = list(names) or [f"annotations/{place}.json" for place in range(len(documents))]
    data = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in documents]
    return list(FORMAT.decode(inputs(dict(zip(paths, data, strict=True)))))


def back(document: Document) -> Annotation:
    (record,) = (item for item in decoded(document) if isinstance(item, Record))
    (one,) = record.labels[0].annotations
    return one


def document(*annotations: Document, labels: Sequence[Document] = (), **item: Any) -> Document:
    named = [{"name": name, "parent": ""} for name in ("ship", "buoy")] if not labels else list(labels)
    image = {"path": "a.jpg", "size": [4, 6]}
    whole = {"id": "a", "annotations": list(annotations), "image": image, **item}
    return {"categories": {"label": {"labels": named}}, "items": [whole]}


def row(**more: Any) -> Document:
    return {"id": 5, "type": "bbox", "label_id": 0, "bbox": [1, 1, 2, 2], "group": 0, "attributes": {}, **more}


SQUARE = (10.0, 10.0, 40.0, 10.0, 40.0, 40.0, 10.0, 40.0)
APART = (50.0, 5.0, 60.5, 5.25, 55.0, 20.0)


def test_a_label_is_told_by_its_place_and_keeps_its_number_beside() -> None:
    found = written(picture(Annotation("a", 9, 7, Point(1, 2))))
    labels = found["categories"]["label"]["labels"]
    assert [(one["name"], one.get("number")) for one in labels] == [
        ("ship", None),
        ("docker", None),
        ('=cargo, "loose"', 7),
    ]
    assert found["items"][0]["annotations"][0]["label_id"] == 2


def test_colours_and_skeletons_are_categories_of_masks_and_points() -> None:
    found = written()["categories"]
    assert found["mask"] == {"colormap": [{"label_id": 0, "r": 0x1F, "g": 0x77, "b": 0xB4}]}
    assert found["points"]["items"] == [
        {"label_id": 1, "labels": ["head", "hand", "foot"], "joints": [[1, 2], [1, 3]], "positions": []}
    ]


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        (Box(1.5, 2, 3, 4), {"type": "bbox", "bbox": [1.5, 2, 3, 4]}),
        (Point(1, 2), {"type": "points", "points": [1, 2]}),
        (Ellipse(10, 20, 4, 2), {"type": "ellipse", "points": [6, 18, 14, 22]}),
        (Ellipse(10, 20, 4, 2, 270), {"type": "ellipse", "points": [8, 16, 12, 24]}),
        (Mask(2, 2, "13"), {"type": "mask", "rle": {"counts": "13", "size": [2, 2]}}),
        (
            Cuboid3D((1, 2, 3), (4, 5, 6), (0.0, 0.0, 1.0, 0.0)),
            {"type": "cuboid_3d", "position": [1, 2, 3], "rotation": [0, 0, pytest.approx(pi)], "scale": [4, 5, 6]},
        ),
    ],
)
def test_a_shape_is_an_annotation_of_its_type(shape: Geometry, told: Document) -> None:
    (found,) = rows(Annotation("a", 9, 1, shape))
    assert {key: found[key] for key in told} == told


def test_corners_of_a_cuboid_go_from_front_to_back_along_its_upper_side() -> None:
    front, behind = (10, 10, 30, 10, 30, 30, 10, 30), (14, 6, 34, 6, 34, 26, 14, 26)
    (found,) = rows(Annotation("a", 9, 1, Cuboid((*front, *behind))))
    assert found["points"] == [[10, 10], [14, 6], [34, 6], [30, 10], [14, 26], [34, 26], [30, 30], [10, 30]]


def test_a18_parts_of_one_object_are_annotations_of_its_id_and_come_back_as_one() -> None:
    shape = Polygon(((SQUARE,), (APART,)))
    found = written(picture(Annotation("a", 9, 1, shape)))
    told = [(one["id"], one["group"], one["points"]) for one in found["items"][0]["annotations"]]
    assert told == [(9, 9, list(SQUARE)), (9, 9, list(APART))]
    one = back(found)
    assert (one.geometry, one.group) == (shape, None)


def test_a20_a_hole_goes_out_as_a_mask() -> None:
    hole = (20.0, 20.0, 20.0, 30.0, 30.0, 30.0, 30.0, 20.0)
    record = fit(picture(Annotation("a", 9, 1, Polygon(((SQUARE, hole),)))), FORMAT.carries, "convert", Ledger())
    (found,) = written(record)["items"][0]["annotations"]
    assert (found["type"], found["rle"]["size"]) == ("mask", [48, 64])


def test_an_ellipse_that_is_turned_becomes_a_polygon_and_is_told_to() -> None:
    record = picture(Annotation("a", 9, 1, Ellipse(30, 20, 10, 5, 15)))
    assert [item for item in encoded(FORMAT, record, CONTEXT) if isinstance(item, Lost)] == [
        Lost("ellipse", "converted", "polygon")
    ]
    assert written(record)["items"][0]["annotations"][0]["type"] == "polygon"


def test_a_cuboid_in_voxels_is_dropped_and_told_to_be() -> None:
    record = picture(Annotation("a", 9, 1, Cuboid3D((1, 2, 3), (4, 5, 6), space="voxel")))
    (lost,) = (item for item in encoded(FORMAT, record, CONTEXT) if isinstance(item, Lost))
    assert (lost.what, lost.fate) == ("cuboid3d", "dropped")
    assert written(record)["items"][0]["annotations"] == []


def test_a16_features_are_attributes_by_the_names_that_are_established() -> None:
    one = Annotation(
        "a",
        9,
        1,
        Box(1, 2, 3, 4),
        (Radio("vessel", Option("tug")), Number("score", 3)),
        occluded=True,
        truncated=False,
        crowd=True,
        z_order=2,
        confidence=0.5,
    )
    (found,) = rows(one)
    assert found["attributes"] == {
        "occluded": True,
        "truncated": False,
        "is_crowd": True,
        "score": 0.5,
        "vessel": "tug",
        "score#2": 3,
    }
    assert found["z_order"] == 2
    assert back(written(picture(one))) == msgspec.structs.replace(one, id="9", number=0)


def test_groups_are_numbers_that_no_annotation_has() -> None:
    box = Box(1, 2, 3, 4)
    marks = [Annotation(f"a{i}", i, 1, box, group=group) for i, group in enumerate(("x", "y", "2", "9", "x"), 1)]
    assert [one["group"] for one in rows(*marks)] == [6, 7, 8, 9, 6]


def test_a_class_of_the_whole_picture_is_a_label_and_a_text_a_caption() -> None:
    marks = (
        Annotation("a", 1, 1, answers=(Boolean("calm", yes=True),)),
        Annotation("b", 2, answers=(Text("caption", "A tug."), Number("ships", 3))),
        Annotation("c", 3, answers=(Text("note", "wet"),)),
        Annotation("d", 4, answers=(Checklist("sky", (Option("sun"),)),)),
    )
    found = [(one["type"], one.get("label_id"), one.get("caption"), one["attributes"]) for one in rows(*marks)]
    assert found == [
        ("label", 0, None, {"calm": True}),
        ("caption", None, "A tug.", {"ships": 3}),
        ("caption", None, "wet", {"note": "wet"}),
        ("caption", None, "", {"sky": ["sun"]}),
    ]
    (record,) = (item for item in decoded(written(picture(*marks))) if isinstance(item, Record))
    assert [one.answers for one in record.labels[0].annotations] == [one.answers for one in marks]


def test_a34_labelled_empty_and_unlabelled_tasks_are_told_apart() -> None:
    bare = msgspec.structs.replace(picture(), number=8, path="c.jpg", labels=())
    given_ = (
        picture(Annotation("a", 9, 1, Point(1, 2))),
        msgspec.structs.replace(picture(), number=9, path="d.jpg"),
        bare,
    )
    found = written(*given_)
    assert [item.get("state") for item in found["items"]] == [None, "empty", "unlabelled"]
    states = [state_of(item) for item in decoded(found) if isinstance(item, Record)]
    assert states == ["labelled", "empty", "unlabelled"]


def test_metadata_are_attributes_of_the_item() -> None:
    found = written(picture(metadata={"tide": 1.5, "crew": ["ada"]}))
    assert found["items"][0]["attr"] == {"tide": 1.5, "crew": ["ada"]}
    (record,) = (item for item in decoded(found) if isinstance(item, Record))
    assert record.metadata == {"tide": 1.5, "crew": ["ada"]}


CLIP = Record(
    "v",
    "v.mp4",
    Asset("v", "video", width=64, height=48, frames=10, fps=25.0, first_frame=100, frame_step=2),
    4,
    "v.mp4",
    labels=(
        Label(
            "l",
            annotations=(Annotation("s", 8, 1, Box(1, 1, 2, 2), on=Target(first_frame=3, last_frame=3)),),
            tracks=(Track("t", 42, 1),),
            keyframes=(
                Keyframe("t", 1, Box(0, 0, 2, 2)),
                Keyframe("t", 3, Box(2, 0, 2, 2), occluded=True),
                Keyframe("t", 4, outside=True),
            ),
        ),
    ),
)


def frames(document_: Document, key: str) -> list[tuple[Any, list[tuple[int, Any]]]]:
    return [
        (item[key], [(one["id"], one["attributes"].get("keyframe")) for one in item["annotations"]])
        for item in document_["items"]
    ]


def test_a28_a_track_is_in_the_frames_where_it_is_seen() -> None:
    context = msgspec.structs.replace(CONTEXT, frames="all")
    found = json.loads(render(FORMAT, [CLIP], context)["annotations/default.json"])
    assert frames(found, "frame") == [(1, [(42, True)]), (2, [(42, False)]), (3, [(42, True), (8, None)])]
    assert [item["image"]["path"] for item in found["items"]] == [f"v/frame_00000{frame}.jpg" for frame in (1, 2, 3)]
    assert [(item["source_frame"], item["seconds"]) for item in found["items"]] == [
        (102, 4.08),
        (104, 4.16),
        (106, 4.24),
    ]
    tracked = found["items"][2]["annotations"][0]
    assert (tracked["object_id"], tracked["attributes"]) == (42, {"occluded": True, "track_id": 42, "keyframe": True})


def test_a30_frames_may_be_told_by_the_video_and_their_number_in_it() -> None:
    found = written(CLIP, media="video_frame")
    assert found["media_type"] == 4
    assert [item["video_frame"] for item in found["items"]] == [
        {"video_path": "v.mp4", "frame_index": index} for index in (102, 106)
    ]


@pytest.mark.parametrize("media", ["image", "video_frame"])
def test_frames_of_a_video_come_back_as_one_task(media: str) -> None:
    (record,) = (item for item in decoded(written(CLIP, media=media)) if isinstance(item, Record))
    marks = [(one.on and one.on.first_frame, one.geometry) for one in record.labels[0].annotations]
    assert (record.name, record.asset.kind) == ("v.mp4", "video")
    assert marks == [(1, Box(0, 0, 2, 2)), (3, Box(2, 0, 2, 2)), (3, Box(1, 1, 2, 2))]
    assert len({one.id for one in record.labels[0].annotations}) == 3


def test_items_show_one_kind_of_media_at_a_time() -> None:
    cloud = Record("c", "c.pcd", Asset("c", "point_cloud"), 5, "c.pcd")
    shown = {
        media: [sorted({"image", "video_frame", "point_cloud"} & item.keys()) for item in written(picture(), CLIP, cloud, media=media)["items"]]
        for media in ("image", "video_frame", "point_cloud")
    }  # fmt: skip
    assert shown == {
        "image": [["image"], ["image"], ["image"], []],
        "video_frame": [[], ["video_frame"], ["video_frame"], []],
        "point_cloud": [[], [], [], ["point_cloud"]],
    }


def test_a42_parts_of_a_split_are_subsets_and_their_media_lie_beside() -> None:
    whole = msgspec.structs.replace(CONTEXT, parts=("train", "val"))
    assert FORMAT.place is not None
    assert FORMAT.documents is not None
    assert [one.path for one in FORMAT.documents(whole)] == ["annotations/train.json", "annotations/val.json"]
    files = render(FORMAT, [picture()], msgspec.structs.replace(whole, part="val"))
    sizes = {path: len(json.loads(data)["items"]) for path, data in files.items()}
    assert sizes == {"annotations/train.json": 0, "annotations/val.json": 1}
    assert FORMAT.place("a/b.jpg", msgspec.structs.replace(whole, part="val")) == "images/val/a/b.jpg"
    assert FORMAT.place("a/b.jpg", CONTEXT) == "images/default/a/b.jpg"


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


@settings(deadline=None, max_examples=30)
@given(st.data())
def test_what_is_carried_comes_back(data: st.DataObject) -> None:
    """Shapes, classes and features of objects on pictures; what is converted, as it is converted."""
    ontology = data.draw(ontologies())
    kinds = tuple(sorted(set(KINDS) - {"classification", "cuboid3d"}))
    drawn = msgspec.structs.replace(data.draw(records(ontology, kinds, 1)), path="a.bin")
    record = fit(drawn, FORMAT.carries, "convert", Ledger())
    still = [
        one for label in record.labels for one in label.annotations if one.on is None or one.on.first_frame is None
    ]
    context = Context(ontology.classes, OPTIONS)
    items = decoded(render(FORMAT, [record], context)["annotations/default.json"])
    assert not [item for item in items if isinstance(item, Reject)]
    (again,) = (item for item in items if isinstance(item, Record))
    found = {one.id: one for label in again.labels for one in label.annotations}
    for one in still:
        same = found[str(one.number)]
        assert near(same.geometry, _foreseen(one, ontology))
        features = ("class_", "occluded", "truncated", "crowd", "z_order", "confidence", "on")
        assert [getattr(same, name) for name in features] == [getattr(one, name) for name in features]
    marks = [(label.id, one) for label in record.labels for one in label.annotations if one in still]
    pairs = {((label, one.group), found[str(one.number)].group) for label, one in marks if one.group is not None}
    assert len(pairs) == len({ours for ours, _ in pairs}) == len({theirs for _, theirs in pairs})


def _foreseen(one: Annotation, ontology: Ontology) -> Geometry | None:
    """Return how a shape that is carried comes back: a turned ellipse is an outline, a joint of no skeleton a point."""
    joints = {known.number: known.skeleton for known in ontology.classes}
    match one.geometry:
        case Ellipse(x, y, rx, ry, angle) if rx == ry or angle % 90 == 0:
            return Ellipse(x, y, *((ry, rx) if angle % 180 == 90 else (rx, ry)))
        case Ellipse() as shape:
            return convert(shape, "polygon")
        case Keypoints((Keypoint(x, y),)) if one.class_ is None or joints[int(one.class_)] is None:
            return Point(x, y)
        case shape:
            return shape


@pytest.mark.campaign
@pytest.mark.parametrize("media", ["image", "video_frame", "point_cloud"])
@pytest.mark.parametrize("case", CASES)
def test_datumaro_reads_what_is_written_and_writes_it_again(case: str, media: str, tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    golden.write(ours, golden.made(FORMAT, CASES[case](), {"media": media}))
    found = judge("datumaro", "datumaro_again.py", ours, theirs)
    before = _objects(ours)
    assert [len(some) for some in found.values()] == [len(item["annotations"]) for item in _items(ours)]
    for one, again in zip(before, _objects(theirs), strict=True):
        assert attributes(one.answers) == attributes(again.answers)
        assert (one.z_order, one.confidence, one.occluded) == (again.z_order, again.confidence, again.occluded)
        assert near(one.geometry, again.geometry, 0.02)


@pytest.mark.campaign
def test_datumaro_measures_the_areas_of_shapes(tmp_path: Path) -> None:
    golden.write(tmp_path / "ours", golden.made(FORMAT, CASES["pictures"](), OPTIONS))
    found = judge("datumaro", "datumaro_again.py", tmp_path / "ours", tmp_path / "theirs")
    areas = [(kind, label, area) for kind, label, area in found["default/0001"] if area]
    wanted = [
        ("Bbox", "ship", 605),
        ("Polygon", "ship", 200),
        ("Polygon", CLASSES[2].name, 900),
        ("RleMask", CLASSES[2].name, 800),
        ("Polygon", CLASSES[2].name, 900),
        ("Polygon", CLASSES[2].name, 78.125),
        ("Polygon", "ship", 153.08),
        ("RleMask", "ship", 376),
        ("Bbox", "ship", 605),
    ]
    assert [one[:2] for one in areas] == [one[:2] for one in wanted]
    assert [one[2] for one in areas] == pytest.approx([one[2] for one in wanted], abs=0.02)


def _items(folder: Path) -> list[Document]:
    found: list[Document] = json.loads((folder / "annotations/default.json").read_text())["items"]
    return found


def _objects(folder: Path) -> list[Annotation]:
    items = decoded((folder / "annotations/default.json").read_bytes())
    assert not [item for item in items if isinstance(item, Reject)]
    back = [item for item in items if isinstance(item, Record)]
    return [one for record in back for label in record.labels for one in label.annotations]
