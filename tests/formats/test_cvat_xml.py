"""CVAT's XML comes through value by value; hostile files are refused, and faulty shapes named, each for its reason."""

import copy
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from labelport.errors import Fault, RequestError
from labelport.formats.cvat_xml import FORMAT
from labelport.kit.format import Counted, Reject, Unread
from labelport.model.answers import Boolean, Number, Option, Radio, Text
from labelport.model.geometry import (
    Box,
    Cuboid,
    Ellipse,
    Keypoint,
    Keypoints,
    Mask,
    Point,
    Polygon,
    Polyline,
    RotatedBox,
)
from labelport.model.label import Annotation, Keyframe, Track
from labelport.model.ontology import LabelClass, Skeleton
from labelport.model.workflow import Batch, Member
from labelport.registry import format_named
from tests.formats import cvat
from tests.formats.cvat import Outcome
from tests.samples import sample

LABELS = """
<label><name>car</name><color>#aabbcc</color><attributes>
  <attribute><name>make</name><mutable>False</mutable><input_type>select</input_type><values>a\nb</values></attribute>
  <attribute><name>seen</name><mutable>True</mutable><input_type>checkbox</input_type></attribute>
</attributes></label>
<label><name>body</name><attributes/>
  <svg>&lt;line data-node-from="1" data-node-to="2"/&gt;&lt;circle data-node-id="1" data-label-name="nose"/&gt;
  &lt;circle data-node-id="2" data-label-name="ear"/&gt;</svg></label>
<label><name>nose</name><parent>body</parent><attributes>
  <attribute><name>wet</name><mutable>True</mutable><input_type>checkbox</input_type></attribute></attributes></label>
<label><name>ear</name><parent>body</parent><attributes/></label>
"""
CUBOID = (
    '<cuboid label="car" xtl1="0" ytl1="1" xbl1="0" ybl1="2" xtr1="3" ytr1="1" xbr1="3" ybr1="2"'
    ' xtl2="4" ytl2="0" xbl2="4" ybl2="1" xtr2="1" ytr2="0" xbr2="1" ybr2="1"/>'
)
SKELETON = (
    '<skeleton label="body"><points label="ear" outside="1" occluded="0" points="3,4"/>'
    '<points label="nose" outside="0" occluded="1" points="1,2"/></skeleton>'
)
TASK = f"<task><id>5</id><name>t</name><size>9</size><mode>annotation</mode><labels>{LABELS}</labels></task>"


def document(body: str, meta: str = TASK) -> str:
    return f"<annotations><version>1.1</version><meta>{meta}</meta>{body}</annotations>"


def decode(*contents: str | bytes) -> Outcome:
    return cvat.decode(FORMAT, [cvat.given(f"{at}.xml", content) for at, content in enumerate(contents)])


def shape(element: str, *, width: int = 6, height: int = 4) -> Outcome:
    return decode(document(f'<image id="3" name="a.jpg" width="{width}" height="{height}">{element}</image>'))


def reasons(element: str) -> list[tuple[str, str]]:
    return [(fault.path, fault.reason) for fault in shape(element).faults]


def tracked(body: str, meta: str = TASK) -> Outcome:
    return decode(document(body, meta))


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
    names = {one.number: one.name for one in outcome.classes}
    for element, track in zip(ET.parse(source).getroot().iterfind("track"), outcome.tracks, strict=True):
        assert (track.id, names[track.class_ or 0]) == (f"track-{element.get('id')}", element.get("label"))  # type: ignore[index]  # classes are numbers here
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


@pytest.mark.parametrize(
    ("element", "wanted"),
    [
        ('<box label="car" xtl="1" ytl="2" xbr="4" ybr="3.5"/>', Box(1, 2, 3, 1.5)),
        ('<box label="car" xtl="1" ytl="2" xbr="5" ybr="4" rotation="30.00"/>', RotatedBox(3, 3, 4, 2, 30)),
        ('<polygon label="car" points="0,0;1,0;1,1"/>', Polygon((((0, 0, 1, 0, 1, 1),),))),
        ('<polyline label="car" points="0.00,0.00;1.50,2.00"/>', Polyline(((0, 0, 1.5, 2),))),
        ('<points label="car" points="1,2"/>', Point(1, 2)),
        ('<points label="car" points="1,2;3,4"/>', Keypoints((Keypoint(1, 2, 2), Keypoint(3, 4, 2)))),
        ('<ellipse label="car" cx="3" cy="2" rx="2" ry="1" rotation="12.5"/>', Ellipse(3, 2, 2, 1, 12.5)),
        ('<mask label="car" rle="1, 2, 1" left="1" top="1" width="2" height="2"/>', Mask(4, 6, "6120<")),
        (
            CUBOID,
            Cuboid((0, 1, 3, 1, 3, 2, 0, 2, 1, 0, 4, 0, 4, 1, 1, 1)),
        ),
        ('<tag label="car"/>', None),
        (
            SKELETON,
            Keypoints((Keypoint(1, 2, 1), Keypoint(3, 4, 0))),
        ),
    ],
)
def test_each_element_is_its_shape(element: str, wanted: Any) -> None:
    assert shape(element).annotation.geometry == wanted


def test_everything_that_is_said_of_a_shape_is_kept() -> None:
    element = (
        '<box label="car" source="auto" occluded="1" xtl="0" ytl="0" xbr="1" ybr="1" z_order="-2" group_id="7">'
        '<attribute name="make">b</attribute><attribute name="seen">true</attribute>'
        '<attribute name="else">?</attribute></box>'
    )
    assert shape(element).annotation == Annotation(
        "image-3/box-0",
        class_=1,
        geometry=Box(0, 0, 1, 1),
        answers=(Radio("make", Option("b")), Boolean("seen", yes=True), Text("else", "?")),
        group="7",
        occluded=True,
        z_order=-2,
        source="model",
    )


@pytest.mark.parametrize(
    ("word", "source", "extra"),
    [
        ("manual", "person", None),
        ("file", "import", None),
        ("semi-auto", "model", {"source": "semi-auto"}),
        ("alien", None, {"source": "alien"}),
    ],
)
def test_who_made_a_shape_is_told(word: str, source: str | None, extra: dict[str, str] | None) -> None:
    made = shape(f'<tag label="car" source="{word}"/>').annotation
    assert (made.source, made.extra) == (source, extra)


def test_the_attribute_of_a_joint_answers_for_the_skeleton() -> None:
    element = (
        '<skeleton label="body"><points label="nose" points="1,2"><attribute name="wet">true</attribute></points>'
        '<points label="ear" points="3,4"/></skeleton>'
    )
    assert shape(element).annotation.answers == (Boolean("nose/wet", yes=True),)


def test_shapes_are_in_the_files_order_and_named_by_their_place() -> None:
    box, tag = '<box label="car" xtl="0" ytl="0" xbr="1" ybr="1"/>', '<tag label="car"/>'
    assert [one.id for one in shape(box + tag + box).annotations] == [
        "image-3/box-0", "image-3/tag-0", "image-3/box-1",
    ]  # fmt: skip


def test_a_label_that_nobody_defines_is_a_class_and_an_empty_one_is_none() -> None:
    outcome = shape('<tag label="boat"/><tag label=""/>')
    assert [one.name for one in outcome.classes] == ["car", "body", "boat"]
    assert [one.class_ for one in outcome.annotations] == [3, None]


def test_a_record_tells_its_task() -> None:
    meta = f"""<task><id>5</id><name>t</name><created>2020-01-01 10:00:00+02:00</created><subset>Train</subset>
    <assignee><username>ada</username><email>a@b.c</email></assignee><labels>{LABELS}</labels></task>"""
    outcome = decode(document('<image id="3" name="x/a.jpg" width="6" height="4"><tag label="car"/></image>', meta))
    record = outcome.record
    assert (record.id, record.name, record.asset.uri) == ("task-5/image-3", "x/a.jpg", "x/a.jpg")
    assert (record.workflow.dataset, record.workflow.batch, record.workflow.assignees) == ("t", "task-5", ("ada",))
    assert record.workflow.created_at == datetime(2020, 1, 1, 8, tzinfo=UTC)
    assert record.metadata == {"task": "t", "frame": 3, "subset": "Train"}
    assert outcome.of(Member) == [Member("ada", email="a@b.c")]
    assert outcome.of(Batch) == [Batch("task-5", "t")]


def test_a34_a_picture_without_annotations_is_not_labelled() -> None:
    record = shape("").record
    assert (record.labels, record.workflow.status) == ((), "queued")


PROJECT = f"""<project><id>2</id><name>p</name><labels>{LABELS}</labels><tasks>
<task><id>7</id><name>one</name><size>4</size><mode>interpolation</mode><subset>A</subset><start_frame>10</start_frame>
  <frame_filter>step=2</frame_filter><original_size><width>8</width><height>6</height></original_size></task>
<task><id>8</id><name>two</name><size>3</size><mode>annotation</mode><subset>A</subset><start_frame>0</start_frame>
  <frame_filter></frame_filter></task>
<task><id>9</id><name>three</name><size>3</size><mode>annotation</mode><subset>B</subset></task></tasks></project>"""


def test_a_project_has_a_batch_for_each_task() -> None:
    body = '<image id="18" name="a.jpg" subset="A" task_id="8"/><image id="0" name="a.jpg" subset="B" task_id="9"/>'
    outcome = decode(document(body, PROJECT))
    assert [(it.id, it.workflow.batch, it.workflow.dataset) for it in outcome.records] == [
        ("task-8/image-18", "task-8", "two"),
        ("task-9/image-0", "task-9", "three"),
        ("task-7/video", "task-7", "one"),
    ]
    assert [it.name for it in outcome.of(Batch)] == ["one", "two", "three"]


def test_a30_a_projects_frames_count_on_through_the_tasks_of_a_subset() -> None:
    box = '<box frame="{}" keyframe="1" outside="0" occluded="0" xtl="0" ytl="0" xbr="1" ybr="1"/>'
    body = "".join(
        f'<track id="{at}" label="car" task_id="{task}" subset="A">{box.format(frame)}</track>'
        for at, (task, frame) in enumerate([("7", 14), ("8", 18 + 1), ("9", 2)])
    )
    outcome = tracked(body, PROJECT)
    assert outcome.faults == []
    assert {record.id: [one.frame for one in record.labels[0].keyframes] for record in outcome.records} == {
        "task-7/video": [2], "task-8/video": [1], "task-9/video": [2],
    }  # fmt: skip


def test_a28_a_tracks_states_are_kept_and_what_cvat_drew_between_is_counted() -> None:
    state = '<box frame="{}" keyframe="{}" outside="{}" occluded="{}" xtl="{}" ytl="0" xbr="9" ybr="9" z_order="1"/>'
    body = "".join(state.format(*it) for it in [(0, 1, 0, 0, 1), (1, 0, 0, 0, 2), (2, 1, 0, 1, 3), (3, 1, 1, 0, 3)])
    outcome = tracked(f'<track id="4" label="car" source="manual" group_id="2">{body}</track>')
    assert outcome.tracks == [Track("track-4", class_=1, group="2", source="person")]
    assert outcome.keyframes == [
        Keyframe("track-4", 0, Box(1, 0, 8, 9), z_order=1),
        Keyframe("track-4", 2, Box(3, 0, 6, 9), occluded=True, z_order=1),
        Keyframe("track-4", 3, Box(3, 0, 6, 9), outside=True, z_order=1),
    ]
    assert outcome.unread["0.xml:track.box[keyframe=0]"] == 1


def test_answers_that_may_change_are_the_key_frames_and_others_the_tracks() -> None:
    state = (
        '<box frame="{}" keyframe="1" outside="0" occluded="0" xtl="0" ytl="0" xbr="1" ybr="1">'
        '<attribute name="make">a</attribute><attribute name="seen">{}</attribute></box>'
    )
    outcome = tracked(f'<track id="0" label="car">{state.format(0, "true")}{state.format(1, "true")}</track>')
    assert outcome.tracks[0].answers == (Radio("make", Option("a")),)
    assert [one.answers for one in outcome.keyframes] == [(Boolean("seen", yes=True),)] * 2


def test_a30_a_skeletons_joints_may_stand_in_its_key_frames() -> None:
    state = (
        '<skeleton frame="{}" keyframe="1" z_order="0">'
        '<points label="nose" keyframe="1" outside="0" occluded="0" points="{},0"/>'
        '<points label="ear" keyframe="{}" outside="0" occluded="1" points="9,9"/></skeleton>'
    )
    outcome = tracked(f'<track id="0" label="body">{state.format(0, 1, 1)}{state.format(4, 5, 0)}</track>')
    assert [one.geometry for one in outcome.keyframes] == [
        Keypoints((Keypoint(1, 0, 2), Keypoint(9, 9, 1))),
        Keypoints((Keypoint(5, 0, 2), Keypoint(9, 9, 1))),
    ]
    assert outcome.unread["0.xml:track.skeleton.points[keyframe=0]"] == 1


def test_masks_of_a_video_are_as_large_as_it() -> None:
    meta = f"<task><id>5</id><mode>interpolation</mode><labels>{LABELS}</labels></task>"
    meta += "<original_size><width>6</width><height>4</height></original_size>"
    state = '<mask frame="0" keyframe="1" outside="0" occluded="0" rle="0, 4" left="1" top="1" width="2" height="2"/>'
    (keyframe,) = tracked(f'<track id="0" label="car">{state}</track>', meta).keyframes
    assert isinstance(keyframe.geometry, Mask)
    assert (keyframe.geometry.height, keyframe.geometry.width) == (4, 6)


def test_a_video_without_tracks_is_a_task_that_nobody_labelled() -> None:
    record = decode(document("", "<task><id>5</id><mode>interpolation</mode><size>3</size></task>")).record
    assert (record.id, record.asset.frames, record.labels) == ("task-5/video", 3, ())


def test_a_job_is_a_batch() -> None:
    meta = f"<job><id>3</id><mode>annotation</mode><labels>{LABELS}</labels></job>"
    outcome = decode(document('<image id="0" name="a.jpg"/>', meta))
    assert (outcome.record.id, outcome.of(Batch)) == ("job-3/image-0", [Batch("job-3", "job 3")])


def test_a_file_without_a_head_is_read_all_the_same() -> None:
    outcome = decode('<annotations><image id="0" name="a.jpg"><tag label="car"/></image></annotations>')
    assert (outcome.record.id, outcome.record.labels[0].annotations[0].class_) == ("image-0", 1)


def test_files_that_count_alike_keep_their_pictures_apart() -> None:
    content = '<annotations><image id="0" name="a.jpg"/></annotations>'
    assert [record.id for record in decode(content, content).records] == ["image-0", "1.xml#image-0"]


def test_a_picture_with_a_number_that_is_taken_is_rejected_with_all_it_holds() -> None:
    image = '<image id="0" name="a.jpg"><tag label="car"/><tag label="car"/></image>'
    (reject,) = decode(document(image * 2)).of(Reject)
    assert reject == Reject("0.xml", "task-5/image-0", (Fault("image[1]@id", "0 is taken by an earlier image"),), 2)


@pytest.mark.parametrize(
    ("element", "path"),
    [
        ('<box label="car" xtl="1" ytl="x" xbr="4" ybr="3"/>', "@ytl"),
        ('<box label="car" xtl="1" ytl="2" xbr="4"/>', "@ybr"),
        ('<box label="car" xtl="1" ytl="2" xbr="0" ybr="3"/>', ""),
        ('<box label="car" xtl="nan" ytl="2" xbr="4" ybr="3"/>', "@xtl"),
        ('<box label="car" xtl="1" ytl="2" xbr="1e300" ybr="3"/>', "@xbr"),
        ('<box xtl="1" ytl="2" xbr="4" ybr="3"/>', "@label"),
        ('<box label="car" xtl="1" ytl="2" xbr="4" ybr="3" z_order="up"/>', "@z_order"),
        ('<box label="car" xtl="1" ytl="2" xbr="4" ybr="3" occluded="maybe"/>', "@occluded"),
        ('<box label="car" xtl="1" ytl="2" xbr="4" ybr="3" group_id="-1"/>', "@group_id"),
        ('<polygon label="car" points="0,0;1,1"/>', ""),
        ('<polygon label="car" points="0,0;1,1;2"/>', "@points"),
        ('<polygon label="car" points="0,0;1,1;1_0,0"/>', "@points"),
        ('<points label="car" points=""/>', ""),
        ('<points label="car"/>', "@points"),
        ('<mask label="car" rle="1, 2" left="1" top="1" width="2" height="2"/>', ""),
        ('<mask label="car" rle="1, x" left="1" top="1" width="2" height="2"/>', "@rle"),
        ('<mask label="car" rle="0, 4" left="5" top="1" width="2" height="2"/>', ""),
        ('<ellipse label="car" cx="1" cy="1" rx="-1" ry="1"/>', ""),
        ('<skeleton label="car"/>', ""),
        ('<skeleton label="body"><points label="tail" points="1,2"/></skeleton>', ".points[0]@label"),
        (
            '<skeleton label="body"><points label="ear" points="1,2"/><points label="ear" points="1,2"/></skeleton>',
            ".points[1]@label",
        ),
        ('<tag label="car"><attribute name="seen">perhaps</attribute></tag>', ".attribute[0]"),
        ('<tag label="car"><attribute>b</attribute></tag>', ".attribute[0]@name"),
        (
            '<tag label="car"><attribute name="make">a</attribute><attribute name="make">b</attribute></tag>',
            ".attribute[1]@name",
        ),
    ],
)
def test_a24_a_faulty_shape_is_rejected_alone_with_its_path(element: str, path: str) -> None:
    outcome = shape(f'{element}<tag label="car"/>')
    tag = element.partition(" ")[0][1:]
    assert [fault.path for fault in outcome.faults] == [f"image[0].{tag}[0]{path}"]
    assert len(outcome.annotations) == 1


def test_everything_that_is_wrong_with_a_shape_is_told_at_once() -> None:
    assert reasons('<box label="car" xtl="a" ytl="b" xbr="4" ybr="3" z_order="c"/>') == [
        ("image[0].box[0]@z_order", "'c' is not a whole number"),
        ("image[0].box[0]@xtl", "'a' is not a number"),
        ("image[0].box[0]@ytl", "'b' is not a number"),
    ]


@pytest.mark.parametrize(
    ("image", "path"),
    [
        ('<image name="a.jpg"/>', "image[0]@id"),
        ('<image id="0"/>', "image[0]@name"),
        ('<image id="0" name="a" width="wide"/>', "image[0]@width"),
        ('<image id="0" name="a" task_id="6"/>', "image[0]@task_id"),
    ],
)
def test_a_faulty_picture_comes_through_with_what_is_right(image: str, path: str) -> None:
    outcome = decode(document(image))
    assert [fault.path for fault in outcome.faults] == [path]
    assert len(outcome.records) == 1


@pytest.mark.parametrize(
    ("track", "path"),
    [
        ('<track id="0" label="car"/>', "track[0]"),
        ('<track id="0" label="body"><skeleton frame="0" keyframe="1"/></track>', "track[0]"),
        (
            '<track id="0" label="car"><points frame="-1" keyframe="1" points="1,2"/></track>',
            "track[0].points[0]@frame",
        ),
        ('<track id="0" label="car"><points keyframe="1" points="1,2"/></track>', "track[0].points[0]@frame"),
        ('<track id="0" label="body"><track label="tail"/></track>', "track[0].track[0]@label"),
    ],
)
def test_a_faulty_track_is_rejected_alone_with_its_path(track: str, path: str) -> None:
    sound = '<track id="1" label="car"><points frame="0" keyframe="1" points="1,2"/></track>'
    outcome = tracked(track + sound)
    assert {fault.path for fault in outcome.faults} >= {path}
    assert [one.id for one in outcome.tracks] == ["track-1"]


def test_a30_a_frame_between_the_steps_is_no_frame() -> None:
    meta = f"<task><id>5</id><start_frame>10</start_frame><frame_filter>step=3</frame_filter><labels>{LABELS}</labels></task>"
    outcome = tracked('<track id="0" label="car"><points frame="12" keyframe="1" points="1,2"/></track>', meta)
    assert outcome.faults == [
        Fault("track[0].points[0]@frame", "12 is none of the frames 10, 13, ... of the task"),
    ]


def test_faults_of_the_head_are_told_and_cost_no_annotation() -> None:
    meta = (
        "<task><id>5</id><size>many</size><frame_filter>every third</frame_filter><labels>"
        "<label><name></name></label><label><name>car</name><color>red</color></label>"
        "<label><name>ear</name><parent>nobody</parent></label></labels></task>"
    )
    outcome = decode(document('<image id="0" name="a"><tag label="car"/></image>', meta))
    assert sorted(fault.path for fault in outcome.faults) == [
        "meta.task.frame_filter",
        "meta.task.labels",
        "meta.task.labels.label[0].name",
        "meta.task.labels.label[1].color",
        "meta.task.size",
    ]
    assert len(outcome.annotations) == 1


def test_what_nobody_reads_is_counted_where_it_stands() -> None:
    body = '<image id="0" name="a" colour="?"><tag label="car" weight="1"><note>x</note></tag><blob/></image><more><x/></more>'
    unread = decode(document(body)).unread
    assert {path.removeprefix("0.xml:") for path in unread if not path.startswith("0.xml:meta")} == {
        "image@colour",
        "image.blob",
        "image.tag@weight",
        "image.tag.note",
        "more.x",
    }


BOMB = """<?xml version="1.0"?><!DOCTYPE annotations [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>
<annotations><image id="0" name="&b;"/></annotations>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE annotations [<!ENTITY a SYSTEM "file:///etc/hostname">]>
<annotations><version>&a;</version></annotations>"""


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (BOMB, "document type"),
        (OUTSIDE, "document type"),
        ('<!DOCTYPE annotations SYSTEM "http://localhost/a.dtd"><annotations/>', "document type"),
        ("<annotations><image>", "is not XML"),
        ("<annotations/><annotations/>", "is not XML"),
        ("", "is not XML"),
        ('<?xml version="1.0" encoding="shift_jis"?><annotations/>', "is not XML"),
        ("<annotation/>", "not <annotations>"),
        ("<annotations><version>2.0</version></annotations>", "only 1.x is known"),
        ("<annotations>" + "<a>" * 50 + "</a>" * 50 + "</annotations>", "deep"),
    ],
)
def test_a_bad_file_is_rejected_before_anything_of_it_is_taken(content: str, reason: str) -> None:
    outcome = cvat.decode(FORMAT, [cvat.given("0.xml", document("")), cvat.given("1.xml", content)])
    (reject,) = outcome.of(Reject)
    assert (reject.file, reject.record) == ("1.xml", "$")
    assert reason in reject.faults[0].reason
    assert [one.file for one in outcome.of(Counted)] == ["0.xml"]


def test_without_xml_there_is_nothing_to_read() -> None:
    with pytest.raises(RequestError, match=r"annotations\.xml"):
        cvat.decode(FORMAT, [cvat.given("a.json", "{}")])


def test_other_files_are_not_read() -> None:
    outcome = cvat.decode(FORMAT, [cvat.given("images/a.jpg", b""), cvat.given("a.xml", document(""))])
    assert outcome.of(Unread)[0] == Unread("images/a.jpg", "$", 1)


def test_the_format_is_found_by_its_name() -> None:
    assert format_named("cvat_xml") is FORMAT


MEDLEY = document(
    '<image id="0" name="a.jpg" width="6" height="4" subset="A" task_id="5">'
    '<box label="car" source="manual" occluded="0" xtl="1" ytl="1" xbr="2" ybr="2" rotation="9" z_order="0" group_id="1">'
    '<attribute name="make">a</attribute><attribute name="seen">true</attribute></box>'
    '<polygon label="car" points="0,0;1,0;1,1"/><polyline label="car" points="0,0;1,0"/><points label="" points="1,1"/>'
    '<ellipse label="car" cx="1" cy="1" rx="1" ry="1"/><mask label="car" rle="0, 4" left="0" top="0" width="2" height="2"/>'
    '<cuboid label="car" xtl1="0" ytl1="1" xbl1="0" ybl1="2" xtr1="3" ytr1="1" xbr1="3" ybr1="2"'
    ' xtl2="4" ytl2="0" xbl2="4" ybl2="1" xtr2="1" ytr2="0" xbr2="1" ybr2="1"/><tag label="boat"/>'
    '<skeleton label="body"><points label="nose" outside="0" occluded="1" points="1,2">'
    '<attribute name="wet">true</attribute></points><points label="ear" points="1,2"/></skeleton></image>'
    '<image id="1" name="b.jpg"/>'
    '<track id="0" label="car" task_id="5"><box frame="0" keyframe="1" outside="0" occluded="0" xtl="0" ytl="0" xbr="1" ybr="1"/>'
    '<box frame="2" keyframe="0" outside="0" occluded="0" xtl="0" ytl="0" xbr="1" ybr="1"/></track>'
    '<track id="1" label="body"><skeleton frame="0" keyframe="1"><points label="nose" keyframe="1" points="1,2"/></skeleton>'
    '<track label="ear"><points frame="1" keyframe="1" outside="1" points="1,2"/></track></track>'
)
"""Every element once."""
HOSTILE = [
    "",
    "0",
    "-1",
    "1e999",
    "nan",
    "9" * 30,
    "x",
    "1,1",
    "1,1;2",
    ";",
    "None",
    "True",
    "body",
    "ear",
    "task",
    "😀",
]


@st.composite
def mutated(draw: st.DrawFn, base: ET.Element) -> bytes:
    """Return the document with some attributes, texts and elements changed, taken out or moved."""
    root = copy.deepcopy(base)
    for _ in range(draw(st.integers(1, 4))):
        parents = [one for one in root.iter() if len(one)]
        parent = draw(st.sampled_from(parents or [root]))
        if not len(parent):
            break
        element = draw(st.sampled_from(list(parent)))
        match draw(st.sampled_from(["attribute", "attribute", "lost", "text", "tag", "remove", "move"])):
            case "attribute" | "lost" if not element.attrib:
                element.text = draw(st.sampled_from(HOSTILE))
            case "attribute":
                element.set(draw(st.sampled_from(sorted(element.attrib))), draw(st.sampled_from(HOSTILE)))
            case "lost":
                del element.attrib[draw(st.sampled_from(sorted(element.attrib)))]
            case "text":
                element.text = draw(st.sampled_from(HOSTILE))
            case "tag":
                element.tag = draw(st.sampled_from(sorted({one.tag for one in root.iter()})))
            case "remove":
                parent.remove(element)
            case _:
                draw(st.sampled_from(parents)).append(copy.deepcopy(element))
    return ET.tostring(root)


@given(mutated(ET.fromstring(MEDLEY)))
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_stands_in_a_file_counts_close_and_records_are_sound(content: bytes) -> None:
    with suppress(RequestError):
        assert decode(content) == decode(content)


@pytest.mark.parametrize("name", ["images.xml", "video.xml"])
def test_whatever_stands_in_a_real_file_counts_close_and_records_are_sound(name: str) -> None:
    @given(mutated(ET.fromstring(sample(f"cvat_xml/{name}").read_bytes())))
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def survives(content: bytes) -> None:
        with suppress(RequestError):
            decode(content)

    survives()


@given(st.integers(0, len(MEDLEY) - 1), st.binary(max_size=4), st.integers(0, 4))
@settings(max_examples=150, deadline=None)
def test_bytes_of_any_kind_are_refused_or_read(at: int, what: bytes, less: int) -> None:
    data = MEDLEY.encode()
    with suppress(RequestError):
        decode(data[:at] + what + data[at + less :])
