"""Whether two shapes are the same but for the last digits of numbers that were reckoned."""

from typing import Any

import msgspec
import pytest

from labelport.model.geometry import Box, Geometry, Mask, RotatedBox
from labelport.testing import conformance


def near(one: Geometry | None, other: Geometry | None, by: float = 1e-6) -> bool:
    """Return it; a rotated box that is not turned is a box, and angles a whole turn apart are one."""
    if isinstance(one, Mask) and isinstance(other, Mask):
        return one == other or conformance.agreement(one, other) == 1.0
    a, b = (msgspec.to_builtins(_plain(shape)) for shape in (one, other))
    if a is None or b is None or a["kind"] != b["kind"]:
        return bool(a == b)
    turned = (a.pop("angle", 0.0) - b.pop("angle", 0.0) + 180) % 360 - 180
    same: bool = _flat(a) == pytest.approx(_flat(b), abs=by)
    return same and abs(turned) < by


def _plain(shape: Geometry | None) -> Geometry | None:
    if isinstance(shape, RotatedBox) and not shape.angle % 360 % 360:
        return Box(shape.cx - shape.width / 2, shape.cy - shape.height / 2, shape.width, shape.height)
    return shape


def _flat(value: Any) -> list[float]:
    if isinstance(value, str):
        return []
    values = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else None
    return [value] if values is None else [number for each in values for number in _flat(each)]
