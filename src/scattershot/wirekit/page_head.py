"""What a web page says of itself in its head, found in HTML of any quality in one pass that ends where its body begins.

A piece that cannot be told ends the search, and what was found before it counts.
"""

import codecs
import re
from html import unescape
from typing import NamedTuple
from urllib.parse import urljoin

from scattershot.wirekit.rel_me import attributes_of
from scattershot.wirekit.urls import normal_url

MAX_TAG = 8_192
"""Characters of one tag; a longer one is passed over."""
MAX_TAGS = 2_000
MAX_BROKEN = 100
"""Tags without an end that are passed over; so many are no page."""
MAX_TITLE = 2_000
_PROLOGUE = 2_048
"""Bytes in which a page names its charset, if it does at all."""

_TEXTS = ("script", "style", "textarea", "template", "noscript", "iframe", "svg", "xmp", "noembed", "noframes")
_OPENING = re.compile(
    rf"<(?:(!--)|({'|'.join(_TEXTS)})(?=[\s/>])|(title)(?=[\s/>])|(meta|link|html)(?=[\s/])|(body)(?=[\s/>]))",
    re.IGNORECASE,
)
_END_OF_COMMENT = re.compile("-->")
_END = {name: re.compile(f"</{name}", re.IGNORECASE) for name in (*_TEXTS, "title")}
_TAG = re.compile(r"""<(?:[^>"']|"[^"]*"|'[^']*')*>""")
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{1,40})""", re.IGNORECASE)
_CHARSET_SENT = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9_:.-]{1,40})""", re.IGNORECASE)


class Link(NamedTuple):
    """A `link` element: its relations and type in lower case."""

    relations: frozenset[str]
    type: str
    href: str


class Head(NamedTuple):
    """A page's head. `metas` holds the first value of each name or property, in lower case."""

    title: str
    language: str
    metas: dict[str, str]
    links: tuple[Link, ...]

    def said(self, *names: str) -> str:
        """The first of those that the page says."""
        return next((value for name in names if (value := self.metas.get(name, "").strip())), "")

    def linked(self, relation: str, *types: str) -> str:
        """Where the first link of that relation leads, and of one of these types if any are named."""
        return next(
            (link.href for link in self.links if relation in link.relations and (not types or link.type in types)), ""
        )


def text_of(body: bytes, content_type: str) -> str:
    """The page as text, in the charset that was sent, or that it names, or else in UTF-8."""
    sent = _CHARSET_SENT.search(content_type)
    named = _CHARSET.search(body[:_PROLOGUE])
    charset = sent[1] if sent is not None else named[1].decode() if named is not None else "utf-8"
    try:
        codecs.lookup(charset)
        return body.decode(charset, errors="replace")
    except (LookupError, ValueError):  # unknown, or no charset but another codec of Python's
        return body.decode("utf-8", errors="replace")


def head_of(html: str) -> Head:
    """The head of a page."""
    found = Head("", "", {}, ())
    links: list[Link] = []
    place, tags, broken = 0, 0, 0
    while tags < MAX_TAGS and broken < MAX_BROKEN and (opening := _OPENING.search(html, place)) is not None:
        comment, texts, title, tag_name, body = opening.groups()
        if body is not None:
            break
        tag = _TAG.match(html[opening.start() : opening.start() + MAX_TAG]) if comment is None else None
        place = opening.end() if tag is None else opening.start() + tag.end()
        if comment is None and texts is None and tag is None:
            broken += 1
            continue
        if tag_name is not None and tag is not None:
            tags += 1
            found = _with(found, tag_name.lower(), attributes_of(tag[0]), links)
            continue
        end = (_END_OF_COMMENT if comment is not None else _END[(texts or title).lower()]).search(html, place)
        if end is None:
            break
        if title is not None and not found.title:
            found = found._replace(title=unescape(html[place : min(end.start(), place + MAX_TITLE)]).strip())
        place = end.end()
    return found._replace(links=tuple(links))


def _with(found: Head, name: str, attributes: dict[str, str], links: list[Link]) -> Head:
    match name:
        case "html":
            return found if found.language else found._replace(language=attributes.get("lang", ""))
        case "link":
            relations = frozenset(attributes.get("rel", "").lower().split())
            href, kind = attributes.get("href", "").strip(), attributes.get("type", "").strip().lower()
            if relations and href:
                links.append(Link(relations, kind, href))
        case _:
            said, value = attributes.get("property") or attributes.get("name") or "", attributes.get("content", "")
            if said and value.strip():
                found.metas.setdefault(said.strip().lower(), value)
    return found


def absolute(address: str, base: str) -> str:
    """The web address that a page means, made absolute by its own; empty where it is none."""
    try:
        return normal_url(urljoin(base, address.strip())) or "" if address.strip() else ""
    except ValueError:
        return ""
