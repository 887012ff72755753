"""Real XML of CVAT comes out as it went in: each shape's numbers, answers and flags, as `ElementTree` reads them."""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from tests.acceptance.cvat import answers, joints, named, numbers, order
from tests.acceptance.real import moment, plain, taken
from tests.samples import sample

Object = dict[str, Any]
START, STEP = 10, 3
"""Frames of the video sample: `start_frame`, and `step` of `frame_filter`."""
KINDS = {"box": "box", "polygon": "polygon", "polyline": "polyline", "points": "keypoints"}
_ANY = {"label", "occluded", "z_order", "group_id", "source"}
KEYS = {
    "box": {"xtl", "ytl", "xbr", "ybr", *_ANY},
    **{tag: {"points", *_ANY} for tag in ("polygon", "polyline", "points")},
    "skeleton": {"points", "rotation", *_ANY},  # both say nothing of a skeleton, and the report tells them
}
"""Every attribute of the images that is compared."""


def flag(element: ET.Element, key: str) -> bool | None:
    return None if key not in element.attrib else element.attrib[key] == "1"


def pairs(text: str) -> list[float]:
    return [float(number) for pair in text.split(";") for number in pair.split(",")]


def drawn(element: ET.Element) -> list[float]:
    """Return the numbers of an element of the XML."""
    if element.tag == "box":
        return [float(element.attrib[key]) for key in ("xtl", "ytl", "xbr", "ybr")]
    return pairs(element.attrib["points"])


def texts(element: ET.Element) -> dict[str, str | None]:
    return {one.attrib["name"]: one.text for one in element.iterfind("attribute")}


def test_every_shape_of_images_xml_is_delivered_with_all_that_it_says(tmp_path: Path) -> None:
    out = taken(tmp_path, "cvat_xml", sample("cvat_xml/images.xml"))
    images = ET.parse(sample("cvat_xml/images.xml")).getroot().findall("image")
    for line, image in zip(out.lines(), images, strict=True):
        asset = line["asset"]
        told = {"name": line["name"], "width": str(asset["width"]), "height": str(asset["height"])}
        assert {**told, "id": str(line["metadata"]["frame"])} == image.attrib
        assert asset["uri"] == image.attrib["name"]
        (label,) = line["labels"]
        for made, element in zip(label["annotations"], image, strict=True):
            assert element.attrib.keys() <= KEYS[element.tag]
            assert named(out, made) == element.attrib["label"]
            assert made.get("occluded") == flag(element, "occluded")
            assert made.get("z_order", 0) == int(element.attrib.get("z_order", 0))
            assert made.get("group") == element.attrib.get("group_id")
            assert made.get("source") == {None: None, "manual": "person"}[element.attrib.get("source")]
            assert answers(made) == texts(element)
            if element.tag == "skeleton":
                given = [
                    (
                        one.attrib["label"],
                        pairs(one.attrib["points"]),
                        bool(flag(one, "outside")),
                        bool(flag(one, "occluded")),
                    )
                    for one in element.iterfind("points")
                ]
                assert plain(made["geometry"]["points"]) == plain(joints(given, order(out, made)))
            else:
                assert made["geometry"]["kind"] == KINDS[element.tag]
                assert numbers(made["geometry"]) == drawn(element)


def test_a28_every_track_of_video_xml_is_delivered_with_its_key_frames(tmp_path: Path) -> None:
    out = taken(tmp_path, "cvat_xml", sample("cvat_xml/video.xml"))
    root = ET.parse(sample("cvat_xml/video.xml")).getroot()
    (line,) = out.lines()
    (label,) = line["labels"]
    frames: dict[str, list[Object]] = {track["id"]: [] for track in label["tracks"]}
    for one in label["keyframes"]:
        frames[one["track"]].append(one)
    for made, track in zip(label["tracks"], root.iterfind("track"), strict=True):
        assert made["id"] == f"track-{track.attrib['id']}"
        assert named(out, made) == track.attrib["label"]
        assert made.get("source") == {None: None, "manual": "person"}[track.attrib.get("source")]
        assert made.get("group") == track.attrib.get("group_id")
        if track.find("skeleton") is not None:
            continue
        keys = [one for one in track if one.attrib["keyframe"] == "1"]
        for keyframe, element in zip(frames[made["id"]], keys, strict=True):
            assert START + STEP * keyframe["frame"] == int(element.attrib["frame"])
            assert keyframe.get("outside", False) == flag(element, "outside")
            assert keyframe.get("occluded", False) == flag(element, "occluded")
            assert keyframe.get("z_order", 0) == int(element.attrib["z_order"])
            assert answers(keyframe) == texts(element)
            assert keyframe["geometry"]["kind"] == KINDS[element.tag]
            assert numbers(keyframe["geometry"]) == drawn(element)


def test_a30_a_skeleton_that_moves_is_delivered_joint_by_joint(tmp_path: Path) -> None:
    out = taken(tmp_path, "cvat_xml", sample("cvat_xml/video.xml"))
    root = ET.parse(sample("cvat_xml/video.xml")).getroot()
    (label,) = out.lines()[0]["labels"]
    (track,) = (one for one in root.iterfind("track") if one.attrib["label"] == "skeleton")
    (made,) = (one for one in label["tracks"] if named(out, one) == "skeleton")
    moved = {START + STEP * one["frame"]: one for one in label["keyframes"] if one["track"] == made["id"]}
    keys = [one for one in track.iter() if one.attrib.get("keyframe") == "1"]
    assert moved.keys() == {int(one.attrib["frame"]) for one in keys}
    for at, name in enumerate(order(out, made)):
        (joint,) = (one for one in track.iterfind("track") if one.attrib["label"] == name)
        for element in joint:
            if (frame := int(element.attrib["frame"])) in moved:
                seen = 0 if flag(element, "outside") else 1 if flag(element, "occluded") else 2
                assert plain(moved[frame]["geometry"]["points"][at]) == plain([*pairs(element.attrib["points"]), seen])


def test_the_video_is_delivered_with_its_frames_sizes_and_times(tmp_path: Path) -> None:
    out = taken(tmp_path, "cvat_xml", sample("cvat_xml/video.xml"))
    task = ET.parse(sample("cvat_xml/video.xml")).getroot().find("meta/task")
    assert task is not None
    (line,) = out.lines()
    asset = line["asset"]
    assert (str(asset["frames"]), str(asset["first_frame"])) == (task.findtext("size"), task.findtext("start_frame"))
    assert f"step={asset['frame_step']}" == task.findtext("frame_filter")
    assert str(asset["width"]) == task.findtext("original_size/width")
    assert str(asset["height"]) == task.findtext("original_size/height")
    assert moment(line["workflow"]["created_at"]) == moment(task.findtext("created"))
    assert moment(line["workflow"]["updated_at"]) == moment(task.findtext("updated"))
    assert line["workflow"]["dataset"] == task.findtext("name")
