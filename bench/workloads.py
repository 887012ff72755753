"""Makes the workloads of the benchmarks, the same bytes each time, in the native format and as the peers read them.

    python bench/workloads.py w1 OUT --tasks 100000     images: boxes, polygons, masks, nested answers, history, stamps
    python bench/workloads.py w2 OUT --frames 200000    one video: six tracks, a keyframe every 30 frames
    python bench/workloads.py w3 OUT --volumes 40       CT label volumes, 512 x 512 x 120, five segments
    python bench/workloads.py w4 OUT --tasks 1000000    tiny tasks: one answer each
    python bench/workloads.py w5 OUT --tasks 5000       maps: ten outlines each, in degrees

`--peers` writes w1 as COCO too (`coco.json`; `coco_polygons.json`, where boxes and masks are their outlines, for those
that write nothing else), and as Label Studio's JSON (`label_studio.json`).
"""

import argparse
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from itertools import accumulate
from math import pi
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import msgspec
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from labelport.shapes import raster, rle

WIDTH, HEIGHT = 1280, 720
CLASSES = [
    {"number": i + 1, "name": f"class_{i:02d}", "colour": f"#{i * 2654435761 & 0xFFFFFF:06x}"} for i in range(24)
]
PEOPLE = [f"annotator{i:02d}@example.org" for i in range(40)]
NAMESPACE = UUID("12345678-1234-5678-1234-567812345678")
QUESTIONS = [
    (str(uuid5(NAMESPACE, name)), [str(uuid5(NAMESPACE, name + option)) for option in options.split()])
    for name, options in (
        ("occlusion", "none partly heavily"),
        ("truncation", "no left right both"),
        ("quality", "clear blurred dark"),
        ("pose", "front side rear unknown"),
    )
]
"""Questions and their options, by ids as labelling tools give them."""
START = np.datetime64("2025-01-01T00:00:00")
CHUNK = 500
TINY_CHUNK = 20_000
encode = msgspec.json.Encoder().encode


class Draw:
    """Random values for a run of tasks, drawn many at once."""

    def __init__(self, seed: int, first: int) -> None:
        self.random: Generator = np.random.default_rng([seed, first])

    def ids(self, count: int) -> Iterator[str]:
        """Yield ids in the shape of UUID version 4."""
        digits = self.random.bytes(16 * count).hex()
        for i in range(0, 32 * count, 32):
            text = digits[i : i + 32]
            yield f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"

    def below(self, limit: int, count: int) -> Iterator[int]:
        """Yield whole numbers from 0 on."""
        return iter(self.random.integers(limit, size=count).tolist())

    def outlines(self, count: int, corners: tuple[int, int], radius: tuple[float, float], wobble: float) -> list[Any]:
        """Return closed outlines around random centres, each x0, y0, x1, y1, ..."""
        r = self.random
        sizes = r.integers(*corners, size=count)
        starts = np.cumsum(sizes) - sizes
        total = int(sizes.sum())
        angle = 2 * pi * (np.arange(total) - np.repeat(starts, sizes)) / np.repeat(sizes, sizes)
        reach = (1 + wobble * r.standard_normal(total)).clip(0.35, 1.5) * np.repeat(r.uniform(*radius, count), sizes)
        x = np.repeat(r.uniform(160, WIDTH - 160, count), sizes) + reach * np.cos(angle)
        y = np.repeat(r.uniform(160, HEIGHT - 160, count), sizes) + reach * np.sin(angle)
        flat = np.stack([x, y], 1).round(2).ravel().tolist()
        return [
            flat[2 * start : 2 * (start + size)] for start, size in zip(starts.tolist(), sizes.tolist(), strict=True)
        ]

    def boxes(self, count: int) -> list[list[float]]:
        """Return rectangles inside the picture: x, y, width, height."""
        r = self.random
        width, height = r.uniform(12, 300, count), r.uniform(12, 250, count)
        x, y = r.uniform(0, 1, count) * (WIDTH - width), r.uniform(0, 1, count) * (HEIGHT - height)
        found: list[list[float]] = np.stack([x, y, width, height], 1).round(2).tolist()
        return found


@cache
def masks(count: int = 1500) -> list[tuple[str, list[float], list[int], int]]:
    """Return a pool of masks: runs as COCO's text, the outline drawn, bounds, area."""
    outlines = Draw(7, 0).outlines(count, (20, 60), (25, 140), 0.25)
    found = []
    for outline in outlines:
        (runs,) = raster.runs([outline], HEIGHT, WIDTH)
        x0, y0, width, height = rle.bounds(runs, HEIGHT)
        found.append((rle.write(runs), outline, [x0, y0, width, height], rle.area(runs)))
    return found


def moments(seconds: NDArray[np.int64]) -> list[str]:
    """Return times as RFC 3339."""
    return [f"{text}Z" for text in np.datetime_as_string(START + seconds.astype("timedelta64[s]")).tolist()]


def answers(draw: Iterator[int], count: int) -> list[dict[str, Any]]:
    """Return answers to the first questions; some open a nested one."""
    found = []
    for i, (key, options) in enumerate(QUESTIONS[:count]):
        option: dict[str, Any] = {"value": options[next(draw) % len(options)]}
        if i == 0 and option["value"] != options[0]:
            key2, options2 = QUESTIONS[3]
            option["answers"] = [
                {"kind": "radio", "key": key2, "option": {"value": options2[next(draw) % len(options2)]}}
            ]
        found.append({"kind": "radio", "key": key, "option": option})
    return found


class Pictures:
    """A run of image tasks of W1."""

    def __init__(self, first: int, last: int) -> None:
        self.first = first
        count = last - first
        draw = self.draw = Draw(1, first)
        r = draw.random
        self.objects = r.integers(6, 15, size=count).tolist()
        total = sum(self.objects)
        shares = r.random(total)
        self.kinds = np.where(shares < 0.40, "box", np.where(shares < 0.87, "polygon", "mask")).tolist()
        self.boxes = iter(draw.boxes(self.kinds.count("box")))
        self.outlines = iter(draw.outlines(self.kinds.count("polygon"), (8, 61), (20, 110), 0.2))
        self.ids = draw.ids(total + 9 * count)
        self.numbers = draw.below(1 << 30, 12 * total + 40 * count)
        began = np.arange(first, last) * 37
        ended = began + 5000 + r.integers(4000, size=count)
        steps = [0, 60, 1500, 3000, -1000]
        self.times = list(zip(*(moments(began + step) for step in steps), moments(ended), strict=True))
        self.places = r.uniform((-90, -180), (90, 180), (count, 2)).round(6).tolist()

    def shapes(self, count: int) -> Iterator[tuple[str, Any]]:
        for _ in range(count):
            kind = self.kinds.pop()
            if kind == "box":
                yield kind, next(self.boxes)
            elif kind == "polygon":
                yield kind, next(self.outlines)
            else:
                yield kind, masks()[next(self.numbers) % len(masks())]

    def tasks(self) -> Iterator[tuple[dict[str, Any], list[tuple[str, Any]]]]:
        """Yield each task as a record, and its shapes as they were drawn."""
        for i, count in enumerate(self.objects):
            shapes = list(self.shapes(count))
            yield self.record(self.first + i, i, shapes), shapes

    def record(self, task: int, i: int, shapes: list[tuple[str, Any]]) -> dict[str, Any]:
        ids, numbers = self.ids, self.numbers
        began, marked, reviewed, finished, captured, ended = self.times[i]
        name = f"img_{task:07d}.jpg"
        label = self.label(shapes, marked, ended)
        history = [
            {"stage": stage, "left_at": at, "by": PEOPLE[next(numbers) % 40], "outcome": outcome, "milliseconds": took}
            for stage, at, outcome, took in (
                ("label", began, "submit", 1000 + next(numbers) % 600_000),
                ("review", reviewed, "approve", 1000 + next(numbers) % 600_000),
                ("done", finished, "move", 1000 + next(numbers) % 600_000),
            )
        ]
        return {
            "id": next(ids),
            "name": name,
            "asset": {
                "id": next(ids),
                "kind": "image",
                "uri": f"s3://bucket/dataset/{task // 1000:05d}/{name}",
                "width": WIDTH,
                "height": HEIGHT,
                "mime": "image/jpeg",
                "bytes": 90_000 + next(numbers) % 810_000,
                "sha256": next(ids).replace("-", "") * 2,
            },
            "external_id": f"row-{task}",
            "workflow": {
                "stage": "done",
                "status": "done",
                "created_at": began,
                "updated_at": ended,
                "completed_at": finished,
            },
            "labels": [label],
            "metadata": self.metadata(task, i, captured),
            "stage_history": history,
        }

    def label(self, shapes: list[tuple[str, Any]], marked: str, ended: str) -> dict[str, Any]:
        ids, numbers = self.ids, self.numbers
        annotations, stamps = [], []
        for kind, shape in shapes:
            one = {"id": next(ids), "class": 1 + next(numbers) % len(CLASSES), "geometry": geometry(kind, shape)}
            one["answers"] = answers(numbers, 1 + next(numbers) % 3)
            annotations.append(one)
            stamps.append(
                {
                    "annotation": one["id"],
                    "created_by": PEOPLE[next(numbers) % 40],
                    "created_at": marked,
                    "updated_by": PEOPLE[next(numbers) % 40],
                    "updated_at": ended,
                }
            )
        annotations.append({"id": next(ids), "answers": answers(numbers, 2)})
        return {
            "id": next(ids),
            "author": PEOPLE[next(numbers) % 40],
            "annotations": annotations,
            "created_at": marked,
            "updated_at": ended,
            "seconds": 10.0 + next(numbers) % 890,
            "stamps": stamps,
        }

    def metadata(self, task: int, i: int, captured: str) -> dict[str, Any]:
        numbers = self.numbers
        return {
            "camera": f"cam-{next(numbers) % 12:02d}",
            "gps": self.places[i],
            "weather": ("sun", "rain", "snow", "fog")[next(numbers) % 4],
            "captureTime": captured,
            "split": "train" if task % 10 else "val",
            "site": f"site {next(numbers) % 200}",
            "vehicle": next(self.ids),
            "tags": [f"tag{next(numbers) % 99}" for _ in range(4)],
            "notes": "café über 東京 " * (next(numbers) % 3),
        }


def geometry(kind: str, shape: Any) -> dict[str, Any]:
    if kind == "box":
        x, y, width, height = shape
        return {"kind": kind, "x": x, "y": y, "width": width, "height": height}
    if kind == "polygon":
        return {"kind": kind, "parts": [[shape]]}
    return {"kind": kind, "height": HEIGHT, "width": WIDTH, "counts": shape[0]}


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


def pictures(span: tuple[int, int]) -> bytes:
    return b"".join(encode(record) + b"\n" for record, _ in Pictures(*span).tasks())


def tiny(span: tuple[int, int]) -> bytes:
    first, last = span
    count = last - first
    draw = Draw(4, first)
    ids, numbers = draw.ids(4 * count), draw.below(1 << 30, 2 * count)
    lines = []
    for i, at in zip(range(first, last), moments(np.arange(first, last)), strict=True):
        lines.append(
            f'{{"id":"{next(ids)}","name":"row-{i}","asset":{{"id":"{next(ids)}","kind":"text"}},"workflow":{{"updated_at"'
            f':"{at}"}},"labels":[{{"id":"{next(ids)}","author":"{PEOPLE[next(numbers) % 40]}","annotations":[{{"id":'
            f'"{next(ids)}","answers":[{{"kind":"radio","key":"sentiment","option":{{"value":"answer_{next(numbers) % 6}'
            '"}}]}]}]}\n'
        )
    return "".join(lines).encode()


def maps(span: tuple[int, int]) -> bytes:
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


def video(frames: int, objects: int = 6, step: int = 30) -> dict[str, Any]:
    draw = Draw(2, 0)
    ids = list(draw.ids(objects))
    at = np.arange(0, frames, step)
    states = []
    for track in ids:
        x = (np.cumsum(draw.random.normal(0, 4, len(at))) % 1000).round(2)
        y = (np.cumsum(draw.random.normal(0, 3, len(at))) % 550).round(2)
        width, height = (60 + 40 * np.sin(at / 900)).round(2), (50 + 30 * np.cos(at / 700)).round(2)
        rows = zip(at.tolist(), *(values.tolist() for values in (x, y, width, height)), strict=True)
        states += [{"track": track, "frame": row[0], "geometry": geometry("box", row[1:])} for row in rows]
    tracks = [{"id": track, "class": 1 + i} for i, track in enumerate(ids)]
    asset = {"id": "video", "kind": "video", "width": WIDTH, "height": HEIGHT, "frames": frames, "fps": 30.0}
    label = {"id": "label", "author": PEOPLE[0], "tracks": tracks, "keyframes": states}
    return {"id": "video", "name": "drive.mp4", "asset": asset, "labels": [label]}


def volume(k: int, depth: int = 120, side: int = 512) -> NDArray[np.uint8]:
    """Return a label volume (z, y, x): five wobbling ellipsoids."""
    r = np.random.default_rng([3, k])
    found = np.zeros((depth, side, side), np.uint8)
    y, x = np.mgrid[0:side, 0:side].astype(np.float32)
    for value in range(1, 6):
        cz, cy, cx = r.uniform(depth * 0.3, depth * 0.7), r.uniform(150, 360), r.uniform(150, 360)
        rz, ry, rx = r.uniform(18, 50), r.uniform(30, 85), r.uniform(30, 85)
        phase, height, waves = r.uniform(0, 6.28), r.uniform(0.05, 0.18), int(r.integers(3, 9))
        for z in range(max(0, int(cz - rz)), min(depth, int(cz + rz) + 1)):
            share = 1 - ((z - cz) / rz) ** 2
            if share > 0:
                dy, dx = (y - cy) / max(ry * share**0.5, 0.5), (x - cx) / max(rx * share**0.5, 0.5)
                limit = 1 + height * np.sin(waves * np.arctan2(dy, dx) + phase + z * 0.15)
                found[z][dy * dy + dx * dx <= limit * limit] = value
    return found


def spans(count: int, size: int) -> list[tuple[int, int]]:
    return [(first, min(count, first + size)) for first in range(0, count, size)]


def write(path: Path, chunks: Iterable[bytes]) -> None:
    with path.open("wb") as file:
        for chunk in chunks:
            file.write(chunk)


def write_manifest(out: Path) -> None:
    (out / "manifest.json").write_bytes(encode({"classes": CLASSES}))


def coco_rows(span: tuple[int, int]) -> tuple[list[dict[str, Any]], list[list[dict[str, Any]]], list[dict[str, Any]]]:
    """Return COCO images, for each its annotations (without ids) in both flavours, and Label Studio tasks."""
    images, annotations, tasks = [], [], []
    for number, (record, shapes) in enumerate(Pictures(*span).tasks(), span[0] + 1):
        image = {"id": number, "file_name": record["name"], "width": WIDTH, "height": HEIGHT}
        images.append(image)
        rows, regions = [], []
        for (kind, shape), one in zip(shapes, record["labels"][0]["annotations"], strict=False):
            ring = outline(kind, shape)
            plain = {"image_id": number, "category_id": one["class"], "iscrowd": 0}
            polygon = {**plain, "segmentation": [ring], "bbox": bounds(ring), "area": round(area(ring), 2)}
            if kind == "mask":
                runs = {"size": [HEIGHT, WIDTH], "counts": shape[0]}
                exact = {**plain, "segmentation": runs, "bbox": shape[2], "area": shape[3]}
            else:
                exact = polygon if kind == "polygon" else {**polygon, "segmentation": []}
            rows.append({"exact": exact, "polygon": polygon})
            regions.append(region(one, kind, shape, ring))
        annotations.append(rows)
        tasks.append(
            {"id": number, "data": {"image": record["name"]}, "annotations": [{"id": number, "result": regions}]}
        )
    return images, annotations, tasks


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


def write_peers(out: Path, tasks: int) -> None:
    """Write W1 as COCO and as Label Studio's JSON."""
    images: list[dict[str, Any]] = []
    annotations: list[list[dict[str, Any]]] = []
    studio: list[dict[str, Any]] = []
    with ProcessPoolExecutor(2) as pool:
        for found in pool.map(coco_rows, spans(tasks, CHUNK)):
            for whole, part in zip((images, annotations, studio), found, strict=True):
                whole += part  # type: ignore[arg-type]  # three lists, each to its own
    categories = [{"id": one["number"], "name": one["name"]} for one in CLASSES]
    firsts = list(accumulate(map(len, annotations), initial=1))
    for flavour, name in (("exact", "coco.json"), ("polygon", "coco_polygons.json")):
        rows = [
            {"id": first + i, **row[flavour]}
            for first, found in zip(firsts, annotations, strict=False)
            for i, row in enumerate(found)
        ]
        (out / name).write_bytes(encode({"images": images, "annotations": rows, "categories": categories}))
    (out / "label_studio.json").write_bytes(encode(studio))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["w1", "w2", "w3", "w4", "w5"])
    parser.add_argument("out", type=Path)
    parser.add_argument("--tasks", type=int)
    parser.add_argument("--frames", type=int, default=200_000)
    parser.add_argument("--volumes", type=int, default=40)
    parser.add_argument("--peers", action="store_true")
    given = parser.parse_args()
    out: Path = given.out
    out.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(2) as pool:
        match given.what:
            case "w1":
                write_manifest(out)
                write(out / "data.ndjson", pool.map(pictures, spans(given.tasks or 100_000, CHUNK)))
                if given.peers:
                    write_peers(out, given.tasks or 100_000)
            case "w2":
                write_manifest(out)
                write(out / "data.ndjson", [encode(video(given.frames)) + b"\n"])
            case "w3":
                for k in range(given.volumes):
                    np.save(out / f"{k:02d}.npy", volume(k))
            case "w5":
                write_manifest(out)
                write(out / "data.ndjson", pool.map(maps, spans(given.tasks or 5000, CHUNK)))
            case _:
                write(out / "data.ndjson", pool.map(tiny, spans(given.tasks or 1_000_000, TINY_CHUNK)))


if __name__ == "__main__":
    main()
