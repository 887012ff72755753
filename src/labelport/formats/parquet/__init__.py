"""Parquet: three tables, `tasks`, `annotations` (with the tracks) and `keyframes`, of fixed columns.

https://github.com/apache/parquet-format; written by pyarrow, from the extra `parquet`. Rows travel as JSON and become
columns when all are there. A task without annotations is in `tasks` alone, where its `state` tells empty from
unlabelled. Everything that a native record holds has its place, so that it reads back as it was.
"""

from collections.abc import Iterable, Iterator
from functools import partial
from importlib.util import find_spec
from typing import BinaryIO

import msgspec

from labelport.errors import RequestError
from labelport.formats.parquet.records import records
from labelport.formats.parquet.rows import TABLES
from labelport.formats.parquet.write import count, rows
from labelport.kit import native
from labelport.kit.format import EVERYTHING, Context, Document, Format, Input, Item, Seal, Section, Unread

SUFFIX = ".parquet"


class _Numbered(msgspec.Struct, frozen=True):
    task_number: int


_numbered = msgspec.json.Decoder(_Numbered)


def documents(context: Context) -> tuple[Document, ...]:  # noqa: ARG001
    """Return the tables; raises `RequestError` where pyarrow is not installed."""
    _needed()
    return tuple(
        Document(
            f"{name}{SUFFIX}",
            (Section(name, b"\n", terminated=True),),
            seal=Seal(partial(_close, row), partial(_open, row)),
        )
        for name, row in TABLES.items()
    )


def number(section: str, element: bytes) -> int:
    """Return the number of a row's task."""
    del section
    return _numbered.decode(element).task_number


def decode(inputs: Iterable[Input]) -> Iterator[Item]:
    """Yield the classes of the manifests, then the tasks of each folder that has a table of them."""
    _needed()
    manifests, files, strange = native.split_inputs(inputs, (SUFFIX,))
    for manifest in manifests:
        yield from native.seal(manifest)
    yield from strange
    folders: dict[str, dict[str, Input]] = {}
    for file in files:
        folder, _, name = file.path.rpartition("/")
        if (table := name.removesuffix(SUFFIX)) in TABLES:
            folders.setdefault(folder, {})[table] = file
        else:
            yield Unread(file.path, "$", 1)
    for tables in folders.values():
        if "tasks" in tables:
            yield from records(tables)
        else:
            yield from (Unread(file.path, "$", 1) for file in tables.values())


def _close(row: type[msgspec.Struct], elements: Iterator[bytes]) -> Iterator[bytes]:
    from labelport.formats.parquet import columns  # noqa: PLC0415  pyarrow is in an extra

    return columns.close(row, elements)


def _open(row: type[msgspec.Struct], file: BinaryIO) -> Iterator[bytes]:
    from labelport.formats.parquet import columns  # noqa: PLC0415  pyarrow is in an extra

    return columns.open_(row, file)


def _needed() -> None:
    if find_spec("pyarrow") is None:
        raise RequestError("format 'parquet' needs pyarrow: install labelport[parquet]")


FORMAT = Format(
    "Parquet: tables of tasks, annotations and keyframes",
    EVERYTHING,
    rows,
    documents,
    decode=decode,
    typed=True,
    holds={"tasks": "task", "annotations": "annotation"},
    number=number,
    count=count,
)
