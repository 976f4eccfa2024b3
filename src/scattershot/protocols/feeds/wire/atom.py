"""Atom 1.0 (RFC 4287), and 0.3 which many never left."""

from collections.abc import Sequence

from scattershot.protocols.feeds.wire.entries import Draft, settled
from scattershot.protocols.feeds.wire.feed import Answered, Author, Entry, Feed
from scattershot.protocols.feeds.wire.links import resolve, with_absolute_links
from scattershot.protocols.feeds.wire.media import enclosures
from scattershot.protocols.feeds.wire.moments import parse_moment
from scattershot.protocols.feeds.wire.names import LONGEST_TITLE, body, every, first, line, person, text_of, unique
from scattershot.wirekit.html import as_html, clean_text, plain_text
from scattershot.wirekit.safe_xml import Element, inner_html


def _both(*names: str) -> tuple[str, ...]:
    """The names as they should be, and as they are without a namespace."""
    return (*(f"atom:{name}" for name in names), *names)


def read_atom(root: Element, url: str) -> Feed:
    """The feed of a `feed` element, or of an `entry` that stands alone."""
    alone = root.name in _both("entry")
    base = resolve(url, root.get("xml:base")) or url
    links = [] if alone else every(root, *_both("link"))
    language = root.get("xml:lang").lower()
    authors = () if alone else _authors(root, base)
    entries = [root] if alone else every(root, *_both("entry"))
    drafts = [_draft(each, base, authors) for each in entries]
    return Feed(
        format="atom",
        title="" if alone else _title(root, *_both("title")),
        home=_related(links, "alternate", base),
        address=_related(links, "self", base),
        description="" if alone else _title(root, *_both("subtitle", "tagline")),
        icon=resolve(base, text_of(root, *_both("icon", "logo"))),
        language=language,
        id="" if alone else text_of(root, *_both("id")),
        updated=parse_moment(text_of(root, *_both("updated", "modified"))),
        authors=authors,
        hubs=unique([resolve(base, each.get("href")) for each in links if "hub" in _rels(each)]),
        first=_related(links, "first", base),
        older=_related(links, "next", base) or _related(links, "prev-archive", base),
        ended=first(root, "fh:complete") is not None,
        entries=settled(drafts, language),
    )


def _rels(link: Element) -> list[str]:
    rel = (link.get("rel") or "alternate").lower()
    return rel.removeprefix("http://www.iana.org/assignments/relation/").split()


def _related(links: Sequence[Element], rel: str, base: str) -> str:
    """The address of that relation; of several pages the one in HTML."""
    found = [(each, resolve(base, each.get("href"))) for each in links if rel in _rels(each)]
    in_html = [address for each, address in found if each.get("type") in ("", "text/html", "application/xhtml+xml")]
    return next(filter(None, [*in_html, *(address for _, address in found)]), "")


def _title(element: Element, *names: str) -> str:
    found = first(element, *names)
    if found is None:
        return ""
    kind = _kind(found)
    if kind == "xhtml" or found.elements:
        return clean_text(plain_text(inner_html(found)), LONGEST_TITLE)
    if kind == "html":
        return clean_text(plain_text(found.text), LONGEST_TITLE)
    return clean_text(" ".join(found.text.split()), LONGEST_TITLE) if found.get("type") else line(found.text)


def _kind(element: Element) -> str:
    said = element.get("type").lower()
    if element.get("mode").lower() == "escaped" or said == "text/html":  # Atom 0.3 says it twice
        return "html"
    return "xhtml" if said == "application/xhtml+xml" else said


def _html(element: Element | None, base: str) -> str:
    if element is None:
        return ""
    base = resolve(base, element.get("xml:base")) or base
    kind = _kind(element)
    if kind == "xhtml" or element.elements:
        return with_absolute_links(_unwrapped(element).strip(), base)
    if kind in ("text", "text/plain"):
        return as_html(element.text)
    if kind == "html" or not kind:
        return with_absolute_links(body(element.text), base)
    return ""


def _unwrapped(element: Element) -> str:
    [*within] = element.elements
    only = within[0] if len(within) == 1 and within[0].name in ("xhtml:div", "div") else None
    return inner_html(only if only is not None else element)


def _authors(element: Element, base: str) -> tuple[Author, ...]:
    found: dict[tuple[str, str], Author] = {}
    for each in every(element, *_both("author")):
        name = person(text_of(each, *_both("name")) or text_of(each, *_both("email")) or each.text)
        page = resolve(base, text_of(each, *_both("uri", "url")))
        if name or page:
            found.setdefault((name, page), Author(name, page))
    return tuple(found.values())[:10]


def _draft(entry: Element, base: str, authors: tuple[Author, ...]) -> Draft:
    base = resolve(base, entry.get("xml:base")) or base
    links = every(entry, *_both("link"))
    page = _related(links, "alternate", base)
    origin = text_of(entry, "feedburner:origLink")
    content, summary = first(entry, *_both("content")), first(entry, *_both("summary"))
    if content is not None and content.get("src") and not page:
        page = resolve(base, content.get("src"))
    html, short = _html(content, base), _html(summary, base)
    source = first(entry, *_both("source"))
    updated = parse_moment(text_of(entry, *_both("updated", "modified")))
    published = text_of(entry, *_both("published", "issued", "created"), "dc:date")
    files = [each for each in links if "enclosure" in _rels(each)]
    name = text_of(entry, *_both("id"))
    return Draft(
        name,
        Entry(
            id="",
            url=resolve(base, origin) or page or (resolve("", name) if not links else ""),
            title=_title(entry, *_both("title")),
            html=html or short,
            summary=short if html and short != html else "",
            markdown=text_of(entry, "source:markdown"),
            published=parse_moment(published) or updated,
            updated=updated,
            authors=_authors(entry, base) or (_authors(source, base) if source is not None else ()) or authors,
            tags=unique([line(each.get("label") or each.get("term")) for each in every(entry, *_both("category"))]),
            enclosures=enclosures(entry, base, files),
            answers=_answered(entry, base),
            external_url=_related(links, "related", base),
            language=entry.get("xml:lang").lower(),
            sensitive=text_of(entry, "media:rating").lower() == "adult",
        ),
    )


def _answered(entry: Element, base: str) -> Answered | None:
    found = first(entry, "thr:in-reply-to")
    if found is None:
        return None
    answered = Answered(found.get("ref"), resolve(base, found.get("href")))
    return answered if answered.id or answered.url else None
