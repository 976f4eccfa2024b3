"""Atom (RFC 4287) as we write it, with pages (RFC 5005) and threads (RFC 4685)."""

from collections.abc import Iterator

from scattershot.protocols.feeds.wire.feed import Author, Enclosure, Entry, Feed
from scattershot.protocols.feeds.wire.markup import MEDIA, SOURCE, THREAD, around, document, element, optional
from scattershot.wirekit.dates import rfc3339_seconds
from scattershot.wirekit.html import plain_text

ATOM = "application/atom+xml"
_NAMES = {"xmlns": "http://www.w3.org/2005/Atom", "xmlns_media": MEDIA, "xmlns_source": SOURCE, "xmlns_thr": THREAD}
_LONGEST_TITLE = 80


def write_atom(feed: Feed, generator: str = "") -> bytes:
    """The document. Atom wants titles and moments everywhere: a post without a title is called by its first words."""
    parts = [*_about(feed, generator), *map(_entry, feed.entries)]
    return document(around("feed", parts, **_NAMES, xml_lang=feed.language or None))


def _about(feed: Feed, generator: str) -> Iterator[str]:
    yield element("id", feed.id or feed.address or feed.home)
    yield element("title", feed.title or feed.home, type="text")
    yield optional("subtitle", feed.description)
    newest = max((entry.updated or entry.published or 0 for entry in feed.entries), default=0)
    yield element("updated", rfc3339_seconds(feed.updated if feed.updated is not None else newest))
    yield optional("logo", feed.icon)
    yield from map(_author, feed.authors or (Author(feed.title or feed.home),))
    if feed.home:
        yield element("link", rel="alternate", type="text/html", href=feed.home)
    if feed.address:
        yield element("link", rel="self", type=ATOM, href=feed.address)
    yield from (element("link", rel="hub", href=hub) for hub in feed.hubs)
    if feed.first:
        yield element("link", rel="first", type=ATOM, href=feed.first)
    if feed.older:
        yield element("link", rel="next", type=ATOM, href=feed.older)
    yield optional("generator", generator)


def _author(author: Author) -> str:
    return around("author", [element("name", author.name or author.url), optional("uri", author.url)])


def _entry(entry: Entry) -> str:
    return around("entry", _of_entry(entry), xml_lang=entry.language or None)


def _of_entry(entry: Entry) -> Iterator[str]:
    yield element("id", entry.id)
    yield element("title", entry.title or first_words(entry), type="text")
    yield optional("published", _moment(entry.published))
    yield element("updated", _moment(entry.updated) or _moment(entry.published) or _moment(0))
    yield from map(_author, entry.authors)
    if entry.url:
        yield element("link", rel="alternate", type="text/html", href=entry.url)
    yield from map(_enclosure, entry.enclosures)
    yield from (element("category", term=tag) for tag in entry.tags)
    if entry.answers is not None:
        yield element(
            "thr:in-reply-to", ref=entry.answers.id or entry.answers.url, href=entry.answers.url or None,
        )  # fmt: skip
    yield optional("summary", entry.summary, type="html")
    yield element("content", entry.html, type="html")
    yield optional("source:markdown", entry.markdown)
    if entry.sensitive:
        yield element("media:rating", "adult", scheme="urn:simple")


def _enclosure(file: Enclosure) -> str:
    kind = file.media_type if "*" not in file.media_type else ""
    return element(
        "link", rel="enclosure", href=file.url, type=kind or None, length=file.size or None, title=file.alt or None
    )


def _moment(moment: int | None) -> str:
    return rfc3339_seconds(moment) if moment is not None else ""


def first_words(entry: Entry) -> str:
    """The beginning of what it says, cut at a word, for readers that list titles; `…` for one that says nothing."""
    said = " ".join(plain_text(entry.html or entry.summary).split())
    if len(said) <= _LONGEST_TITLE:
        return said or "…"
    cut = said[:_LONGEST_TITLE].rpartition(" ")[0] or said[:_LONGEST_TITLE]
    return f"{cut}…"
