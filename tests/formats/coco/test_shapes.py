"""Each shape is written as COCO has it: outline, runs, box and joints."""

from typing import Any

import pytest

from labelport.errors import InvalidError
from labelport.formats.coco import FORMAT
from labelport.model.answers import Text
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
    RotatedBox,
)
from labelport.shapes import convert, raster, rle
from tests.formats.coco.build import FAR, HEIGHT, HOLE, SQUARE, WIDTH, one, pixels, record, row, written

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # the judge's


def test_a18_parts_stay_one_annotation() -> None:
    found = row(Polygon(((SQUARE,), (FAR,))))
    assert found["segmentation"] == [list(SQUARE), list(FAR)]


def test_a20_holes_go_out_as_runs_and_their_box_is_that_of_the_pixels() -> None:
    found = row(Polygon(((SQUARE, HOLE),)))
    assert isinstance(found["segmentation"]["counts"], str)
    assert (found["area"], found["bbox"]) == (91, [10, 10, 10, 10])


def test_a20_holes_go_out_as_keyholes_where_asked() -> None:
    document = written(record(one(Polygon(((SQUARE, HOLE), (FAR,))))), holes="keyhole")
    assert len(document["annotations"][0]["segmentation"]) == 2
    plain = rle.decode(raster.polygon(((SQUARE, HOLE), (FAR,)), HEIGHT, WIDTH), HEIGHT, WIDTH)
    assert (pixels(document) == plain).all()


def test_a_box_has_no_segmentation() -> None:
    found = row(Box(1, 2, 3.5, 4))
    assert (found["segmentation"], found["area"], found["bbox"]) == ([], 14, [1, 2, 3.5, 4])


def test_a_crowd_goes_out_as_runs() -> None:
    found = written(record(one(Polygon(((SQUARE,),)), crowd=True)))["annotations"][0]
    assert found["iscrowd"] == 1
    assert found["segmentation"] == {
        "size": [HEIGHT, WIDTH],
        "counts": rle.write(raster.runs([SQUARE], HEIGHT, WIDTH)[0]),
    }


@pytest.mark.parametrize(
    ("shape", "ring"),
    [
        (RotatedBox(15, 15, 10, 4, 90), [17, 10, 17, 20, 13, 20, 13, 10]),
        (Cuboid((0, 0, 4, 0, 4, 4, 0, 4, 1, 1, 6, 1, 6, 5, 1, 5)), None),
    ],
)
def test_a17_turned_shapes_go_out_as_what_the_declaration_says(shape: Geometry, ring: list[float] | None) -> None:
    assert row(shape)["segmentation"] == ([ring] if ring else [])


def test_an_ellipse_goes_out_as_its_polygon() -> None:
    assert row(Ellipse(20, 20, 10, 5))["segmentation"] == [list(convert.parts(Ellipse(20, 20, 10, 5))[0][0])]


@pytest.mark.parametrize("ring", [(1.0, 2.0), (1.0, 2.0, 3.0, 4.0)])
def test_a_ring_of_fewer_than_three_points_is_not_taken_for_a_box(ring: tuple[float, ...]) -> None:
    found = row(Polygon(((ring,),)))
    assert len(found["segmentation"][0]) == 6
    assert found["area"] == 0


def test_joints_are_written_with_their_number_and_bounds() -> None:
    found = row(Keypoints((Keypoint(3, 4, 2), Keypoint(9, 9, 0), Keypoint(5, 8, 1))))
    assert found["keypoints"] == [3, 4, 2, 0, 0, 0, 5, 8, 1]
    assert (found["num_keypoints"], found["bbox"], found["area"]) == (2, [3, 4, 2, 4], 8)


def test_outline_and_joints_of_a_group_are_one_annotation() -> None:
    joints = one(Keypoints((Keypoint(11, 11, 2),)), 2, group="g")
    document = written(record(one(Polygon(((SQUARE,),)), 1, group="g"), joints))
    assert len(document["annotations"]) == 1
    found = document["annotations"][0]
    assert (found["id"], found["keypoints"], found["area"]) == (1, [11, 11, 2], 100)


@pytest.mark.parametrize("more", [{"class_": 2}, {"occluded": True}, {"answers": (Text("t", "x"),)}])
def test_joints_that_say_more_stay_by_themselves(more: dict[str, Any]) -> None:
    joints = one(Keypoints((Keypoint(11, 11, 2),)), 2, group="g", **more)
    assert len(written(record(one(Box(0, 0, 1, 1), 1, group="g"), joints))["annotations"]) == 2


@pytest.mark.parametrize("shape", [None, Point(1, 1)])
def test_what_is_not_carried_is_no_row(shape: Geometry | None) -> None:
    assert written(record(one(shape)))["annotations"] == []


def test_a24_an_invalid_mask_is_refused_with_its_reason() -> None:
    with pytest.raises(InvalidError, match="the runs add up to 5 pixels, not to 2 x 2 = 4"):
        row(Mask(2, 2, "5"))


def test_a24_an_invalid_mask_leaves_the_fragments_of_others_whole() -> None:
    assert FORMAT.fragment is not None
    good, bad = record(one(Box(0, 0, 1, 1))), record(one(Mask(2, 2, "5")))
    assert [fragment is None for fragment in FORMAT.fragment([good, bad])] == [False, True]
