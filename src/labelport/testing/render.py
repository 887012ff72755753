"""Rows put together as documents, all in memory: the plainest reading of what `Document` says.

The pipeline has a streaming one of its own; a test holds both to the same bytes.
"""

from collections.abc import Iterable, Iterator

from labelport.kit.count import elements
from labelport.kit.format import Context, Document, File, Format, Row, Section
from labelport.model.record import Record


def render(format_: Format, records: Iterable[Record], context: Context) -> dict[str, bytes]:
    """Return every file that a format makes of records, by path; raises `AssertionError` where a path comes twice."""
    assert format_.encode is not None, "a format that only reads"
    return documents(format_, (item for record in records for item in format_.encode(record, context)), context)


def documents(format_: Format, items: Iterable[Row | File], context: Context) -> dict[str, bytes]:
    """Return the files that rows and files make."""
    rows: dict[str, list[bytes]] = {}
    files: dict[str, bytes] = {}
    once = list(format_.once(context)) if format_.once else []
    for item in (*once, *items):
        if isinstance(item, Row):
            rows.setdefault(item.section, []).append(item.data)
        else:
            assert item.path not in files, f"the path {item.path!r} comes twice"
            files[item.path] = item.data
    laid = format_.documents(context) if format_.documents else ()
    known = {part.name for document in laid for part in document.parts if isinstance(part, Section)}
    assert set(rows) <= known, f"rows of sections that no document has: {set(rows) - known}"
    for document in laid:
        files.update(_parts(document, rows))
    return files


def section(format_: Format, name: str, context: Context) -> Section:
    """Return a section of a format by its name."""
    laid = format_.documents(context) if format_.documents else ()
    return next(part for document in laid for part in document.parts if isinstance(part, Section) and part.name == name)


def _parts(document: Document, rows: dict[str, list[bytes]]) -> Iterator[tuple[str, bytes]]:
    sections = [part for part in document.parts if isinstance(part, Section)]
    runs = list(_runs(document, sections[0], rows.get(sections[0].name, [])))
    for number, run in enumerate(runs):
        parts = (
            part if isinstance(part, bytes) else _joined(part, run if part is sections[0] else rows.get(part.name, []))
            for part in document.parts
        )
        yield document.path.format(part=number), b"".join(parts)


def _runs(document: Document, cut: Section, rows: list[bytes]) -> Iterator[list[bytes]]:
    """Yield the rows of each part."""
    run: list[bytes] = []
    for row in rows:
        over = document.size is not None and _size(document, cut, [*run, row]) > document.size
        if run and (over or (document.rows is not None and len(run) >= document.rows)):
            yield run
            run = []
        run.append(row)
    yield run


def _size(document: Document, cut: Section, run: list[bytes]) -> int:
    fixed = sum(len(part) for part in document.parts if isinstance(part, bytes))
    return fixed + len(_joined(cut, run))


def _joined(part: Section, rows: list[bytes]) -> bytes:
    joined = part.separator.join(rows)
    return joined + part.separator if part.terminated and rows else joined


def counted(format_: Format, files: dict[str, bytes], context: Context) -> dict[str, int]:
    """Return the elements of the sections of documents that hold one section."""
    found: dict[str, int] = {}
    for document in format_.documents(context) if format_.documents else ():
        sections = [part for part in document.parts if isinstance(part, Section)]
        if len(sections) != 1:
            continue
        head = b"".join(part for part in document.parts[: document.parts.index(sections[0])] if isinstance(part, bytes))
        tail = b"".join(
            part for part in document.parts[document.parts.index(sections[0]) + 1 :] if isinstance(part, bytes)
        )
        found[sections[0].name] = sum(
            elements(sections[0], data.removeprefix(head).removesuffix(tail))
            for path, data in files.items()
            if path in {document.path.format(part=i) for i in range(len(files))}
        )
    return found
