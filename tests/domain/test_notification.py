"""Whose notifications are told, wait or are dropped; and which are told together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scattershot.domain.ids import Millis, PostId
from scattershot.domain.notification import (
    FROM_STRANGERS,
    Sender,
    Told,
    Treatment,
    Wishes,
    bundle,
    bundle_stem,
    treatment,
)

NOW = Millis(1_767_225_600_000)
DAY, HOUR = 86_400_000, 3_600_000
ACCEPT, HOLD, DROP = Treatment.ACCEPT, Treatment.HOLD, Treatment.DROP
STRANGER = Sender()
FRIEND = Sender(followed=True)
FOLLOWER = Sender(follows_since=Millis(NOW - 4 * DAY))
ALL_HELD = Wishes(**dict.fromkeys(Wishes.__struct_fields__, HOLD))


def told(wishes: Wishes, sender: Sender, *, unasked: bool = False, kind: Told = Told.MENTION) -> Treatment:
    return treatment(wishes, kind, sender, NOW, unasked=unasked)


def test_by_itself_only_the_limited_wait() -> None:
    assert told(Wishes(), STRANGER) is ACCEPT
    assert told(Wishes(), STRANGER, unasked=True) is ACCEPT
    assert told(Wishes(), Sender(limited=True)) is HOLD
    assert told(Wishes(), Sender(limited=True, followed=True)) is ACCEPT


@pytest.mark.parametrize(
    ("wishes", "held", "told_at_once"),
    [
        (Wishes(not_following=HOLD), [STRANGER, FOLLOWER], [FRIEND]),
        (
            Wishes(not_followers=HOLD),
            [STRANGER, FRIEND, Sender(follows_since=Millis(NOW - DAY))],
            [FOLLOWER],
        ),
        (
            Wishes(new=HOLD),
            [Sender(created=Millis(NOW - 29 * DAY))],
            [STRANGER, Sender(created=Millis(NOW - 31 * DAY))],
        ),
        (Wishes(bots=HOLD), [Sender(is_bot=True)], [STRANGER, Sender(is_bot=True, followed=True)]),
        (Wishes(limited=DROP), [], [STRANGER]),
    ],
)
def test_a_wish_concerns_those_it_names(wishes: Wishes, held: list[Sender], told_at_once: list[Sender]) -> None:
    assert [told(wishes, sender) for sender in held] == [HOLD] * len(held)
    assert [told(wishes, sender) for sender in told_at_once] == [ACCEPT] * len(told_at_once)


def test_a_private_mention_that_answers_the_owner_comes_through() -> None:
    wishes = Wishes(private_mentions=DROP)
    assert told(wishes, STRANGER, unasked=True) is DROP
    assert told(wishes, STRANGER, unasked=False) is ACCEPT
    assert told(wishes, FRIEND, unasked=True) is ACCEPT


def test_the_strictest_wish_that_fits_holds() -> None:
    wishes = Wishes(not_following=HOLD, new=DROP)
    assert told(wishes, Sender(created=NOW)) is DROP
    assert told(wishes, STRANGER) is HOLD


@given(kind=st.sampled_from(Told), unasked=st.booleans())
def test_who_was_let_in_is_heard_and_so_is_what_no_stranger_causes(kind: Told, unasked: bool) -> None:
    assert treatment(ALL_HELD, kind, Sender(let_in=True), NOW, unasked=unasked) is ACCEPT
    by_stranger = treatment(ALL_HELD, kind, STRANGER, NOW, unasked=unasked)
    assert by_stranger is (HOLD if kind in FROM_STRANGERS else ACCEPT)


def test_likes_of_one_post_are_told_together_for_twelve_hours() -> None:
    stem = bundle_stem(Told.LIKE, PostId(7))
    first = bundle(stem, None, NOW)
    assert first == f"like-7-{NOW // HOUR}"
    assert bundle(stem, first, Millis(NOW + 11 * HOUR)) == first
    later = bundle(stem, first, Millis(NOW + 12 * HOUR))
    assert later != first
    assert bundle(stem, later, NOW) == first, "a clock that was put back begins an older one"


def test_what_is_told_together_is_of_one_kind_and_post() -> None:
    assert bundle_stem(Told.REACTION, PostId(7)) == bundle_stem(Told.LIKE, PostId(7))
    assert bundle_stem(Told.LIKE, PostId(7)) != bundle_stem(Told.LIKE, PostId(8))
    assert bundle_stem(Told.BOOST, PostId(7)) != bundle_stem(Told.LIKE, PostId(7))
    assert bundle_stem(Told.FOLLOW, None) == "follow-"
    assert bundle_stem(Told.MENTION, PostId(7)) == bundle_stem(Told.FOLLOW_REQUEST, None) == ""
