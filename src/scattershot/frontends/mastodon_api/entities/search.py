"""Entities of what is searched and talked about (docs.joinmastodon.org/entities/Search, /Tag, /Trends_Link)."""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from scattershot.frontends.mastodon_api.entities.account import Account
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


class TrendingLink(Struct, frozen=True, kw_only=True):
    """A page that is talked about: a preview card of which only the address is known, with its last seven days."""

    url: str
    title: str
    description: str = ""
    language: str | None = None
    type: str = "link"
    author_name: str = ""
    author_url: str = ""
    provider_name: str
    provider_url: str
    html: str = ""
    width: int = 0
    height: int = 0
    image: str | None = None
    image_description: str = ""
    embed_url: str = ""
    blurhash: str | None = None
    published_at: str | None = None
    authors: list[Any] = []
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
