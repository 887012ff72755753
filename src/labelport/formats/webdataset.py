"""WebDataset: tar shards, a sample for each task: `KEY.json` with its native record.

https://github.com/webdataset/webdataset. The key is the task's number in nine digits: it has no dot, names sort as they
stand, and no two tasks share it; `name`, `path` and `asset.uri` in the record lead to the media. Shards are POSIX ustar
with modes, owners and times fixed, so the same tasks are the same bytes.
"""

import tarfile
from collections.abc import Iterable, Iterator
from typing import Annotated, BinaryIO

import msgspec
from msgspec import Meta

from labelport.kit import native
from labelport.kit.format import (
    EVERYTHING,
    Context,
    Document,
    Format,
    Input,
    Item,
    Reject,
    Row,
    Seal,
    Section,
    Stored,
    Unread,
)
from labelport.model.record import Record

SUFFIX = ".json"
BETWEEN = b" "
END = bytes(2 * tarfile.BLOCKSIZE)
_encode = msgspec.json.Encoder().encode


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`rows`: tasks in a shard; `size`: bytes of records in a shard, where that is less."""

    rows: Annotated[int, Meta(ge=1)] = 10_000
    size: Annotated[int, Meta(ge=1)] = 1_000_000_000


def documents(context: Context) -> tuple[Document, ...]:
    """Return the shards."""
    options = msgspec.convert(context.options, Options)
    rows = Section("rows", b"\n", terminated=True)
    return (Document("shard-{part:06d}.tar", (rows,), options.rows, options.size, Seal(close, open_)),)


def encode(record: Record, context: Context) -> Iterable[Row]:  # noqa: ARG001
    """Return the record's key and line."""
    return (Row("rows", _element(_key(record.number), _encode(record))),)


def splice(stored: Stored, context: Context) -> Iterable[Row]:  # noqa: ARG001
    """Return the key and the stored line as it is."""
    return (Row("rows", _element(_key(stored.number), stored.line)),)


def close(elements: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the shard of these records."""
    for element in elements:
        key, _, data = element.partition(BETWEEN)
        yield _head(f"{key.decode()}{SUFFIX}", len(data))
        yield data + bytes(-len(data) % tarfile.BLOCKSIZE)
    yield END


def open_(file: BinaryIO) -> Iterator[bytes]:
    """Yield the records of a shard; raises `tarfile.TarError` where it is none."""
    for name, data in _members(file):
        if name.endswith(SUFFIX):
            yield _element(name.removesuffix(SUFFIX), data)


def number(section: str, element: bytes) -> int:
    """Return the number of a sample's task."""
    del section
    return int(element.partition(BETWEEN)[0])


def decode(inputs: Iterable[Input]) -> Iterator[Item]:
    """Yield the classes of the manifests, then a record for each JSON of each shard."""
    manifests, files, strange = native.split_inputs(inputs, (".tar",))
    for manifest in manifests:
        yield from native.seal(manifest)
    yield from strange
    for file in files:
        others: list[str] = []
        try:
            with file.open() as opened:
                yield from native.records(file.path, enumerate(_records(opened, others), 1))
        except tarfile.TarError as e:
            yield Reject(file.path, "$", (native.fault(e),))
        yield from (Unread(file.path, f"$.{kind}", others.count(kind)) for kind in sorted(set(others)))


def _key(number: int) -> str:
    return f"{number:09d}"


def _element(key: str, data: bytes) -> bytes:
    """Return a sample as it is staged: its key before its record, which is not looked into any more."""
    return key.encode() + BETWEEN + data


def _records(file: BinaryIO, others: list[str]) -> Iterator[bytes]:
    """Yield the JSON of a shard; note the kinds of its other members."""
    for name, data in _members(file):
        if name.endswith(SUFFIX):
            yield data
        else:
            others.append(name.rpartition("/")[2].partition(".")[2])


def _members(file: BinaryIO) -> Iterator[tuple[str, bytes]]:
    """Yield the files of an archive as they come, only JSON with its bytes; links and folders are nothing here."""
    with tarfile.open(fileobj=file, mode="r|") as archive:
        for member in archive:
            opened = archive.extractfile(member) if member.isfile() else None
            if opened is not None:
                yield member.name, opened.read() if member.name.endswith(SUFFIX) else b""


def _head(name: str, size: int) -> bytes:
    """Return the header of a member (POSIX.1-1988, ustar)."""
    about = tarfile.TarInfo(name)
    about.size = size
    return about.tobuf(tarfile.USTAR_FORMAT)


FORMAT = Format(
    "WebDataset: tar shards, a sample for each task",
    EVERYTHING,
    encode,
    documents,
    splice=splice,
    options=Options,
    decode=decode,
    typed=True,
    holds={"rows": "task"},
    number=number,
)
