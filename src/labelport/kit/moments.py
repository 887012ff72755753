"""Reads the dates of filters, and writes moments: UTC microseconds since 1970 inside, RFC 3339 with `Z` outside.

| form | read as |
|---|---|
| `2024-03-31` | the start of that day in the zone |
| `2024-03-31 08:30:00`, also with `T` | that time in the zone |
| `2024-03-31T08:30:00+0200`, `+02:00`, `Z` | that moment: the offset is applied, and the zone does not matter |
| `1711873800000`, a number or its digits | milliseconds since 1970, UTC |
| nothing | an open end |

Seconds may have up to six decimals. The zone is an IANA name, UTC unless stated. Where clocks are put back, a time
that comes twice is the first of the two; where they are put forward, a time that does not come is read with the offset
before the change, so it lies as far behind the change as it was meant to (RFC 5545, section 3.3.5).
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, available_timezones

from labelport.errors import RequestError, unknown
from labelport.model.export import Span

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
EARLIEST = 10**11
"""Milliseconds before this (March 1973) are seconds, or a date without its hyphens, by mistake."""
LATEST = 253_402_300_799_999
"""The last millisecond of the year 9999."""
ALLOWED = (
    "allowed are YYYY-MM-DD, YYYY-MM-DD hh:mm:ss, YYYY-MM-DDThh:mm:ss with Z, +hhmm or +hh:mm, "
    "milliseconds since 1970, or nothing for an open end"
)
_FORM = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[T ](\d\d):(\d\d):(\d\d)(?:\.(?P<fraction>\d{1,6}))?(?P<offset>Z|[+-]\d\d:?[0-5]\d)?)?",
    re.ASCII | re.IGNORECASE,
)


def moment(value: str | int | None, zone: str = "UTC") -> int | None:
    """Return UTC microseconds for a date in any of the allowed forms; raises `RequestError`."""
    match value:
        case None:
            return None
        case bool() | float():
            raise RequestError(f"date {value!r} is not one: {ALLOWED}")
        case int():
            return _milliseconds(value, zone)
        case str() if re.fullmatch(r"-?\d{1,20}", value, re.ASCII):
            return _milliseconds(int(value), zone)
        case _:
            return _written(value, zone)


def span(start: str | int | None, end: str | int | None, zone: str = "UTC") -> Span | None:
    """Return the span from `start` to `end`, the end exclusive; None where both are open."""
    first, last = moment(start, zone), moment(end, zone)
    if first is not None and last is not None and last < first:
        raise RequestError(f"the range ends at {end!r}, before it starts at {start!r}: exchange them")
    return None if first is None and last is None else (first, last)


def rfc3339(microseconds: int) -> str:
    """Return the moment as RFC 3339 in UTC, with six decimals where it is not a whole second."""
    return (EPOCH + timedelta(microseconds=microseconds)).isoformat().replace("+00:00", "Z")


def _milliseconds(value: int, zone: str) -> int:
    zone_named(zone)
    if value and not EARLIEST <= value <= LATEST:
        raise RequestError(
            f"date {value} lies out of reach as milliseconds since 1970: "
            f"seconds need three zeros, a day is written YYYY-MM-DD; {ALLOWED}"
        )
    return value * 1000


def _written(value: str, zone: str) -> int:
    where = zone_named(zone)
    found = _FORM.fullmatch(value)
    if found is None:
        raise RequestError(f"date {value!r} is not in a known form: {ALLOWED}")
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    fraction = int((found["fraction"] or "0").ljust(6, "0"))
    try:
        offset = _offset(found["offset"]) if found["offset"] else where
        plain = datetime(year, month, day, hour, minute, second, fraction, offset)
        plain.astimezone(UTC)
    except (ValueError, OverflowError) as e:
        raise RequestError(f"date {value!r} does not exist: {e}") from e
    return (plain - EPOCH) // MICROSECOND


def _offset(text: str) -> tzinfo:
    if text in "Zz":
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))


def zone_named(name: str) -> tzinfo:
    """Return the time zone of the IANA name; UTC needs no list of zones."""
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError) as e:
        raise unknown("time zone", name, available_timezones()) from e
