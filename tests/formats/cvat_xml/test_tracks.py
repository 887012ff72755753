"""Tracks of CVAT's XML are read key frame by key frame, in the frames of their task."""

from labelport.errors import Fault
from labelport.model.answers import Boolean, Option, Radio
from labelport.model.geometry import Box, Keypoint, Keypoints, Mask
from labelport.model.label import Keyframe, Track
from tests.formats.cvat_xml.build import LABELS, PROJECT, tracked


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


def test_a30_a_frame_between_the_steps_is_no_frame() -> None:
    meta = f"<task><id>5</id><start_frame>10</start_frame><frame_filter>step=3</frame_filter><labels>{LABELS}</labels></task>"
    outcome = tracked('<track id="0" label="car"><points frame="12" keyframe="1" points="1,2"/></track>', meta)
    assert outcome.faults == [
        Fault("track[0].points[0]@frame", "12 is none of the frames 10, 13, ... of the task"),
    ]
