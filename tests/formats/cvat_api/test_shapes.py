"""Shapes, tags and tracks of CVAT's API are on their pictures, frames and point clouds."""

from labelport.model.answers import Boolean, Option, Radio
from labelport.model.geometry import Box, Cuboid3D, Keypoint, Keypoints
from labelport.model.label import Keyframe, Target, Track
from tests.formats.cvat_api.build import JOINT, STATE, TAG, TRACK, decode, dump, shape, task, view


def test_a_skeleton_has_its_joints_in_the_labels_order() -> None:
    elements = [{**JOINT, "label_id": 12, "outside": True}, {**JOINT, "points": [3, 4], "occluded": True}]
    made = decode(dump(shape(type="skeleton", label_id=10, points=[], elements=elements))).annotation
    assert made.geometry == Keypoints((Keypoint(3, 4, 1), Keypoint(1, 2, 0)))


def test_attributes_are_answers_and_those_of_joints_too() -> None:
    joint = {**JOINT, "attributes": [{"spec_id": 3, "value": "true"}]}
    attributes = [{"spec_id": 1, "value": "b"}, {"spec_id": 2, "value": "false"}]
    made = decode(
        dump(shape(attributes=attributes), shape(id=2, type="skeleton", label_id=10, points=[], elements=[joint]))
    )
    assert [one.answers for one in made.annotations] == [
        (Radio("make", Option("b")), Boolean("seen", yes=False)),
        (Boolean("nose/wet", yes=True),),
    ]


def test_an_image_tasks_shapes_are_on_their_pictures() -> None:
    outcome = decode(dump(shape(frame=1), shape(id=2)))
    assert [(record.id, [one.id for one in record.labels[0].annotations]) for record in outcome.records] == [
        ("task-1/frame-0", ["shape-2"]),
        ("task-1/frame-1", ["shape-1"]),
    ]
    assert all(one.on is None for one in outcome.annotations)


def test_a_videos_shapes_and_tags_are_on_their_frames() -> None:
    annotations = {"task": {"1": view(shape(frame=7), tags=({**TAG, "frame": 3},))}, "job": {}}
    outcome = decode(dump(tasks=task(mode="interpolation"), annotations=annotations))
    assert (outcome.record.id, outcome.record.asset.kind, outcome.record.asset.frames) == ("task-1", "video", 2)
    assert [one.on for one in outcome.annotations] == [
        Target(first_frame=3, last_frame=3), Target(first_frame=7, last_frame=7),
    ]  # fmt: skip


def test_a30_a_task_of_pictures_with_a_track_is_one_record() -> None:
    states = [
        {**STATE, "frame": 1, "outside": True},
        {**STATE, "occluded": True, "attributes": [{"spec_id": 2, "value": "true"}]},
    ]
    track = {**TRACK, "shapes": states, "attributes": [{"spec_id": 1, "value": "a"}]}
    outcome = decode(dump(annotations={"task": {"1": view(tracks=(track,))}, "job": {}}))
    assert outcome.record.id == "task-1"
    assert outcome.tracks == [Track("track-1", class_=1, answers=(Radio("make", Option("a")),), source="person")]
    seen = (Boolean("seen", yes=True),)
    assert outcome.keyframes == [
        Keyframe("track-1", 0, Box(0, 0, 1, 1), occluded=True, answers=seen),
        Keyframe("track-1", 1, Box(0, 0, 1, 1), outside=True, answers=seen),
    ]


def test_a_point_clouds_cuboid_is_a_box_in_space() -> None:
    points = [1, 2, 3, 0, 0, 0, 4, 5, 6, *[0] * 7]
    outcome = decode(dump(shape(type="cuboid", points=points), tasks=task(dimension="3d")))
    assert outcome.records[0].asset.kind == "point_cloud"
    assert outcome.annotation.geometry == Cuboid3D((1, 2, 3), (4, 5, 6))
