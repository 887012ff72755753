"""W5: maps with outlines in degrees."""

from typing import Any

from drawn.draw import PEOPLE, Draw, encode


def lines(span: tuple[int, int]) -> bytes:
    """Return a run of tasks as lines of native JSON."""
    first, last = span
    draw = Draw(5, first)
    ids = draw.ids(13 * (last - first))
    outlines = iter(draw.outlines(10 * (last - first), (8, 61), (20, 110), 0.2))
    lines = []
    for i in range(first, last):
        marks = [
            {"id": next(ids), "class": 1 + place, "geometry": {"kind": "geo", "geometry": on_the_globe(next(outlines))}}
            for place in range(10)
        ]
        asset = {"id": next(ids), "kind": "geo", "uri": f"s3://bucket/maps/{i}.tif"}
        label = {"id": next(ids), "author": PEOPLE[i % 40], "annotations": marks}
        lines.append(encode({"id": next(ids), "name": f"map_{i}.tif", "asset": asset, "labels": [label]}) + b"\n")
    return b"".join(lines)


def on_the_globe(outline: list[float]) -> dict[str, Any]:
    """Return an outline on a picture as a polygon of some streets."""
    ring = [
        [round(10 + x / 1e4, 7), round(53.5 + y / 1e4, 7)] for x, y in zip(outline[0::2], outline[1::2], strict=True)
    ]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
