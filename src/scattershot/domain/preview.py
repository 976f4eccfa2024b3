"""Previews: what a page says of itself, shown under a post that links to it."""

from enum import StrEnum

from msgspec import Struct

from scattershot.domain.ids import MicroblogId, Millis
from scattershot.domain.post import Audience

_MINUTE, _HOUR, _DAY = 60_000, 3_600_000, 86_400_000

FRESH_FOR = 14 * _DAY
"""A page that is linked to anew is asked again when it was asked longer ago; Mastodon's figure."""
WAITS = (5 * _MINUTE, _HOUR, _DAY)
"""How long after each failure a page is asked again that could not be had; then no more until it is linked to anew."""
NEWS_FOR = 30 * _DAY
"""Pages of older posts are not asked: those came by catching up, and often thousands at once."""


class Sort(StrEnum):
    """What a preview shows."""

    LINK = "link"
    PHOTO = "photo"
    VIDEO = "video"


class Preview(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a page says of itself: plain text and absolute addresses."""

    url: str
    title: str = ""
    about: str = ""
    sort: Sort = Sort.LINK
    author: str = ""
    author_url: str = ""
    provider: str = ""
    provider_url: str = ""
    image: str = ""
    image_alt: str = ""
    embed: str = ""
    """The address of the picture itself, or of the player that may be shown in a frame."""
    width: int = 0
    height: int = 0
    language: str = ""
    published: Millis | None = None
    creator: MicroblogId | None = None
    """Whom the page names as who wrote it; believed where `may_name_creator` says so."""


def may_ask(audience: Audience) -> bool:
    """Whether the pages that such a post links to are asked: what is said in private is not told to the page it is
    about, and asking may even spend a link that was meant for one."""
    return audience not in (Audience.FOLLOWERS, Audience.MENTIONED)


def may_name_creator(host: str, domains: tuple[str, ...]) -> bool:
    """Whether a page of the host may name somebody as who wrote it who allows that to those domains and all below."""
    labels = host.split(".")
    return any(".".join(labels[start:]) in domains for start in range(len(labels)))
