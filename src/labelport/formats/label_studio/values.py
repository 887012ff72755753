"""A JSON object while it is read: values by key, and with its path everything that is wrong with them."""

import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from labelport.errors import Fault

LARGEST = 1e15
"""Numbers beyond it stand for nothing in a label."""
SHOWN = 60
"""So many characters of a strange value are shown in a reason."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Object = dict[str, object]


class Fields:
    """The values of one JSON object, taken by key; a value that does not fit adds to `faults` and reads as zero."""

    __slots__ = ("faults", "given", "path")

    def __init__(self, given: object, path: str, faults: list[Fault]) -> None:
        self.path = path
        self.faults = faults
        self.given: Object = given if isinstance(given, dict) else {}
        if not isinstance(given, dict):
            self.wrong("", f"{shown(given)} is not an object")

    def wrong(self, key: str, reason: str) -> None:
        """Note a fault of the value under the key; without a key, of the object itself."""
        self.faults.append(Fault(f"{self.path}.{key}" if key else self.path, reason))

    def has(self, key: str) -> bool:
        """Return whether there is a value other than null."""
        return self.given.get(key) is not None

    def number(self, key: str, *, low: float = -LARGEST, high: float = LARGEST) -> float:
        """Return a number within bounds."""
        value = self.given.get(key)
        number = finite(value)
        if number is None:
            self.wrong(key, "is missing" if value is None else f"{shown(value)} is not a number")
        elif not low <= number <= high:
            self.wrong(key, f"{shown(value)} lies outside {low:g} to {high:g}")
        else:
            return number
        return 0.0

    def amount(self, key: str) -> int | float:
        """Return a number of any size, as a whole one where it is one."""
        value = self.given.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.wrong(key, "is missing" if value is None else f"{shown(value)} is not a number")
            return 0
        return int(value) if -LARGEST <= value <= LARGEST and float(value).is_integer() else float(value)

    def number_or(self, key: str, default: float, *, low: float = -LARGEST) -> float:
        """Return a number, or the default where there is none."""
        return self.number(key, low=low) if self.has(key) else default

    def whole(self, key: str, *, low: int = 0) -> int:
        """Return a whole number, also where it is written as text."""
        value = self.given.get(key)
        number = _whole(value)
        if number is None:
            self.wrong(key, "is missing" if value is None else f"{shown(value)} is not a whole number")
        elif not low <= number <= LARGEST:
            self.wrong(key, f"{shown(value)} lies outside {low} to {LARGEST:g}")
        else:
            return number
        return low

    def text(self, key: str) -> str:
        """Return a text; a number counts as one."""
        value = self.given.get(key)
        if isinstance(value, str):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        self.wrong(key, "is missing" if value is None else f"{shown(value)} is not a text")
        return ""

    def text_or_none(self, key: str) -> str | None:
        """Return a text, or None where there is none."""
        return self.text(key) if self.has(key) else None

    def flag(self, key: str) -> bool:
        """Return yes or no; no where there is no value."""
        value = self.given.get(key)
        if value is not None and not isinstance(value, bool):
            self.wrong(key, f"{shown(value)} is neither true nor false")
        return value is True

    def items(self, key: str) -> list[object]:
        """Return a list; an empty one where there is no value."""
        value = self.given.get(key)
        if value is not None and not isinstance(value, list):
            self.wrong(key, f"{shown(value)} is not a list")
        return value if isinstance(value, list) else []

    def child(self, key: str) -> "Fields":
        """Return the object under the key."""
        return Fields(self.given.get(key), f"{self.path}.{key}", self.faults)

    def children(self, key: str) -> "list[Fields]":
        """Return the objects of the list under the key."""
        path = f"{self.path}.{key}"
        return [Fields(item, f"{path}[{at}]", self.faults) for at, item in enumerate(self.items(key))]

    def moment(self, key: str, *, per_second: int = 1) -> datetime | None:
        """Return a time in UTC: ISO 8601 text, UTC where it has no zone, or seconds (or parts) since 1970."""
        value = self.given.get(key)
        if value in (None, ""):
            return None
        found = _moment(value, per_second)
        if found is None:
            self.wrong(key, f"{shown(value)} is not a time")
        return found

    def texts(self, key: str) -> list[str]:
        """Return a list of texts; one text alone counts as a list of it."""
        value = self.given.get(key)
        if isinstance(value, str):
            return [value]
        return [self.word(item, f"{key}[{at}]") for at, item in enumerate(self.items(key))]

    def word(self, item: object, key: str) -> str:
        """Return an item that must be text or a number."""
        if isinstance(item, str):
            return item
        if isinstance(item, int | float) and not isinstance(item, bool):
            return str(item)
        self.wrong(key, f"{shown(item)} is not a text")
        return ""


def finite(value: object) -> float | None:
    """Return a number of ordinary size, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return float(value) if -LARGEST <= value <= LARGEST else None


def identity(value: object) -> str | None:
    """Return what names a thing or a person: a text or a whole number, as text."""
    if isinstance(value, bool) or not isinstance(value, int | str) or value == "":
        return None
    return str(value)


def shown(value: object) -> str:
    """Return a value as a reason shows it: as text, and not longer than can be read."""
    text = repr(value) if not isinstance(value, dict | list) else f"a {type(value).__name__} of {len(value)}"
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."


def kept(given: Object, keys: Iterable[str]) -> dict[str, object]:
    """Return the values of the keys that say something: not null, no, or an empty list, object or text."""
    found = {key: given[key] for key in keys if key in given}
    return {key: value for key, value in found.items() if value is not False and value not in (None, [], {}, "")}


def _whole(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
        return int(value)
    number = finite(value)
    return int(number) if number is not None and number.is_integer() else None


def _moment(value: object, per_second: int) -> datetime | None:
    try:
        if isinstance(value, str):
            found = datetime.fromisoformat(value)
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        number = finite(value)
        return None if number is None else EPOCH + timedelta(microseconds=round(number * 1_000_000 / per_second))
    except (ValueError, OverflowError, OSError):
        return None
