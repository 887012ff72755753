"""Stretches of text, conversations, HTML, sound and frames."""

from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from labelport.model.geometry import HtmlSpan, Interval, MessageSpan, TextSpan
from labelport.model.label import Target
from tests.formats.label_studio.build import Outcome, read

ALPHABET = st.sampled_from(["a", "b", " ", "é", "世", "😀", "🏳️", "\u0301", "\r\n", "\n"])


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _span(text: str, start: int, end: int, said: str | None, kind: str = "labels") -> Outcome:
    value = {"start": start, "end": end, "labels": ["City"]} | ({} if said is None else {"text": said})
    given = {"id": "r1", "type": kind, "from_name": "ner", "to_name": "text", "value": value}
    return read(given, data={"text": text})


@st.composite
def _cuts(draw: st.DrawFn) -> tuple[str, int, int]:
    text = "".join(draw(st.lists(ALPHABET, min_size=1, max_size=12)))
    start = draw(st.integers(0, len(text)))
    return text, start, draw(st.integers(start, len(text)))


@given(_cuts())
@settings(max_examples=60, deadline=None)
def test_a41_offsets_in_code_points_stay(case: tuple[str, int, int]) -> None:
    text, start, end = case
    assert _span(text, start, end, text[start:end]).annotation.geometry == TextSpan(start, end, text[start:end])


@given(_cuts())
@settings(max_examples=60, deadline=None)
def test_a41_offsets_in_utf16_find_the_same_words(case: tuple[str, int, int]) -> None:
    text, start, end = case
    found = _span(text, _units(text[:start]), _units(text[:end]), text[start:end]).annotation.geometry
    assert isinstance(found, TextSpan)
    assert found.text == text[start:end]


def test_a41_words_that_are_repeated_to_the_letter_decide_before_those_that_differ_in_white_space() -> None:
    assert _span("Thumbs 💩 up", 7, 9, "💩").annotation.geometry == TextSpan(7, 8, "💩")


def test_a41_an_emoji_before_the_words_moves_older_offsets() -> None:
    """HumanSignal/label-studio issue 1347: 13 to 23 in UTF-16 is 12 to 22 in code points."""
    text = "💩This is an annotation."
    assert _span(text, 13, 23, "annotation").annotation.geometry == TextSpan(12, 22, "annotation")
    assert _span(text, 12, 22, "annotation").annotation.geometry == TextSpan(12, 22, "annotation")


def test_a41_a_line_end_counted_as_one_character_is_found_out() -> None:
    text = "one\r\ntwo\r\nthree"
    assert _span(text, 8, 13, "three").annotation.geometry == TextSpan(10, 15, "three")
    assert _span(text, 10, 15, "three").annotation.geometry == TextSpan(10, 15, "three")


def test_a41_a_repeated_line_end_may_read_backslash_n() -> None:
    assert _span("one\ntwo", 0, 7, "one\\ntwo").annotation.geometry == TextSpan(0, 7, "one\ntwo")


def test_without_repeated_text_offsets_are_code_points() -> None:
    assert _span("💩 a b", 2, 3, None).annotation.geometry == TextSpan(2, 3, "a")


def test_without_the_text_at_hand_offsets_stay_as_they_are() -> None:
    outcome = _span("https://example.org/a.txt", 100, 105, "words")
    assert outcome.annotation.geometry == TextSpan(100, 105, "words")
    assert outcome.record.asset.uri == "https://example.org/a.txt"


def test_a41_offsets_that_do_not_fit_the_text_are_refused() -> None:
    (fault,) = _span("one two", 0, 3, "two").faults
    assert fault.reason == "0 to 3 is 'one' in the text, and the region says 'two'"


def test_a41_offsets_beyond_the_text_are_refused() -> None:
    (fault,) = _span("one", 1, 9, None).faults
    assert fault.reason == "1 to 9 lies outside the text or within one of its characters"


@pytest.mark.parametrize(("start", "end"), [(5, 2), (-1, 2), ("a", 2), (None, 2), (1.5, 2)])
def test_offsets_that_are_none_are_refused(start: Any, end: Any) -> None:
    assert all("value" in it.path for it in _span("one two", start, end, None).faults)
    assert _span("one two", start, end, None).faults


def _paragraphs(start: Any, end: Any, first: int, last: int, said: str | None = None) -> Outcome:
    value = {"start": start, "end": end, "startOffset": first, "endOffset": last, "paragraphlabels": ["Q"]}
    given = {"id": "r1", "type": "paragraphlabels", "to_name": "dlg", "value": value | ({"text": said} if said else {})}
    lines = [
        {"author": "A", "text": "Hi 😀 there"},
        {"author": "B", "text": "Good day"},
        {"author": "A", "text": "Bye"},
    ]
    return read(given, data={"dlg": lines})


def test_a_stretch_of_a_message_is_counted_in_utf16() -> None:
    assert _paragraphs("0", "0", 6, 11).annotation.geometry == MessageSpan("0", 5, 10)


def test_a_stretch_of_a_message_in_code_points_is_told_by_its_text() -> None:
    assert _paragraphs("0", "0", 5, 10, "there").annotation.geometry == MessageSpan("0", 5, 10, "there")


def test_a_stretch_over_messages_ends_in_the_last_one() -> None:
    assert _paragraphs(0, 2, 6, 3).annotation.geometry == MessageSpan("0", 5, 3, None, "2")


def test_a_conversation_is_the_asset() -> None:
    asset = _paragraphs("0", "0", 0, 2).record.asset
    assert asset.kind == "conversation"
    assert [(it.id, it.role, it.text) for it in asset.messages][1] == ("1", "B", "Good day")


@pytest.mark.parametrize(
    ("start", "end", "first", "last"), [("0", "3", 0, 1), ("1", "0", 0, 1), ("1", "1", 5, 2), ("1", "1", 0, 99)]
)
def test_a_stretch_outside_its_conversation_is_refused(start: str, end: str, first: int, last: int) -> None:
    assert _paragraphs(start, end, first, last).faults


def test_a_stretch_of_html_keeps_its_paths() -> None:
    value = {
        "start": "/p[1]/text()[1]",
        "end": "/p[2]/text()[1]",
        "startOffset": 2,
        "endOffset": 5,
        "globalOffsets": {"start": 2, "end": 20},
        "text": "words",
        "hypertextlabels": ["Name"],
    }
    given = {"id": "r1", "type": "hypertextlabels", "to_name": "html", "value": value}
    outcome = read(given, data={"html": "<p>a few</p><p>words</p>"})
    assert outcome.annotation.geometry == HtmlSpan("/p[1]/text()[1]", 2, "/p[2]/text()[1]", 5, "words")
    assert (outcome.annotation.extra or {})["global_offsets"] == {"start": 2, "end": 20}
    assert (outcome.record.asset.kind, outcome.record.asset.text) == ("html", "<p>a few</p><p>words</p>")
    assert outcome.unread == {}


def test_a_stretch_of_html_that_ends_before_it_starts_is_refused() -> None:
    value = {"start": "/p", "end": "/p", "startOffset": 3, "endOffset": 2}
    (fault,) = read({"id": "r1", "type": "hypertextlabels", "value": value}).faults
    assert fault.path == "$[0].annotations[0].result[0].value.endOffset"


def _sound(value: dict[str, Any], **more: Any) -> Outcome:
    given = {"id": "r1", "type": "labels", "to_name": "audio", "value": value | {"labels": ["Speech"]}, **more}
    return read(given, data={"audio": "https://example.org/a.wav"})


def test_seconds_of_sound_are_milliseconds() -> None:
    outcome = _sound({"start": 3.1, "end": 8.2, "channel": 1}, original_length=18.5)
    assert outcome.annotation.geometry == Interval(3100.0, 8200.0, 1)
    assert (outcome.record.asset.kind, outcome.record.asset.duration) == ("audio", 18.5)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
@settings(max_examples=40, deadline=None)
def test_whole_milliseconds_stay_whole(start: int, length: int) -> None:
    found = _sound({"start": start / 1000, "end": (start + length) / 1000, "channel": 0}).annotation.geometry
    assert found == Interval(float(start), float(start + length), 0)


@pytest.mark.parametrize(("start", "end"), [(2, 1), (-1, 1), ("00:01", 2), (None, 1)])
def test_a_stretch_of_sound_that_is_none_is_refused(start: Any, end: Any) -> None:
    assert _sound({"start": start, "end": end, "channel": 0}).faults


def test_a_time_series_is_seconds_from_its_start() -> None:
    value = {"start": 1, "end": 2.5, "instant": False, "timeserieslabels": ["Run"]}
    outcome = read({"id": "r", "type": "timeserieslabels", "to_name": "ts", "value": value}, data={"ts": "a.csv"})
    assert outcome.annotation.geometry == Interval(1000.0, 2500.0)
    assert outcome.annotation.class_ == "Run"


def _timeline(ranges: object) -> Outcome:
    value = {"ranges": ranges, "timelinelabels": ["Moving"]}
    return read({"id": "r", "type": "timelinelabels", "to_name": "video", "value": value}, data={"video": "a.mp4"})


def test_frames_of_a_timeline_are_counted_from_0() -> None:
    outcome = _timeline([{"start": 3, "end": 5}])
    assert outcome.annotation.on == Target(first_frame=2, last_frame=4)
    assert (outcome.annotation.class_, outcome.annotation.geometry) == ("Moving", None)


def test_one_frame_of_a_timeline_begins_and_ends_there() -> None:
    assert _timeline([{"start": 3, "end": 3}]).annotation.on == Target(first_frame=2, last_frame=2)


@pytest.mark.parametrize(
    "ranges", [[], [{"start": 5, "end": 3}], [{"start": 0, "end": 3}], 5, [{}], [{"start": 1}] * 2], ids=str
)
def test_a_timeline_without_one_range_is_refused(ranges: object) -> None:
    assert _timeline(ranges).faults


def test_without_its_task_text_a_labelled_text_is_still_a_text() -> None:
    given = {
        "id": "r1",
        "type": "labels",
        "to_name": "t",
        "value": {"start": 0, "end": 2, "text": "ab", "labels": ["X"]},
    }
    outcome = read(given, data={"a": 1, "b": "x y", "c": "z"})
    assert outcome.annotation.geometry == TextSpan(0, 2, "ab")
