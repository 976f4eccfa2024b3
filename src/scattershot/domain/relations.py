"""How one microblog stands to another, as its keepers see it."""

from typing import NamedTuple

from scattershot.domain.ids import Millis


class FollowOptions(NamedTuple):
    """What a follower wishes of the one it follows: boosts too, to be told of each post, only posts in these languages
    (none named: all)."""

    boosts: bool = True
    notify: bool = False
    languages: tuple[str, ...] = ()


class Relationship(NamedTuple):
    """How one stands to the other, both ways; what is of no account is as it stands between strangers."""

    follows: bool = False
    asked: bool = False
    """It wishes to follow, and has no answer yet."""
    options: FollowOptions = FollowOptions()
    followed_by: bool = False
    asked_by: bool = False
    blocks: bool = False
    blocked_by: bool = False
    mutes: bool = False
    mutes_notifications: bool = False
    mute_ends: Millis | None = None
    shuns_domain: bool = False
    endorses: bool = False
    remark: str = ""


class Counts(NamedTuple):
    """How much of a microblog stands and how many it hears and is heard by, as far as known here; when it wrote last,
    to the hour."""

    posts: int = 0
    followers: int = 0
    following: int = 0
    last_post: Millis | None = None
