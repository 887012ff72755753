"""Stretches of text, of conversations, of HTML, of sound and of frames.

Offsets are counted in different ways by different versions and tags of Label Studio: code points in `Text` since the
editor of November 2021, UTF-16 code units before it and in `Paragraphs`, and in places CR LF as one character. The
text that the region repeats decides: the first way of counting whose slice is that text, else the first whose slice
reads like it but for white space, since the editor repeats line ends as a backslash and an n. A region that no way of
counting fits is refused. Where a region repeats no text, offsets are counted as the tag does today.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Literal

from labelport.formats.label_studio.values import Fields, finite, identity, shown
from labelport.model.geometry import HtmlSpan, Interval, MessageSpan, TextSpan

Way = tuple[Literal["code points", "utf-16"], Literal["two", "one"]]
"""What is counted, and for how many a CR LF counts."""
MODERN: tuple[Way, ...] = (("code points", "two"), ("utf-16", "two"), ("code points", "one"), ("utf-16", "one"))
OLDER: tuple[Way, ...] = (("utf-16", "two"), ("code points", "two"), ("utf-16", "one"), ("code points", "one"))


class Words:
    """A text that offsets point into."""

    __slots__ = ("_edges", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._edges: dict[Way, list[int]] = {}

    def place(self, offset: int, way: Way) -> int | None:
        """Return an offset in code points; None where it lies outside, or within a character."""
        edges = self._edges.get(way)
        if edges is None:
            edges = self._edges[way] = _edges(self.text, way)
        at = bisect_right(edges, offset) - 1
        return at if at >= 0 and edges[at] == offset else None


def text_span(value: Fields, words: Words | None) -> TextSpan | None:
    """Return a stretch of a text; its offsets stay as they are where the text itself is not at hand."""
    start, end, said = value.whole("start"), value.whole("end"), value.text_or_none("text")
    if end < start:
        value.wrong("end", f"{end} lies before the start, {start}")
    if value.faults:
        return None
    if words is None:
        return TextSpan(start, end, said)
    found = _placed([words], start, end, said, MODERN)
    if isinstance(found, str):
        value.wrong("", found)
        return None
    return TextSpan(*found, words.text[found[0] : found[1]])


def message_span(value: Fields, messages: Sequence[tuple[str, Words]]) -> MessageSpan | None:
    """Return a stretch of a conversation, given by the numbers of its first and last message."""
    first, last = value.whole("start"), value.whole("end")
    start, end, said = value.whole("startOffset"), value.whole("endOffset"), value.text_or_none("text")
    if not value.faults and not first <= last < len(messages):
        value.wrong("", f"messages {first} to {last} are not among the {len(messages)} of the conversation")
    if not value.faults and first == last and end < start:
        value.wrong("endOffset", f"{end} lies before the start, {start}")
    if value.faults:
        return None
    chosen = messages[first : last + 1]
    found = _placed([words for _, words in chosen], start, end, said, OLDER)
    if isinstance(found, str):
        value.wrong("", found)
        return None
    return MessageSpan(chosen[0][0], *found, said, chosen[-1][0] if last > first else None)


def html_span(value: Fields) -> HtmlSpan:
    """Return a stretch of HTML, as XPaths and offsets in their text nodes."""
    start, end = value.text("start"), value.text("end")
    first, last = value.whole("startOffset"), value.whole("endOffset")
    if start == end and last < first:
        value.wrong("endOffset", f"{last} lies before the start, {first}, in the same node")
    return HtmlSpan(start, first, end, last, value.text_or_none("text"))


def interval(value: Fields) -> Interval | None:
    """Return a stretch of sound or of a time series: seconds made milliseconds."""
    for key in ("start", "end"):
        if isinstance(value.given.get(key), str):
            value.wrong(key, f"{shown(value.given[key])} is a time of day, not seconds from the start")
            return None
    start, end = value.number("start", low=0), value.number("end", low=0)
    if end < start:
        value.wrong("end", f"{end:g} lies before the start, {start:g}")
    channel = value.whole("channel") if value.has("channel") else None
    return None if value.faults else Interval(milliseconds(start), milliseconds(end), channel)


def frames(value: Fields) -> tuple[int, int] | None:
    """Return the first and last frame of a stretch of video, counted from 0; Label Studio counts from 1."""
    ranges = value.children("ranges")
    if len(ranges) != 1:
        value.wrong("ranges", f"has {len(ranges)} ranges, and a region has one")
        return None
    given = ranges[0]
    start = given.whole("start", low=1)
    end = given.whole("end", low=1) if given.has("end") else start
    if end < start:
        given.wrong("end", f"{end} lies before the start, {start}")
    return start - 1, end - 1


def milliseconds(seconds: float) -> float:
    """Return seconds as milliseconds, to a nanosecond, so that 0.07 s is 70 ms."""
    return round(seconds * 1000, 6)


def spoken(value: object) -> list[tuple[str | None, str]] | None:
    """Return who says what in each message of a conversation; None where the value is none."""
    if not isinstance(value, list):
        return None
    found = []
    for item in value:
        given = item if isinstance(item, dict) else {}
        text = next((given[key] for key in ("text", "content", "phrase") if isinstance(given.get(key), str)), None)
        if text is None:
            return None
        roles = (identity(given.get(key)) for key in ("role", "author", "speaker", "name", "user"))
        found.append((next(filter(None, roles), None), text))
    return found


def _placed(
    texts: Sequence[Words], start: int, end: int, said: str | None, ways: Sequence[Way]
) -> tuple[int, int] | str:
    """Return start (in the first text) and end (in the last one) in code points, or why they cannot be told."""
    places = ((texts[0].place(start, way), texts[-1].place(end, way)) for way in ways)
    inside = [(first, last) for first, last in places if first is not None and last is not None]
    if not inside:
        return f"{start} to {end} lies outside the text or within one of its characters"
    for reads in (_same, _alike):
        for first, last in inside:
            if said is None or reads(_slice(texts, first, last), said):
                return first, last
    first, last = inside[0]
    return f"{start} to {end} is {shown(_slice(texts, first, last))} in the text, and the region says {shown(said)}"


def _slice(texts: Sequence[Words], first: int, last: int) -> str:
    if len(texts) == 1:
        return texts[0].text[first:last]
    return "".join([texts[0].text[first:], *(words.text for words in texts[1:-1]), texts[-1].text[:last]])


def _same(text: str, said: str) -> bool:
    return text == said


def _alike(text: str, said: str) -> bool:
    return _bare(text) == _bare(said)


def _bare(text: str) -> str:
    return "".join(text.replace("\\n", "").split())


def _edges(text: str, way: Way) -> list[int]:
    """Return where each character begins, and where the last one ends, in the way of counting."""
    unit, ends = way
    wide = unit == "utf-16"
    widths = (
        0 if ends == "one" and letter == "\n" and before == "\r" else 2 if wide and letter > "\uffff" else 1
        for before, letter in zip(" " + text, text, strict=False)
    )
    return list(accumulate(widths, initial=0))


def seconds_or_none(value: object) -> float | None:
    """Return a duration in seconds, or None where it is none."""
    number = finite(value)
    return number if number is not None and number > 0 else None
