"""A feed as one plain value, whichever format it came in or goes out in: what all of them can say, said once.

Addresses are absolute; titles and names are plain text; `html` and `summary` are HTML as it came, to be cleaned by
whoever shows it. What a feed does not say is empty, or None.
"""

from msgspec import Struct


class Author(Struct, frozen=True):
    """Who wrote it. An e-mail address is never kept: of one without a name, the part before the sign is the name."""

    name: str = ""
    url: str = ""
    avatar: str = ""


class Enclosure(Struct, frozen=True, kw_only=True):
    """A file that belongs to an entry; `size` in bytes and `seconds` are 0 where they are not told."""

    url: str
    media_type: str = ""
    size: int = 0
    alt: str = ""
    seconds: float = 0.0
    width: int = 0
    height: int = 0
    thumbnail: str = ""


class Answered(Struct, frozen=True):
    """What an entry answers: the id its own feed gives it, or its page, or both."""

    id: str = ""
    url: str = ""


class Cloud(Struct, frozen=True):
    """Whom to ask to be told by rssCloud: `protocol` is `http-post` or `xml-rpc`, `procedure` a name for the latter."""

    domain: str
    port: int
    path: str
    procedure: str = ""
    protocol: str = "http-post"


class Entry(Struct, frozen=True, kw_only=True):
    """One thing that was published. `id` is never empty and unique within its feed."""

    id: str
    url: str = ""
    title: str = ""
    html: str = ""
    summary: str = ""
    markdown: str = ""
    """What the author typed, where the feed says so."""
    published: int | None = None
    """Milliseconds since 1970, as the feed claims; it may lie (see `moments.credible`)."""
    updated: int | None = None
    authors: tuple[Author, ...] = ()
    tags: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    answers: Answered | None = None
    external_url: str = ""
    """What a link blog's entry is about, where that is not its own page."""
    language: str = ""
    sensitive: bool = False


class Feed(Struct, frozen=True, kw_only=True):
    """A whole feed, newest entries first as a rule, but in the order it was read in."""

    format: str
    """`rss`, `rdf`, `atom`, `json` or `html`."""
    title: str = ""
    home: str = ""
    """The page it belongs to."""
    address: str = ""
    """Where it says itself that it is found: the topic to subscribe to."""
    description: str = ""
    icon: str = ""
    language: str = ""
    id: str = ""
    updated: int | None = None
    authors: tuple[Author, ...] = ()
    hubs: tuple[str, ...] = ()
    cloud: Cloud | None = None
    first: str = ""
    older: str = ""
    """The page or archive document with what came before (RFC 5005), or `next_url` of a JSON Feed."""
    ttl: int = 0
    """Minutes during which it asks to be let alone; 0 where it does not say."""
    skip_hours: frozenset[int] = frozenset()
    """Hours of the day (GMT) in which it asks to be let alone."""
    skip_days: frozenset[int] = frozenset()
    """Days of the week, Monday being 0."""
    ended: bool = False
    """It says that nothing will ever be added."""
    moved_to: str = ""
    """Where it says itself that it has moved (`itunes:new-feed-url`)."""
    entries: tuple[Entry, ...] = ()


class NotAFeed(Struct, frozen=True):
    """`why` is one of: too_large, empty, html, not_a_feed, too_deep, too_many; `detail` is for people."""

    why: str
    detail: str = ""
