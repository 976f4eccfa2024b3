"""Dates in every spelling, and dates that lie."""

import feedparser
import pytest

from scattershot.protocols.feeds.wire.moments import AHEAD, credible, parse_moment

NOON = 1_795_262_400_000


@pytest.mark.parametrize(
    "text",
    [
        "Sat, 21 Nov 2026 12:00:00 GMT",
        "Sat, 21 Nov 2026 12:00:00 +0000",
        "21 Nov 2026 12:00 UT",
        "Sat, 21 Nov 2026 07:00:00 EST",
        "sat, 21 nov 2026 12:00:00 gmt",
        "Saturday, 21-Nov-26 12:00:00 GMT",
        "Sat Nov 21 12:00:00 2026",
        "Sat Nov 21 12:00:00 UTC 2026",
        "2026-11-21T12:00:00Z",
        "2026-11-21T12:00:00.000Z",
        "2026-11-21 12:00:00",
        "2026-11-21T13:00:00+01:00",
        "2026-11-21T13:00:00+0100",
        "2026-11-21T04:00:00 -0800",
        "20261121T120000Z",
        "2026-11-21",
        "2026-11-21T12:00Z",
        "November 21, 2026 12:00 PM",
        "Nov 21, 2026",
        "21 November 2026",
        "21.11.2026 12:00",
        "1795262400",
        "1795262400000",
        "Sat, 21 Nov 2026 12:00:00 Europe",
        "Sat, 21 Nov 2026 12:00:00 +0000 (UTC)",
        "2026/11/21 12:00:00",
        "Sat,  21 Nov  2026   12:00:00  GMT",
        "21 de noviembre de 2026",
        "2026-11-21T24:00:00+12:00",
        "Sat, 21 Nov 2026 13:00:00 GMT+0100",
    ],
)
def test_a_moment_is_read_in_any_spelling(text: str) -> None:
    assert parse_moment(text) == NOON


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "13 Foo 2026",
        "2026-13-01",
        "31 Feb 2026",
        "Sat, 21 Nov 2026 25:61:00 GMT",
        "x" * 500,
        "--",
        "11/12/2026",
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert parse_moment(text) is None


@pytest.mark.parametrize(
    "text", ["Sat, 21 Nov 2026 12:00:00 GMT", "2026-11-21T13:00:00+01:00", "Sat, 21 Nov 26 07:00 EST"]
)
def test_an_independent_reader_agrees(text: str) -> None:
    parsed = feedparser.datetimes._parse_date(text)
    assert parsed is not None
    assert parsed[:6] == (2026, 11, 21, 12, 0, 0)
    assert parse_moment(text) == NOON


def test_a_date_that_can_be_true_is_believed() -> None:
    assert credible(NOON, NOON + 5, NOON + 1000) == NOON


def test_a_date_in_the_future_is_the_moment_it_was_seen() -> None:
    assert credible(NOON + AHEAD + 1, None, NOON) == NOON
    assert credible(NOON + AHEAD, None, NOON) == NOON


def test_a_date_before_the_web_gives_way_to_one_after_it() -> None:
    assert credible(0, NOON - 7, NOON) == NOON - 7
    assert credible(0, None, NOON) == NOON
    assert credible(None, None, NOON) == NOON
