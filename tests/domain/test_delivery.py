"""What an attempt to deliver leads to."""

from hypothesis import given
from hypothesis import strategies as st

from scattershot.domain.delivery import (
    FIRST_WAIT,
    LONGEST_DOUBT,
    LONGEST_WAIT,
    PATIENCE,
    Busy,
    Delivered,
    Unwanted,
    after_attempt,
    back_off,
    is_given_up,
)
from scattershot.domain.ids import Millis
from scattershot.domain.node import Health

NOW = Millis(1_000_000_000_000)
SPREADS = st.floats(0, 1, exclude_max=True)


def test_the_first_wait_lasts_no_longer_than_a_restart() -> None:
    assert FIRST_WAIT / 2 <= back_off(1, 0.0) <= back_off(1, 0.99) <= FIRST_WAIT


@given(st.integers(1, 10_000), SPREADS)
def test_a_wait_is_never_none_and_never_longer_than_the_longest(failures: int, spread: float) -> None:
    assert FIRST_WAIT / 2 <= back_off(failures, spread) <= LONGEST_WAIT


@given(st.integers(1, 30), SPREADS)
def test_waits_grow(failures: int, spread: float) -> None:
    assert back_off(failures + 1, spread) >= back_off(failures, spread)


def test_an_answer_of_any_sort_shows_that_the_node_is_up() -> None:
    failing = Health(5, Millis(1), Millis(2))
    assert after_attempt(failing, Delivered(), NOW, 0) == Health()
    assert after_attempt(failing, Unwanted("refused"), NOW, 0) == Health()


def test_a_failure_remembers_when_trouble_began() -> None:
    once = after_attempt(Health(), Busy("timeout"), NOW, 0)
    twice = after_attempt(once, Busy("timeout"), Millis(NOW + 60_000), 0)
    assert (twice.failures, twice.failing_since) == (2, NOW)


def test_the_other_side_may_ask_for_more_time() -> None:
    health = after_attempt(Health(), Busy("busy", after=3600), NOW, 0)
    assert health.retry_at == NOW + 3_600_000


def test_the_other_side_may_not_ask_for_ever() -> None:
    health = after_attempt(Health(), Busy("busy", after=10**9), NOW, 0)
    assert health.retry_at <= NOW + 4 * LONGEST_WAIT


def test_a_node_that_answers_with_errors_is_not_left_alone_for_hours() -> None:
    health = after_attempt(Health(30, NOW, NOW), Busy("500", doubtful=True), NOW, 0.9)
    assert health.retry_at <= NOW + LONGEST_DOUBT


def test_patience_ends() -> None:
    assert not is_given_up(Health(9, NOW, NOW), Millis(NOW + PATIENCE))
    assert is_given_up(Health(9, NOW, NOW), Millis(NOW + PATIENCE + 1))
