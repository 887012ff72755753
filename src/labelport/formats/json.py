"""Native JSON: the records of NDJSON as one array, one element a line."""

from collections.abc import Iterable, Iterator

import msgspec

from labelport.kit import native
from labelport.kit.format import BROKEN, EVERYTHING, Context, Document, Format, Input, Item, Row, Section, Stored
from labelport.model.record import Record

_encoder = msgspec.json.Encoder()


def encode(record: Record, context: Context) -> Iterable[Row]:  # noqa: ARG001
    """Return the record as one element."""
    return (Row("rows", _encoder.encode(record)),)


def splice(stored: Stored, context: Context) -> Iterable[Row]:  # noqa: ARG001
    """Return the stored line as it is."""
    return (Row("rows", stored.line),)


def documents(context: Context) -> tuple[Document, ...]:  # noqa: ARG001
    """Return the one array."""
    return (Document("data.json", (b"[\n", Section("rows", b",\n"), b"\n]\n")),)


def decode(inputs: Iterable[Input]) -> Iterator[Item]:
    """Yield the classes of the manifests, then a record for each element."""
    manifests, files, strange = native.split_inputs(inputs, (".json",))
    for manifest in manifests:
        yield from native.seal(manifest)
    yield from strange
    for file in files:
        yield from native.records(file.path, enumerate(_elements(file), 1))


def _elements(file: Input) -> Iterator[msgspec.Raw]:
    """Yield the elements, line by line as long as each line is one; what is laid out otherwise is read as a whole."""
    with file.open() as opened:
        line = opened.readline()
        if line != b"[\n":
            yield from _array.decode((line + opened.read()).removeprefix(native.BOM))
            return
        for line in opened:
            element = _alone(line)
            if element is None:
                yield from _array.decode(b"[" + line + opened.read())
                return
            yield element


def _alone(line: bytes) -> msgspec.Raw | None:
    """Return the element that the line is, if a comma ends it."""
    if not line.endswith(b",\n"):
        return None
    try:
        return _element.decode(line[:-2])
    except BROKEN:
        return None


_array = msgspec.json.Decoder(list[msgspec.Raw])
_element = msgspec.json.Decoder(msgspec.Raw)


FORMAT = Format(
    "JSON",
    EVERYTHING,
    encode,
    documents,
    splice=splice,
    decode=decode,
    typed=True,
    holds={"rows": "task"},
    number=native.number,
)
