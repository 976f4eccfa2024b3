"""Where the feeds of this node are: addresses taken apart and put together."""

import re
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote

from scattershot.app.syndication import Syndication
from scattershot.domain.syndicated import About, Subject
from scattershot.protocols.feeds.wire.atom_out import ATOM, write_atom
from scattershot.protocols.feeds.wire.feed import Feed
from scattershot.protocols.feeds.wire.json_feed_out import JSON_FEED, write_json_feed
from scattershot.protocols.feeds.wire.rss_out import RSS, write_rss

FORMATS = {"rss": RSS, "atom": ATOM, "json": JSON_FEED}
"""The formats by the end of an address, with their media types."""
_WRITERS = {"rss": write_rss, "atom": write_atom, "json": write_json_feed}

HUB = "/feeds/hub"
"""Our WebSub hub."""
CLOUD = "/rssCloud/pleaseNotify"
"""Where rssCloud registrations are taken, under the path at which its tools look."""
PING = "/rssCloud/ping"
"""Where publishers say by form that a feed of theirs has news."""
CLOUD_RPC = "/RPC2"
"""The same by XML-RPC."""

_PATH = re.compile(
    r"/@([^/]+?)\.(rss|atom|json)|/@([^/]+)/(lists/)?([1-9][0-9]{0,18})\.(rss|atom|json)|/tags/([^/]+)\.(rss|atom|json)"
)
_LONGEST_TAG = 100
_UNRESERVED = re.compile("%(?:2[DdEe]|3[0-9]|4[1-9A-Fa-f]|5[0-9AaFf]|6[1-9A-Fa-f]|7[0-9AaEe])")


class Asked(NamedTuple):
    """Which feed an address names; `path` is that of the page beside it."""

    path: str
    format: str
    name: str = ""
    post: int = 0
    tag: str = ""
    list_id: int = 0
    replies: bool = False

    @property
    def topic(self) -> str:
        """Its one address on this node, without the origin: pages of it have others."""
        return f"{self.path}.{self.format}{'?with=replies' if self.replies else ''}"

    def page(self, before: int) -> str:
        """The address of the page with what is older."""
        return f"{self.topic}{'&' if self.replies else '?'}before={before}"


def asked_for(path: str, query: str = "") -> Asked | None:
    """What the path and query of an address on this node name; None for what is no feed."""
    found = _PATH.fullmatch(_plain(path)) if len(path) <= 1_000 else None
    if found is None:
        return None
    name, form, of, is_list, number, form_of_thread, tag, form_of_tag = found.groups()
    if tag is not None:
        plain = unquote(tag).lower()[:_LONGEST_TAG]
        return Asked(f"/tags/{quote(plain, safe='')}", form_of_tag, tag=plain) if plain else None
    if is_list is not None:
        return Asked(f"/@{of}/lists/{int(number)}", form_of_thread, name=unquote(of), list_id=int(number))
    if number is not None:
        return Asked(f"/@{of}/{int(number)}", form_of_thread, name=unquote(of), post=int(number))
    replies = ("with", "replies") in parse_qsl(query[:200])
    return Asked(f"/@{name}", form, name=unquote(name), replies=replies)


def _plain(path: str) -> str:
    """The path without escapes of letters, digits and `-._~`, which mean themselves (RFC 3986 section 2.3)."""
    return _UNRESERVED.sub(lambda found: chr(int(found[0][1:], 16)), path)


def names_topic(asked: Asked, path: str, query: str) -> bool:
    """Whether that is the address of the feed itself, and not of a page of it."""
    return not query or f"{_plain(path)}?{query}" == asked.topic


async def subject_of(asked: Asked, syndication: Syndication) -> Subject | None:
    """What the feed is about, where there is one that anybody may read."""
    if "\0" in asked.tag or "\0" in asked.name or len(asked.name) > 400:
        return None
    if asked.tag:
        return Subject(About.TAG, asked.tag)
    if asked.list_id:
        return await syndication.open_list(asked.name, asked.list_id)
    if asked.post:
        return await syndication.thread(asked.name, asked.post)
    return await syndication.microblog(asked.name, replies=asked.replies)


def written(feed: Feed, form: str, generator: str) -> bytes:
    """The feed in that format."""
    return _WRITERS[form](feed, generator)
