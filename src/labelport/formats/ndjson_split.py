"""NDJSON split: the native records in many files, cut by tasks, by size, or one file for each task."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from labelport.kit import native
from labelport.kit.format import EVERYTHING, Context, Document, File, Format, Input, Item, Row, Section, Stored, stem
from labelport.model.record import Record

ROWS = 1000


class Options(msgspec.Struct, frozen=True):
    """`per`: what a file holds: `rows` tasks, as many as fit into `size` bytes, or one `task` each."""

    per: Literal["rows", "size", "task"] = "rows"
    rows: Annotated[int, Meta(ge=1)] = ROWS
    size: Annotated[int, Meta(ge=1)] = 100_000_000


_encoder = msgspec.json.Encoder()


def documents(context: Context) -> tuple[Document, ...]:
    """Return the parts; none where each task is a file of its own."""
    options = msgspec.convert(context.options, Options)
    if options.per == "task":
        return ()
    rows, size = (options.rows, None) if options.per == "rows" else (None, options.size)
    return (Document("part-{part:05d}.ndjson", (Section("rows", b"\n", terminated=True),), rows, size),)


def encode(record: Record, context: Context) -> Iterable[Row | File]:
    """Return the record's line, or its file."""
    return _placed(record.path, _encoder.encode(record), context)


def splice(stored: Stored, context: Context) -> Iterable[Row | File]:
    """Return the stored line, or a file of it."""
    return _placed(stored.path, stored.line, context)


def decode(inputs: Iterable[Input]) -> Iterator[Item]:
    """Yield the classes of the manifests, then the records of all parts."""
    manifests, files, strange = native.split_inputs(inputs, (".ndjson", ".jsonl", ".json"))
    for manifest in manifests:
        yield from native.seal(manifest)
    yield from strange
    for file in files:
        yield from native.records(file.path, native.lines(file))


def _placed(path: str, line: bytes, context: Context) -> tuple[Row | File]:
    if context.options.get("per") == "task":
        return (File(f"tasks/{stem(path)}.json", line + b"\n"),)
    return (Row("rows", line),)


FORMAT = Format(
    "NDJSON split",
    EVERYTHING,
    encode,
    documents,
    splice=splice,
    options=Options,
    decode=decode,
    typed=True,
    holds={"rows": "task", "files": "task"},
    number=native.number,
)
