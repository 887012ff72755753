"""W1: pictures with boxes, polygons, masks, nested answers, history and stamps."""

from collections.abc import Iterator
from functools import cache
from typing import Any
from uuid import UUID, uuid5

import numpy as np

from drawn.draw import CLASSES, HEIGHT, PEOPLE, WIDTH, Draw, encode, geometry, moments
from labelport.shapes import raster, rle

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


def lines(span: tuple[int, int]) -> bytes:
    """Return a run of tasks as lines of native JSON."""
    return b"".join(encode(record) + b"\n" for record, _ in Pictures(*span).tasks())
