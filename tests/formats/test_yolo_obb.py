"""YOLO oriented boxes: corners where the closed form has them, and the same box back."""

from collections.abc import Iterator, Mapping
from math import cos, radians, sin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelport.formats import yolo_obb
from labelport.kit.format import Context, Lost
from labelport.model.asset import Asset
from labelport.model.geometry import Box, Geometry, Polygon, RotatedBox
from labelport.model.label import Annotation, Label
from labelport.model.ontology import LabelClass
from labelport.model.record import Record
from labelport.shapes import clip, rings
from labelport.testing.conformance import HEIGHT, WIDTH, pixels
from labelport.testing.render import encoded, render
from tests.formats.back import decoded
from tests.formats.framed import FramedFormatTests
from tests.formats.yolo import lines, seen_by_supervision

CONTEXT = Context((LabelClass(4, "ship"),))
SIDE = 1000


class TestYoloObb(FramedFormatTests):
    name = "yolo_obb"

    def read(self, files: Mapping[str, bytes]) -> int:
        return seen_by_supervision(files, is_obb=True)

    def _foreseen(self, shape: Geometry, record: Record) -> Iterator[Geometry | None]:
        """Corners over the border are moved, and told."""
        for found in super()._foreseen(shape, record):
            is_over = isinstance(found, RotatedBox) and not clip.is_inside(rings.of_rotated_box(found), WIDTH, HEIGHT)
            yield None if is_over and pixels(shape).any() else found


def record(shape: Geometry) -> Record:
    label = Label("l", annotations=(Annotation("1", 1, 4, shape),))
    return Record("t", "a.jpg", Asset("a", "image", width=SIDE, height=SIDE), 1, "a.jpg", labels=(label,))


def corners(shape: Geometry) -> list[float]:
    ((words,),) = lines(render(yolo_obb.FORMAT, [record(shape)], CONTEXT)).values()
    assert words[0] == "0"
    return [float(word) * SIDE for word in words[1:]]


def back(shape: Geometry) -> Geometry | None:
    files = render(yolo_obb.FORMAT, [record(shape)], CONTEXT)
    (found,) = [item for item in decoded(yolo_obb.FORMAT, files) if isinstance(item, Record)]
    return found.labels[0].annotations[0].geometry


@pytest.mark.parametrize("angle", [0.0, 30.0, 90.0, 179.9, 300.0])
def test_a17_corners_are_where_the_closed_form_has_them(angle: float) -> None:
    cosine, sine = cos(radians(angle)), sin(radians(angle))
    sides = [(-100, -50), (100, -50), (100, 50), (-100, 50)]
    wanted = [v for x, y in sides for v in (500 + x * cosine - y * sine, 400 + x * sine + y * cosine)]
    assert corners(RotatedBox(500, 400, 200, 100, angle)) == pytest.approx(wanted, abs=1e-4)


@settings(deadline=None, max_examples=60)
@given(st.floats(300, 700), st.floats(300, 700), st.floats(0.5, 200), st.floats(0.5, 200), st.floats(0, 359))
def test_a17_a_box_comes_back_with_its_angle(cx: float, cy: float, width: float, height: float, angle: float) -> None:
    found = back(RotatedBox(cx, cy, width, height, angle))
    assert isinstance(found, RotatedBox)
    assert (found.cx, found.cy, found.width, found.height) == pytest.approx((cx, cy, width, height), abs=1e-3)
    assert abs((found.angle - angle + 180) % 360 - 180) < 0.01


def test_a17_a_polygon_becomes_the_smallest_turned_rectangle_not_an_upright_one() -> None:
    turned = rings.of_rotated_box(RotatedBox(500, 400, 200, 100, 30))
    found = back(Polygon(((turned,),)))
    assert isinstance(found, RotatedBox)
    assert found.width * found.height == pytest.approx(20000, rel=1e-6)


def test_a_box_without_size_keeps_its_place() -> None:
    assert corners(Box(10, 20, 0, 0)) == pytest.approx([10, 20] * 4)
    assert back(Box(10, 20, 0, 0)) == RotatedBox(10, 20, 0, 0, 0)


def test_corners_over_the_border_are_moved_to_it_and_told() -> None:
    over = RotatedBox(990, 500, 100, 100, 45)
    assert max(corners(over)) == SIDE
    assert [one for one in encoded(yolo_obb.FORMAT, record(over), CONTEXT) if isinstance(one, Lost)] == [
        Lost("rotated_box", "converted", "what is inside the picture")
    ]
