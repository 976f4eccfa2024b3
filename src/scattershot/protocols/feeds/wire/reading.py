"""The one way in: bytes that somebody serves as a feed, or as a page that may be one or lead to one."""

import re
from typing import NamedTuple

from scattershot.protocols.feeds.wire.atom import read_atom
from scattershot.protocols.feeds.wire.decoding import decode
from scattershot.protocols.feeds.wire.feed import Feed, NotAFeed
from scattershot.protocols.feeds.wire.h_feed import base_of, read_h_feed
from scattershot.protocols.feeds.wire.json_feed import read_json_feed
from scattershot.protocols.feeds.wire.links import resolve
from scattershot.protocols.feeds.wire.names import PREFIXES, line
from scattershot.protocols.feeds.wire.rss import read_rss
from scattershot.wirekit.safe_xml import BadXmlError, Element, read_forgivingly, read_xml

MAX_BYTES = 8_000_000
"""More than any feed needs; podcasts of many years come near."""

FEED_TYPES = ("application/atom+xml", "application/rss+xml", "application/feed+json", "application/rdf+xml")
_TYPES = (
    *FEED_TYPES,
    "application/json",
    "application/xml",
    "text/xml",
    "text/rss+xml",
    "text/rss",
    "application/x-rss+xml",
)

_START = re.compile(r"<\?xml\b|<(?:\w{1,20}:)?(?:rss|feed|rdf|channel|entry)\b", re.IGNORECASE)
_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_LOOKED_AT = 16_384
_ROOTS_OF_RSS = frozenset({"rss", "rdf:RDF", "channel"})
_ROOTS_OF_ATOM = frozenset({"atom:feed", "feed", "atom:entry", "entry"})


class FeedLink(NamedTuple):
    """Where a page says that a feed of it is."""

    address: str
    media_type: str
    title: str


class PageRead(NamedTuple):
    """What a page says of feeds: itself, where it is one, and those it leads to, in its own order; hubs and its own
    address (`rel=self`) for who wishes to subscribe to the page."""

    feed: Feed | None
    links: tuple[FeedLink, ...]
    hubs: tuple[str, ...] = ()
    address: str = ""


def read_feed(body: bytes, content_type: str, url: str) -> Feed | NotAFeed:
    """The feed, by what the bytes are and not by what they are called. `url` is where they were found; `why` is `html`
    for a page, which `read_page` reads."""
    if len(body) > MAX_BYTES:
        return NotAFeed("too_large", f"It is larger than {MAX_BYTES // 1_000_000} MB.")
    text = decode(body, content_type).lstrip()
    if not text:
        return NotAFeed("empty", "There is nothing in it.")
    if text[0] in "{[":
        return read_json_feed(text, url)
    start = _START.search(text, 0, _LOOKED_AT)
    page = _PAGE.search(text, 0, _LOOKED_AT)
    if start is None or (page is not None and page.start() < start.start()):
        return _neither(page is not None)
    try:
        root = read_xml(text[start.start() :], PREFIXES)
    except BadXmlError as bad:
        return NotAFeed(bad.why if bad.why != "not_xml" else "not_a_feed", "It cannot be read as XML.")
    return _of_root(root, url)


def _neither(is_page: bool) -> NotAFeed:
    return NotAFeed("html", "It is a page.") if is_page else NotAFeed("not_a_feed", "It is neither a feed nor a page.")


def _of_root(root: Element, url: str) -> Feed | NotAFeed:
    if root.name in _ROOTS_OF_RSS or root.name.lower() in ("rss", "rdf:rdf"):
        return read_rss(root, url)
    if root.name in _ROOTS_OF_ATOM:
        return read_atom(root, url)
    return _neither(root.name.lower() in ("html", "xhtml:html"))


def read_page(body: bytes, content_type: str, url: str) -> PageRead:
    """What a page says of feeds; nothing for what cannot be read."""
    if len(body) > MAX_BYTES:
        return PageRead(None, ())
    try:
        root = read_forgivingly(f"<html>{decode(body, content_type)}", {}, as_html=True, alone=())
    except BadXmlError:
        return PageRead(None, ())
    base = base_of(root, url)
    found: dict[str, FeedLink] = {}
    hubs: list[str] = []
    itself = ""
    for each in root.walk():
        if each.name not in ("link", "a"):
            continue
        rels = each.get("rel").lower().split()
        address = resolve(base, each.get("href"))
        kind = each.get("type").lower().partition(";")[0].strip()
        if not address or (each.name == "a" and "feed" not in rels and kind not in FEED_TYPES):
            continue
        if ("alternate" in rels and kind in _TYPES and not _is_other(kind, each.get("href"))) or "feed" in rels:
            found.setdefault(address, FeedLink(address, kind, line(each.get("title"))))
        if "hub" in rels:
            hubs.append(address)
        if "self" in rels and each.name == "link":
            itself = itself or address
    return PageRead(read_h_feed(root, url), tuple(found.values()), tuple(dict.fromkeys(hubs)), itself)


def _is_other(kind: str, address: str) -> bool:
    """Whether it is an alternate in JSON or XML that is no feed: the API of WordPress, oEmbed."""
    return kind in ("application/json", "application/xml", "text/xml") and any(
        part in address for part in ("/wp-json", "oembed", "opensearch", "sitemap", "EditURI", "xmlrpc")
    )
