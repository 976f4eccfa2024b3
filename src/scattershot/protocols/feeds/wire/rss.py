"""RSS in all its ages: 0.90 and 1.0 (RDF), 0.91 to 0.94, 2.0."""

import re

from scattershot.protocols.feeds.wire.entries import Draft, settled
from scattershot.protocols.feeds.wire.feed import Answered, Author, Cloud, Entry, Feed
from scattershot.protocols.feeds.wire.links import resolve, with_absolute_links
from scattershot.protocols.feeds.wire.media import enclosures
from scattershot.protocols.feeds.wire.moments import parse_moment
from scattershot.protocols.feeds.wire.names import body, every, first, line, person, text_of, unique, whole
from scattershot.wirekit.safe_xml import Element, inner_html

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PERIODS = {"hourly": 60, "daily": 1440, "weekly": 10_080, "monthly": 43_200, "yearly": 525_600}
_YES = frozenset({"yes", "true", "explicit"})
_URL = re.compile(r"https?://\S+", re.IGNORECASE)


def read_rss(root: Element, url: str) -> Feed:
    """The feed of an `rss` or `rdf:RDF` element (or of a bare `channel`)."""
    channel = root if root.name == "channel" else first(root, "channel") or root
    items = every(channel, "item") + (every(root, "item") if channel is not root else [])
    links = every(channel, "atom:link")
    home = resolve(url, text_of(channel, "link")) or _related(links, "alternate", url)
    base = resolve(home or url, channel.get("xml:base") or root.get("xml:base")) or home or url
    language = text_of(channel, "language", "dc:language") or channel.get("xml:lang") or root.get("xml:lang")
    return Feed(
        format="rdf" if root.name == "rdf:RDF" else "rss",
        title=line(text_of(channel, "title", "dc:title")),
        home=home,
        address=_related(links, "self", url) or resolve(url, text_of(channel, "source:self")),
        description=line(text_of(channel, "description", "itunes:summary", "itunes:subtitle")),
        icon=_icon(root, channel, base),
        language=language.lower(),
        updated=parse_moment(text_of(channel, "lastBuildDate", "pubDate", "dc:date")),
        authors=_authors(channel, "managingEditor"),
        hubs=unique([resolve(url, each.get("href")) for each in links if _is(each, "hub")]),
        cloud=_cloud(channel),
        first=_related(links, "first", url),
        older=_related(links, "next", url) or _related(links, "prev-archive", url),
        ttl=_patience(channel),
        skip_hours=frozenset(hour % 24 for hour in _numbers(channel, "skipHours", "hour") if hour < 25),
        skip_days=frozenset(_days(channel)),
        ended=text_of(channel, "itunes:complete").lower() in _YES,
        moved_to=resolve(url, text_of(channel, "itunes:new-feed-url")),
        entries=settled([_draft(item, base) for item in items], language.lower()),
    )


def _is(link: Element, rel: str) -> bool:
    return rel in (link.get("rel") or "alternate").lower().split()


def _related(links: list[Element], rel: str, url: str) -> str:
    found = (resolve(url, each.get("href")) for each in links if _is(each, rel))
    return next(filter(None, found), "")


def _icon(root: Element, channel: Element, base: str) -> str:
    itunes = first(channel, "itunes:image")
    image = first(channel, "image") or first(root, "image")
    return (resolve(base, text_of(image, "url")) if image is not None else "") or (
        resolve(base, itunes.get("href")) if itunes is not None else ""
    )


def _cloud(channel: Element) -> Cloud | None:
    said = first(channel, "cloud")
    if said is None or not said.get("domain") or not said.get("path").startswith("/"):
        return None
    protocol = said.get("protocol").lower() or "xml-rpc"
    if protocol not in ("http-post", "https-post", "xml-rpc"):
        return None
    port = whole(said.get("port")) or 80
    return Cloud(said.get("domain").lower(), port, said.get("path"), said.get("registerProcedure"), protocol)


def _patience(channel: Element) -> int:
    minutes = whole(text_of(channel, "ttl"))
    period = _PERIODS.get(text_of(channel, "sy:updatePeriod").lower(), 0)
    return minutes or period // max(1, whole(text_of(channel, "sy:updateFrequency")) or 1)


def _numbers(channel: Element, outer: str, inner: str) -> list[int]:
    found = first(channel, outer)
    return [whole(each.text) for each in every(found, inner) if each.text.strip()] if found is not None else []


def _days(channel: Element) -> list[int]:
    found = first(channel, "skipDays")
    said = [each.text.strip().lower() for each in every(found, "day")] if found is not None else []
    return [_DAYS.index(day) for day in said if day in _DAYS]


def _authors(element: Element, *names: str) -> tuple[Author, ...]:
    names_said = [person(each.text) for each in every(element, "dc:creator")]
    names_said += [person(text_of(each, "atom:name", "name") or each.text) for each in every(element, "atom:author")]
    if not any(names_said):
        names_said = [person(text_of(element, "author", *names, "itunes:author"))]
    return tuple(Author(name) for name in unique(names_said, 10))


def _draft(item: Element, base: str) -> Draft:
    base = resolve(base, item.get("xml:base")) or base
    guid = first(item, "guid")
    name = (guid.text.strip() if guid is not None else "") or item.get("rdf:about") or text_of(item, "dc:identifier")
    permalink = guid is not None and guid.get("isPermaLink").lower() != "false" and _URL.fullmatch(guid.text.strip())
    page = _page(item, base) or (resolve(base, name) if permalink or (guid is None and _URL.fullmatch(name)) else "")
    links = every(item, "atom:link")
    content, summary = _bodies(item, resolve(base, page) or base)
    updated = parse_moment(text_of(item, "atom:updated", "dcterms:modified"))
    return Draft(
        name,
        Entry(
            id="",
            url=page,
            title=line(text_of(item, "title", "dc:title", "media:title")),
            html=content,
            summary=summary,
            markdown=text_of(item, "source:markdown"),
            published=parse_moment(text_of(item, "pubDate", "dc:date", "dcterms:created", "atom:published")) or updated,
            updated=updated,
            authors=_authors(item),
            tags=unique([line(each.text) for each in every(item, "category", "dc:subject")]),
            enclosures=enclosures(item, base, [each for each in links if _is(each, "enclosure")]),
            answers=_answered(item, base),
            language=text_of(item, "dc:language").lower() or item.get("xml:lang").lower(),
            sensitive=text_of(item, "media:rating").lower() == "adult"
            or text_of(item, "itunes:explicit").lower() in _YES,
        ),
    )


def _page(item: Element, base: str) -> str:
    found = resolve(base, text_of(item, "feedburner:origLink")) or resolve(base, text_of(item, "link"))
    for each in every(item, "link", "atom:link"):
        found = found or (resolve(base, each.get("href")) if _is(each, "alternate") else "")
    return found


def _bodies(item: Element, base: str) -> tuple[str, str]:
    """What it says in full, and in short where it says both."""
    whole_text = _body(item, base, "content:encoded", "xhtml:body", "xhtml:div", "atom:content")
    short = _body(item, base, "description", "atom:summary", "itunes:summary", "media:description")
    return (whole_text, short if short != whole_text else "") if whole_text else (short, "")


def _body(item: Element, base: str, *names: str) -> str:
    for name in names:
        for each in every(item, name):
            html = inner_html(each) if each.elements else body(each.text)
            if html.strip():
                return with_absolute_links(html.strip(), base)
    return ""


def _answered(item: Element, base: str) -> Answered | None:
    found = first(item, "thr:in-reply-to")
    if found is None:
        return None
    answered = Answered(found.get("ref"), resolve(base, found.get("href")))
    return answered if answered.id or answered.url else None
