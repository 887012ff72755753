"""Fragments: bytes that a format makes of each label when it is stored, so that exports only join them."""

from collections.abc import Iterator, Sequence

import msgspec

from labelport.model.label import Label
from labelport.model.record import Record
from labelport.registry import format_named
from labelport.store.tasks import Change, Saved

KEPT = ("coco",)
"""The formats whose fragments are kept: those that are asked for most and cost most to make."""
Row = tuple[str, int, bytes, int, int]
"""A fragment to store: format, version, bytes, and the blocks of body and asset that it was made of."""


class Source(msgspec.Struct, frozen=True):
    """What a fragment is made of: a task with one label, and the blocks of that label's body and of the asset."""

    record: Record
    body: int
    asset: int


def fragments(change: Change, saved: Sequence[Saved]) -> None:
    """Make and keep the fragments of tasks that were just stored."""
    change.keep_fragments(list(rows(sources(saved))))


def sources(saved: Sequence[Saved]) -> list[Source]:
    """Return each label with content, alone in its task, with nothing that is in other blocks."""
    return [
        Source(_bare(one.record, label), body, one.asset_block)
        for one in saved
        for label, body in zip(one.record.labels, one.bodies, strict=True)
        if body is not None
    ]


def rows(found: Sequence[Source]) -> Iterator[Row]:
    """Yield the fragments that formats make of labels."""
    records = [source.record for source in found]
    for name in KEPT if records else ():
        format_ = format_named(name)
        for source, data in zip(found, format_.fragment(records) if format_.fragment else (), strict=True):
            if data is not None:
                yield name, format_.version, data, source.body, source.asset


def _bare(record: Record, label: Label) -> Record:
    alone = Label(
        label.id,
        label.author,
        label.source,
        label.final,
        label.annotations,
        label.tracks,
        label.relations,
        label.keyframes,
    )
    return Record(
        record.id,
        record.name,
        record.asset,
        record.number,
        record.path,
        record.external_id,
        record.global_key,
        record.workflow,
        (alone,),
    )
