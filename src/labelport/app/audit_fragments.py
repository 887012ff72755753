"""Holds fragments against what they were made of: each is made again. They are derived, so no event commits to them."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec

from labelport.errors import LabelportError
from labelport.model.record import Record
from labelport.registry import format_named
from labelport.store.audit import Fault
from labelport.store.bits import Bits
from labelport.store.db import Database

AT_ONCE = 500
Kept = tuple[str, int, object]
"""Format, version, bytes."""


class Source(msgspec.Struct, frozen=True):
    """A label as it stood, and the fragments that are kept of it."""

    task: str
    number: int
    record: Record
    kept: tuple[Kept, ...]


def fragments(db: Database) -> Iterator[Fault]:
    """Yield every fragment that is not what its format makes, or that belongs to no label."""
    seen = Bits()
    sources = _sources(db, seen)
    while page := list(islice(sources, AT_ONCE)):
        for name in sorted({kept[0] for source in page for kept in source.kept}):
            yield from _made_again(name, [source for source in page if any(kept[0] == name for kept in source.kept)])
    for fragment, name in db.stream("fragment_ids"):
        if fragment not in seen:
            yield Fault(None, None, f"fragment {fragment} of format {name!r} belongs to no label")


def _sources(db: Database, seen: Bits) -> Iterator[Source]:
    """Yield every label of which fragments are kept, as often as its body and asset came together."""
    for row in db.stream("sources_of_fragments"):
        found = db.rows("fragments_of", {"body": row[3], "asset": row[4]})
        for fragment, *_ in found:
            seen.add(fragment)
        record = _record(row[5:]) if found else None
        if record is not None:
            yield Source(row[1], row[2], record, tuple(kept[1:] for kept in found))


def _record(pieces: tuple[Any, ...]) -> Record | None:
    """Return the task with that label alone; None where a piece is damaged, which its own hash tells."""
    identity, asset, standing, head, body = pieces
    try:
        line = b'{%b,"asset":%b,%b,"labels":[{%b,%b}]}' % (identity, asset, standing, head, body)
        return msgspec.json.decode(line, type=Record)
    except (TypeError, msgspec.DecodeError):
        return None


def _made_again(name: str, sources: list[Source]) -> Iterator[Fault]:
    try:
        format_ = format_named(name)
    except LabelportError:
        yield Fault(None, None, f"fragments of format {name!r} are kept, which is not there")
        return
    if format_.fragment is None:
        yield Fault(None, None, f"fragments of format {name!r} are kept, which makes none")
        return
    for source, made in zip(sources, format_.fragment([one.record for one in sources]), strict=True):
        if any(kept[2] != made for kept in source.kept if kept[:2] == (name, format_.version)):
            yield Fault(source.number, source.task, f"a fragment of format {name!r} is not what the format makes")
