"""Tags that a microblog shows on its page, and those it uses; only posts open to everybody count."""

from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, Millis


class FeaturedTag(NamedTuple):
    """A tag on somebody's page: `name` as they spelt it, how many posts of theirs bear it, and the last one's time."""

    id: int
    microblog: MicroblogId
    tag: str
    name: str
    posts: int
    last_used: Millis | None


class UsedTag(NamedTuple):
    """A tag somebody uses, and in how many open posts."""

    tag: str
    posts: int
