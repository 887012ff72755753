"""Counts objects in native JSON with the standard library alone."""

from collections.abc import Iterable
from typing import Any


def objects_in(rows: Iterable[dict[str, Any]]) -> int:
    """Return how many annotations and tracks the rows hold."""
    return sum(
        len(label.get("annotations", ())) + len(label.get("tracks", ()))
        for row in rows
        for label in row.get("labels", ())
    )
