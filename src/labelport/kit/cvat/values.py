"""The values of a JSON object or of an XML element's attributes, by key, and everything that is wrong with them.

XML has only texts, so a text that spells a number, a flag or a time is taken for it.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from labelport.errors import Fault

LARGEST = 1e15
"""Numbers beyond it stand for nothing in a label."""
SHOWN = 60
"""So many characters of a strange value are shown in a reason."""
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,16}", re.ASCII)
_YES = frozenset({"1", "true", "yes"})
_NO = frozenset({"0", "false", "no", ""})


class Values:
    """The values of one object, taken by key; a value that does not fit adds to `faults` and reads as zero."""

    __slots__ = ("faults", "given", "mark", "path")

    def __init__(self, given: object, path: str, faults: list[Fault], mark: str = ".") -> None:
        self.path = path
        self.faults = faults
        self.mark = mark
        self.given: Mapping[str, object] = given if isinstance(given, Mapping) else {}
        if not isinstance(given, Mapping):
            self.wrong("", f"{shown(given)} is not an object")

    def wrong(self, key: str, reason: str) -> None:
        """Note a fault of the value under the key; without a key, of the object itself."""
        self.faults.append(Fault(f"{self.path}{self.mark}{key}" if key else self.path, reason))

    def has(self, key: str) -> bool:
        """Return whether there is a value: not null, and no empty text."""
        return self.given.get(key) not in (None, "")

    def number(self, key: str) -> float:
        """Return a number of ordinary size."""
        found = as_number(self.given.get(key))
        if found is None:
            self._not(key, "a number")
            return 0.0
        return found

    def whole(self, key: str, *, low: int = 0, high: float = LARGEST) -> int:
        """Return a whole number within bounds."""
        found = as_whole(self.given.get(key))
        if found is None:
            self._not(key, "a whole number")
        elif not low <= found <= high:
            self.wrong(key, f"{shown(self.given[key])} lies outside {low} to {high:g}")
        else:
            return found
        return low

    def whole_or_none(self, key: str, *, low: int = 0) -> int | None:
        """Return a whole number; None where there is no value or a wrong one."""
        before = len(self.faults)
        found = self.whole(key, low=low) if self.has(key) else None
        return found if len(self.faults) == before else None

    def flag(self, key: str) -> bool:
        """Return yes or no; no where there is no value."""
        return self.flag_or_none(key) is True

    def flag_or_none(self, key: str) -> bool | None:
        """Return yes or no; None where there is no value or a wrong one."""
        value = self.given.get(key)
        if value is None:
            return None
        found = as_flag(value)
        if found is None:
            self._not(key, "yes or no")
        return found

    def text(self, key: str) -> str:
        """Return a text."""
        value = self.given.get(key)
        if isinstance(value, str):
            return value
        self._not(key, "a text")
        return ""

    def text_or_none(self, key: str) -> str | None:
        """Return a text; None where there is none, or an empty one."""
        return (self.text(key) or None) if self.has(key) else None

    def moment(self, key: str) -> datetime | None:
        """Return a time in UTC, which it is taken for where it has no zone."""
        value = self.given.get(key)
        if not self.has(key):
            return None
        try:
            found = datetime.fromisoformat(value) if isinstance(value, str) else None
            if found is not None:
                return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        self._not(key, "a time")
        return None

    def items(self, key: str) -> list[object]:
        """Return a list; an empty one where there is no value."""
        value = self.given.get(key)
        if value is not None and not isinstance(value, list):
            self._not(key, "a list")
        return value if isinstance(value, list) else []

    def numbers(self, key: str) -> list[float]:
        """Return a list of numbers; what is none adds a fault and is left out."""
        found = [(at, item, as_number(item)) for at, item in enumerate(self.items(key))]
        for at, item, number in found:
            if number is None:
                self.wrong(f"{key}[{at}]", f"{shown(item)} is not a number")
        return [number for _, _, number in found if number is not None]

    def children(self, key: str) -> "list[Values]":
        """Return the objects of the list under the key."""
        return [
            Values(item, f"{self.path}{self.mark}{key}[{at}]", self.faults, self.mark)
            for at, item in enumerate(self.items(key))
        ]

    def _not(self, key: str, what: str) -> None:
        value = self.given.get(key)
        self.wrong(key, "is missing" if value is None else f"{shown(value)} is not {what}")


def as_number(value: object, most: float = LARGEST) -> float | None:
    """Return a number of ordinary size, or of at most another, also where a text spells it; else None."""
    if isinstance(value, str):
        value = float(value) if _NUMBER.fullmatch(value.strip()) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if -most <= value <= most else None


def as_whole(value: object) -> int | None:
    """Return a whole number, also where a text spells it; else None."""
    if isinstance(value, str):
        return int(value) if _WHOLE.fullmatch(value.strip()) else None
    found = as_number(value)
    return int(found) if found is not None and found.is_integer() else None


def as_flag(value: object) -> bool | None:
    """Return yes or no, also where a text or 0 or 1 says it; else None."""
    if isinstance(value, str):
        word = value.strip().lower()
        return True if word in _YES else False if word in _NO else None
    return value == 1 if isinstance(value, int) and value in (0, 1) else None


def identity(value: object) -> str | None:
    """Return what names a thing: a text or a whole number, as text."""
    if isinstance(value, bool) or not isinstance(value, int | str) or value == "":
        return None
    return str(value) if isinstance(value, str) or abs(value) <= LARGEST else None


def shown(value: object) -> str:
    """Return a value as a reason shows it: as text, and not longer than can be read."""
    try:
        text = f"a {type(value).__name__} of {len(value)}" if isinstance(value, dict | list) else repr(value)
    except ValueError:
        return "a number of thousands of digits"
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."
