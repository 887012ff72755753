"""A record taken apart into the pieces that are stored, and put together again by joining bytes.

The JSON of a record is the same whichever way it is made: its pieces joined (`store.reads`) equal `msgspec.json.encode`
of the record (a property test holds them together), so exports of whole records never decode.
"""

from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec

from labelport.kit.moments import EPOCH, MICROSECOND
from labelport.model.asset import Asset
from labelport.model.label import Annotation, Keyframe, Label, Relation, Source, Track
from labelport.model.record import Record
from labelport.model.workflow import UNMOVED, Review, Utc, Workflow

BLOCKS = ("metadata", "attachments", "embeddings", "predictions", "issues", "stage_history", "extra")
"""The optional blocks of a record in the order of its JSON."""
LONGEST_KEYED = 200
"""Letters of a key, and of its value, that are kept to select and to split by; of longer ones the hash is."""
_encode = msgspec.json.Encoder().encode


class Identity(msgspec.Struct, frozen=True):
    """What stands before the asset in a record's JSON."""

    id: str
    name: str


class Standing(msgspec.Struct, frozen=True, omit_defaults=True):
    """What stands between the asset and the labels."""

    number: int
    path: str
    external_id: str | None = None
    global_key: str | None = None
    workflow: Workflow = UNMOVED


class LabelHead(msgspec.Struct, frozen=True, omit_defaults=True):
    """What stands before the annotations in a label's JSON."""

    id: str
    author: str | None = None
    source: Source = "person"
    final: bool = True


class LabelBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was marked."""

    annotations: tuple[Annotation, ...] = ()
    tracks: tuple[Track, ...] = ()
    relations: tuple[Relation, ...] = ()
    keyframes: tuple[Keyframe, ...] = ()


class LabelDetails(msgspec.Struct, frozen=True, omit_defaults=True):
    """What stands after the annotations: times and verdicts."""

    created_at: Utc | None = None
    updated_at: Utc | None = None
    seconds: float | None = None
    score: float | None = None
    skipped: bool = False
    reviews: tuple[Review, ...] = ()
    extra: dict[str, Any] | None = None


def members(value: msgspec.Struct) -> bytes:
    """Return the JSON of a struct without its braces."""
    return _encode(value)[1:-1]


def identity(record: Record) -> bytes:
    """Return the members before the asset."""
    return members(Identity(record.id, record.name))


def standing(record: Record, *, number: int, path: str) -> bytes:
    """Return the members between asset and labels."""
    return members(Standing(number, path, record.external_id, record.global_key, record.workflow))


def asset(value: Asset) -> bytes:
    """Return the asset's JSON."""
    return _encode(value)


def blocks(record: Record) -> list[bytes | None]:
    """Return the JSON of each optional block, None where the record has none."""
    return [block(getattr(record, name)) for name in BLOCKS]


def block(value: object) -> bytes | None:
    """Return the JSON of an optional block, None where there is nothing in it."""
    return _encode(value) if value or value == {} else None


def label_head(label: Label) -> bytes:
    """Return the members before the annotations."""
    return members(LabelHead(label.id, label.author, label.source, label.final))


def label_body(label: Label) -> bytes:
    """Return the members that hold annotations, tracks, relations and keyframes; empty where there are none."""
    return members(LabelBody(label.annotations, label.tracks, label.relations, label.keyframes))


def label_details(label: Label) -> bytes:
    """Return the members after the annotations."""
    return members(
        LabelDetails(
            label.created_at,
            label.updated_at,
            label.seconds,
            label.score,
            label.skipped,
            label.reviews,
            label.extra,
        )
    )


def label_stamps(label: Label) -> bytes | None:
    """Return the JSON of the audit metadata of the annotations."""
    return _encode(label.stamps) if label.stamps else None


KEYS = {name: f',"{name}":'.encode() for name in BLOCKS}
"""What stands before the JSON of each optional block."""


def keyed(key: str, value: str) -> str:
    """Return a member of the metadata as it is selected by; an equals sign in the key does not end it."""
    return f"{_short(key.replace('%', '%25').replace('=', '%3D'))}={_short(value)}"


def _short(text: str) -> str:
    """Return the text, or its whole hash where it is long, behind a sign that no one types."""
    return text if len(text) <= LONGEST_KEYED else "\x1f" + sha256(text.encode()).hexdigest()


def microseconds(moment: datetime | None) -> int | None:
    """Return a moment as microseconds since 1970, UTC."""
    return None if moment is None else (moment - EPOCH) // MICROSECOND
