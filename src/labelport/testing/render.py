"""Rows put together as documents, all in memory: the plainest reading of what `Document` says.

The pipeline has a streaming one of its own; a test holds both to the same bytes.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from io import BytesIO

import msgspec

from labelport.kit.count import annotations
from labelport.kit.format import Context, Document, File, Format, Input, Lost, Made, Row, Section, Stored
from labelport.model.facts import facts
from labelport.model.record import Record, state_of
from labelport.registry import format_named

QUOTE = b'"'


def render(format_: Format, records: Iterable[Record], context: Context) -> dict[str, bytes]:
    """Return every file that a format makes of records, by path; raises `AssertionError` where a path comes twice."""
    items = (item for record in records for item in encoded(format_, record, context))
    return documents(format_, (item for item in items if not isinstance(item, Lost)), context)


def inputs(files: Mapping[str, bytes]) -> Iterator[Input]:
    """Yield the files as a reader gets them."""
    for path, data in sorted(files.items()):
        yield Input(path, partial(BytesIO, data))


def spliced(format_: Format, records: Iterable[Record], context: Context) -> dict[str, bytes]:
    """Return the same files, joined from stored bytes wherever the format can."""
    items = (item for record in records for item in _joined_or_encoded(format_, record, context))
    return documents(format_, (item for item in items if not isinstance(item, Lost)), context)


def encoded(format_: Format, record: Record, context: Context) -> Iterable[Row | File | Lost]:
    """Return what a format makes of a record."""
    assert format_.encode is not None, "a format that only reads"
    return format_.encode(record, context)


def stored(format_: Format, record: Record) -> Stored | None:
    """Return a record as the store hands it to `splice`; None where a label of it has no fragment."""
    made: list[bytes | None] = []
    lent = format_named(format_.borrows.of) if format_.borrows else format_
    if format_.borrows and any(not format_.borrows.unless.isdisjoint(facts(label)) for label in record.labels):
        return None
    if lent.fragment is not None:
        apart = [msgspec.structs.replace(record, labels=(label,)) for label in record.labels]
        made = list(lent.fragment(apart))
    fragments = tuple(one for one in made if one is not None)
    if len(fragments) < len(made):
        return None
    return Stored(
        number=record.number,
        id=record.id,
        name=record.name,
        path=record.path,
        uri=record.asset.uri,
        width=record.asset.width,
        height=record.asset.height,
        state=state_of(record),
        annotations=annotations(record),
        line=b"" if lent.fragment else msgspec.json.encode(record),
        fragments=fragments,
    )


def documents(format_: Format, items: Iterable[Row | File], context: Context) -> dict[str, bytes]:
    """Return the files that rows and files make."""
    files: dict[str, bytes] = {}
    elements: dict[str, list[bytes]] = {part.name: [] for part in sections(format_, context)}
    known = {part.name: part for part in sections(format_, context)}
    for item in (*(format_.once(context) if format_.once else ()), *items):
        if isinstance(item, Row):
            assert item.section in known, f"no document has the section {item.section!r}"
            elements[item.section] += split(known[item.section], item.data)
        else:
            _add(files, item.path, item.data)
    made = []
    for document in format_.documents(context) if format_.documents else ():
        for path, data in _parts(document, elements):
            _add(files, path, data)
            made.append(Made(path, len(data), hashlib.sha256(data).hexdigest(), partial(BytesIO, data)))
    for file in format_.last(made, context) if format_.last else ():
        _add(files, file.path, file.data)
    return files


def sections(format_: Format, context: Context) -> list[Section]:
    """Return every section of a format."""
    laid = format_.documents(context) if format_.documents else ()
    return [part for document in laid for part in document.parts if isinstance(part, Section)]


def split(section: Section, row: bytes) -> list[bytes]:
    """Return the elements of a row; between quotes a separator is text, where the section says so."""
    found: list[bytes] = []
    whole = True
    for piece in row.split(section.separator):
        if whole:
            found.append(piece)
        else:
            found[-1] += section.separator + piece
        whole = not section.quoted or found[-1].count(QUOTE) % 2 == 0
    return found


def join(section: Section, elements: list[bytes]) -> bytes:
    """Return elements as they stand in a document."""
    joined = section.separator.join(elements)
    return joined + section.separator if section.terminated and elements else joined


def _joined_or_encoded(format_: Format, record: Record, context: Context) -> Iterable[Row | File | Lost]:
    found = stored(format_, record)
    if found is None:
        return encoded(format_, record, context)
    assert format_.splice is not None, "a format that does not splice"
    made = format_.splice(found, context)
    return encoded(format_, record, context) if made is None else made


def _add(files: dict[str, bytes], path: str, data: bytes) -> None:
    assert path not in files, f"the path {path!r} comes twice"
    files[path] = data


def _parts(document: Document, elements: dict[str, list[bytes]]) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a document."""
    cut = next((part for part in document.parts if isinstance(part, Section)), None)
    joined = msgspec.structs.replace(document, seal=None)
    if cut is None or (document.rows is None and document.size is None):
        yield document.path, _whole(document, elements)
        return
    for number, run in enumerate(_runs(joined, cut, elements[cut.name])):
        yield document.path.format(part=number), _whole(document, {cut.name: run})


def _whole(document: Document, elements: dict[str, list[bytes]]) -> bytes:
    if document.seal:
        (section,) = document.parts
        assert isinstance(section, Section), "a sealed document is one section"
        return b"".join(document.seal.close(iter(elements[section.name])))
    return b"".join(part if isinstance(part, bytes) else join(part, elements[part.name]) for part in document.parts)


def _runs(document: Document, cut: Section, elements: list[bytes]) -> Iterator[list[bytes]]:
    """Yield the elements of each part."""
    run: list[bytes] = []
    for element in elements:
        more = [*run, element]
        over = document.size is not None and len(_whole(document, {cut.name: more})) > document.size
        if run and (over or (document.rows is not None and len(more) > document.rows)):
            yield run
            more = [element]
        run = more
    yield run
