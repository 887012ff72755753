"""What is written in Datumaro's documents: shapes, features, states and frames."""

import json
from math import pi
from typing import Any

import msgspec
import pytest

from labelport.fidelity import Ledger, fit
from labelport.formats.datumaro import FORMAT
from labelport.kit.format import Lost
from labelport.model.answers import Boolean, Checklist, Number, Option, Radio, Text
from labelport.model.asset import Asset
from labelport.model.geometry import Box, Cuboid, Cuboid3D, Ellipse, Geometry, Mask, Point, Polygon
from labelport.model.label import Annotation, Keyframe, Label, Target, Track
from labelport.model.record import Record, state_of
from labelport.testing.render import encoded, render
from tests.formats.datumaro.build import CONTEXT, Document, back, decoded, picture, written


def rows(*annotations: Annotation) -> list[Document]:
    found: list[Document] = written(picture(*annotations))["items"][0]["annotations"]
    return found


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
