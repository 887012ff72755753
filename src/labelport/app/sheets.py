"""The documents of one format while they grow: the first section in its file at once, the others beside it.

Elements of a sealed document grow beside it, and become its file when they are all there.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec

from labelport.app.elements import elements
from labelport.app.growing import Growing, Mark, chunks, unchanged
from labelport.app.meter import Meter
from labelport.errors import IntegrityError
from labelport.kit.format import Document, Row, Section


class Part(msgspec.Struct, frozen=True):
    """A finished part of a document that is cut."""

    section: str
    path: str
    mark: Mark


class Fill(msgspec.Struct):
    """How full the part is that is being written."""

    elements: int
    size: int


class SheetMark(msgspec.Struct, frozen=True):
    """How far a sheet had come."""

    growing: dict[str, Mark]
    finished: tuple[Part, ...]
    parts: dict[str, int]


class Sheet:
    """All documents of one format."""

    def __init__(
        self, tree: Path, aside: Path, documents: tuple[Document, ...], meter: Meter, so_far: SheetMark | None = None
    ) -> None:
        """Open every section's file: those that come first in their document under `tree`, the rest under `aside`."""
        self._tree, self._aside, self._meter = tree, aside, meter
        self._documents = documents
        self._document_of = {section.name: document for document in documents for section in _sections(document)}
        self._parts = dict(so_far.parts) if so_far else dict.fromkeys(self._document_of, 0)
        self._finished = list(so_far.finished) if so_far else []
        for part in self._finished:
            unchanged(tree / part.path, part.mark.size, part.mark.sha256)
        self._growing = {
            section.name: self._open(document, section, so_far.growing[section.name] if so_far else None)
            for document in documents
            for section in _sections(document)
        }
        self._fills = {
            name: Fill(growing.elements, growing.size)
            for name, growing in self._growing.items()
            if self._document_of[name].rows or self._document_of[name].size
        }

    def add(self, row: Row) -> None:
        """Append a row to its section."""
        growing = self._growing.get(row.section)
        if growing is None:
            raise IntegrityError(f"a format made a row of section {row.section!r}, which none of its documents has")
        if row.section not in self._fills:
            growing.add(row.data)
        elif growing.section.separator not in row.data:
            self._place(row.section, row.data)
        else:
            for element in elements([row.data], growing.section):
                self._place(row.section, element)

    def take(self, folder: Path, counts: Mapping[str, int]) -> None:
        """Append what a worker wrote of each section."""
        for name, growing in list(self._growing.items()):
            if name in self._fills:
                for element in elements(chunks(folder / name), growing.section):
                    self._place(name, element)
            else:
                growing.take(folder / name, counts[name])

    def counts(self) -> dict[str, int]:
        """Return the elements of each section, of all its parts."""
        counts = {name: growing.elements for name, growing in self._growing.items()}
        for part in self._finished:
            counts[part.section] += part.mark.elements
        return counts

    def soon(self) -> Callable[[], SheetMark]:
        """Return what tells how far every file has come by now, when the meter has written so much."""
        marks = {name: growing.soon() for name, growing in self._growing.items()}
        finished, parts = tuple(self._finished), dict(self._parts)
        return lambda: SheetMark({name: mark() for name, mark in marks.items()}, finished, parts)

    def finish(self) -> Iterator[tuple[str, Mark]]:
        """Complete every document; yield the files with their sizes and hashes."""
        yield from ((part.path, part.mark) for part in self._finished)
        for document in self._documents:
            if document.seal:
                part = self._complete(document, self._growing[_sections(document)[0].name])
                yield part.path, part.mark
                continue
            parts = iter(document.parts[len(_head(document)) :])
            first = self._growing[_sections(document)[0].name]
            next(parts)
            for piece in parts:
                if isinstance(piece, bytes):
                    first.write(piece)
                else:
                    aside = self._growing[piece.name]
                    aside.close()
                    for chunk in chunks(aside.path):
                        first.write(chunk)
            mark = first.close()
            yield str(first.path.relative_to(self._tree)), mark

    def _open(self, document: Document, section: Section, mark: Mark | None = None) -> Growing:
        if _sections(document)[0] is not section:
            return Growing(self._aside / section.name, section, self._meter, mark=mark)
        part = self._parts[section.name]
        if document.seal:
            return Growing(self._aside / f"{section.name}-{part:06d}", section, self._meter, mark=mark)
        path = self._tree / _path(document, part)
        return Growing(path, section, self._meter, b"".join(_head(document)), mark, "disk")

    def _place(self, name: str, element: bytes) -> None:
        """Append an element of a document that is cut, in the part that has room for it."""
        document, growing, fill = self._document_of[name], self._growing[name], self._fills[name]
        separator = len(growing.section.separator)
        coming = len(element) + (separator if growing.section.terminated or fill.elements else 0)
        if _is_full(document, fill, coming):
            growing = self._roll(document, growing)
            self._fills[name] = fill = Fill(0, growing.size)
            coming = len(element) + (separator if growing.section.terminated else 0)
        growing.add(element)
        fill.elements += 1
        fill.size += coming

    def _roll(self, document: Document, growing: Growing) -> Growing:
        """Close a full part and begin the next."""
        name = growing.section.name
        for part in _tail(document):
            growing.write(part)
        self._finished.append(self._complete(document, growing))
        self._parts[name] += 1
        self._growing[name] = self._open(document, growing.section)
        return self._growing[name]

    def _complete(self, document: Document, growing: Growing) -> Part:
        """Close a part, and seal it where the document is sealed."""
        name = growing.section.name
        path, mark = _path(document, self._parts[name]), growing.close()
        if document.seal:
            sealed = Growing(self._tree / path, growing.section, self._meter, way="disk")
            for chunk in document.seal.close(elements(chunks(growing.path), growing.section)):
                sealed.write(chunk)
            mark = msgspec.structs.replace(sealed.close(), elements=mark.elements)
        return Part(name, path, mark)


def _path(document: Document, part: int) -> str:
    """Return the path of a document's part, or its own where it is not cut."""
    return document.path.format(part=part)


def _sections(document: Document) -> list[Section]:
    return [part for part in document.parts if isinstance(part, Section)]


def _head(document: Document) -> list[bytes]:
    head = []
    for part in document.parts:
        if isinstance(part, Section):
            break
        head.append(part)
    return head


def _tail(document: Document) -> list[bytes]:
    """Return the fixed bytes after the section of a document that has one."""
    return [part for part in document.parts[len(_head(document)) :] if isinstance(part, bytes)]


def _is_full(document: Document, fill: Fill, coming: int) -> bool:
    """Return whether so many bytes more would be too much for a part that holds something already."""
    if not fill.elements:
        return False
    if document.rows is not None and fill.elements >= document.rows:
        return True
    return document.size is not None and fill.size + coming + sum(map(len, _tail(document))) > document.size
