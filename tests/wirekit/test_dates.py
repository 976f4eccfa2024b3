"""Moments as text, there and back."""

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scattershot.wirekit.dates import (
    duration_text,
    http_date,
    parse_duration,
    parse_http_date,
    parse_rfc3339,
    rfc3339,
    rfc3339_seconds,
)

moments = st.integers(-62_135_596_800_000, 253_402_300_799_999)  # the years 1 to 9999


@given(moments)
def test_an_rfc_3339_moment_comes_back(millis: int) -> None:
    assert parse_rfc3339(rfc3339(millis)) == millis


@given(moments)
def test_an_http_date_comes_back_without_its_milliseconds(millis: int) -> None:
    assert parse_http_date(http_date(millis)) == millis - millis % 1000


@given(st.datetimes(min_value=datetime(1000, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_standard_library_reads_and_writes_the_same_http_dates(at: datetime) -> None:
    at = at.replace(microsecond=0)
    millis = round(at.timestamp()) * 1000
    assert http_date(millis) == format_datetime(at, usegmt=True)
    assert parsedate_to_datetime(http_date(millis)) == at


@given(st.datetimes(timezones=st.timezones()))
def test_the_standard_library_writes_what_we_read(at: datetime) -> None:
    offset = at.utcoffset()
    assert offset is not None
    if offset.total_seconds() % 60 == 0:
        expected = (at - datetime(1970, 1, 1, tzinfo=UTC)) // (datetime.resolution * 1000)
        in_range = -62_135_596_800_000 <= expected <= 253_402_300_799_999
        assert parse_rfc3339(at.isoformat()) == (expected if in_range else None)


@pytest.mark.parametrize(
    ("text", "millis"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.1Z", 100),
        ("1970-01-01T00:00:00.123456789Z", 123),
        ("1970-01-01t00:00:01z", 1000),
        ("1970-01-01 00:00:01+00:00", 1000),
        ("1970-01-01T02:00:00+02:00", 0),
        ("1969-12-31T22:30:00-0130", 0),
        ("1970-01-01T00:00:00", 0),
        ("1970-01-01T00:01Z", 60_000),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000),
        ("2026-11-21T05:31:00.5+05:30", 1_795_219_260_500),
    ],
)
def test_what_servers_send_is_read(text: str, millis: int) -> None:
    assert parse_rfc3339(text) == millis


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-02-30T00:00:00Z",
        "2026-01-01",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z",
        "2026-01-01T00:00:61Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-00:01",
        "9999-12-31T23:59:60Z",
        "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00Z\n",
        "٢٠٢٦-01-01T00:00:00Z",
        "2026-01-01T00:00:00." + "1" * 1000 + "Z",
    ],
)
def test_what_is_no_moment_is_none(text: str) -> None:
    assert parse_rfc3339(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "Sun, 06 Nov 1994 08:49:37 +0000",
        "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT\n",
        "Fri, 31 Dec 9999 23:59:60 GMT",
    ],
)
def test_what_is_no_http_date_is_none(text: str) -> None:
    assert parse_http_date(text) is None


def test_the_example_of_rfc_9110() -> None:
    assert parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777_000
    assert http_date(784_111_777_999) == "Sun, 06 Nov 1994 08:49:37 GMT"


@given(st.text())
def test_garbage_never_raises(text: str) -> None:
    assert parse_rfc3339(text) is None
    assert parse_http_date(text) is None


def test_whole_seconds_bear_no_fraction() -> None:
    assert rfc3339_seconds(1_795_168_800_999) == "2026-11-20T10:00:00Z"
    assert rfc3339_seconds(-1) == "1969-12-31T23:59:59Z"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("PT5S", 5.0),
        ("PT88.65S", 88.65),
        ("PT1H2M3.5S", 3723.5),
        ("P1DT1S", 86401.0),
        ("PT0S", 0.0),
        ("PT", None),
        ("P", None),
        ("P1Y", None),
        ("-PT5S", None),
        ("PT5", None),
        ("5", None),
        ("PT" + "9" * 70 + "S", None),
    ],
)
def test_durations_are_read_as_far_as_they_are_plain(text: str, seconds: float | None) -> None:
    assert parse_duration(text) == seconds


@given(st.integers(0, 10**10))
def test_a_duration_written_is_read_again(millis: int) -> None:
    assert parse_duration(duration_text(millis / 1000)) == millis / 1000
