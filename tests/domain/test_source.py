"""When feeds are asked next, and what their entries are called."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scattershot.domain.ids import MicroblogId, Millis
from scattershot.domain.source import (
    LONGEST_NAME,
    Offer,
    Pace,
    Push,
    Source,
    allowed,
    entry_name,
    guid_of,
    next_question,
)
from scattershot.wirekit.urls import host_of

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
NOW = Millis(int(datetime(2026, 1, 7, 10, 30, tzinfo=UTC).timestamp()) * 1000)
"""A Wednesday."""
FEED = "https://blog.example/feed.xml"
EASY = Pace()
HUB = Offer(Push.WEBSUB, "https://hub.example/", FEED)


def a_source(days: float | None = 0, told: int = 0, failures: int = 0, pace: Pace = EASY) -> Source:
    newest = None if days is None else Millis(NOW - round(days * DAY))
    return Source(
        MicroblogId(1), FEED, FEED, NOW, NOW, newest, failures, "", "", "", pace, "", "", HUB if told else None,
        Millis(NOW + told if told else 0), 0, Millis(0), Millis(0),
    )  # fmt: skip


def minutes(source: Source, rest: int = 0) -> float:
    return (next_question(source, NOW, rest) - NOW) / MINUTE


@pytest.mark.parametrize(("days", "expected"), [(0, 1), (1, 2), (9.5, 10), (None, 31)])
def test_a_feed_is_asked_every_days_since_its_last_entry_plus_one_minutes(days: float | None, expected: int) -> None:
    assert minutes(a_source(days)) == pytest.approx(expected, rel=0.11)


def test_one_that_is_told_of_is_asked_sixty_times_more_rarely_but_not_past_its_renewal() -> None:
    assert minutes(a_source(0, told=10 * DAY)) == pytest.approx(60, rel=0.11)
    assert minutes(a_source(30, told=6 * HOUR)) == 5 * 60


def test_whoever_fails_is_asked_more_and_more_rarely_and_once_a_day_in_the_end() -> None:
    waits = [minutes(a_source(0, failures=n)) for n in range(1, 30)]
    assert waits == sorted(waits)
    assert waits[3] == 16
    assert waits[-1] == 24 * 60


def test_what_it_asks_for_is_honoured_up_to_a_day() -> None:
    assert minutes(a_source(0, pace=Pace(ttl=45))) == 45
    assert minutes(a_source(0), rest=2 * HOUR) == 120
    assert minutes(a_source(0), rest=400 * DAY) == 24 * 60


def test_hours_and_days_off_are_waited_for() -> None:
    assert allowed(Pace(hours=(10, 11)), NOW) == NOW + 90 * MINUTE
    assert allowed(Pace(days=(2,)), NOW) == NOW + 13 * HOUR + 30 * MINUTE, "Wednesday is over at midnight"
    assert allowed(Pace(hours=(3,)), NOW) == NOW
    assert allowed(Pace(hours=tuple(range(24))), NOW) == NOW, "one that never wants anybody means something else"
    assert allowed(Pace(days=tuple(range(7))), NOW) == NOW


@given(st.text(min_size=1, max_size=1_500))
def test_an_entry_has_a_name_that_is_an_address_of_its_feed(guid: str) -> None:
    guid = guid.encode("utf-8", "replace").decode()
    name = entry_name(FEED, guid)
    assert host_of(name.value) == "blog.example"
    assert len(name.value) <= LONGEST_NAME + 1
    assert guid_of(name) == guid or guid_of(name).startswith("urn:name:")
