"""Where objects are to be seen: each frame by itself, and whether they are gone in the next."""

from fractions import Fraction

import pytest

from labelport.model.asset import Asset
from labelport.model.geometry import Box
from labelport.model.label import Annotation, Keyframe, Label, Target, Track
from labelport.model.record import Record
from labelport.shapes.frames import Wanted
from labelport.shapes.presence import by_frame, by_object, keyframes, length_of

BOX = Box(0, 0, 2, 2)
STILL = Annotation("still", 9, 1, BOX, on=Target(first_frame=1, last_frame=9))
TRACK = Label(
    "l",
    annotations=(STILL,),
    tracks=(Track("t", 1, 1), Track("ghost", 2, 1)),
    keyframes=(Keyframe("t", 1, BOX), Keyframe("t", 3, outside=True), Keyframe("t", 4, BOX)),
)


def clip(label: Label, frames: int | None = 6) -> Record:
    return Record("v", "v.mp4", Asset("v", "video", frames=frames), labels=(label,))


def seen(record: Record, wanted: Wanted = "all") -> dict[str, list[int]]:
    return {one.id: [mark.frame for mark in marks] for one, marks in by_object(record, wanted)}


@pytest.mark.parametrize(
    ("frames", "length", "gone"),
    [([], 5, []), ([0, 1, 3], 5, [2, 4]), ([3, 4], 5, []), ([3, 4], None, [5])],
)
def test_an_object_has_left_where_the_next_frame_does_not_show_it(
    frames: list[int], length: int | None, gone: list[int]
) -> None:
    found = list(keyframes("t", dict.fromkeys(frames, (BOX, True)), length))
    assert [one.frame for one in found if not one.outside and one.occluded] == frames
    assert [one.frame for one in found if one.outside] == gone


@pytest.mark.parametrize(
    ("on", "wanted"),
    [(None, [0, 1, 2, 3]), (Target(first_frame=1), [1]), (Target(first_frame=1, last_frame=9), [1, 2, 3])],
)
def test_a_shape_that_stands_still_is_seen_where_it_is_on(on: Target | None, wanted: list[int]) -> None:
    label = Label("l", annotations=(Annotation("a", 1, 1, BOX, on=on),))
    assert seen(clip(label, 4)) == {"a": wanted}


@pytest.mark.parametrize(
    ("wanted", "frames"), [("all", [1, 2, 4, 5]), ("keyframes", [1, 4]), (Fraction(2), [2, 4]), (Fraction(9), [])]
)
def test_a29_a_track_is_seen_in_wanted_frames_until_it_leaves_and_one_without_shapes_nowhere(
    wanted: Wanted, frames: list[int]
) -> None:
    assert seen(clip(TRACK), wanted) == {"still": [1, 2, 3, 4, 5], "t": frames, "ghost": []}


def test_frames_come_in_order_with_all_that_is_in_them() -> None:
    found = [(frame, [mark.one.id for mark in marks]) for frame, marks in by_frame(clip(TRACK), "keyframes")]
    assert found == [(1, ["t", "still"]), (2, ["still"]), (3, ["still"]), (4, ["t", "still"]), (5, ["still"])]


@pytest.mark.parametrize(("frames", "wanted"), [(20, 20), (None, 10), (2, 5)])
def test_a_video_is_as_long_as_it_says_or_as_what_is_on_it(frames: int | None, wanted: int) -> None:
    assert length_of(clip(TRACK, frames)) == wanted
