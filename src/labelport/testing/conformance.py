"""The conformance set: shapes that formats are known to get wrong, and the measure of what comes back of them.

Each case is one picture of 64 x 48. A case with several shapes gives each a class of its own, in the order of the
classes' numbers, so that formats without objects tell them apart too. Coordinates avoid odd tenths of a pixel, where
rounding to a fifth, which `shapes.raster` does as pycocotools does, would turn on the last bit.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import chain

import numpy as np
from numpy.typing import NDArray

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
from labelport.model.label import Annotation, Label
from labelport.model.record import Record
from labelport.shapes import raster, rle
from labelport.shapes.convert import parts
from labelport.testing.cases import CLASSES
from labelport.testing.runs import encoded

WIDTH, HEIGHT = 64, 48
NEAR = 1e-3
"""How far, in pixels, points and lines may come back from where they were: what four digits of a share leave."""
JOINTS = 2
"""The class that has a skeleton."""
Pixels = NDArray[np.bool_]


def _square(x: float, y: float, side: float) -> tuple[float, ...]:
    return (x, y, x + side, y, x + side, y + side, x, y + side)


_turned = partial(RotatedBox, 32.0, 24.0, 24.0, 10.0)
_L = (8.0, 8.0, 24.0, 8.0, 24.0, 16.0, 16.0, 16.0, 16.0, 40.0, 8.0, 40.0)
SHAPES: Mapping[str, tuple[Geometry, ...]] = {
    "one pixel": (Box(10.0, 12.0, 1.0, 1.0),),
    "box": (Box(5.0, 7.0, 21.0, 13.0),),
    "sub-pixel box": (Box(3.25, 4.75, 10.0, 6.5),),
    "box within a pixel": (Box(20.25, 20.25, 0.5, 0.5),),
    "box without width": (Box(5.0, 5.0, 0.0, 10.0),),
    "box that is a point": (Box(6.0, 6.0, 0.0, 0.0),),
    "whole picture": (Box(0.0, 0.0, 64.0, 48.0),),
    "box at the border": (Box(59.75, 40.0, 4.25, 8.0),),
    "box over the border": (Box(56.0, -5.0, 20.0, 20.0),),
    "box outside": (Box(70.0, 10.0, 5.0, 5.0),),
    "touching boxes": (Box(10.0, 10.0, 10.0, 10.0), Box(20.0, 10.0, 10.0, 10.0)),
    "turned by 0": (_turned(0.0),),
    "turned by 30": (_turned(30.0),),
    "turned by 90": (_turned(90.0),),
    "turned by 179.9": (_turned(179.9),),
    "turned over the border": (RotatedBox(60.0, 44.0, 20.0, 6.0, 45.0),),
    "triangle": (Polygon((((4.25, 4.75, 40.0, 10.25, 12.75, 44.0),),)),),
    "one pixel's outline": (Polygon(((_square(30.0, 30.0, 1.0),),)),),
    "concave polygon": (Polygon(((_L,),)),),
    "touching polygons": (
        Polygon((((8.0, 8.0, 32.0, 8.0, 20.0, 40.0, 8.0, 40.0),),)),
        Polygon((((32.0, 8.0, 56.0, 8.0, 56.0, 40.0, 20.0, 40.0),),)),
    ),
    "polygon at the border": (Polygon((((0.0, 0.0, 64.0, 0.0, 64.0, 48.0),),)),),
    "polygon over the border": (Polygon((((50.0, 20.0, 80.0, 30.0, 50.0, 60.0),),)),),
    "polygon outside": (Polygon(((_square(70.0, 10.0, 5.0),),)),),
    "polygon without area": (Polygon((((5.0, 5.0, 20.0, 20.0, 5.0, 5.0),),)),),
    "several parts": (Polygon(((_square(4.0, 4.0, 12.0),), (_square(40.0, 30.0, 9.75),))),),
    "hole": (Polygon(((_square(8.0, 4.0, 40.0), _square(20.0, 16.0, 12.0)),)),),
    "holes in several parts": (
        Polygon(
            (
                (_square(2.0, 2.0, 24.0), _square(6.0, 6.0, 4.0), _square(16.0, 16.0, 6.0)),
                (_square(36.0, 20.0, 20.0), _square(40.0, 24.0, 12.0)),
            )
        ),
    ),
    "island in a hole": (Polygon(((_square(8.0, 4.0, 40.0), _square(16.0, 12.0, 24.0)), (_square(24.0, 20.0, 8.0),))),),
    "circle": (Ellipse(32.0, 24.0, 12.0, 12.0),),
    "turned ellipse": (Ellipse(30.0, 22.0, 20.0, 8.0, 30.0),),
    "ellipse over the border": (Ellipse(62.0, 3.0, 10.0, 6.0),),
    "mask": (Mask(HEIGHT, WIDTH, encoded([500, 20, 28, 20, 28, 21, 27, 4, 2424])),),
    "mask of one pixel": (Mask(HEIGHT, WIDTH, encoded([48 * 9 + 5, 1, 48 * 54 + 42])),),
    "mask of every other pixel": (Mask(HEIGHT, WIDTH, encoded([1] * (HEIGHT * WIDTH))),),
    "full mask": (Mask(HEIGHT, WIDTH, encoded([0, HEIGHT * WIDTH])),),
    "empty mask": (Mask(HEIGHT, WIDTH, encoded([HEIGHT * WIDTH])),),
    "point": (Point(12.25, 40.75),),
    "point in the corner": (Point(64.0, 48.0),),
    "lines": (Polyline(((4.0, 4.0, 20.25, 8.0, 30.0, 30.0), (50.0, 40.0, 40.0, 44.0))),),
    "skeleton": (Keypoints((Keypoint(20.0, 5.0, 2), Keypoint(25.0, 15.75, 1), Keypoint(0.0, 0.0, 0))),),
    "hidden skeleton": (Keypoints((Keypoint(20.0, 5.0, 1), Keypoint(25.0, 15.75, 1), Keypoint(3.0, 40.0, 1))),),
    "cuboid": (Cuboid((*_square(10.0, 12.0, 20.0), *_square(16.0, 6.0, 20.0))),),
}
"""The shapes of every case by its name, which says why it is here."""


def record(case: str) -> Record:
    """Return the picture of a case as the store gives it."""
    shapes = SHAPES[case]
    numbers = [JOINTS] if isinstance(shapes[0], Keypoints) else [one.number for one in CLASSES if one.number != JOINTS]
    marks = [
        Annotation(f"a{i}", 100 + i, number, shape)
        for i, (number, shape) in enumerate(zip(numbers, shapes, strict=False))
    ]
    asset = Asset("i1", "image", "i1.png", width=WIDTH, height=HEIGHT)
    return Record("t1", "i1.png", asset, 1, "i1.png", labels=(Label("l1", annotations=tuple(marks)),))


def agreement(one: Geometry, other: Geometry) -> float:
    """Return the intersection over union of two shapes' pixels; of points and lines, 1 where they are near, else 0."""
    if not (_covers(one) and _covers(other)):
        return float(type(one) is type(other) and _near(_places(one), _places(other)))
    a, b = pixels(one), pixels(other)
    union = int((a | b).sum())
    return int((a & b).sum()) / union if union else 1.0


def pixels(shape: Geometry) -> Pixels:
    """Return which pixels of the picture a shape covers, by the rule of pycocotools."""
    if isinstance(shape, Mask):
        return rle.decode(rle.parse(shape.counts), shape.height, shape.width) > 0
    if not _covers(shape):
        return np.zeros((HEIGHT, WIDTH), np.bool_)
    return rle.decode(raster.polygon(parts(shape), HEIGHT, WIDTH), HEIGHT, WIDTH) > 0


def _covers(shape: Geometry) -> bool:
    return isinstance(shape, Mask) or bool(parts(shape))


def _near(one: Sequence[float], other: Sequence[float]) -> bool:
    return len(one) == len(other) and all(abs(a - b) <= NEAR for a, b in zip(one, other, strict=True))


def _places(shape: Geometry) -> Sequence[float]:
    """Return the coordinates of a shape without an inside; a joint that is not labelled is nowhere."""
    match shape:
        case Point(x, y):
            return (x, y)
        case Polyline(lines):
            return tuple(chain.from_iterable(lines))
        case Keypoints(points):
            seen = ((p.x, p.y, p.visibility) if p.visibility else (0, 0, 0) for p in points)
            return tuple(chain.from_iterable(seen))
        case Cuboid(corners):
            return corners
        case _:
            return ()
