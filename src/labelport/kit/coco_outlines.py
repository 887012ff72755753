"""What COCO says of an outline: its segmentation, the area of its mask, its bounds; many at once."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from labelport.errors import Fault, InvalidError
from labelport.model.geometry import Box, Geometry, Mask, Polygon
from labelport.shapes import convert, raster, rings, rle
from labelport.shapes.convert import Extent

Bounds = tuple[float, float, float, float]


class Shape(NamedTuple):
    """An outline in a picture; what is a crowd is written as runs."""

    geometry: Geometry
    height: Extent
    width: Extent
    crowd: bool = False


class Outline(NamedTuple):
    """How COCO writes it."""

    segmentation: object
    area: float
    bbox: Bounds


_AT_ONCE = 32
"""Masks to work on together: what comes of them stays in the processor's cache."""
Holes = Callable[[Polygon, Extent, Extent], Geometry]
"""What is written for a polygon with holes."""


def as_runs(polygon: Polygon, height: Extent, width: Extent) -> Geometry:
    """Write the polygon as runs, which can hold holes."""
    return convert.mask(polygon.parts, height, width)


def as_keyholes(polygon: Polygon, height: Extent, width: Extent) -> Geometry:  # noqa: ARG001
    """Write each part as one ring that goes round its holes too."""
    return Polygon(tuple((rings.keyhole(part),) for part in polygon.parts))


def outlines(shapes: Sequence[Shape], holes: Holes = as_runs) -> list[Outline]:
    """Return how COCO writes each shape: boxes without segmentation, polygons as lists, masks as they are."""
    found: list[Outline | None] = [None] * len(shapes)
    single: list[tuple[int, Shape, rings.Ring]] = []
    masks: list[tuple[int, Mask]] = []
    for place, shape in enumerate(shapes):
        written = shape.geometry
        if isinstance(written, Polygon) and (shape.crowd or any(part[1:] for part in written.parts)):
            written = (as_runs if shape.crowd else holes)(written, shape.height, shape.width)
        if isinstance(written, Polygon):
            if len(written.parts) == 1:
                single.append((place, shape, written.parts[0][0]))
            else:
                found[place] = _several(written.parts, shape.height, shape.width)
        elif isinstance(written, Mask):
            masks.append((place, written))
        else:
            box = rings.envelope(written) or Box(0.0, 0.0, 0.0, 0.0)
            found[place] = Outline((), box.width * box.height, (box.x, box.y, box.width, box.height))
    _fill_rings(found, single)
    for start in range(0, len(masks), _AT_ONCE):
        _fill_masks(found, masks[start : start + _AT_ONCE])
    return [outline for outline in found if outline is not None]


def _fill_rings(found: list[Outline | None], single: Sequence[tuple[int, Shape, rings.Ring]]) -> None:
    if not single:
        return
    flat = [ring for _, _, ring in single]
    bounds = raster.bounds(flat).tolist()
    heights = [_size(shape.height, box[1] + box[3]) for (_, shape, _), box in zip(single, bounds, strict=True)]
    widths = [_size(shape.width, box[0] + box[2]) for (_, shape, _), box in zip(single, bounds, strict=True)]
    areas = raster.areas(flat, heights, widths).tolist()
    for (place, _, ring), area, box in zip(single, areas, bounds, strict=True):
        found[place] = Outline((_of_three(ring),), area, tuple(box))


def _fill_masks(found: list[Outline | None], masks: Sequence[tuple[int, Mask]]) -> None:
    stack = rle.parse_all([mask.counts for _, mask in masks])
    for (_, mask), total in zip(masks, rle.totals(stack).tolist(), strict=True):
        if total != mask.height * mask.width:
            raise InvalidError("a mask", [Fault("counts", rle.fault(mask.counts, mask.height, mask.width) or "")])
    bounds = rle.bounds_all(stack, [mask.height for _, mask in masks]).tolist()
    for (place, mask), area, box in zip(masks, rle.areas(stack).tolist(), bounds, strict=True):
        segmentation = {"size": (mask.height, mask.width), "counts": mask.counts}
        found[place] = Outline(segmentation, area, tuple(box))


def _several(parts: convert.Parts, height: Extent, width: Extent) -> Outline:
    outer = tuple(part[0] for part in parts)
    x, y, wide, high = rings.bounds(tuple(value for ring in outer for value in ring))
    runs = raster.polygon(parts, _size(height, y + high), _size(width, x + wide))
    return Outline(tuple(map(_of_three, outer)), rle.area(runs), (x, y, wide, high))


def _of_three(ring: rings.Ring) -> rings.Ring:
    """Return the ring with three points at least: fewer, readers take for a box or refuse."""
    return ring if len(ring) >= 6 else (ring + 2 * ring[-2:])[:6]


def _size(known: Extent, furthest: float) -> int:
    return convert.extent(furthest) if known is None else known
