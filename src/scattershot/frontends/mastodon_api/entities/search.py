"""Entities of what is searched and talked about (docs.joinmastodon.org/entities/Search, /Tag, /Trends_Link)."""

from msgspec import UNSET, Struct, UnsetType

from scattershot.frontends.mastodon_api.entities.account import Account
from scattershot.frontends.mastodon_api.entities.card import PreviewCard
from scattershot.frontends.mastodon_api.entities.status import Status


class UsageDay(Struct, frozen=True, kw_only=True):
    """How often something was used on a day (its midnight in UTC, in seconds), and by how many; numbers as texts."""

    day: str
    uses: str
    accounts: str


class TrendingTag(Struct, frozen=True, kw_only=True):
    """A hashtag with its last seven days, newest first; `following` only for somebody signed in."""

    id: str
    name: str
    url: str
    history: list[UsageDay]
    following: bool | UnsetType = UNSET
    featuring: bool | UnsetType = UNSET


class TrendingLink(PreviewCard, frozen=True, kw_only=True):
    """A page that is talked about, with its last seven days; of one that said nothing only the address is known."""

    history: list[UsageDay]


class SearchResults(Struct, frozen=True, kw_only=True):
    """What was found."""

    accounts: list[Account]
    statuses: list[Status]
    hashtags: list[TrendingTag]


class Matter(Struct, frozen=True, kw_only=True):
    """Why a post stands in the catch-up timeline, in sentences; `weight` is what put it there."""

    status_id: str
    weight: float
    reasons: list[str]
