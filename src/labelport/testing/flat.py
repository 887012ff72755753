"""Hypothesis strategies for the shapes of images and frames, inside their asset."""

from collections.abc import Callable
from math import cos, pi, sin

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from labelport.model.asset import Asset
from labelport.model.geometry import (
    Box,
    Cuboid,
    Ellipse,
    Keypoint,
    Keypoints,
    Mask,
    Point,
    Polygon,
    Polyline,
    RotatedBox,
)
from labelport.testing.runs import encoded


def sides(asset: Asset) -> tuple[int, int]:
    """Return width and height of the asset; 64 where it says none."""
    return asset.width or 64, asset.height or 64


def within(high: float, low: float = 0.0) -> SearchStrategy[float]:
    """Draw a coordinate: on a grid of quarters, or anywhere."""
    anywhere = st.floats(low, high, allow_subnormal=False)
    return st.integers(0, int((high - low) * 4)).map(lambda quarters: low + quarters / 4) | anywhere


@st.composite
def box(draw: st.DrawFn, asset: Asset) -> Box:
    """Draw a box."""
    width, height = sides(asset)
    x, y = draw(within(width)), draw(within(height))
    return Box(x, y, draw(within(width - x)), draw(within(height - y)))


@st.composite
def rotated_box(draw: st.DrawFn, asset: Asset) -> RotatedBox:
    """Draw a rotated box whose corners are inside, too."""
    width, height = sides(asset)
    reach = min(width, height) / 4
    cx, cy = draw(within(width - reach, reach)), draw(within(height - reach, reach))
    return RotatedBox(cx, cy, draw(within(reach)), draw(within(reach)), draw(st.floats(-360, 360)))


@st.composite
def _ring(draw: st.DrawFn, cx: float, cy: float, reach: float) -> tuple[float, ...]:
    """Draw a ring that does not cross itself: evenly spread directions, radii from half of `reach` to `reach`."""
    corners = draw(st.integers(3, 8))
    turn = draw(st.floats(0, 1))
    radii = draw(st.lists(st.floats(reach / 2, reach), min_size=corners, max_size=corners))
    angles = [2 * pi * (i + turn) / corners for i in range(corners)]
    pairs = ((cx + r * cos(a), cy + r * sin(a)) for r, a in zip(radii, angles, strict=True))
    return tuple(value for pair in pairs for value in pair)


@st.composite
def _part(draw: st.DrawFn, cx: float, cy: float, reach: float, holes: int) -> tuple[tuple[float, ...], ...]:
    """Draw a ring and holes strictly inside it: a triangle's inner circle is a quarter of `reach` or more."""
    shifts = (0.0,) if holes == 1 else (-0.1, 0.1)[:holes]
    size = 0.2 if holes == 1 else 0.08
    inner = [draw(_ring(cx + shift * reach, cy, size * reach)) for shift in shifts[:holes]]
    return (draw(_ring(cx, cy, reach)), *inner)


@st.composite
def _polygon(draw: st.DrawFn, asset: Asset, *, least: tuple[int, int], most: tuple[int, int]) -> Polygon:
    """Draw a polygon; `least` and `most` are how many parts, and how many holes in the first part."""
    width, height = sides(asset)
    count = draw(st.integers(least[0], most[0]))
    strip = width / count
    holes = [draw(st.integers(least[1], most[1])), *[draw(st.integers(0, most[1])) for _ in range(1, count)]]
    reach = min(strip, height) / 2
    return Polygon(tuple(draw(_part(strip * (i + 0.5), height / 2, reach, holes[i])) for i in range(count)))


def polygons(least: tuple[int, int], most: tuple[int, int]) -> "Callable[[Asset], SearchStrategy[Polygon]]":
    """Return what draws polygons with at least and at most so many (parts, holes of a part)."""
    return lambda asset: _polygon(asset, least=least, most=most)


def polyline(asset: Asset) -> SearchStrategy[Polyline]:
    """Draw one to three lines."""
    width, height = sides(asset)
    point = st.tuples(within(width), within(height))
    line = st.lists(point, min_size=2, max_size=6).map(lambda points: tuple(v for point in points for v in point))
    return st.lists(line, min_size=1, max_size=3).map(lambda lines: Polyline(tuple(lines)))


def point(asset: Asset) -> SearchStrategy[Point]:
    """Draw a point."""
    width, height = sides(asset)
    return st.builds(Point, within(width), within(height))


def skeleton(asset: Asset) -> SearchStrategy[Keypoints]:
    """Draw a skeleton of one to five joints."""
    return st.integers(1, 5).flatmap(lambda joints: keypoints(asset, joints))


@st.composite
def ellipse(draw: st.DrawFn, asset: Asset) -> Ellipse:
    """Draw an ellipse."""
    box = draw(rotated_box(asset))
    return Ellipse(box.cx, box.cy, box.width, box.height, box.angle)


@st.composite
def mask(draw: st.DrawFn, asset: Asset) -> Mask:
    """Draw a mask of the size of the asset."""
    width, height = sides(asset)
    cuts = sorted(draw(st.lists(st.integers(0, width * height), max_size=8, unique=True)))
    ends = [*cuts, width * height]
    runs = [end - start for start, end in zip([0, *cuts], ends, strict=True)]
    return Mask(height, width, encoded(runs[:-1] if runs[-1] == 0 and len(runs) > 1 else runs))


@st.composite
def cuboid(draw: st.DrawFn, asset: Asset) -> Cuboid:
    """Draw a cuboid: two equal faces, shifted."""
    width, height = sides(asset)
    faces = [draw(within(width / 4)), draw(within(height / 4))], [draw(within(width / 4)), draw(within(height / 4))]
    corners: list[float] = []
    for x, y in faces:
        right, down = x + width / 2, y + height / 2
        corners += [x, y, right, y, right, down, x, down]
    return Cuboid(tuple(corners))


def keypoints(asset: Asset, joints: int) -> SearchStrategy[Keypoints]:
    """Draw a skeleton with so many joints."""
    width, height = sides(asset)
    joint = st.builds(Keypoint, within(width), within(height), st.integers(0, 2))
    return st.lists(joint, min_size=joints, max_size=joints).map(lambda points: Keypoints(tuple(points)))
