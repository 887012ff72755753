"""Shapes in a picture: percent made pixels, turned where they turn."""

from math import cos, radians, sin
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from labelport.model.geometry import Box, Ellipse, Point, Polygon, Polyline, RotatedBox
from tests.formats.label_studio.build import read, result

WIDTH, HEIGHT = 200, 100
PERCENT = st.floats(0, 100, allow_nan=False)


def _corners(x: float, y: float, width: float, height: float, angle: float) -> list[tuple[float, float]]:
    """The corners of a rectangle that turns about its upper left one, from the definition of a turn on screen."""
    cosine, sine = cos(radians(angle)), sin(radians(angle))
    return [
        (x + u * cosine - v * sine, y + u * sine + v * cosine)
        for u, v in ((0, 0), (width, 0), (width, height), (0, height))
    ]


def _corners_of(box: RotatedBox) -> list[tuple[float, float]]:
    cosine, sine = cos(radians(box.angle)), sin(radians(box.angle))
    half = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    sides = [(u * box.width / 2, v * box.height / 2) for u, v in half]
    return [(box.cx + u * cosine - v * sine, box.cy + u * sine + v * cosine) for u, v in sides]


def test_a_rectangle_is_percent_of_the_picture() -> None:
    value = {"x": 10, "y": 20, "width": 30, "height": 40, "rotation": 0, "rectanglelabels": ["Car"]}
    outcome = read(result("rectanglelabels", value))
    assert outcome.annotation.geometry == Box(20.0, 20.0, 60.0, 40.0)
    assert outcome.annotation.class_ == "Car"


@pytest.mark.parametrize("angle", [30.0, 45.0, 90.0, 179.9, 270.0, 328.33240366032836, -15.0])
def test_a17_a_turned_rectangle_has_the_corners_of_the_editor(angle: float) -> None:
    value = {"x": 10, "y": 20, "width": 30, "height": 40, "rotation": angle}
    box = read(result("rectangle", value)).annotation.geometry
    assert isinstance(box, RotatedBox)
    for found, wanted in zip(_corners_of(box), _corners(20, 20, 60, 40, angle), strict=True):
        assert found == pytest.approx(wanted, abs=1e-9)


@given(PERCENT, PERCENT, PERCENT, PERCENT, st.floats(0, 360, exclude_min=True, exclude_max=True))
@settings(max_examples=40, deadline=None)
def test_a17_the_first_corner_never_moves(x: float, y: float, width: float, height: float, angle: float) -> None:
    value = {"x": x, "y": y, "width": width, "height": height, "rotation": angle}
    box = read(result("rectangle", value)).annotation.geometry
    assert isinstance(box, RotatedBox)
    assert _corners_of(box)[0] == pytest.approx((x * WIDTH / 100, y * HEIGHT / 100), abs=1e-9)


@pytest.mark.parametrize("angle", [0, 0.0, 360, -360, None])
def test_a_rectangle_that_is_not_turned_is_a_box(angle: float | None) -> None:
    value = {"x": 10, "y": 20, "width": 30, "height": 40, "rotation": angle}
    assert read(result("rectangle", value)).annotation.geometry == Box(20.0, 20.0, 60.0, 40.0)


def test_a17_a_quarter_turn_is_exact() -> None:
    value = {"x": 50, "y": 20, "width": 10, "height": 20, "rotation": 90}
    assert read(result("rectangle", value)).annotation.geometry == RotatedBox(90.0, 30.0, 20.0, 20.0, 90)


def test_an_ellipse_has_its_centre_where_it_is_said() -> None:
    value = {"x": 50, "y": 50, "radiusX": 10, "radiusY": 20, "rotation": 33.5, "ellipselabels": ["Eye"]}
    assert read(result("ellipselabels", value)).annotation.geometry == Ellipse(100.0, 50.0, 20.0, 20.0, 33.5)


def test_a_polygon_keeps_its_corners_in_order() -> None:
    value = {"points": [[0, 0], [50, 0], [50, 100]], "closed": True, "polygonlabels": ["Roof"]}
    wanted = Polygon((((0.0, 0.0, 100.0, 0.0, 100.0, 100.0),),))
    assert read(result("polygonlabels", value)).annotation.geometry == wanted


def test_a_polygon_that_is_still_open_is_a_line() -> None:
    value = {"points": [[0, 0], [50, 0], [50, 100]], "closed": False}
    wanted = Polyline(((0.0, 0.0, 100.0, 0.0, 100.0, 100.0),))
    assert read(result("polygon", value)).annotation.geometry == wanted


def test_a_key_point_is_a_point_and_keeps_its_size() -> None:
    value = {"x": 25, "y": 75, "width": 0.5, "keypointlabels": ["Nose"]}
    annotation = read(result("keypointlabels", value)).annotation
    assert annotation.geometry == Point(50.0, 75.0)
    assert (annotation.extra or {})["point_size"] == 1.0


def _vertices(*places: tuple[float, float], before: tuple[int | None, ...] = ()) -> list[dict[str, Any]]:
    return [
        {"id": f"p{at}", "x": x, "y": y, "isBezier": False}
        | ({} if at >= len(before) else {"prevPointId": None if before[at] is None else f"p{before[at]}"})
        for at, (x, y) in enumerate(places)
    ]


def test_an_open_vector_is_a_line() -> None:
    value = {"vertices": _vertices((0, 0), (50, 50)), "closed": False, "vectorlabels": ["Road"]}
    assert read(result("vectorlabels", value)).annotation.geometry == Polyline(((0.0, 0.0, 100.0, 50.0),))


def test_a_closed_vector_is_a_polygon() -> None:
    value = {"vertices": _vertices((0, 0), (50, 0), (50, 50)), "closed": True}
    assert read(result("vector", value)).annotation.geometry == Polygon((((0.0, 0.0, 100.0, 0.0, 100.0, 50.0),),))


def test_a_branching_vector_is_a_line_for_each_branch() -> None:
    places = _vertices((0, 0), (10, 0), (20, 0), (10, 10), before=(None, 0, 1, 1))
    geometry = read(result("vector", {"vertices": places})).annotation.geometry
    assert geometry == Polyline(((0.0, 0.0, 20.0, 0.0, 40.0, 0.0), (20.0, 0.0, 20.0, 10.0)))


def test_a_vector_of_one_vertex_is_a_point() -> None:
    assert read(result("vector", {"vertices": _vertices((50, 50))})).annotation.geometry == Point(100.0, 50.0)


def test_a_curve_is_refused_and_not_straightened() -> None:
    places = [*_vertices((0, 0)), {"id": "p1", "x": 5, "y": 5, "isBezier": True}]
    (fault,) = read(result("vector", {"vertices": places})).faults
    assert (fault.path, fault.reason[:15]) == (
        "$[0].annotations[0].result[0].value.vertices[1].isBezier",
        "is a Bézier cur",
    )


@pytest.mark.parametrize("turn", [0, 90, 180, 270, -90, None])
def test_a_turn_of_the_view_moves_nothing(turn: int | None) -> None:
    """The editor turns its stage as a whole: coordinates stay those of the picture as it is shown unturned."""
    value = {"x": 10, "y": 20, "width": 30, "height": 40, "rotation": 0}
    annotation = read(result("rectangle", value, image_rotation=turn)).annotation
    assert annotation.geometry == Box(20.0, 20.0, 60.0, 40.0)
    assert (annotation.extra or {}).get("image_rotation") == (turn or None)


@pytest.mark.parametrize("turn", [45, "90", [], 90.5], ids=str)
def test_a_view_that_is_turned_otherwise_is_refused(turn: object) -> None:
    value = {"x": 10, "y": 20, "width": 30, "height": 40}
    (fault,) = read(result("rectangle", value, image_rotation=turn)).faults
    assert fault.path == "$[0].annotations[0].result[0].image_rotation"


def test_everything_that_is_wrong_is_told_at_once() -> None:
    value = {"x": "a", "y": None, "width": -1, "height": 1e400, "rotation": True, "rectanglelabels": [5]}
    text = result("rectanglelabels", value, image_rotation=7, original_width=200, original_height=100)
    paths = [it.path.removeprefix("$[0].annotations[0].result[0].") for it in read(text).faults]
    assert paths == [
        "image_rotation",
        "value.height",
        "value.rectanglelabels[0]",
        "value.rotation",
        "value.width",
        "value.x",
        "value.y",
    ]


@pytest.mark.parametrize("size", [{}, {"original_width": 0}, {"original_width": -5}, {"original_width": 10.5}], ids=str)
def test_a_shape_in_a_picture_of_unknown_size_is_refused(size: dict[str, Any]) -> None:
    given = result("rectangle", {"x": 1, "y": 2, "width": 3, "height": 4})
    given |= {"original_width": None} | size
    (fault,) = read(given).faults
    assert (fault.path, "`original_width`" in fault.reason) == ("$[0].annotations[0].result[0]", True)


def test_a_size_that_another_result_tells_serves_all_on_the_picture() -> None:
    value = {"x": 10, "y": 20, "width": 30, "height": 40}
    sizeless = result("rectangle", value, id="r2", original_width=None, original_height=None)
    outcome = read(result("rectangle", value), sizeless)
    first, second = outcome.label.annotations
    assert first.geometry == second.geometry


def test_a_size_in_the_task_serves_where_no_result_tells_it() -> None:
    value = {"x": 10, "y": 20, "width": 30, "height": 40}
    given = result("rectangle", value, original_width=None, original_height=None)
    data = {"image": "a.jpg", "width": 200, "height": 100}
    assert read(given, data=data).annotation.geometry == Box(20.0, 20.0, 60.0, 40.0)


@pytest.mark.parametrize("points", [[[0, 0], [1, 1]], [], [[0, 0], [1], [2, 2], [3, 3]], None, [[0, "a"]], {}], ids=str)
def test_a_polygon_without_three_places_is_refused(points: object) -> None:
    outcome = read(result("polygon", {"points": points}))
    assert all(it.path.startswith("$[0].annotations[0].result[0].value.points") for it in outcome.faults)
    assert outcome.faults
