"""Shapes as other kinds of shapes, where a format cannot carry them as they are."""

from math import ceil

from labelport.model.geometry import Box, Cuboid, Ellipse, Geometry, Mask, Polygon, RotatedBox
from labelport.shapes import calipers, contours, raster, rings, rle
from labelport.shapes.rings import Ring

Parts = tuple[tuple[Ring, ...], ...]
_NOWHERE: Ring = (0.0,) * 6
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
    "polygon": ["box", "rotated_box", "ellipse", "polygon_with_hole", "multi_polygon", "mask"],
    "mask": ["box", "rotated_box", "ellipse", "polygon", "polygon_with_hole", "multi_polygon"],
    "rotated_box": ["box", "polygon", "multi_polygon", "polygon_with_hole", "ellipse", "mask", "cuboid"],
}
"""The kinds of `geometry.kind` that can be converted to each kind."""


def convert(shape: Geometry, how: str, height: Extent = None, width: Extent = None) -> Geometry:
    """Return the shape as a box, upright or turned, a polygon of one ring, or a mask.

    What marks nothing is a box of no size, or a polygon of one corner three times, in the origin.
    """
    match how:
        case "box":
            return rings.envelope(shape) or Box(0.0, 0.0, 0.0, 0.0)
        case "mask":
            return mask(parts(shape), height, width)
        case "rotated_box":
            return rotated_box(shape)
        case _:
            outline = parts(shape)
            return Polygon(((joined(outline) if outline else _NOWHERE,),))


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
        case Mask(height, width, counts):
            return contours.parts(rle.parse(counts), height, width)
        case _:
            return ()


def rotated_box(shape: Geometry) -> RotatedBox:
    """Return the smallest rectangle round a shape; round an ellipse, the one along its radii."""
    match shape:
        case RotatedBox():
            return shape
        case Box(x, y, width, height):
            return RotatedBox(x + width / 2, y + height / 2, width, height, 0.0)
        case Ellipse(cx, cy, rx, ry, angle):
            return RotatedBox(cx, cy, 2 * rx, 2 * ry, angle)
        case Cuboid(corners):
            return calipers.rectangle(corners)
        case _:
            flat = [value for part in parts(shape) for value in part[0]]
            return calipers.rectangle(flat or (0.0, 0.0))


def mask(outline: Parts, height: Extent = None, width: Extent = None) -> Mask:
    """Return the pixels that rings cover."""
    if height is None or width is None:
        outer = [ring for part in outline for ring in part[:1]]
        height = extent(max(max(ring[1::2]) for ring in outer)) if height is None else height
        width = extent(max(max(ring[0::2]) for ring in outer)) if width is None else width
    return Mask(height, width, rle.write(raster.polygon(outline, height, width)))


def joined(outline: Parts) -> Ring:
    """Return one ring round all parts and their holes, over seams that are walked both ways."""
    return rings.keyhole([rings.keyhole(part) for part in outline])


def extent(furthest: float) -> int:
    """Return how many pixels a picture has at least that reaches so far."""
    return max(ceil(furthest), 1)
