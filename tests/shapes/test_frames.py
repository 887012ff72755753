"""Tracks go over from keyframe to keyframe as the closed form says."""

import tracemalloc
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


@given(labels(), st.sampled_from(["keyframes", "all"]))
@settings(deadline=None, max_examples=40)
def test_spans_count_the_states_and_their_frames(drawn: tuple[Label, int | None], wanted: frames.Wanted) -> None:
    label, length = drawn
    states = list(frames.states(label, length, wanted))
    spans = list(frames.spans(label, length, wanted))
    assert sum(end - start for start, end in spans) == len(states)
    assert frames.covered(spans) == len({state.frame for state in states})


@given(labels(), st.sampled_from(["keyframes", "all"]))
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
