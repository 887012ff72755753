"""Native NDJSON: one record a line, as it is stored; `rows` or `size` cut it into parts."""

from collections.abc import Iterable, Iterator
from typing import Annotated

import msgspec
from msgspec import Meta

from labelport.kit import native
from labelport.kit.format import EVERYTHING, Context, Document, Format, Input, Item, Row, Section, Stored
from labelport.model.record import Record


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`rows`: records in a part; `size`: bytes in a part. Without either there is one file."""

    rows: Annotated[int, Meta(ge=1)] | None = None
    size: Annotated[int, Meta(ge=1)] | None = None


_encoder = msgspec.json.Encoder()


def encode(record: Record, context: Context) -> Iterable[Row]:  # noqa: ARG001
    """Return the record's line."""
    return (Row("rows", _encoder.encode(record)),)


def splice(stored: Stored, context: Context) -> Iterable[Row]:  # noqa: ARG001
    """Return the stored line as it is."""
    return (Row("rows", stored.line),)


def documents(context: Context) -> tuple[Document, ...]:
    """Return the one file, or the parts that it is cut into."""
    options = msgspec.convert(context.options, Options)
    path = "data-{part:05d}.ndjson" if options.rows or options.size else "data.ndjson"
    return (Document(path, (Section("rows", b"\n", terminated=True),), options.rows, options.size),)


def decode(inputs: Iterable[Input]) -> Iterator[Item]:
    """Yield the classes of the manifests, then a record for each line that is not blank."""
    manifests, files, strange = native.split_inputs(inputs, (".ndjson", ".jsonl"))
    for manifest in manifests:
        yield from native.seal(manifest)
    yield from strange
    for file in files:
        yield from native.records(file.path, native.lines(file))


FORMAT = Format(
    "NDJSON",
    EVERYTHING,
    encode,
    documents,
    splice=splice,
    options=Options,
    decode=decode,
    typed=True,
    holds={"rows": "task"},
    number=native.number,
)
