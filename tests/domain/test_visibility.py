"""Who may see what: the whole table."""

import pytest

from scattershot.domain.post import Audience
from scattershot.domain.visibility import ANYONE, Reader, may_see

FOLLOWER = Reader(follows=True)
NAMED = Reader(is_mentioned=True)
HERE = Reader(here=True)
AUTHOR = Reader(is_author=True)


@pytest.mark.parametrize(
    ("audience", "anyone", "follower", "named", "here"),
    [
        (Audience.PUBLIC, True, True, True, True),
        (Audience.UNLISTED, True, True, True, True),
        (Audience.FOLLOWERS, False, True, True, False),
        (Audience.MENTIONED, False, False, True, False),
        (Audience.LOCAL, False, False, False, True),
    ],
)
def test_the_table(audience: Audience, anyone: bool, follower: bool, named: bool, here: bool) -> None:
    answers = [may_see(audience, reader) for reader in (ANYONE, FOLLOWER, NAMED, HERE)]
    assert answers == [anyone, follower, named, here]


@pytest.mark.parametrize("audience", Audience)
def test_an_author_sees_everything_of_its_own(audience: Audience) -> None:
    assert may_see(audience, AUTHOR)


@pytest.mark.parametrize("audience", Audience)
def test_one_who_is_blocked_sees_nothing(audience: Audience) -> None:
    assert not may_see(audience, Reader(here=True, follows=True, is_mentioned=True, is_blocked=True))
