"""What is wrong with a GeoJSON geometry object (RFC 7946, section 3.1)."""

from collections.abc import Iterator
from math import inf
from typing import Any

from labelport.errors import Fault

DEPTHS = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
"""How many arrays stand around a position."""
COLLECTION = "GeometryCollection"
DEEPEST = 8
FOREIGN = ("geometry", "properties", "features")


def geometry_faults(value: object, depth: int = 0) -> Iterator[Fault]:
    """Yield what is wrong with the geometry, with paths relative to it."""
    if not isinstance(value, dict):
        yield Fault("", "a geometry is an object with a type")
        return
    yield from (Fault(f".{name}", "does not belong in a geometry (section 7.1)") for name in FOREIGN if name in value)
    kind = value.get("type")
    if kind == COLLECTION:
        yield from _collection(value.get("geometries"), depth)
    elif isinstance(kind, str) and kind in DEPTHS:
        lines = kind.removeprefix("Multi")
        yield from _coordinates(value.get("coordinates"), DEPTHS[kind], lines)
    else:
        yield Fault(".type", f"{kind!r} is none of {', '.join((*DEPTHS, COLLECTION))}")


def _collection(members: object, depth: int) -> Iterator[Fault]:
    if not isinstance(members, list | tuple):
        yield Fault(".geometries", "is not an array of geometries")
    elif depth == DEEPEST:
        yield Fault(".geometries", f"collections lie more than {DEEPEST} deep")
    else:
        for i, member in enumerate(members):
            yield from (Fault(f".geometries[{i}]{f.path}", f.reason) for f in geometry_faults(member, depth + 1))


def _coordinates(value: object, depth: int, shape: str, path: str = ".coordinates") -> Iterator[Fault]:
    """Yield faults of arrays `depth` deep; the arrays of positions are `shape`s."""
    if not isinstance(value, list | tuple):
        yield Fault(path, "is not an array")
    elif depth == 0:
        yield from _position(value, path)
    else:
        found = [
            fault for i, inner in enumerate(value) for fault in _coordinates(inner, depth - 1, shape, f"{path}[{i}]")
        ]
        yield from found or (_line(value, shape, path) if depth == 1 else ())


def _line(positions: list[Any] | tuple[Any, ...], shape: str, path: str) -> Iterator[Fault]:
    if shape == "LineString" and len(positions) < 2:
        yield Fault(path, "a line has two positions or more")
    if shape == "Polygon" and (len(positions) < 4 or positions[0] != positions[-1]):
        yield Fault(path, "a ring has four positions or more, the last the same as the first")


def _position(value: list[Any] | tuple[Any, ...], path: str) -> Iterator[Fault]:
    if len(value) < 2 or not all(isinstance(part, int | float) and not isinstance(part, bool) for part in value):
        yield Fault(path, "a position is longitude, latitude and perhaps altitude")
    elif 90 < abs(value[1]) < inf:
        yield Fault(f"{path}[1]", f"latitude {value[1]} is beyond a pole: longitude comes first")
