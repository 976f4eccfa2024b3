"""RSS 2.0 as we write it: by the RSS Advisory Board's specification, with the names of others where it has no word."""

from collections.abc import Iterator

from scattershot.protocols.feeds.wire.feed import Author, Cloud, Enclosure, Entry, Feed
from scattershot.protocols.feeds.wire.markup import MEDIA, SOURCE, THREAD, around, document, element, optional
from scattershot.wirekit.dates import http_date, rfc3339_seconds

RSS = "application/rss+xml"
_NAMES = {
    "xmlns_atom": "http://www.w3.org/2005/Atom",
    "xmlns_dc": "http://purl.org/dc/elements/1.1/",
    "xmlns_media": MEDIA,
    "xmlns_source": SOURCE,
    "xmlns_thr": THREAD,
}


def write_rss(feed: Feed, generator: str = "") -> bytes:
    """The document. A post without a title is written without one, as RSS allows and microblogs need."""
    channel = around("channel", [*_about(feed, generator), *map(_item, feed.entries)])
    return document(around("rss", [channel], version="2.0", **_NAMES))


def _about(feed: Feed, generator: str) -> Iterator[str]:
    yield element("title", feed.title or feed.home)
    yield element("link", feed.home)
    yield element("description", feed.description or feed.title or feed.home)
    yield optional("language", feed.language)
    yield optional("lastBuildDate", _date(feed.updated))
    yield optional("generator", generator)
    yield "<docs>https://www.rssboard.org/rss-specification</docs>"
    if feed.address:
        yield element("atom:link", rel="self", type=RSS, href=feed.address)
    yield from (element("atom:link", rel="hub", href=hub) for hub in feed.hubs)
    if feed.first:
        yield element("atom:link", rel="first", type=RSS, href=feed.first)
    if feed.older:
        yield element("atom:link", rel="next", type=RSS, href=feed.older)
    if feed.cloud is not None:
        yield _cloud(feed.cloud)
    if feed.icon:
        title, link = element("title", feed.title or feed.home), element("link", feed.home)
        yield around("image", [element("url", feed.icon), title, link])


def _cloud(cloud: Cloud) -> str:
    return element(
        "cloud", domain=cloud.domain, port=cloud.port, path=cloud.path, registerProcedure=cloud.procedure,
        protocol=cloud.protocol,
    )  # fmt: skip


def _date(moment: int | None) -> str:
    return http_date(moment).replace("GMT", "+0000") if moment is not None else ""


def _item(entry: Entry) -> str:
    return around("item", _of_item(entry))


def _of_item(entry: Entry) -> Iterator[str]:
    yield optional("title", entry.title)
    yield optional("link", entry.url)
    yield element("guid", entry.id, isPermaLink="true" if entry.id == entry.url else "false")
    yield optional("pubDate", _date(entry.published))
    if entry.updated is not None and entry.updated != entry.published:
        yield element("atom:updated", rfc3339_seconds(entry.updated))
    yield from (optional("dc:creator", _name(author)) for author in entry.authors)
    yield optional("dc:language", entry.language)
    yield from map(media_content, entry.enclosures)  # before the text: feedparser takes the last description it meets
    yield element("description", entry.html or entry.summary)
    yield optional("source:markdown", entry.markdown)
    yield from (element("category", tag) for tag in entry.tags)
    if entry.answers is not None:
        yield element("thr:in-reply-to", ref=entry.answers.id or None, href=entry.answers.url or None)
    if entry.sensitive:
        yield element("media:rating", "adult", scheme="urn:simple")
    for file in entry.enclosures[:1]:  # the specification means one, and what comes after it many readers pass over
        yield element("enclosure", url=file.url, length=file.size, type=file.media_type or "application/octet-stream")


def _name(author: Author) -> str:
    return author.name or author.url


_MEDIA_WORDS = ("image", "audio", "video")


def media_content(file: Enclosure) -> str:
    """A file in the words of Media RSS, which knows what a picture shows."""
    kind = file.media_type.partition("/")[0]
    said = [optional("media:description", file.alt, type="plain")]
    if file.thumbnail and file.thumbnail != file.url:
        said.append(element("media:thumbnail", url=file.thumbnail))
    return around(
        "media:content",
        said,
        url=file.url,
        type=file.media_type if file.media_type and "*" not in file.media_type else None,
        medium=kind if kind in _MEDIA_WORDS else None,
        fileSize=file.size or None,
        width=file.width or None,
        height=file.height or None,
        duration=round(file.seconds) if file.seconds else None,
    )
