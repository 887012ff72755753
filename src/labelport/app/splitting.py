"""Splits: which part a task falls into, by the hash of what must stay together; stable as the data grows."""

import hashlib

import msgspec

from labelport.model.export import Split
from labelport.store.pieces import keyed
from labelport.store.reads import Found


def part_of(split: Split, found: Found) -> str:
    """Return the part of a task. Tasks of one group fall into one part; one that lacks the key is its own group."""
    at = int.from_bytes(hashlib.sha256(f"{split.seed}\n{_group(split, found)}".encode()).digest()[:8]) / 2**64
    reached = 0.0
    for name, share in split.shares.items():
        reached += share
        if at < reached:
            return name
    return name


def _group(split: Split, found: Found) -> str:
    if split.by != "task":
        wanted = keyed(split.by, "")
        for key in msgspec.json.decode(found.keys, type=list[str]):
            if key.startswith(wanted):
                return key
    return found.stored.id
