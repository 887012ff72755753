"""Tracks go over from keyframe to keyframe as the closed form says."""

import tracemalloc
from fractions import Fraction
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelport.errors import RequestError
from labelport.model.asset import Asset
from labelport.model.geometry import (
    Box,
    Cuboid,
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
from labelport.model.label import Keyframe, Label, Track
from labelport.shapes import frames

BOX = Box(0, 0, 10, 20)
WANTED = st.sampled_from(["keyframes", "all", Fraction(1), Fraction(3), Fraction(5, 2), Fraction(100)])
NUMBER = st.integers(-100, 100).map(float)
BOXES = st.builds(Box, NUMBER, NUMBER, st.integers(0, 50).map(float), st.integers(0, 50).map(float))


@st.composite
def labels(draw: st.DrawFn) -> tuple[Label, int | None]:
    tracks = [Track(f"t{i}", i + 1) for i in range(draw(st.integers(0, 3)))]
    keyframes = [
        Keyframe(track.id, frame, draw(st.none() | BOXES), outside=draw(st.booleans()))
        for track in tracks
        for frame in sorted(draw(st.sets(st.integers(0, 30), max_size=5)))
    ]
    keyframes.sort(key=lambda keyframe: (keyframe.frame, keyframe.track))
    return Label("l", tracks=tuple(tracks), keyframes=tuple(keyframes)), draw(st.none() | st.integers(31, 40))


def track(*keyframes: tuple[int, Geometry | None] | Keyframe, length: int | None = None) -> dict[int, Geometry | None]:
    given_ones = tuple(k if isinstance(k, Keyframe) else Keyframe("t", *k) for k in keyframes)
    label = Label("l", tracks=(Track("t"),), keyframes=given_ones)
    return {state.frame: state.keyframe.geometry for state in frames.states(label, length, "all")}


@given(labels())
@settings(deadline=None, max_examples=40)
def test_a29_coordinates_are_those_of_the_closed_form(drawn: tuple[Label, int | None]) -> None:
    label, length = drawn
    found = {(s.frame, s.track.id): s.keyframe.geometry for s in frames.states(label, length, "all")}
    for one in label.tracks:
        own = [k for k in label.keyframes if k.track == one.id]
        for frame in range(own[0].frame, length or own[-1].frame + 1) if own else ():
            before = [k for k in own if k.frame <= frame][-1]
            after = next((k for k in own if k.frame > frame), None)
            expected = None if before.outside else before.geometry
            if isinstance(expected, Box) and after and isinstance(after.geometry, Box):
                share = (frame - before.frame) / (after.frame - before.frame)
                a, b = (expected, after.geometry)
                expected = Box(
                    *(u + (v - u) * share for u, v in zip((a.x, a.y, a.width, a.height), (b.x, b.y, b.width, b.height), strict=True))
                )  # fmt: skip
            assert found.get((frame, one.id)) == expected


@given(labels(), WANTED)
@settings(deadline=None, max_examples=40)
def test_spans_count_the_states_and_their_frames(drawn: tuple[Label, int | None], wanted: frames.Wanted) -> None:
    label, length = drawn
    states = list(frames.states(label, length, wanted))
    spans = list(frames.spans(label, length, wanted))
    assert sum(end - start for start, end in spans) == len(states)
    assert frames.covered(spans) == len({state.frame for state in states})


@given(labels(), WANTED)
@settings(deadline=None, max_examples=40)
def test_states_come_by_frame_and_track(drawn: tuple[Label, int | None], wanted: frames.Wanted) -> None:
    found = [(state.frame, state.track.number) for state in frames.states(*drawn, wanted)]
    assert found == sorted(set(found))


def test_a28_outside_ends_a_track_until_its_next_keyframe() -> None:
    gone = Keyframe("t", 2, BOX, outside=True)
    assert sorted(track((0, BOX), gone, (5, BOX), length=8)) == [0, 1, 5, 6, 7]


def test_keyframes_alone_leave_out_what_lies_between() -> None:
    label = Label("l", tracks=(Track("t"),), keyframes=(Keyframe("t", 0, BOX), Keyframe("t", 5, BOX)))
    assert [(s.frame, s.made) for s in frames.states(label, 9, "keyframes")] == [(0, False), (5, False)]


def test_what_lies_between_holds_what_does_not_go_over() -> None:
    first = Keyframe("t", 0, BOX, occluded=True, z_order=3)
    label = Label("l", tracks=(Track("t"),), keyframes=(first, Keyframe("t", 2, BOX)))
    made = next(islice(frames.states(label, None, "all"), 1, None))
    assert made == (1, label.tracks[0], Keyframe("t", 1, BOX, occluded=True, z_order=3), True)


@pytest.mark.parametrize(
    ("start", "end", "middle"),
    [
        (Point(0, 0), Point(4, 8), Point(2, 4)),
        (Polyline(((0.0, 0.0, 2.0, 2.0),)), Polyline(((4.0, 0.0, 2.0, 6.0),)), Polyline(((2.0, 0.0, 2.0, 4.0),))),
        (
            Polygon(
                (((0.0, 0.0, 4.0, 0.0, 0.0, 4.0), (1.0, 1.0, 2.0, 1.0, 1.0, 2.0)), ((9.0, 9.0, 8.0, 9.0, 9.0, 8.0),))
            ),
            Polygon(
                (((2.0, 0.0, 6.0, 0.0, 2.0, 4.0), (3.0, 1.0, 4.0, 1.0, 3.0, 2.0)), ((9.0, 9.0, 8.0, 9.0, 9.0, 8.0),))
            ),
            Polygon(
                (((1.0, 0.0, 5.0, 0.0, 1.0, 4.0), (2.0, 1.0, 3.0, 1.0, 2.0, 2.0)), ((9.0, 9.0, 8.0, 9.0, 9.0, 8.0),))
            ),
        ),
        (
            Keypoints((Keypoint(0, 0, 2), Keypoint(2, 2, 1))),
            Keypoints((Keypoint(2, 0, 0), Keypoint(4, 4, 2))),
            Keypoints((Keypoint(1, 0, 2), Keypoint(3, 3, 1))),
        ),
        (RotatedBox(0, 0, 4, 2, 350), RotatedBox(2, 2, 6, 4, 10), RotatedBox(1, 1, 5, 3, 360)),
        (Ellipse(0, 0, 4, 2, 10), Ellipse(2, 2, 6, 4, -30), Ellipse(1, 1, 5, 3, -10)),
        (Cuboid((0.0,) * 16), Cuboid((2.0,) * 16), Cuboid((1.0,) * 16)),
    ],
)
def test_a29_every_flat_shape_goes_over(start: Geometry, end: Geometry, middle: Geometry) -> None:
    assert frames.between(start, end, 0.5) == middle


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (Mask(1, 4, "4"), Mask(1, 4, "04")),
        (BOX, Point(1, 1)),
        (BOX, None),
        (Polyline(((0.0, 0.0, 2.0, 2.0),)), Polyline(((0.0, 0.0),))),
        (Polyline(((0.0, 0.0),)), Polyline(((0.0, 0.0), (1.0, 1.0)))),
        (
            Polygon((((0.0, 0.0, 1.0, 0.0, 0.0, 1.0), (0.0, 0.0, 1.0, 0.0, 0.0, 1.0)),)),
            Polygon((((0.0, 0.0, 1.0, 0.0, 0.0, 1.0),), ((0.0, 0.0, 1.0, 0.0, 0.0, 1.0),))),
        ),
    ],
)
def test_masks_and_unlike_shapes_hold(start: Geometry, end: Geometry | None) -> None:
    assert frames.between(start, end, 0.5) == start


def test_a30_skeletons_stay_skeletons() -> None:
    found = track((0, Keypoints((Keypoint(0, 0, 2),))), (2, Keypoints((Keypoint(2, 0, 2),))))
    assert found[1] == Keypoints((Keypoint(1, 0, 2),))


def test_memory_does_not_grow_with_the_frames() -> None:
    label = Label("l", tracks=(Track("t"),), keyframes=(Keyframe("t", 0, BOX), Keyframe("t", 200_000, BOX)))
    tracemalloc.start()
    try:
        assert sum(1 for _ in islice(frames.states(label, None, "all"), 20_000)) == 20_000
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()


@given(labels(), st.integers(1, 40), st.integers(1, 4))
@settings(deadline=None, max_examples=40)
def test_a29_every_nth_frame_is_taken_from_all_frames(drawn: tuple[Label, int | None], n: int, parts: int) -> None:
    step = max(Fraction(n, parts), Fraction(1))
    grid = {-(-k * step.numerator // step.denominator) for k in range(60)}
    wanted = [state for state in frames.states(*drawn, "all") if state.frame in grid]
    assert list(frames.states(*drawn, step)) == wanted
    seen = {state.track.id for state in wanted}
    assert [track.id for track in frames.unseen(*drawn, step)] == [t.id for t in drawn[0].tracks if t.id not in seen]


@given(st.integers(1, 40), st.integers(1, 4))
def test_places_number_the_wanted_frames(n: int, parts: int) -> None:
    step = max(Fraction(n, parts), Fraction(1))
    places = [place for frame in range(100) if (place := frames.place(frame, step)) is not None]
    assert places == list(range(len(places)))
    assert frames.place(0, step) == 0
    assert [frames.place(frame, "all") for frame in range(3)] == [0, 1, 2]


@pytest.mark.parametrize(
    ("asked", "fps", "frame_step", "step"),
    [
        ("every:7", None, None, Fraction(7)),
        ("fps:5", 25.0, None, Fraction(5)),
        ("fps:10", 25.0, None, Fraction(5, 2)),
        ("fps:2.5", 30.0, 3, Fraction(4)),
        ("fps:60", 25.0, None, Fraction(1)),
    ],
)
def test_frames_a_second_are_a_step_of_the_frames_that_were_labelled(
    asked: str, fps: float | None, frame_step: int | None, step: Fraction
) -> None:
    assert frames.wanted_of(asked, Asset("v", "video", fps=fps, frame_step=frame_step)) == step


def test_frames_a_second_need_the_rate_of_the_video() -> None:
    with pytest.raises(RequestError, match="needs the frame rate"):
        frames.wanted_of("fps:5", Asset("v", "video"))


def test_a30_a_frame_knows_its_place_and_time_in_the_file() -> None:
    stepped = Asset("v", "video", fps=30.0, first_frame=60, frame_step=3)
    assert (frames.source_frame(stepped, 10), frames.seconds(stepped, 10)) == (90, 3.0)
    assert frames.seconds(Asset("v", "video"), 10) is None
