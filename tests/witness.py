"""A check of reports that is written from RFC 6962 and C2SP tlog-checkpoint alone: it imports nothing of ours."""

import base64
import hashlib
import json
from collections.abc import Iterator
from typing import Any

FIELDS = ("number", "ordinal", "at", "actor", "kind", "task", "task_seq", "previous", "content", "data")


def leaf(record: dict[str, Any]) -> bytes:
    """Return the hash of a leaf (section 2.1): of the record's JSON, its fields in this order, the data's by name."""
    held = {name: record[name] for name in FIELDS if name in record}
    if "data" in held:
        held["data"] = json.loads(json.dumps(held["data"], sort_keys=True))
    text = json.dumps(held, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(b"\x00" + text.encode()).digest()


def root_by(path: list[bytes], index: int, size: int, found: bytes) -> bytes:
    """Return the root that an audit path leads to: section 2.1.1 read backwards, by its own recursion."""
    if size == 1:
        assert path == []
        return found
    half = 1
    while half * 2 < size:
        half *= 2
    *rest, last = path
    if index < half:
        left, right = root_by(rest, index, half, found), last
    else:
        left, right = last, root_by(rest, index - half, size - half, found)
    return hashlib.sha256(b"\x01" + left + right).digest()


def astray(entries: list[dict[str, Any]]) -> Iterator[int]:
    """Yield the positions of the events that are not in the tree of their checkpoint."""
    for entry in entries:
        _, size, root = entry["checkpoint"].split("\n")[:3]
        for event in entry["events"]:
            record = event["record"]
            path = [bytes.fromhex(one) for one in record["proof"]]
            if root_by(path, record["position"], int(size), leaf(record)) != base64.b64decode(root):
                yield record["position"]
