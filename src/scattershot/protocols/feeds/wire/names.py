"""Namespaces of feeds, by the prefixes under which the readers and writers of this room know them."""

import re

from scattershot.wirekit.html import as_html, clean_text, text_of_either
from scattershot.wirekit.safe_xml import Element

PREFIXES = {
    "http://www.w3.org/2005/atom": "atom",
    "http://purl.org/atom/ns": "atom",  # Atom 0.3
    "http://www.w3.org/1999/02/22-rdf-syntax-ns": "rdf",
    "http://purl.org/rss/1.0": "",
    "http://my.netscape.com/rdf/simple/0.9": "",
    "http://channel.netscape.com/rdf/simple/0.9": "",
    "http://my.netscape.com/publish/formats/rss-0.91.dtd": "",
    "http://backend.userland.com/rss2": "",
    "http://backend.userland.com/rss": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://purl.org/dc/elements/1.0": "dc",
    "http://purl.org/dc/elements/1.1": "dc",
    "http://purl.org/dc/terms": "dcterms",
    "http://purl.org/rss/1.0/modules/content": "content",
    "http://purl.org/rss/1.0/modules/syndication": "sy",
    "http://search.yahoo.com/mrss": "media",
    "http://tools.search.yahoo.com/mrss": "media",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://source.scripting.com": "source",
    "http://purl.org/syndication/thread/1.0": "thr",
    "http://purl.org/syndication/history/1.0": "fh",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://www.w3.org/1999/xhtml": "xhtml",
}

_BODY = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:[a-zA-Z]{2,31}|#[0-9]{1,7});")
_SPACES = re.compile(r"\s+")
_MAIL = re.compile(r"\s*(?:mailto:)?([^\s@<>()]+)@[^\s<>()]+\s*(?:\(([^()]*)\))?\s*")
_NAMED_MAIL = re.compile(r"\s*\"?([^<>\"]+?)\"?\s*<[^<>@]+@[^<>]+>\s*")
LONGEST_TITLE = 300


def line(text: str) -> str:
    """A title or name as one line of plain text, whether it came as text or as HTML."""
    return clean_text(text_of_either(_SPACES.sub(" ", text).strip()), LONGEST_TITLE)


def body(text: str) -> str:
    """What may be HTML or plain text, as HTML."""
    text = text.strip()
    return text if _BODY.search(text) else as_html(text)


def person(text: str) -> str:
    """The name in what often is an e-mail address: `ann@example.com (Ann)` is Ann."""
    mail, named = _MAIL.fullmatch(text), _NAMED_MAIL.fullmatch(text)
    return line(named[1] if named else (mail[2] or mail[1]) if mail else text)


def first(element: Element, *names: str) -> Element | None:
    """The first element right within it that has one of the names and says something, the names in order of worth."""
    for name in names:
        empty: Element | None = None
        for each in element.elements:
            if each.name == name:
                if each.children or each.attributes:
                    return each
                empty = empty or each
    return None


def text_of(element: Element, *names: str) -> str:
    """The text of the first of those that has any, without space around it."""
    for name in names:
        for each in element.elements:
            if each.name == name and (said := each.text.strip()):
                return said
    return ""


def every(element: Element, *names: str) -> list[Element]:
    """All elements right within it of those names."""
    return [each for each in element.elements if each.name in names]


def whole(text: str) -> int:
    """A number that is not negative, or 0."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0


def seconds(text: str) -> float:
    """`1:02:03`, `62:03` or `3723` as seconds; 0 for anything else."""
    parts = text.strip().split(":")
    if not 0 < len(parts) < 4 or not all(re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,6})?", part) for part in parts):
        return 0.0
    total = 0.0
    for part in parts:
        total = total * 60 + float(part)
    return total


def unique(texts: list[str], most: int = 100) -> tuple[str, ...]:
    """Each text once, without regard to case, at most so many."""
    return tuple({text.lower(): text for text in reversed(texts) if text}.values())[::-1][:most]
