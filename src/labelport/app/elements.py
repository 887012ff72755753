"""Elements of a section, told apart in its bytes; between CSV's quotes a separator is text."""

from collections.abc import Iterable, Iterator, Sequence

from labelport.errors import IntegrityError
from labelport.kit.format import Section

QUOTE = b'"'


def separators(pieces: Sequence[bytes], section: Section) -> int:
    """Return how many separators stand in bytes, by their last byte: taking it out is the fastest way to count it."""
    if section.quoted:
        pieces = (b"".join(b"".join(pieces).split(QUOTE)[::2]),)
    last = section.separator[-1:]
    return sum([len(piece) - len(piece.replace(last, b"")) for piece in pieces]) // section.separator.count(last)


def elements(chunks: Iterable[bytes], section: Section) -> Iterator[bytes]:
    """Yield the elements of a section as its bytes come; raises `IntegrityError` where a quoted cell does not end."""
    if not section.quoted:
        yield from lines(chunks, section.separator)
        return
    held: list[bytes] = []
    quotes = 0
    for piece in lines(chunks, section.separator):
        held.append(piece)
        quotes += piece.count(QUOTE)
        if quotes % 2 == 0:
            yield section.separator.join(held)
            held, quotes = [], 0
    if held:
        raise IntegrityError("a quoted cell does not end")


def lines(chunks: Iterable[bytes], separator: bytes) -> Iterator[bytes]:
    """Yield what stands between separators; what follows the last one too, unless it is empty."""
    rest = b""
    for chunk in chunks:
        *found, rest = (rest + chunk).split(separator)
        yield from found
    if rest:
        yield rest
