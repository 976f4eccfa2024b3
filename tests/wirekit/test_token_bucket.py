from hypothesis import given
from hypothesis import strategies as st

from scattershot.wirekit.token_bucket import Bucket, Level, RateLimits

MINUTE = 60_000


def test_a_burst_as_large_as_the_bucket_passes_and_then_the_pace_holds() -> None:
    bucket = Bucket(capacity=3, per_second=0.5)
    level, passed = None, []
    for _ in range(4):
        taken = bucket.take(level, 0)
        level = taken.level
        passed.append(taken.allowed)
    assert passed == [True, True, True, False]
    assert bucket.take(level, 0).retry_after == 2.0
    assert not bucket.take(level, 1999).allowed
    assert bucket.take(level, 2000).allowed


def test_a_bucket_does_not_overflow() -> None:
    bucket = Bucket(capacity=2, per_second=10)
    assert bucket.take(Level(0, 0), MINUTE).level == Level(1, MINUTE)


def test_a_clock_that_steps_back_neither_gives_nor_takes() -> None:
    assert Bucket(2, 1).take(Level(1.5, MINUTE), 0).level == Level(0.5, 0)


def test_what_costs_more_than_the_bucket_holds_never_passes() -> None:
    taken = Bucket(2, 1).take(None, 0, cost=3)
    assert (taken.allowed, taken.retry_after) == (False, float("inf"))


def test_without_a_refill_there_is_nothing_to_wait_for() -> None:
    assert Bucket(1, 0).take(Level(0, 0), MINUTE).retry_after == float("inf")


@given(st.integers(1, 20), st.floats(0.1, 50), st.lists(st.integers(0, 5_000), max_size=200))
def test_no_one_gets_more_than_the_burst_and_the_pace(capacity: int, pace: float, pauses: list[int]) -> None:
    limits, now, passed = RateLimits(Bucket(capacity, pace)), 0, 0
    for pause in pauses:
        now += pause
        passed += limits.take("host", now).allowed
    assert passed <= capacity + pace * now / 1000 + 1e-6


@given(st.floats(0, 9), st.floats(0.1, 50))
def test_the_wait_that_is_told_is_enough(tokens: float, pace: float) -> None:
    bucket = Bucket(10, pace)
    taken = bucket.take(Level(tokens, 0), 0, cost=10)
    assert bucket.take(taken.level, int(taken.retry_after * 1000) + 1, cost=10).allowed


def test_each_key_has_its_own_bucket() -> None:
    limits = RateLimits(Bucket(1, 0.001))
    assert [limits.take(key, 0).allowed for key in ("a", "b", "a")] == [True, True, False]


def test_the_least_recently_seen_is_forgotten_first() -> None:
    limits = RateLimits(Bucket(1, 0), keys=2)
    for key in ("a", "b", "a", "c"):
        limits.take(key, 0)
    assert len(limits) == 2
    assert [limits.take(key, 0).allowed for key in ("a", "b")] == [False, True]
