"""Tracks of skeletons are skeletons: wherever a joint moves, all joints are there (A30)."""

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from labelport.errors import Fault
from labelport.kit.cvat.drawn import Common, Drawn
from labelport.kit.cvat.tracks import Moving, track
from labelport.model.answers import Text
from labelport.model.geometry import Box, Keypoint, Keypoints, Point
from labelport.model.label import Keyframe, Track

OF = Common("t", 1, None, None, None)


def at(frame: int, x: float = 0, *, outside: bool = False, occluded: bool = False, **answers: str) -> Drawn:
    made = {key: Text(key, text) for key, text in answers.items()}
    return Drawn("p", Point(x, 0), frame, outside=outside, occluded=occluded, answers=dict(made))


def box(frame: int, **answers: str) -> Drawn:
    return Drawn("p", Box(0, 0, 1, 1), frame, answers={key: Text(key, text) for key, text in answers.items()})


def read(moving: Moving, *joints: str, mutable: tuple[str, ...] = ()) -> tuple[Track, tuple[Keyframe, ...]]:
    faults: list[Fault] = []
    made = track(moving, OF, joints, mutable, faults)
    assert faults == []
    return made


def points(keyframe: Keyframe) -> tuple[Keypoint, ...]:
    assert isinstance(keyframe.geometry, Keypoints)
    return keyframe.geometry.points


@given(st.integers(1, 30), st.integers(1, 30), st.floats(-100, 100), st.floats(-100, 100))
@settings(max_examples=60, deadline=None)
def test_a30_a_joint_between_its_key_frames_is_on_the_line_between_them(
    before: int, after: int, start: float, end: float
) -> None:
    moving = Moving("p", joints={"a": [at(0, start), at(before + after, end)], "b": [at(0), at(before)]})
    _, keyframes = read(moving, "a", "b")
    assert [one.frame for one in keyframes] == [0, before, before + after]
    wanted = start + (end - start) * before / (before + after)
    assert points(keyframes[1])[0].x == pytest.approx(wanted)


def test_a30_a_skeleton_has_a_key_frame_wherever_a_joint_has_one() -> None:
    moving = Moving("p", [Drawn("p", frame=0, z_order=3)], {"b": [at(0), at(4, 8)], "a": [at(0), at(2, outside=True)]})
    _, keyframes = read(moving, "a", "b")
    assert [(one.frame, one.z_order, points(one)) for one in keyframes] == [
        (0, 3, (Keypoint(0, 0, 2), Keypoint(0, 0, 2))),
        (2, 3, (Keypoint(0, 0, 0), Keypoint(4, 0, 2))),
        (4, 3, (Keypoint(0, 0, 0), Keypoint(8, 0, 2))),
    ]


def test_a28_a_hidden_joint_is_labelled_and_one_outside_is_not() -> None:
    moving = Moving("p", joints={"a": [at(0, occluded=True)], "b": [at(0, outside=True)], "c": [at(0)]})
    _, (keyframe,) = read(moving, "a", "b", "c")
    assert [point.visibility for point in points(keyframe)] == [1, 0, 2]


def test_a_joint_that_comes_later_is_not_labelled_before() -> None:
    _, keyframes = read(Moving("p", joints={"a": [at(0)], "b": [at(3, 7)]}), "a", "b")
    assert points(keyframes[0])[1] == Keypoint(7, 0, 0)


def test_a_joint_without_any_key_frame_is_not_labelled() -> None:
    _, (keyframe,) = read(Moving("p", joints={"a": [at(0)]}), "a", "b")
    assert points(keyframe)[1] == Keypoint(0, 0, 0)


@pytest.mark.parametrize("own", [[], [Drawn("p", frame=0), Drawn("p", frame=2, outside=True)]])
def test_a28_a_skeleton_ends_when_it_or_all_of_it_is_outside(own: list[Drawn]) -> None:
    _, keyframes = read(Moving("p", own, {"a": [at(0), at(2, outside=not own)]}), "a")
    assert [one.outside for one in keyframes] == [False, True]


def test_key_frames_come_in_order() -> None:
    _, keyframes = read(Moving("p", [box(4), box(0)]))
    assert [one.frame for one in keyframes] == [0, 4]


def test_an_answer_that_never_changes_is_the_tracks() -> None:
    made, keyframes = read(Moving("p", [box(0, make="a", seen="x"), box(1, make="a", seen="y")]))
    assert made.answers == (Text("make", "a"),)
    assert [one.answers for one in keyframes] == [(Text("seen", "x"),), (Text("seen", "y"),)]


def test_an_answer_that_may_change_stays_with_the_key_frames() -> None:
    made, (keyframe,) = read(Moving("p", [box(0, seen="x")]), mutable=("seen",))
    assert (made.answers, keyframe.answers) == ((), (Text("seen", "x"),))


def test_an_answer_holds_until_the_next() -> None:
    _, keyframes = read(Moving("p", [box(0, seen="x"), box(1), box(2, seen="y")]))
    assert [one.answers for one in keyframes] == [(Text("seen", "x"),), (Text("seen", "x"),), (Text("seen", "y"),)]


@pytest.mark.parametrize(
    ("moving", "joints", "reason"),
    [
        (Moving("p"), (), "has no key frame"),
        (Moving("p", [box(1), box(1)]), (), "is a second key frame at frame 1"),
        (Moving("p", [Drawn("p")]), ("a",), "is a skeleton without joints"),
    ],
)
def test_a_track_that_is_none_says_why(moving: Moving, joints: tuple[str, ...], reason: str) -> None:
    faults: list[Fault] = []
    track(moving, OF, joints, (), faults)
    assert faults == [Fault("p", reason)]
