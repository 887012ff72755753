"""The documents of one format while they grow: the first section in its file at once, the others beside it."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from labelport.app.growing import Growing, Mark, chunks, elements
from labelport.app.meter import Meter
from labelport.errors import IntegrityError
from labelport.kit.format import Document, Row, Section


class Part(msgspec.Struct, frozen=True):
    """A finished part of a document that is cut."""

    section: str
    path: str
    mark: Mark


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
        self._cut = {name for name, document in self._document_of.items() if document.rows or document.size}
        self._parts = dict(so_far.parts) if so_far else dict.fromkeys(self._document_of, 0)
        self._finished = list(so_far.finished) if so_far else []
        self._growing = {
            section.name: self._open(document, section, so_far.growing[section.name] if so_far else None)
            for document in documents
            for section in _sections(document)
        }

    def add(self, row: Row) -> None:
        """Append a row to its section."""
        growing = self._growing.get(row.section)
        if growing is None:
            raise IntegrityError(f"a format made a row of section {row.section!r}, which none of its documents has")
        if row.section in self._cut:
            document = self._document_of[row.section]
            if growing.elements and _is_full(document, growing, len(row.data)):
                growing = self._roll(document, growing)
        growing.add(row.data)

    def take(self, folder: Path, counts: Mapping[str, int]) -> None:
        """Append what a worker wrote of each section."""
        for name, growing in list(self._growing.items()):
            path = folder / name
            if name not in self._cut:
                growing.take(path, counts[name])
            else:
                for line in elements(path, growing.section):
                    self.add(Row(name, line))

    def counts(self) -> dict[str, int]:
        """Return the elements of each section, of all its parts."""
        counts = {name: growing.elements for name, growing in self._growing.items()}
        for part in self._finished:
            counts[part.section] += part.mark.elements
        return counts

    def mark(self) -> SheetMark:
        """Return how far every file has come."""
        growing = {name: growing.mark() for name, growing in self._growing.items()}
        return SheetMark(growing, tuple(self._finished), dict(self._parts))

    def finish(self) -> Iterator[tuple[str, Mark]]:
        """Complete every document; yield the files with their sizes and hashes."""
        yield from ((part.path, part.mark) for part in self._finished)
        for document in self._documents:
            parts = iter(document.parts[len(_head(document)) :])
            first = self._growing[_sections(document)[0].name]
            next(parts)
            for part in parts:
                if isinstance(part, bytes):
                    first.write(part)
                else:
                    aside = self._growing[part.name]
                    aside.close()
                    for chunk in chunks(aside.path):
                        first.write(chunk)
            mark = first.close()
            yield str(first.path.relative_to(self._tree)), mark

    def _open(self, document: Document, section: Section, mark: Mark | None = None) -> Growing:
        if _sections(document)[0] is not section:
            return Growing(self._aside / section.name, section, self._meter, mark=mark)
        path = self._tree / document.path.format(part=self._parts[section.name])
        return Growing(path, section, self._meter, b"".join(_head(document)), mark)

    def _roll(self, document: Document, growing: Growing) -> Growing:
        """Close a full part and begin the next."""
        name = growing.section.name
        self._finished.append(Part(name, str(growing.path.relative_to(self._tree)), growing.close()))
        self._parts[name] += 1
        self._growing[name] = self._open(document, growing.section)
        return self._growing[name]


def _sections(document: Document) -> list[Section]:
    return [part for part in document.parts if isinstance(part, Section)]


def _head(document: Document) -> list[bytes]:
    head = []
    for part in document.parts:
        if isinstance(part, Section):
            break
        head.append(part)
    return head


def _is_full(document: Document, growing: Growing, coming: int) -> bool:
    if document.rows is not None and growing.elements >= document.rows:
        return True
    return document.size is not None and growing.size + coming > document.size
