"""The conformance set is sound, whole, and measured as pycocotools measures."""

import numpy as np
import pytest
from pycocotools import mask as judge

from labelport.model.check import faults
from labelport.model.geometry import Box, Ellipse, Geometry, Mask, Point, Polygon, RotatedBox, kind
from labelport.model.ontology import Ontology
from labelport.shapes import rings
from labelport.testing.cases import CLASSES
from labelport.testing.conformance import HEIGHT, SHAPES, WIDTH, agreement, pixels, record
from labelport.testing.geometries import FLAT

OUTLINED = [(name, shape) for name, shapes in SHAPES.items() for shape in shapes if isinstance(shape, Box | Polygon)]


@pytest.mark.parametrize("case", SHAPES)
def test_a_case_is_a_sound_record_with_all_its_shapes(case: str) -> None:
    made = record(case)
    assert list(faults(made, Ontology(CLASSES))) == []
    assert tuple(one.geometry for one in made.labels[0].annotations) == SHAPES[case]


def test_every_flat_kind_is_in_the_set() -> None:
    assert {kind(shape) for shapes in SHAPES.values() for shape in shapes} == set(FLAT)


@pytest.mark.parametrize(("case", "shape"), OUTLINED)
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_pixels_are_those_of_pycocotools(case: str, shape: Box | Polygon) -> None:
    parts = shape.parts if isinstance(shape, Polygon) else ((rings.of_box(shape),),)
    wanted = np.zeros((HEIGHT, WIDTH), bool)
    for part in parts:
        outer, *holes = (judge.decode(judge.frPyObjects([list(ring)], HEIGHT, WIDTH))[..., 0] > 0 for ring in part)
        for hole in holes:
            outer &= ~hole
        wanted |= outer
    assert (pixels(shape) == wanted).all(), case


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        (Box(0, 0, 4, 4), Box(2, 0, 4, 4), 8 / 24),
        (Box(0, 0, 4, 4), Polygon((((0, 0, 4, 0, 4, 4, 0, 4),),)), 1.0),
        (Box(70, 0, 4, 4), Box(5, 5, 0, 0), 1.0),
        (RotatedBox(10, 10, 4, 4, 90), Box(8, 8, 4, 4), 1.0),
        (Ellipse(10, 10, 0, 0), Box(0, 0, 1, 1), 0.0),
        (Point(1, 1), Point(1, 1.0005), 1.0),
        (Point(1, 1), Point(1, 1.002), 0.0),
        (Point(1, 1), Box(1, 1, 0, 0), 0.0),
        (Mask(HEIGHT, WIDTH, "PP3"), Box(0, 0, 0, 0), 1.0),
    ],
)
def test_agreement_is_of_pixels_or_of_places(one: Geometry, other: Geometry, share: float) -> None:
    assert agreement(one, other) == share
