"""Where objects are to be seen: each frame by itself, and whether they are gone in the next."""

import pytest

from labelport.model.geometry import Box
from labelport.model.label import Annotation, Keyframe, Label, Target, Track
from labelport.shapes.presence import ends, presences

BOX = Box(0, 0, 2, 2)


@pytest.mark.parametrize(
    ("seen", "length", "wanted"),
    [
        ([], 5, []),
        ([0, 1, 3], 5, [(0, False), (1, True), (3, True)]),
        ([3, 4], 5, [(3, False), (4, False)]),
        ([3, 4], None, [(3, False), (4, True)]),
    ],
)
def test_an_object_is_gone_where_the_next_frame_is_another(
    seen: list[int], length: int | None, wanted: list[tuple[int, bool]]
) -> None:
    assert list(ends(seen, length)) == wanted


@pytest.mark.parametrize(
    ("on", "wanted"),
    [(None, [0, 1, 2, 3]), (Target(first_frame=1), [1]), (Target(first_frame=1, last_frame=9), [1, 2, 3])],
)
def test_a_shape_that_stands_still_is_seen_where_it_is_on(on: Target | None, wanted: list[int]) -> None:
    label = Label("l", annotations=(Annotation("a", 1, 1, BOX, on=on),))
    ((_, seen),) = presences(label, 4)
    assert [one.frame for one in seen] == wanted


def test_a_track_is_seen_until_it_leaves_and_one_without_shapes_nowhere() -> None:
    frames = (Keyframe("t", 1, BOX), Keyframe("t", 3, outside=True))
    label = Label("l", tracks=(Track("t", 1, 1), Track("ghost", 2, 1)), keyframes=frames)
    assert [(one.id, [each.frame for each in seen]) for one, seen in presences(label, 9)] == [
        ("t", [1, 2]), ("ghost", []),
    ]  # fmt: skip
