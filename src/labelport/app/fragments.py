"""Fragments: bytes that a format makes of each label when it is stored, so that exports only join them."""

from collections.abc import Sequence

import msgspec

from labelport.registry import format_named
from labelport.store.tasks import Change, Saved

KEPT = ("coco",)
"""The formats whose fragments are kept: those that are asked for most and cost most to make."""


def fragments(change: Change, saved: Sequence[Saved]) -> None:
    """Make and keep the fragments of tasks that were just stored."""
    places = [(one, i) for one in saved for i, body in enumerate(one.bodies) if body is not None]
    if not places:
        return
    records = [msgspec.structs.replace(one.record, labels=(one.record.labels[i],)) for one, i in places]
    for name in KEPT:
        format_ = format_named(name)
        if format_.fragment is None:
            continue
        for (one, i), data in zip(places, format_.fragment(records), strict=True):
            if data is not None:
                change.keep_fragment(one, i, format_=name, version=format_.version, data=data)
