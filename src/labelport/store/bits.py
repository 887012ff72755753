"""A set of numbers most of which lie close together: a bit each, in pages."""

from collections.abc import Iterator

PAGE = 1 << 16


class Bits:
    """Numbers from 0 on; a page of bits is made when the first of its numbers comes."""

    def __init__(self) -> None:
        """Start empty."""
        self._pages: dict[int, bytearray] = {}

    def add(self, number: int) -> None:
        """Put a number in."""
        page, place = divmod(number, PAGE)
        bits = self._pages.get(page)
        if bits is None:
            bits = self._pages[page] = bytearray(PAGE >> 3)
        bits[place >> 3] |= 1 << (place & 7)

    def __contains__(self, number: int) -> bool:
        """Say whether a number is in."""
        page, place = divmod(number, PAGE)
        bits = self._pages.get(page)
        return bits is not None and bool(bits[place >> 3] >> (place & 7) & 1)

    def between(self, after: int, last: int) -> Iterator[int]:
        """Yield the numbers that are in, above one and up to another, in order."""
        for page in range((after + 1) // PAGE, last // PAGE + 1):
            start = page * PAGE
            first, end = max(after + 1 - start, 0) >> 3, (min(last - start, PAGE - 1) >> 3) + 1
            for place, byte in enumerate(self._pages.get(page, b"")[first:end], first):
                if byte:
                    numbers = (start + place * 8 + bit for bit in range(8) if byte >> bit & 1)
                    yield from (number for number in numbers if after < number <= last)
