"""What an answer of a push service leads to."""

import pytest

from scattershot.domain.push import LONGEST_WAIT, Gone, Later, Outcome, Pushed, Refused, outcome


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, Pushed()),
        (201, Pushed()),
        (202, Pushed()),
        (404, Gone()),
        (410, Gone()),
        (400, Refused()),
        (401, Refused()),
        (403, Refused()),
        (413, Refused()),
        (307, Refused()),
    ],
)
def test_an_answer_ends_the_push_or_the_subscription(status: int, expected: Outcome) -> None:
    assert outcome(status, 3, None, 0.5) == expected


@pytest.mark.parametrize("status", [None, 408, 425, 429, 500, 502, 503])
def test_trouble_is_waited_out_longer_each_time(status: int | None) -> None:
    waits = [outcome(status, attempts, None, 1.0) for attempts in (0, 1, 2, 30)]
    assert waits == [Later(30_000), Later(60_000), Later(120_000), Later(LONGEST_WAIT)]


def test_who_asks_us_to_wait_is_obeyed() -> None:
    assert outcome(429, 0, 600.0, 0.0) == Later(600_000)
    assert outcome(503, 10, 1.0, 1.0) == Later(LONGEST_WAIT)
