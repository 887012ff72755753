"""W1 as the peers read it: COCO in two flavours, and Label Studio's JSON."""

from collections.abc import Iterable
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

from drawn.draw import CLASSES, HEIGHT, WIDTH, encode
from drawn.pictures import Pictures

FLAVOURS = {"exact": "coco.json", "outlines": "coco_polygons.json", "boxes": "coco_boxes.json"}
"""Documents of COCO, by what stands in them: every shape as it is, its outline, or its bounds alone."""


class Read(NamedTuple):
    """A run of tasks: COCO's images, for each its annotations without ids by flavour, and Label Studio's tasks."""

    images: list[dict[str, Any]]
    annotations: list[list[dict[str, Any]]]
    tasks: list[dict[str, Any]]


def write(out: Path, runs: Iterable[Read]) -> None:
    """Write the documents of all runs, in their order."""
    whole = Read([], [], [])
    for run in runs:
        for all_, part in zip(whole, run, strict=True):
            all_.extend(part)
    categories = [{"id": one["number"], "name": one["name"]} for one in CLASSES]
    firsts = list(accumulate(map(len, whole.annotations), initial=1))
    for flavour, name in FLAVOURS.items():
        rows = [
            {"id": first + i, **row[flavour]}
            for first, found in zip(firsts, whole.annotations, strict=False)
            for i, row in enumerate(found)
        ]
        (out / name).write_bytes(encode({"images": whole.images, "annotations": rows, "categories": categories}))
    (out / "label_studio.json").write_bytes(encode(whole.tasks))


def read(span: tuple[int, int]) -> Read:
    """Return a run of tasks as the peers read it."""
    found = Read([], [], [])
    for number, (record, shapes) in enumerate(Pictures(*span).tasks(), span[0] + 1):
        found.images.append({"id": number, "file_name": record["name"], "width": WIDTH, "height": HEIGHT})
        rows, regions = [], []
        for (kind, shape), one in zip(shapes, record["labels"][0]["annotations"], strict=False):
            ring = outline(kind, shape)
            plain = {"image_id": number, "category_id": one["class"], "iscrowd": 0}
            outlines = {**plain, "segmentation": [ring], "bbox": bounds(ring), "area": round(area(ring), 2)}
            boxes = {**outlines, "segmentation": []}
            if kind == "mask":
                runs = {"size": [HEIGHT, WIDTH], "counts": shape[0]}
                exact = {**plain, "segmentation": runs, "bbox": shape[2], "area": shape[3]}
            else:
                exact = outlines if kind == "polygon" else boxes
            rows.append({"exact": exact, "outlines": outlines, "boxes": boxes})
            regions.append(region(one, kind, shape, ring))
        found.annotations.append(rows)
        made = [{"id": number, "result": regions}]
        found.tasks.append({"id": number, "data": {"image": record["name"]}, "annotations": made})
    return found


def region(one: dict[str, Any], kind: str, shape: Any, ring: list[float]) -> dict[str, Any]:
    """Return a shape as a region of Label Studio, in percent."""
    name = CLASSES[one["class"] - 1]["name"]
    base = {
        "id": one["id"],
        "to_name": "image",
        "original_width": WIDTH,
        "original_height": HEIGHT,
        "image_rotation": 0,
    }
    if kind == "box":
        x, y, width, height = shape
        value = {
            "x": x / WIDTH * 100,
            "y": y / HEIGHT * 100,
            "width": width / WIDTH * 100,
            "height": height / HEIGHT * 100,
        }
        return base | {
            "type": "rectanglelabels",
            "from_name": "box",
            "value": value | {"rotation": 0, "rectanglelabels": [name]},
        }
    points = [[x / WIDTH * 100, y / HEIGHT * 100] for x, y in zip(ring[0::2], ring[1::2], strict=True)]
    return base | {
        "type": "polygonlabels",
        "from_name": "polygon",
        "value": {"points": points, "closed": True, "polygonlabels": [name]},
    }


def outline(kind: str, shape: Any) -> list[float]:
    """Return a shape as one ring."""
    if kind == "box":
        x, y, width, height = shape
        return [x, y, round(x + width, 2), y, round(x + width, 2), round(y + height, 2), x, round(y + height, 2)]
    return list(shape) if kind == "polygon" else list(shape[1])


def bounds(flat: list[float]) -> list[float]:
    x, y = flat[0::2], flat[1::2]
    return [min(x), min(y), round(max(x) - min(x), 2), round(max(y) - min(y), 2)]


def area(flat: list[float]) -> float:
    x, y = flat[0::2], flat[1::2]
    following = zip([*x[1:], x[0]], [*y[1:], y[0]], strict=True)
    return abs(sum(a * d - c * b for a, b, (c, d) in zip(x, y, following, strict=True))) / 2
