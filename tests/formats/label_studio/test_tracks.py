"""Objects that move through a video."""

from typing import Any

import pytest

from labelport.model.geometry import Box, Polyline, RotatedBox
from labelport.model.label import Keyframe
from tests.formats.label_studio.build import Outcome, read

DATA = {"video": "https://example.org/a.mp4", "width": 200, "height": 100}


def _key(frame: object, x: float = 10, enabled: object = True, **more: Any) -> dict[str, Any]:
    return {"frame": frame, "x": x, "y": 20, "width": 30, "height": 40, "rotation": 0, "enabled": enabled, **more}


def _track(
    *sequence: object, data: dict[str, Any] = DATA, frames: int | None = None, kind: str = "videorectangle"
) -> Outcome:
    value: dict[str, Any] = {"sequence": list(sequence), "labels": ["Cell"]}
    if frames is not None:
        value |= {"framesCount": frames, "duration": frames / 25}
    return read({"id": "t1", "type": kind, "from_name": "box", "to_name": "video", "value": value}, data=data)


def test_frames_are_counted_from_0_and_boxes_are_pixels() -> None:
    label = _track(_key(1), _key(18, 44.5)).label
    assert label.keyframes == (
        Keyframe("t1", 0, Box(20.0, 20.0, 60.0, 40.0)),
        Keyframe("t1", 17, Box(89.0, 20.0, 60.0, 40.0)),
    )
    assert [(it.id, it.class_) for it in label.tracks] == [("t1", "Cell")]


def test_an_object_is_gone_from_the_frame_after_the_key_frame_that_disables_it() -> None:
    label = _track(_key(1), _key(25, enabled=False), _key(40)).label
    assert [(it.frame, it.outside) for it in label.keyframes] == [(0, False), (24, False), (25, True), (39, False)]


def test_an_object_that_is_seen_on_the_next_frame_is_not_gone() -> None:
    label = _track(_key(1, enabled=False), _key(2)).label
    assert [(it.frame, it.outside) for it in label.keyframes] == [(0, False), (1, False)]


def test_an_object_is_not_gone_after_the_last_frame() -> None:
    label = _track(_key(1), _key(50, enabled=False), frames=50).label
    assert [(it.frame, it.outside) for it in label.keyframes] == [(0, False), (49, False)]


def test_key_frames_come_in_order() -> None:
    label = _track(_key(9), _key(3)).label
    assert [it.frame for it in label.keyframes] == [2, 8]


def test_a_track_that_turns_anywhere_is_of_turned_boxes_everywhere() -> None:
    """Unlike shapes hold between key frames; the editor lets the angle go over linearly."""
    label = _track(_key(1), _key(5, rotation=90)).label
    assert [type(it.geometry) for it in label.keyframes] == [RotatedBox, RotatedBox]
    assert label.keyframes[0].geometry == RotatedBox(50.0, 40.0, 60.0, 40.0, 0)


def test_a_moving_vector_is_a_track_of_lines() -> None:
    places = [{"id": "a", "x": 0, "y": 0}, {"id": "b", "x": 50, "y": 50, "prevPointId": "a"}]
    label = _track({"frame": 1, "enabled": True, "closed": False, "vertices": places}, kind="videovector").label
    assert label.keyframes == (Keyframe("t1", 0, Polyline(((0.0, 0.0, 100.0, 50.0),))),)


def test_the_video_knows_its_frames_rate_and_length() -> None:
    asset = _track(_key(1, time=0.04), _key(18, time=0.72), frames=1000).record.asset
    assert (asset.kind, asset.frames, asset.fps, asset.duration) == ("video", 1000, 25.0, 40.0)
    assert (asset.width, asset.height) == (200, 100)


def test_a_video_of_unknown_size_costs_its_tracks_and_says_what_to_do() -> None:
    (fault,) = _track(_key(1), data={"video": "a.mp4"}).faults
    assert (fault.path, "add its `width` and `height`" in fault.reason) == ("$[0].annotations[0].result[0]", True)


@pytest.mark.parametrize(
    "sequence",
    [[], [_key(0)], [_key("x")], [_key(1), _key(1)], [5], [_key(1, enabled="yes")], [_key(None)], [{"frame": 1}]],
    ids=["none", "frame 0", "no frame", "twice", "no object", "enabled", "null", "no box"],
)
def test_a_broken_sequence_is_refused(sequence: list[object]) -> None:
    outcome = _track(*sequence)
    assert outcome.faults
    assert outcome.label.keyframes == ()


def test_a_phantom_timeline_result_names_the_track_and_makes_no_second_one() -> None:
    """HumanSignal/label-studio issue 9744: a copy of the sequence under the timeline's control."""
    sequence = [_key(1)]
    results = [
        {
            "id": "t1",
            "type": "timelinelabels",
            "from_name": "time",
            "to_name": "video",
            "value": {"sequence": sequence, "timelinelabels": []},
        },
        {
            "id": "t1",
            "type": "videorectangle",
            "from_name": "box",
            "to_name": "video",
            "value": {"sequence": sequence, "labels": ["A"]},
        },
    ]
    label = read(*results, data=DATA).label
    assert (len(label.tracks), label.annotations) == (1, ())


def test_keys_of_key_frames_that_are_not_read_are_counted() -> None:
    outcome = _track(_key(1, auto=True), _key(2, auto=True))
    assert outcome.unread == {"$[].annotations[].result[].value.sequence[].auto": 2}
