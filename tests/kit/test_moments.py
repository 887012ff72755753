"""Dates of filters become moments in UTC: offsets are applied, zones are stated, nothing is guessed."""

import zoneinfo
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelport.errors import RequestError
from labelport.kit.moments import moment, rfc3339, span
from labelport.testing.strategies import moments

some = settings(max_examples=200, deadline=None)


def at(text: str) -> int:
    """Return what the standard library makes of a full ISO 8601 moment."""
    return round(datetime.fromisoformat(text).timestamp() * 10**6)


@pytest.mark.parametrize(
    ("value", "zone", "meant"),
    [
        ("2024-03-05", "UTC", "2024-03-05T00:00:00Z"),
        ("2024-03-05", "Europe/Rome", "2024-03-04T23:00:00Z"),
        ("2024-03-05", "Asia/Kathmandu", "2024-03-04T18:15:00Z"),
        ("2024-03-05 08:30:01", "UTC", "2024-03-05T08:30:01Z"),
        ("2024-03-05 08:30:01", "America/New_York", "2024-03-05T13:30:01Z"),
        ("2024-07-05 08:30:01", "America/New_York", "2024-07-05T12:30:01Z"),
        ("2024-03-05T08:30:01", "America/New_York", "2024-03-05T13:30:01Z"),
        ("2024-03-05T08:30:01+0200", "America/New_York", "2024-03-05T06:30:01Z"),
        ("2024-03-05T08:30:01+02:00", "UTC", "2024-03-05T06:30:01Z"),
        ("2024-03-05T08:30:01-0930", "UTC", "2024-03-05T18:00:01Z"),
        ("2024-03-05T08:30:01Z", "Asia/Tokyo", "2024-03-05T08:30:01Z"),
        ("2024-03-05t08:30:01z", "UTC", "2024-03-05T08:30:01Z"),
        ("2024-03-05 08:30:01.25Z", "UTC", "2024-03-05T08:30:01.250000Z"),
        ("2024-03-05 08:30:01.000001", "UTC", "2024-03-05T08:30:01.000001Z"),
        (1709627401250, "Asia/Tokyo", "2024-03-05T08:30:01.250000Z"),
        ("1709627401250", "UTC", "2024-03-05T08:30:01.250000Z"),
        (0, "UTC", "1970-01-01T00:00:00Z"),
        ("1969-12-31 23:59:59.5", "UTC", "1969-12-31T23:59:59.500000Z"),
    ],
)
def test_a49_each_form_of_a_date_is_a_moment_in_utc(value: str | int, zone: str, meant: str) -> None:
    found = moment(value, zone)
    assert found is not None
    assert rfc3339(found) == meant


def test_nothing_is_an_open_end() -> None:
    assert moment(None) is None
    assert span(None, None) is None
    assert span("2024-01-01", None) == (at("2024-01-01T00:00:00Z"), None)
    assert span(None, "2024-01-01", "Europe/Rome") == (None, at("2023-12-31T23:00:00Z"))


def test_a_range_may_be_empty_and_not_negative() -> None:
    assert span("2024-01-01", "2024-01-01") == (at("2024-01-01T00:00:00Z"),) * 2
    with pytest.raises(RequestError, match="before it starts"):
        span("2024-01-02", "2024-01-01")


@pytest.mark.parametrize(
    ("local", "zone", "meant"),
    [
        ("2024-10-27 02:30:00", "Europe/Berlin", "2024-10-27T00:30:00Z"),
        ("2024-11-03 01:30:00", "America/New_York", "2024-11-03T05:30:00Z"),
    ],
)
def test_a_time_that_comes_twice_is_the_first(local: str, zone: str, meant: str) -> None:
    assert moment(local, zone) == at(meant)
    assert moment(f"{local[:10]}T{local[11:]}Z", zone) == at(f"{local[:10]}T{local[11:]}Z")


@pytest.mark.parametrize(
    ("local", "zone", "meant"),
    [
        ("2024-03-31 02:30:00", "Europe/Berlin", "2024-03-31T01:30:00Z"),
        ("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00Z"),
        ("2011-12-30", "Pacific/Apia", "2011-12-30T10:00:00Z"),
    ],
    ids=["an hour skipped", "midnight skipped", "a day skipped"],
)
def test_a_time_that_does_not_come_is_read_with_the_offset_before(local: str, zone: str, meant: str) -> None:
    assert moment(local, zone) == at(meant)


@pytest.mark.parametrize(
    "value",
    [
        "",
        " 2024-01-01",
        "2024-1-1",
        "24-01-01",
        "2024/01/01",
        "01.02.2024",
        "2024-01-01 08:30",
        "2024-01-01  08:30:00",
        "2024-01-01T08:30:00 +0200",
        "2024-01-01T08:30:00+02",
        "2024-01-01T08:30:00+0260",
        "2024-01-01Z",
        "2024-01-01 08:30:00.1234567",
        "2024-01-01T08:30:00[Europe/Berlin]",
        "٢٠٢٤-٠١-٠١",
        "yesterday",
        "1e12",
        "1709627401.5",
    ],
)
def test_another_form_is_refused_with_those_that_are_allowed(value: str) -> None:
    with pytest.raises(RequestError, match=r"YYYY-MM-DD hh:mm:ss, .* or nothing for an open end"):
        moment(value)


@pytest.mark.parametrize("value", [True, 1709627401.5])
def test_a_number_that_is_not_whole_is_refused(value: int) -> None:
    with pytest.raises(RequestError, match="allowed are"):
        moment(value)


@pytest.mark.parametrize(
    "value",
    [
        "2024-02-30",
        "2023-02-29 00:00:00",
        "2024-01-01 24:00:00",
        "2024-12-31T23:59:60Z",
        "0000-01-01",
        "0001-01-01T00:00:00+0200",
        "2024-01-01T00:00:00+2400",
    ],
)
def test_a_date_that_does_not_exist_is_refused(value: str) -> None:
    with pytest.raises(RequestError, match="does not exist"):
        moment(value)


@pytest.mark.parametrize("value", [1709627401, "20240101", -1, "-5", 1, 1709627401250000, 10**30, "9" * 20])
def test_numbers_that_cannot_be_milliseconds_are_refused(value: str | int) -> None:
    with pytest.raises(RequestError, match="seconds need three zeros, a day is written YYYY-MM-DD"):
        moment(value)


@pytest.mark.parametrize("zone", ["Europe/Berlim", "America", "../../etc/passwd", "", "a\0b", "CEST", "x" * 5000])
@pytest.mark.parametrize("value", ["2024-01-01", "2024-01-01T00:00:00Z", 1709627401250])
def test_an_unknown_zone_is_refused_even_where_it_would_not_matter(zone: str, value: str | int) -> None:
    with pytest.raises(RequestError, match="no time zone named"):
        moment(value, zone)


def test_the_nearest_zone_is_named() -> None:
    with pytest.raises(RequestError, match="did you mean 'Europe/Berlin'"):
        moment("2024-01-01", "Europe/Berlim")


@given(moments(), st.integers(-1439, 1439))
@some
def test_a49_an_offset_is_applied_and_not_dropped(when: datetime, minutes: int) -> None:
    local = when.astimezone(timezone(timedelta(minutes=minutes)))
    assert (
        moment(local.isoformat())
        == moment(local.isoformat(" "))
        == (when - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    )


@given(moments())
@some
def test_a49_what_is_written_is_read_back_and_is_what_records_hold(when: datetime) -> None:
    microseconds = (when - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    text = rfc3339(microseconds)
    assert text.endswith("Z")
    assert moment(text, "Asia/Tokyo") == microseconds
    assert msgspec.json.encode(when).decode() == f'"{text}"'


def test_a_zone_is_known_by_name_where_the_system_has_no_list() -> None:
    known = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(to=())
    zoneinfo.ZoneInfo.clear_cache()
    try:
        assert moment("2026-07-01", "Europe/Vienna") == moment("2026-06-30T22:00:00Z")
    finally:
        zoneinfo.reset_tzpath(to=known)
