"""When followed authors are asked for what may have been missed (A4)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scattershot.domain.catch_up import LONGEST_WAIT, poll_wait
from scattershot.domain.ids import Millis

DAY = 86_400_000
NOW = Millis(2_000 * DAY)


@pytest.mark.parametrize(("days", "minutes"), [(0, 1), (1, 2), (10, 11), (400, 401)])
def test_one_that_does_not_answer_is_asked_every_days_since_status_plus_one_minutes(days: int, minutes: int) -> None:
    assert poll_wait(Millis(NOW - days * DAY), NOW, answered=False, spread=0.5) == minutes * 60_000


def test_one_that_answers_is_asked_far_more_rarely() -> None:
    assert poll_wait(NOW, NOW, answered=True, spread=0.5) == 3_600_000


def test_an_author_from_the_future_is_asked_as_if_it_wrote_now() -> None:
    assert poll_wait(Millis(NOW + DAY), NOW, answered=False, spread=0.5) == 60_000


@given(st.integers(0, 3000), st.booleans(), st.floats(0, 1, exclude_max=True))
def test_a_wait_is_staggered_by_a_tenth_and_has_an_end(days: int, answered: bool, spread: float) -> None:
    wait = poll_wait(Millis(NOW - days * DAY), NOW, answered=answered, spread=spread)
    middle = (days + 1) * 60_000 * (60 if answered else 1)
    assert min(middle * 0.89, LONGEST_WAIT) <= wait <= min(middle * 1.11, LONGEST_WAIT)
