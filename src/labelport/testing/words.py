"""Hypothesis strategies for small things: names, texts, JSON values, moments."""

from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

TELLING = (
    "a.jpg",
    "A.jpg",
    "a_1.jpg",
    "caf\u00e9.png",
    "cafe\u0301.png",
    "日本語.png",
    "مرحبا.tif",
    "👩🏽‍🚀.webp",
    "two words.jpeg",
    "semi;colon, 'quote' \"double\".bmp",
    "<tag> & entity.gif",
    "=1+1.csv",
    "no extension",
    ".hidden",
    "a.tar.gz",
)
HOSTILE = (
    *TELLING,
    "",
    ".",
    "..",
    "../../etc/passwd",
    "/absolute",
    "\\\\server\\share",
    "C:\\x",
    "CON",
    "con.txt",
    "Nul.tar.gz",
    "COM1",
    "lpt\u00b9",
    "trailing.",
    "trailing ",
    " leading",
    "a\x00b",
    "line\nfeed",
    "tab\there",
    "100%",
    "a~1.jpg",
    "x" * 255,
    "é" * 200,
    "🙂" * 64 + ".jpg",
    "\u202egpj.exe",
    "\ufeffbom",
    "straße",
    "STRASSE",
    "ſ.jpg",
    "K.jpg",
)

T = TypeVar("T")
_LETTERS = st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\n", exclude_characters="\ufffe\uffff")


@cache
def texts() -> SearchStrategy[str]:
    """Draw any text that JSON and XML can both hold: no surrogates, no controls but tab and line feed."""
    return st.text(_LETTERS, max_size=20)


@cache
def words() -> SearchStrategy[str]:
    """Draw a short text that is not empty, as `texts` does."""
    return st.text(_LETTERS, min_size=1, max_size=8)


@cache
def names() -> SearchStrategy[str]:
    """Draw a name as people give them, of any script, never empty."""
    return st.sampled_from(TELLING) | words()


@cache
def hostile_names() -> SearchStrategy[str]:
    """Draw a name that hurts: paths, device names, controls, near twins, any code point but surrogates."""
    return st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


@cache
def ids() -> SearchStrategy[str]:
    """Draw an id: a UUID, or letters of someone else's making."""
    return st.uuids(version=4).map(str) | st.from_regex(r"[A-Za-z0-9_.:-]{1,16}", fullmatch=True)


@cache
def moments() -> SearchStrategy[datetime]:
    """Draw a moment in UTC between 1970 and 2100."""
    return st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@cache
def numbers() -> SearchStrategy[int | float]:
    """Draw a whole number of 53 bits or a finite float."""
    whole = st.integers(-(2**53), 2**53)
    return whole | st.floats(allow_nan=False, allow_infinity=False)


@cache
def values() -> SearchStrategy[Any]:
    """Draw any JSON value."""
    leaves = st.none() | st.booleans() | numbers() | texts()
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts(), inner, max_size=3),
        max_leaves=4,
    )


@cache
def objects() -> SearchStrategy[dict[str, Any]]:
    """Draw a JSON object with at least one key."""
    return st.dictionaries(words(), values(), min_size=1, max_size=3)


@cache
def _maybe(strategy: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.none() | strategy


def maybe(strategy: SearchStrategy[T]) -> SearchStrategy[T | None]:
    """Draw nothing, or what the strategy draws."""
    return _maybe(strategy)


def some(**fields: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    """Draw keyword arguments: none at all, or any choice of the fields."""
    return st.builds(dict) | st.fixed_dictionaries({}, optional=fields)
