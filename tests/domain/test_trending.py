"""What is talked about, by its rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scattershot.domain.ids import Millis
from scattershot.domain.trending import DAY, HALF_LIFE, OLDEST, Voices, shared_page, surprise, warmth

HUNDRED_DAYS = Millis(100 * DAY)


def test_ten_where_nobody_spoke_before_are_more_than_ten_more_than_usual() -> None:
    assert surprise(Voices(10, 0)) == 100
    assert surprise(Voices(40, 30 * 6)) == pytest.approx(100 / 31)


def test_what_is_as_usual_or_said_by_few_is_not_talked_about() -> None:
    assert surprise(Voices(30, 30 * 6)) == 0
    assert surprise(Voices(5, 30 * 6)) == 0
    assert surprise(Voices(2, 0)) == 0


@given(st.integers(0, 10_000), st.integers(0, 60_000))
def test_one_voice_more_never_makes_it_less(now: int, before: int) -> None:
    assert surprise(Voices(now + 1, before)) >= surprise(Voices(now, before))
    assert surprise(Voices(now, before + 1)) <= surprise(Voices(now, before))


def test_a_post_cools_by_half_every_half_day() -> None:
    written = Millis(HUNDRED_DAYS - HALF_LIFE)
    assert warmth(3, 5, HUNDRED_DAYS, HUNDRED_DAYS) == 8
    assert warmth(3, 5, written, HUNDRED_DAYS) == pytest.approx(4)
    assert warmth(1, 0, HUNDRED_DAYS, HUNDRED_DAYS) == 0
    assert warmth(3, 5, Millis(HUNDRED_DAYS - OLDEST - 1), HUNDRED_DAYS) == 0
    assert warmth(3, 5, Millis(HUNDRED_DAYS + DAY), HUNDRED_DAYS) == 8, "a clock that runs ahead wins nothing"


@pytest.mark.parametrize(
    ("link", "page"),
    [
        ("https://Example.org", "https://example.org/"),
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c"),
        ("https://example.org/a?utm_source=x&b=c&fbclid=1", "https://example.org/a?b=c"),
        ("http://example.org:8080/é?q", "http://example.org:8080/é?q"),
        ("mailto:a@b.c", ""),
        ("https://user:pw@example.org/", ""),
        ("https://[::1", ""),
        ("https://example.org:port/", ""),
        ("https://example.org/" + "a" * 2_000, ""),
        ("", ""),
    ],
)
def test_a_page_is_the_same_however_it_is_passed_on(link: str, page: str) -> None:
    assert shared_page(link) == page


@given(st.text())
def test_no_link_is_an_error(link: str) -> None:
    page = shared_page("https://" + link)
    assert shared_page(page) == page
