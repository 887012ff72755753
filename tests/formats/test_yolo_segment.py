"""YOLO segmentation: one ring for each object, which covers what the object covered."""

import csv
from collections.abc import Mapping
from io import StringIO

import numpy as np
import pytest
from labelformat.formats import YOLOv8InstanceSegmentationInput

from labelport.fidelity import Ledger, fit
from labelport.formats import yolo_segment
from labelport.kit.format import Context, Lost
from labelport.model.asset import Asset
from labelport.model.geometry import Box, Geometry, Mask, Polygon
from labelport.model.label import Annotation, Label
from labelport.model.ontology import LabelClass
from labelport.model.record import Record
from labelport.shapes import raster, rings, rle
from labelport.testing.render import encoded, render
from labelport.testing.runs import encoded as runs
from tests.formats.framed import FramedFormatTests
from tests.formats.yolo import laid_out, lines, seen_by_supervision

CONTEXT = Context((LabelClass(4, "cat"),))
SQUARE = (10.0, 10.0, 40.0, 10.0, 40.0, 40.0, 10.0, 40.0)
HOLE = (20.0, 20.0, 20.0, 30.0, 30.0, 30.0, 30.0, 20.0)
APART = (50.0, 50.0, 60.0, 50.0, 60.0, 60.0)


class TestYoloSegment(FramedFormatTests):
    name = "yolo_segment"

    def read(self, files: Mapping[str, bytes]) -> int:
        listed = csv.DictReader(StringIO(files["images.csv"].decode(), newline=""))
        missing = {row["file"]: b"" for row in listed if row["file"] not in files}  # the reader wants every file
        with laid_out({**files, **missing}) as folder:
            found = YOLOv8InstanceSegmentationInput(folder / "data.yaml", "train")
            return sum(len(one.objects) for one in found.get_labels())


def test_supervision_reads_the_polygons() -> None:
    files = render(yolo_segment.FORMAT, [record(Polygon(((SQUARE,), (APART,))), Polygon(((APART,),)))], CONTEXT)
    assert seen_by_supervision(files) == 2


def record(*shapes: Geometry) -> Record:
    marks = tuple(Annotation(f"{i}", i, 4, shape) for i, shape in enumerate(shapes, 1))
    asset = Asset("a", "image", width=100, height=80)
    return Record("t", "a.jpg", asset, 1, "a.jpg", labels=(Label("l", annotations=marks),))


def ring(shape: Geometry) -> tuple[float, ...]:
    """Return the ring that a shape is written as, in pixels."""
    ((words,),) = lines(render(yolo_segment.FORMAT, [record(shape)], CONTEXT)).values()
    return tuple(float(word) * (100, 80)[i & 1] for i, word in enumerate(words[1:]))


def test_a_polygon_is_its_points_in_shares() -> None:
    files = render(yolo_segment.FORMAT, [record(Polygon(((SQUARE,),)))], CONTEXT)
    assert lines(files)["a"] == [["0", "0.1", "0.125", "0.4", "0.125", "0.4", "0.5", "0.1", "0.5"]]


def test_a18_several_parts_are_one_object_joined_where_they_are_nearest() -> None:
    assert ring(Polygon(((SQUARE,), (APART,)))) == pytest.approx(
        (10, 10, 40, 10, 40, 40, 50, 50, 60, 50, 60, 60, 50, 50, 40, 40, 10, 40)
    )


@pytest.mark.parametrize(
    "shape",
    [
        Polygon(((SQUARE, HOLE),)),
        Polygon(((SQUARE,), (APART,))),
        Mask(80, 100, runs([500, 20, 60, 20, 60, 21, 59, 4, 3000, 7, 4249])),
        Polygon((((-20.0, 20.0, 120.0, 20.0, 120.0, 60.0, -20.0, 60.0),),)),
    ],
)
def test_a20_one_ring_covers_the_pixels_of_the_shape(shape: Polygon | Mask) -> None:
    wanted = rle.parse(shape.counts) if isinstance(shape, Mask) else raster.polygon(shape.parts, 80, 100)
    assert (raster.polygon([[ring(shape)]], 80, 100) == wanted).all()


def test_a16_joined_parts_and_holes_are_in_the_report() -> None:
    ledger = Ledger()
    fit(record(Polygon(((SQUARE, HOLE),)), Polygon(((SQUARE,), (APART,)))), yolo_segment.CARRIES, "convert", ledger)
    assert [(one.what, one.fate, one.how) for one in ledger.losses("f")] == [
        ("multi_polygon", "converted", "polygon"),
        ("polygon_with_hole", "converted", "polygon"),
    ]


def test_a22_what_is_outside_is_cut_off_and_told() -> None:
    over = Polygon((((90.0, 70.0, 110.0, 70.0, 110.0, 90.0, 90.0, 90.0),),))
    assert rings.bounds(ring(over)) == (90, 70, 10, 10)
    assert [one for one in encoded(yolo_segment.FORMAT, record(over), CONTEXT) if isinstance(one, Lost)] == [
        Lost("polygon", "converted", "what is inside the picture")
    ]


def test_every_value_is_a_share_of_the_picture() -> None:
    shapes: list[Geometry] = [
        Polygon((((0.0, 0.0, 100.00000001, 0.0, 100.0, 80.0),),)),
        Box(99.9999999, 79.9, 0.2, 0.2),
    ]
    values = np.array([value for shape in shapes for value in ring(shape)])
    assert values.min() >= 0
    assert values[0::2].max() <= 100
    assert values[1::2].max() <= 80
