"""Elements of XML as text, without a line feed inside, so that elements can be counted by lines.

A character that XML 1.0 has no place for (section 2.2) becomes U+FFFD.
"""

import re
from collections.abc import Iterable, Mapping

_SPECIAL = re.compile("[^ !#-%'-;=?-~\u00a0-\ud7ff]")
_NAMES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
PLACES = 9
"""Decimals of numbers that are reckoned: a thousandth of a millionth of a pixel."""


def text(value: str) -> str:
    """Return a text as it stands in an element or in quotes."""
    return _SPECIAL.sub(_escaped, value)


def element(tag: str, attributes: Mapping[str, object], children: Iterable[str] = ()) -> str:
    """Return an element; attributes without a value (None) are left out."""
    said = "".join(f' {key}="{text(str(value))}"' for key, value in attributes.items() if value is not None)
    inside = "".join(children)
    return f"<{tag}{said}>{inside}</{tag}>" if inside else f"<{tag}{said}/>"


def leaf(tag: str, value: object) -> str:
    """Return an element that holds a text; nothing for None."""
    return "" if value is None else f"<{tag}>{text(str(value))}</{tag}>"


def flag(value: object) -> str:
    """Return yes or no as CVAT writes it."""
    return "1" if value else "0"


def reckoned(value: float) -> str:
    """Return a number that was reckoned, without the noise of its last digits."""
    return repr(round(float(value), PLACES))


def _escaped(found: re.Match[str]) -> str:
    letter = found[0]
    point = ord(letter)
    is_allowed = 0x20 <= point <= 0xD7FF or 0xE000 <= point <= 0xFFFD or point >= 0x10000
    return _NAMES.get(letter) or (letter if is_allowed else "\ufffd")
