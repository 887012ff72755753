"""Ids that sort by the time they were made: UUID version 7 (RFC 9562, 5.7)."""

import secrets
from uuid import UUID


def uuid7(microseconds: int) -> str:
    """Return a new id of that moment; the sub-millisecond part goes where the RFC lets a counter be (6.2, method 3)."""
    milliseconds, fraction = divmod(microseconds, 1000)
    value = milliseconds << 80 | 7 << 76 | (fraction * 4096 // 1000) << 64 | 2 << 62 | secrets.randbits(62)
    return str(UUID(int=value))
