"""What every workload is drawn from: random values, many at once, and what all records share."""

from collections.abc import Iterator
from math import pi
from typing import Any

import msgspec
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

WIDTH, HEIGHT = 1280, 720
CLASSES = [
    {"number": i + 1, "name": f"class_{i:02d}", "colour": f"#{i * 2654435761 & 0xFFFFFF:06x}"} for i in range(24)
]
PEOPLE = [f"annotator{i:02d}@example.org" for i in range(40)]
START = np.datetime64("2025-01-01T00:00:00")
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


def moments(seconds: NDArray[np.int64]) -> list[str]:
    """Return times, in seconds from the start, as RFC 3339."""
    return [f"{text}Z" for text in np.datetime_as_string(START + seconds.astype("timedelta64[s]")).tolist()]


def geometry(kind: str, shape: Any) -> dict[str, Any]:
    """Return a drawn shape as a native geometry."""
    if kind == "box":
        x, y, width, height = shape
        return {"kind": kind, "x": x, "y": y, "width": width, "height": height}
    if kind == "polygon":
        return {"kind": kind, "parts": [[shape]]}
    return {"kind": kind, "height": HEIGHT, "width": WIDTH, "counts": shape[0]}
