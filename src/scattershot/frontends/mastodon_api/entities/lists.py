"""Entities of lists and of hashtags (docs.joinmastodon.org/entities/List, /entities/Tag)."""

from msgspec import UNSET, Struct, UnsetType


class List(Struct, frozen=True, kw_only=True):
    """A list of microblogs."""

    id: str
    title: str
    replies_policy: str
    exclusive: bool


class TagDay(Struct, frozen=True, kw_only=True):
    """How often a hashtag was used on a day (its midnight in seconds), and by how many."""

    day: str
    uses: str
    accounts: str


class Tag(Struct, frozen=True, kw_only=True):
    """A hashtag; `following` and `featuring` only for somebody signed in."""

    id: str
    name: str
    url: str
    history: list[TagDay]
    following: bool | UnsetType = UNSET
    featuring: bool | UnsetType = UNSET
