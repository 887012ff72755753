"""GeoJSON geometries as RFC 7946 wants them: outer rings counterclockwise (3.1.6), cut at the antimeridian (3.1.9).

A line between two positions is straight in longitude and latitude (3.1.1): what crosses the antimeridian says so by
longitudes beyond 180 degrees, and is cut there into parts, each within -180 to 180. The long way round stays whole.
Altitudes go over linearly where a line is cut.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil, floor
from typing import Any

Position = list[float]
Line = list[Position]
Polygon = list[Line]
FULL, HALF = 360.0, 180.0


def proper(geometry: dict[str, Any]) -> dict[str, Any]:
    """Return the geometry with its rings turned and its parts cut; other members stay as they are."""
    kind = geometry["type"]
    if kind == "GeometryCollection":
        return {**geometry, "geometries": [proper(one) for one in geometry["geometries"]]}
    found = geometry["coordinates"]
    match kind:
        case "Point":
            return {**geometry, "coordinates": _shifted([found])[0]}
        case "MultiPoint":
            return {**geometry, "coordinates": [_shifted([one])[0] for one in found]}
        case "LineString" | "MultiLineString":
            lines = [found] if kind == "LineString" else found
            return _gathered(geometry, "LineString", [part for line in lines for part in cut_line(line)])
        case _:
            polygons = [found] if kind == "Polygon" else found
            return _gathered(geometry, "Polygon", [part for one in polygons for part in cut_polygon(one)])


def cut_line(line: Line) -> Iterator[Line]:
    """Yield the parts of a line within -180 to 180, in its direction."""
    parts = [line]
    for edge in _edges(line):
        parts = [piece for part in parts for piece in _split_line(part, edge)]
    yield from map(_shifted, parts)


def cut_polygon(polygon: Polygon) -> Iterator[Polygon]:
    """Yield the parts of a polygon within -180 to 180, turned by the right-hand rule."""
    if not polygon:
        yield polygon
        return
    parts = [[_turned(ring, -1 if place else 1) for place, ring in enumerate(polygon)]]
    for edge in _edges(polygon[0]):
        parts = [piece for part in parts for side in (-1, 1) for piece in _half(part, edge, side)]
    for part in parts:
        turns = _turns(part[0])
        yield [_shifted(ring, turns) for ring in part]


def area(ring: Sequence[Position]) -> float:
    """Return the area inside a closed ring in square degrees, positive where it runs counterclockwise, north up."""
    return sum(one[0] * other[1] - other[0] * one[1] for one, other in pairwise(ring)) / 2


def _gathered(geometry: dict[str, Any], name: str, parts: list[Any]) -> dict[str, Any]:
    """Return one part as what it was, several as a shape of many parts."""
    if geometry["type"] == name and len(parts) == 1:
        return {**geometry, "coordinates": parts[0]}
    return {**geometry, "type": f"Multi{name}", "coordinates": parts}


def _edges(line: Sequence[Position]) -> list[float]:
    """Return the longitudes of the antimeridian that lie strictly between the ends of what is cut."""
    longitudes = [at[0] for at in line]
    low, high = min(longitudes), max(longitudes)
    first, last = floor((low + HALF) / FULL), ceil((high - HALF) / FULL)
    return [edge for turn in range(first, last) if low < (edge := HALF + FULL * turn) < high]


def _turns(line: Sequence[Position]) -> int:
    """Return how often the globe was gone round where a line lies, which crosses no edge."""
    longitudes = [at[0] for at in line]
    low, high = min(longitudes), max(longitudes)
    return 0 if low >= -HALF and high <= HALF else floor(((low + high) / 2 + HALF) / FULL)


def _shifted(line: Line, turns: int | None = None) -> Line:
    turns = _turns(line) if turns is None else turns
    return [[at[0] - FULL * turns, *at[1:]] for at in line] if turns else line


def _turned(ring: Line, way: int) -> Line:
    return ring[::-1] if area(ring) * way < 0 else ring


def _side(at: Position, edge: float) -> int:
    return (at[0] > edge) - (at[0] < edge)


def _at(start: Position, end: Position, edge: float) -> Position:
    """Return where a line crosses an edge."""
    share = (edge - start[0]) / (end[0] - start[0])
    return [edge, *(a + (b - a) * share for a, b in zip(start[1:], end[1:], strict=False))]


def _split_line(line: Line, edge: float) -> Iterator[Line]:
    part, side = [line[0]], _side(line[0], edge)
    for start, end in pairwise(line):
        to = _side(end, edge)
        if side * to < 0:
            if start[0] != edge:
                part.append(_at(start, end, edge))
            yield part
            part = [part[-1]]
        side = to or side
        part.append(end)
    yield part


def _half(polygon: Polygon, edge: float, side: int) -> Iterator[Polygon]:
    """Yield what lies on one side of an edge: -1 is west of it, 1 east."""
    outlines: list[Line] = []
    holes: list[Line] = []
    chains: list[Line] = []
    for place, ring in enumerate(polygon):
        there = {_side(at, edge) for at in ring}
        if there <= {side, 0}:
            (holes if place else outlines).append(ring)
        elif side in there:
            chains += _chains(ring, edge, side)
    outlines += _joined(chains)
    for outline in outlines:
        yield [outline, *(hole for hole in holes if len(outlines) == 1 or _inside(hole, outline))]


def _chains(ring: Line, edge: float, side: int) -> Iterator[Line]:
    """Yield the runs of a ring on one side, each from the edge to the edge."""
    corners = ring[:-1]
    start = next(i for i in range(len(corners)) if _side(corners[i - 1], edge) != side == _side(corners[i], edge))
    chain: list[Position] = []
    for before, at in pairwise([corners[start - 1], *corners[start:], *corners[:start]]):
        was, now = _side(before, edge) == side, _side(at, edge) == side
        if now:
            chain = chain if was else [_at(before, at, edge)]
            chain.append(at)
        elif was:
            chain.append(_at(before, at, edge))
            yield chain


def _joined(chains: Sequence[Line]) -> Iterator[Line]:
    """Yield the rings that chains form with the edge: between each second pair of their ends lies the polygon."""
    ends = sorted((chain[place][1], i, place) for i, chain in enumerate(chains) for place in (0, -1))
    partner = {}
    for one, other in zip(ends[::2], ends[1::2], strict=True):
        partner[one[1:]], partner[other[1:]] = other[1:], one[1:]
    left = dict.fromkeys(range(len(chains)))
    while left:
        i, place = next(iter(left)), 0
        ring: Line = []
        while i in left:
            del left[i]
            ring += chains[i] if place == 0 else chains[i][::-1]
            i, place = partner[i, -1 - place]
        ring.append(ring[0])
        if area(ring):
            yield ring


def _inside(hole: Line, outline: Line) -> bool:
    """Whether a corner of a hole lies inside an outline (even-odd)."""
    x, y = hole[0][:2]
    crossings = 0
    for one, other in pairwise(outline):
        if (one[1] > y) != (other[1] > y):
            crossings += x < one[0] + (y - one[1]) / (other[1] - one[1]) * (other[0] - one[0])
    return crossings % 2 == 1
