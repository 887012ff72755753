"""Elements (rows as JSON) become Parquet, and back: the one module that knows pyarrow.

The schema comes from the fields of the rows, so an empty table has it too. A row group ends after so many rows or so
many bytes of JSON, whichever comes first, counted over the whole file: the bytes do not depend on who wrote which
shard. They do depend on the version of the writer, which the file states in its footer (`created_by`).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from types import NoneType, UnionType
from typing import BinaryIO, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec
import pyarrow as pa
import pyarrow.json as pa_json
import pyarrow.parquet as pq

ROWS = 50_000
"""Rows in a group at most."""
SIZE = 1 << 21
"""Bytes of JSON in a group, after which it ends."""
REPEATED = (
    *("author", "batch", "class_name", "created_by", "dataset", "kind", "series", "source", "stage", "state", "status"),
    *("updated_by", "verdict"),
)
"""Columns whose values come again and again have a dictionary; in others it would hold every value, in memory."""
AT_ONCE = 1000
"""Rows that are read back at once."""
T = TypeVar("T", bound=msgspec.Struct)
_PLAIN = {bool: pa.bool_(), int: pa.int64(), float: pa.float64(), str: pa.string(), datetime: pa.timestamp("us", "UTC")}


class Sink:
    """A file to pyarrow, whose bytes are taken away as they come."""

    closed = False

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> int:
        """Keep the bytes."""
        self._pieces.append(bytes(data))
        self._size += len(data)
        return len(data)

    def tell(self) -> int:
        """Return how many bytes were written."""
        return self._size

    def flush(self) -> None:
        """Do nothing: what was written is there."""

    def close(self) -> None:
        """Do nothing: what was written is taken afterwards."""

    def take(self) -> bytes:
        """Return what was written since."""
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


def schema(row: type[msgspec.Struct]) -> pa.Schema:
    """Return the columns of a row; those without a default are never null."""
    return pa.schema(_fields(row))


def close(row: type[msgspec.Struct], elements: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the bytes of the table of these rows."""
    columns, sink = schema(row), Sink()
    repeated = [name for name in columns.names if name in REPEATED]
    ranged = repeated + [one.name for one in columns if one.type in _PLAIN.values() and one.type != pa.string()]
    how = {"compression": "zstd", "use_dictionary": repeated, "write_statistics": ranged}
    with pq.ParquetWriter(pa.PythonFile(sink, "w"), columns, **how) as writer:
        for group in _groups(elements):
            writer.write_table(_table(group, columns), row_group_size=ROWS)
            pa.default_memory_pool().release_unused()
            yield sink.take()
    yield sink.take()


def open_(row: type[msgspec.Struct], file: BinaryIO) -> Iterator[bytes]:
    """Yield the rows of a table as the elements that it was made of."""
    encode = msgspec.json.Encoder().encode
    for found in rows(row, file):
        yield encode(found)


def rows(row: type[T], file: BinaryIO) -> Iterator[T]:
    """Yield the rows of a table; unknown columns are not read, missing ones are empty. Raises `ValueError`."""
    try:
        table = pq.ParquetFile(file)
        wanted = [field.name for field in schema(row) if field.name in table.schema_arrow.names]
        for batch in table.iter_batches(AT_ONCE, columns=wanted):
            for found in batch.to_pylist():
                yield msgspec.convert(_bare(found), row)
    except pa.ArrowException as e:
        raise ValueError(f"no table that can be read: {e}") from e


def _groups(elements: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines of each row group."""
    lines: list[bytes] = []
    size = 0
    for element in elements:
        lines.append(element)
        size += len(element)
        if len(lines) == ROWS or size >= SIZE:
            group = b"\n".join(lines)
            lines.clear()
            size = 0
            yield group
    if lines:
        yield b"\n".join(lines)


def _table(lines: bytes, columns: pa.Schema) -> pa.Table:
    how = pa_json.ParseOptions(explicit_schema=columns, unexpected_field_behavior="error")
    read = pa_json.ReadOptions(use_threads=False, block_size=len(lines) + 1)
    found = pa_json.read_json(pa.BufferReader(lines), parse_options=how, read_options=read)
    return pa.Table.from_arrays(found.columns, schema=columns)


def _fields(row: type[msgspec.Struct]) -> list[pa.Field]:
    hints = get_type_hints(row)
    return [
        pa.field(one.name, _type(hints[one.name]), nullable=not one.required) for one in msgspec.structs.fields(row)
    ]


def _type(hint: object) -> pa.DataType:
    """Return the type of a column."""
    if get_origin(hint) is UnionType:
        (hint,) = (one for one in get_args(hint) if one is not NoneType)
    if get_origin(hint) is tuple:
        return pa.list_(_type(get_args(hint)[0]))
    if get_origin(hint) is Literal:
        return pa.string()
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return pa.struct([field.with_nullable(nullable=True) for field in _fields(hint)])
    return _PLAIN[hint]  # type: ignore[index]  # one of the plain types


def _bare(value: object) -> object:
    """Return the value without members that are null: they are absent in the element."""
    match value:
        case dict():
            return {name: _bare(one) for name, one in value.items() if one is not None}
        case list():
            return [_bare(one) for one in value]
        case _:
            return value
