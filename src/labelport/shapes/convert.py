"""Shapes as other kinds of shapes, where a format cannot carry them as they are."""

from math import ceil

from labelport.model.geometry import Box, Ellipse, Geometry, Mask, Polygon, RotatedBox
from labelport.shapes import raster, rings, rle
from labelport.shapes.rings import Ring

Parts = tuple[tuple[Ring, ...], ...]
Extent = int | None
"""Height or width of the picture; unknown, a mask reaches as far as its shape."""

CONVERSIONS = {
    "box": (
        [
            "rotated_box",
            "polygon",
            "multi_polygon",
            "polygon_with_hole",
            "polyline",
            "point",
            "keypoints",
            "ellipse",
            "mask",
            "cuboid",
        ]
    ),
    "polygon": ["box", "rotated_box", "ellipse", "polygon_with_hole", "multi_polygon"],
    "mask": ["box", "rotated_box", "ellipse", "polygon", "polygon_with_hole", "multi_polygon"],
}
"""The kinds of `geometry.kind` that can be converted to each kind."""


def convert(shape: Geometry, how: str, height: Extent = None, width: Extent = None) -> Geometry:
    """Return the shape as a box, a polygon of one ring, or a mask; what marks nothing is a box of no size."""
    match how:
        case "box":
            return rings.envelope(shape) or Box(0.0, 0.0, 0.0, 0.0)
        case "mask":
            return mask(parts(shape), height, width)
        case _:
            return Polygon(((_joined(parts(shape)),),))


def parts(shape: Geometry) -> Parts:
    """Return the rings of a flat shape with an inside; none for any other."""
    match shape:
        case Polygon(found):
            return found
        case Box():
            return ((rings.of_box(shape),),)
        case RotatedBox():
            return ((rings.of_rotated_box(shape),),)
        case Ellipse():
            return ((rings.of_ellipse(shape),),)
        case _:
            return ()


def mask(outline: Parts, height: Extent = None, width: Extent = None) -> Mask:
    """Return the pixels that rings cover."""
    if height is None or width is None:
        outer = [ring for part in outline for ring in part[:1]]
        height = extent(max(max(ring[1::2]) for ring in outer)) if height is None else height
        width = extent(max(max(ring[0::2]) for ring in outer)) if width is None else width
    return Mask(height, width, rle.write(raster.polygon(outline, height, width)))


def extent(furthest: float) -> int:
    """Return how many pixels a picture has at least that reaches so far."""
    return max(ceil(furthest), 1)


def _joined(outline: Parts) -> Ring:
    return rings.keyhole([rings.keyhole(part) for part in outline])
