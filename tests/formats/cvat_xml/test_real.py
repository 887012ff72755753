"""Real files of CVAT's XML come through value by value, and what is not read of them is counted."""

from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from labelport.formats.cvat_xml import FORMAT
from labelport.model.answers import Boolean, Number, Radio, Text
from labelport.model.geometry import Box, Keypoint, Keypoints, Polygon, Polyline
from labelport.model.label import Keyframe
from labelport.model.ontology import LabelClass, Skeleton
from tests.formats import cvat
from tests.formats.cvat_xml.build import decode
from tests.samples import sample


def test_real_pictures_come_through_value_by_value() -> None:
    source = sample("cvat_xml/images.xml")
    outcome = decode(source.read_bytes())
    assert outcome.faults == []
    numbers = {"": None, **{one.name: one.number for one in outcome.classes}}
    for image, record in zip(ET.parse(source).getroot().iterfind("image"), outcome.records, strict=True):
        assert (record.name, record.asset.width, record.asset.height) == (
            image.get("name"), int(image.get("width", "")), int(image.get("height", "")),
        )  # fmt: skip
        for element, one in zip(image, record.labels[0].annotations, strict=True):
            assert one.class_ == numbers[element.get("label", "")]
            assert (one.occluded is True, one.z_order) == (
                element.get("occluded") == "1",
                int(element.get("z_order", 0)),
            )
            assert flat(one.geometry) == numbers_of(element)
            assert [str(said(answer)) for answer in one.answers] == [
                {"true": "True", "false": "False"}.get(it.text or "", it.text) for it in element.iterfind("attribute")
            ]


def test_the_real_pictures_skeletons_have_joints_that_are_outside() -> None:
    found = [one.geometry for one in decode(sample("cvat_xml/images.xml").read_bytes()).annotations]
    seen = [
        [joint.visibility for joint in one.points]
        for one in found
        if isinstance(one, Keypoints) and len(one.points) == 4
    ]
    assert seen == [[0, 2, 2, 2], [2, 2, 0, 2]]


def test_the_real_classes_are_defined_as_in_the_file() -> None:
    assert decode(sample("cvat_xml/images.xml").read_bytes()).classes[2] == LabelClass(
        3, "skeleton", "#0c81b5", skeleton=Skeleton(("1", "2", "3", "4"), ((2, 1), (0, 3)))
    )


def test_a28_real_tracks_come_through_key_frame_by_key_frame() -> None:
    source = sample("cvat_xml/video.xml")
    outcome = decode(source.read_bytes())
    assert outcome.faults == []
    names: dict[object, str] = {one.number: one.name for one in outcome.classes}
    for element, track in zip(ET.parse(source).getroot().iterfind("track"), outcome.tracks, strict=True):
        assert (track.id, names[track.class_]) == (f"track-{element.get('id')}", element.get("label"))
        mine = [one for one in outcome.keyframes if one.track == track.id]
        if element.get("label") == "skeleton":
            continue
        for state, keyframe in zip(element, mine, strict=True):
            assert 10 + 3 * keyframe.frame == int(state.get("frame", ""))
            assert (keyframe.outside, keyframe.occluded) == (state.get("outside") == "1", state.get("occluded") == "1")
            assert flat(keyframe.geometry) == numbers_of(state)
            assert [str(said(answer)) for answer in keyframe.answers] == [it.text for it in state.iterfind("attribute")]


def test_a30_the_real_skeletons_track_has_a_key_frame_where_a_joint_ends() -> None:
    found = [one for one in decode(sample("cvat_xml/video.xml").read_bytes()).keyframes if one.track == "track-3"]
    joints = ((48.8, 111.77), (48.8, 156.28), (83.27, 106.61), (89.11, 159.91))
    assert found == [
        Keyframe("track-3", frame, Keypoints(tuple(Keypoint(*at, v) for at, v in zip(joints, seen, strict=True))))
        for frame, seen in ((0, (2, 2, 2, 2)), (1, (2, 2, 0, 2)))
    ]


def test_a30_the_real_videos_frames_lead_back_to_the_source() -> None:
    record = decode(sample("cvat_xml/video.xml").read_bytes()).record
    asset = record.asset
    assert (record.id, record.name, asset.kind, asset.uri) == ("task-5/video", "t.mp4", "video", "t.mp4")
    assert (asset.width, asset.height, asset.frames, asset.first_frame, asset.frame_step) == (25, 20, 4, 10, 3)
    assert record.workflow.created_at == datetime(2020, 4, 23, 8, 57, 24, 614217, UTC)


@pytest.mark.parametrize(
    ("name", "unread"),
    [
        (
            "images.xml",
            {
                "image.skeleton.points@source": 8,
                "image.skeleton.points@z_order": 8,
                "image.skeleton@points": 2,
                "image.skeleton@rotation": 2,
                "meta.task.labels.label.attributes.attribute.values": 3,
                "meta.task.labels.label.type": 5,
                "meta.task.z_order": 1,
            },
        ),
        (
            "video.xml",
            {
                "meta.dumped": 1,
                "meta.task.bugtracker": 1,
                "meta.task.labels.label.type": 5,
                "meta.task.overlap": 1,
                "meta.task.segments.segment.id": 2,
                "meta.task.segments.segment.start": 2,
                "meta.task.segments.segment.stop": 2,
                "meta.task.segments.segment.url": 2,
                "meta.task.stop_frame": 1,
                "meta.task.z_order": 1,
                "track.skeleton@points": 1,
                "track.skeleton[keyframe=0]": 2,
                "track.track.points@z_order": 5,
                "track.track.points[keyframe=0]": 6,
                "track.track@id": 4,
                "track.track@source": 4,
            },
        ),
    ],
)
def test_everything_in_a_real_file_that_is_not_read_is_counted(name: str, unread: dict[str, int]) -> None:
    found = cvat.decode(FORMAT, [cvat.given("a.xml", sample(f"cvat_xml/{name}").read_bytes())])
    assert {path.removeprefix("a.xml:"): count for path, count in found.unread.items()} == unread


def test_real_files_read_twice_are_the_same() -> None:
    contents = [sample(f"cvat_xml/{name}").read_bytes() for name in ("images.xml", "video.xml")]
    assert decode(*contents) == decode(*contents)


def test_real_files_read_together_share_their_classes() -> None:
    outcome = decode(*(sample(f"cvat_xml/{name}").read_bytes() for name in ("images.xml", "video.xml")))
    assert [one.name for one in outcome.classes] == ["label1", "label2", "skeleton", "klhg", "z U k", "II"]


def flat(geometry: Any) -> list[float]:
    match geometry:
        case Box(x, y, width, height):
            return [x, y, x + width, y + height]
        case Polygon(((ring,),)):
            return list(ring)
        case Polyline((line,)):
            return list(line)
        case Keypoints(points):
            return [number for point in points for number in (point.x, point.y)]
        case other:
            raise AssertionError(f"nothing compares {other}")


def numbers_of(element: ET.Element) -> list[float]:
    if element.tag == "box":
        return [float(element.get(key, "")) for key in ("xtl", "ytl", "xbr", "ybr")]
    if element.tag == "skeleton":
        return [number for point in element.iterfind("points") for number in numbers_of(point)]
    return [float(number) for pair in element.get("points", "").split(";") for number in pair.split(",")]


def said(answer: Any) -> object:
    match answer:
        case Boolean(_, value) | Number(_, value) | Text(_, value):
            return value
        case Radio(_, option):
            return option.value
        case other:
            raise AssertionError(f"nothing compares {other}")
