"""A picture that shapes are drawn on, smooth at the edges."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
from PIL import Image, ImageColor, ImageDraw

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
from labelport.shapes import rings, rle

FINE = 2
"""So many times finer than the picture it is drawn, and then made smaller."""
Ring = Sequence[float]
Edges = Sequence[tuple[int, int]]
Ends = Literal["open", "closed"]


class Canvas:
    """A picture in the making; coordinates are its pixels, divided by `scale`."""

    def __init__(self, size: tuple[int, int], ground: Image.Image | tuple[str, str] | None, scale: float = 1.0) -> None:
        """Begin with a picture, two colours that flow into each other from top to bottom, or nothing (transparent)."""
        self.size = size
        self._scale = scale * FINE
        fine = (size[0] * FINE, size[1] * FINE)
        if ground is None:
            self._image = Image.new("RGBA", fine)
        elif isinstance(ground, Image.Image):
            self._image = ground.convert("RGB").resize(fine)
        else:
            top, bottom = (Image.new("RGB", fine, colour) for colour in ground)
            self._image = Image.composite(bottom, top, Image.linear_gradient("L").resize(fine))

    def fill(self, shape: Geometry, colour: str, opacity: float = 1.0) -> None:
        """Fill a shape; lines and points have nothing to fill."""
        match shape:
            case Mask(height, width, counts):
                pixels = rle.decode(rle.parse(counts), height, width)
                self._paste(Image.fromarray(np.ascontiguousarray(pixels) * 255), colour, opacity)
            case Cuboid(corners):
                for face, light in _faces(corners):
                    self._area([[face]], _shaded(colour, light), opacity)
            case _:
                self._area(_parts(shape), colour, opacity)

    def stroke(self, shape: Geometry, colour: str, width: float = 2, edges: Edges = ()) -> None:
        """Draw a shape's outline; `edges` join the points of a skeleton."""
        match shape:
            case Point(x, y):
                self._dot(x, y, colour, width * 1.5)
            case Keypoints(points):
                self._skeleton(points, edges, colour, width)
            case _:
                for ring, ends in _lines(shape):
                    self._line(ring, colour, width, ends)

    def picture(self) -> Image.Image:
        """Return the picture as it is."""
        return self._image.resize(self.size, Image.Resampling.BOX)

    def _area(self, parts: Iterable[Sequence[Ring]], colour: str, opacity: float) -> None:
        mask = Image.new("L", self._image.size)
        brush = ImageDraw.Draw(mask)
        for outer, *holes in parts:
            brush.polygon(self._fine(outer), fill=255)
            for hole in holes:
                brush.polygon(self._fine(hole), fill=0)
        self._paste(mask, colour, opacity)

    def _paste(self, mask: Image.Image, colour: str, opacity: float) -> None:
        whole = mask.resize(self._image.size)
        share = whole.point(lambda value: round(value * opacity)) if opacity < 1 else whole
        if self._image.mode == "RGB":
            self._image.paste(colour, mask=share)
        elif place := share.getbbox():
            layer = Image.new("RGBA", (place[2] - place[0], place[3] - place[1]), colour)
            layer.putalpha(share.crop(place))
            self._image.alpha_composite(layer, place[:2])

    def _line(self, ring: Ring, colour: str, width: float, ends: Ends) -> None:
        points = self._fine(ring)
        if ends == "closed":
            points += points[:2]
        ImageDraw.Draw(self._image).line(points, fill=colour, width=max(1, round(width * FINE)), joint="curve")

    def _skeleton(self, points: Sequence[Keypoint], edges: Edges, colour: str, width: float) -> None:
        for start, end in edges:
            a, b = points[start], points[end]
            if a.visibility and b.visibility:
                self._line((a.x, a.y, b.x, b.y), colour, width, "open")
        for one in points:
            if one.visibility:
                self._dot(one.x, one.y, colour, width * 1.2)

    def _dot(self, x: float, y: float, colour: str, radius: float) -> None:
        x, y = self._fine((x, y))
        reach = radius * FINE
        ImageDraw.Draw(self._image).ellipse((x - reach, y - reach, x + reach, y + reach), fill=colour)

    def _fine(self, ring: Ring) -> list[float]:
        return [value * self._scale for value in ring]


def _parts(shape: Geometry) -> list[list[Ring]]:
    """Return the parts of a shape that has an inside, each its outer ring and its holes."""
    match shape:
        case Box():
            return [[rings.of_box(shape)]]
        case RotatedBox():
            return [[rings.of_rotated_box(shape)]]
        case Ellipse():
            return [[rings.of_ellipse(shape)]]
        case Polygon(parts):
            return [list(part) for part in parts]
        case _:
            return []


def _lines(shape: Geometry) -> list[tuple[Ring, Ends]]:
    """Return the lines that show a shape."""
    match shape:
        case Polyline(lines):
            return [(line, "open") for line in lines]
        case Cuboid(corners):
            return [(face, "closed") for face, _ in _faces(corners)]
        case _:
            return [(ring, "closed") for part in _parts(shape) for ring in part]


def _faces(corners: Ring) -> list[tuple[list[float], float]]:
    """Return the faces of a cuboid with how light they are, the front one last."""
    front, back = corners[:8], corners[8:]
    found = [(list(back), 0.5)]
    for a, b in pairwise((0, 2, 4, 6, 0)):
        found.append(([*front[a : a + 2], *front[b : b + 2], *back[b : b + 2], *back[a : a + 2]], 0.75))
    return [*found, (list(front), 1.0)]


def _shaded(colour: str, light: float) -> str:
    red, green, blue = (round(part * light) for part in ImageColor.getrgb(colour)[:3])
    return f"#{red:02x}{green:02x}{blue:02x}"
