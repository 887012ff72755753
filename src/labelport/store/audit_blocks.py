"""Holds blocks and blobs against their hashes, and against the versions that point to them."""

import hashlib
from collections.abc import Mapping

import msgspec

from labelport.store.audit import Fault
from labelport.store.bits import Bits
from labelport.store.blobs import Blobs, named_in
from labelport.store.db import Database
from labelport.store.log import erased

PAGE = 200
Owner = tuple[int, int, str, int]
"""Log, task, its id, and the change number of the first version that points to a block."""


class Found(msgspec.Struct):
    """What a reading of all blocks found: those that differ, with the reason, and those that were erased."""

    wrong: dict[int, str] = {}
    erased: set[int] = set()


def blocks(db: Database, blobs: Blobs) -> tuple[list[Fault], int]:
    """Return every fault of blocks and blobs, and how many blocks were erased."""
    found = _read(db, dict(blobs.check()))
    owners = _owners(db, {*found.wrong, *found.erased}) if found.wrong or found.erased else {}
    for block in sorted(found.erased):
        log, task, _, _ = owners.get(block, (0, 0, "", 0))
        row = db.row("was_erased", {"log": log, "task": task})
        if not row or not row[0]:
            found.wrong[block] = f"block {block} was emptied, and no event tells of it"
    faults = [_fault(owners.get(block), reason) for block, reason in sorted(found.wrong.items())]
    return faults, len(found.erased - set(found.wrong))


def _fault(owner: Owner | None, reason: str) -> Fault:
    return Fault(owner[3] if owner else None, owner[2] if owner else None, reason)


def _read(db: Database, blobs: Mapping[str, bool]) -> Found:
    """Read every block once: its hash, whether a version points to it, and the blobs that it names."""
    found = Found()
    pointed = _pointed(db)
    named: set[str] = set()
    after = -(2**63)
    while rows := db.rows("blocks_from", {"after": after, "limit": PAGE}):
        for block, salt, hashed, data in rows:
            after = block
            if block not in pointed:
                found.wrong[block] = f"block {block} is there, and no version points to it"
            if data is None and salt is None and hashed == erased(block):
                found.erased.add(block)
            elif not _holds(salt, hashed, data):
                found.wrong[block] = f"block {block} was changed"
            else:
                wanted = list(named_in(data))
                named.update(wanted)
                if lost := [blob for blob in wanted if not blobs.get(blob)]:
                    found.wrong[block] = f"blob {lost[0]} is missing or does not hold what its name says"
    astray = [name for name, good in blobs.items() if not good and name not in named]
    found.wrong |= {-1 - i: f"blob {name} does not hold what its name says" for i, name in enumerate(astray)}
    return found


def _holds(salt: object, hashed: object, data: object) -> bool:
    if not (isinstance(salt, bytes) and isinstance(data, bytes)):
        return False
    return hashlib.sha256(salt + data).digest() == hashed


def _pointed(db: Database) -> Bits:
    """Return the blocks that versions point to."""
    found = Bits()
    for name in ("pointers_of_versions", "pointers_of_labels"):
        for row in db.stream(name):
            for block in row:
                if isinstance(block, int):
                    found.add(block)
    return found


def _owners(db: Database, wanted: set[int]) -> dict[int, Owner]:
    """Return the first version that points to each block."""
    found: dict[int, Owner] = {}
    for name in ("owners_by_versions", "owners_by_labels"):
        for log, task, id_, since, *pointers in db.stream(name):
            for block in wanted.intersection(pointers):
                known = found.get(block)
                if known is None or known[3] > since:
                    found[block] = (log, task, id_, since)
    return found
