"""What versions point to, fetched for many at once: blocks, and the fragments that formats made of them."""

from collections.abc import Collection
from typing import Any

import msgspec

from labelport.store.db import Database, each

Key = tuple[int, int]
"""What a fragment was made of: the block of a label's body, and that of its asset."""


def blocks(db: Database, wanted: Collection[int]) -> dict[int, Any]:
    """Return the bytes of blocks by their numbers, None for what was erased; what is not there is left out."""
    if not wanted:
        return {}
    name, values = _near("blocks_between", "blocks_among", wanted)
    return dict(db.rows(name, values, wanted=each("wanted")))


def fragments(db: Database, format_: str, version: int, bodies: Collection[int]) -> dict[Key, bytes]:
    """Return the fragments of a format that were made of these bodies."""
    if not bodies:
        return {}
    name, values = _near("fragments_between", "fragments_among", bodies)
    rows = db.rows(name, {**values, "format": format_, "version": version}, wanted=each("wanted"))
    return {(body, asset): data for body, asset, data in rows}


def _near(between: str, among: str, wanted: Collection[int]) -> tuple[str, dict[str, Any]]:
    """Return the statement that reads neighbours in one run, or that which reads scattered ones each by itself."""
    first, last = min(wanted), max(wanted)
    if last - first < 2 * len(wanted):
        return between, {"first": first, "last": last}
    return among, {"wanted": msgspec.json.encode(sorted(wanted)).decode()}
