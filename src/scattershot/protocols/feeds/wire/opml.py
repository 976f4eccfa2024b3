"""OPML 2.0: a list of feeds, as readers hand them to one another."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from scattershot.protocols.feeds.wire.links import resolve
from scattershot.protocols.feeds.wire.markup import around, document, element
from scattershot.protocols.feeds.wire.names import line
from scattershot.wirekit.dates import http_date
from scattershot.wirekit.safe_xml import BadXmlError, Element, read_xml

OPML = "text/x-opml"
MOST = 10_000
_START = re.compile(r"<\?xml\b|<opml\b", re.IGNORECASE)


class Outline(NamedTuple):
    """One feed of a list; without `feed` it is a page whose feed is not known. `folder` is what it stands in."""

    title: str
    feed: str = ""
    page: str = ""
    folder: str = ""


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
    """The feeds and pages of a list that another reader wrote, each once; None for what is no OPML."""
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
    waiting = [(each, "") for each in reversed(list(root.elements))]
    while waiting and len(found) < MOST:
        each, folder = waiting.pop()
        outline = _read(each, folder) if each.name.lower() == "outline" else None
        if outline is not None:
            found.setdefault(outline.feed or outline.page, outline)
        else:
            folder = line(each.get("title") or each.get("text")) or folder
        waiting += [(within, folder) for within in reversed(list(each.elements))]
    return list(found.values())


def _read(outline: Element, folder: str) -> Outline | None:
    """What an outline names; None for a folder."""
    feed = resolve("", outline.get("xmlUrl") or outline.get("xmlurl") or outline.get("xmlURL"))
    page = resolve("", outline.get("htmlUrl"))
    if not feed and outline.get("type").lower() == "link":
        page = resolve("", outline.get("url"))
    elif not feed:
        return None
    title = line(outline.get("title") or outline.get("text"))
    return Outline(title, feed, page, folder) if feed or page else None
