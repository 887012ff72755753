"""Reads the sections of a document back out of its bytes, element by element, as they come."""

from collections.abc import Iterator
from itertools import count

from labelport.app.delivered import Delivery
from labelport.app.elements import elements
from labelport.errors import IntegrityError, NotFoundError
from labelport.kit.format import Document, Seal, Section


class Parsed:
    """A document of a delivery; its sections are read in their order, each to its end."""

    def __init__(self, delivery: Delivery, document: Document) -> None:
        """Begin before the first part."""
        self._delivery, self._document = delivery, document
        self._parts = list(document.parts)
        self._chunks = iter(()) if document.seal else delivery.chunks(document.path.format(part=0))
        self._held = b""
        self._part = 0

    def section(self, section: Section) -> Iterator[bytes]:
        """Yield the elements of the next section, which is this one."""
        if self._document.seal:
            yield from self._opened(self._document.seal)
            return
        while self._parts[0] is not section and self._parts[0] != section:
            self._skip(self._parts.pop(0))
        self._parts.pop(0)
        end = b"".join(part for part in self._parts[:1] if isinstance(part, bytes))
        yield from self._body(end, section)
        while self._document.rows is not None or self._document.size is not None:
            self._part += 1
            try:
                self._chunks = self._delivery.chunks(self._document.path.format(part=self._part))
                self._held = next(self._chunks, b"")
            except NotFoundError:
                return
            for part in self._document.parts:
                if isinstance(part, Section):
                    break
                self._skip(part)
            yield from self._body(end, section)

    def _opened(self, seal: Seal) -> Iterator[bytes]:
        """Yield the elements of a sealed document, from all its parts."""
        cut = self._document.rows is not None or self._document.size is not None
        for part in count():
            try:
                file = self._delivery.place.get(self._document.path.format(part=part))
            except NotFoundError:
                if part == 0:
                    raise
                return
            with file:
                yield from seal.open(file)
            if not cut:
                return

    def _body(self, end: bytes, section: Section) -> Iterator[bytes]:
        """Yield the elements up to the fixed bytes that follow, or to the end of the file."""
        yield from self._until(end, section) if end else elements(self._rest(), section)

    def _until(self, end: bytes, section: Section) -> Iterator[bytes]:
        """Yield elements up to the fixed bytes that follow, which no element can hold."""
        separator = section.separator
        while (at := self._held.find(end)) < 0:
            cut = self._held.rfind(separator, 0, max(0, len(self._held) - len(end)))
            if cut >= 0:
                yield from self._held[:cut].split(separator)
                self._held = self._held[cut + len(separator) :]
            if not self._fill():
                raise IntegrityError(f"{self._document.path} ends before its section {section.name!r} does")
        data, self._held = self._held[:at], self._held[at:]
        if data:
            yield from data.removesuffix(separator if section.terminated else b"").split(separator)

    def _skip(self, literal: bytes | Section) -> None:
        if isinstance(literal, Section):
            raise IntegrityError(f"section {literal.name!r} was not read")
        while len(self._held) < len(literal) and self._fill():
            pass
        if not self._held.startswith(literal):
            raise IntegrityError(f"{self._document.path} is not laid out as its format says")
        self._held = self._held[len(literal) :]

    def _fill(self) -> bool:
        chunk = next(self._chunks, b"")
        self._held += chunk
        return bool(chunk)

    def _rest(self) -> Iterator[bytes]:
        held, self._held = self._held, b""
        yield held
        yield from self._chunks
