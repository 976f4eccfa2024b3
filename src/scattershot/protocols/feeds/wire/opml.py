"""OPML 2.0: a list of feeds, as readers hand them to one another."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from scattershot.protocols.feeds.wire.links import resolve
from scattershot.protocols.feeds.wire.markup import around, document, element
from scattershot.protocols.feeds.wire.names import line
from scattershot.wirekit.dates import http_date
from scattershot.wirekit.safe_xml import BadXmlError, read_xml

OPML = "text/x-opml"
MOST = 10_000
_START = re.compile(r"<\?xml\b|<opml\b", re.IGNORECASE)


class Outline(NamedTuple):
    """One feed of a list; without `feed` it is a page whose feed is not known."""

    title: str
    feed: str = ""
    page: str = ""


def write_opml(title: str, owner: str, made: int, outlines: Sequence[Outline]) -> bytes:
    """The document."""
    date = http_date(made).replace("GMT", "+0000")
    head = around("head", [element("title", title), element("dateModified", date), element("ownerId", owner)])
    return document(around("opml", [head, around("body", map(_outline, outlines))], version="2.0"))


def _outline(outline: Outline) -> str:
    title = outline.title or outline.page or outline.feed
    if not outline.feed:
        return element("outline", type="link", text=title, url=outline.page)
    return element("outline", type="rss", text=title, title=title, xmlUrl=outline.feed, htmlUrl=outline.page or None)


def read_opml(text: str) -> list[Outline] | None:
    """The feeds of a list that another reader wrote, each once; None for what is no OPML."""
    start = _START.search(text, 0, 16_384)
    if start is None:
        return None
    try:
        root = read_xml(text[start.start() :], {})
    except BadXmlError:
        return None
    if root.name.lower() != "opml":
        return None
    found: dict[str, Outline] = {}
    for each in root.walk():
        feed = resolve("", each.get("xmlUrl") or each.get("xmlurl")) if each.name == "outline" else ""
        if feed and len(found) < MOST:
            found.setdefault(
                feed, Outline(line(each.get("title") or each.get("text")), feed, resolve("", each.get("htmlUrl")))
            )
    return list(found.values())
