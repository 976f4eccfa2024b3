"""Pages that are feeds: microformats2 `h-feed` and `h-entry` in HTML."""

from collections.abc import Iterator

from scattershot.protocols.feeds.wire.entries import Draft, settled
from scattershot.protocols.feeds.wire.feed import Answered, Author, Enclosure, Entry, Feed
from scattershot.protocols.feeds.wire.links import resolve, with_absolute_links
from scattershot.protocols.feeds.wire.moments import parse_moment
from scattershot.protocols.feeds.wire.names import LONGEST_TITLE, unique
from scattershot.wirekit.html import clean_text, plain_text
from scattershot.wirekit.safe_xml import Element, inner_html

_MEDIA = {"img": "image/*", "video": "video/*", "audio": "audio/*"}


def read_h_feed(root: Element, url: str) -> Feed | None:
    """The feed in a page, or None for a page that holds no entries: the first `h-feed`, or else its own entries."""
    base = base_of(root, url)
    box = next((each for each in root.walk() if "h-feed" in _classes(each)), None)
    entries = list(_roots(box if box is not None else root, "h-entry"))
    if not entries:
        return None
    own = list(_properties(box)) if box is not None else []
    card = _author(own, base)
    drafts = [_draft(each, base, card) for each in entries]
    title = next((each.text for each in root.walk() if each.name == "title"), "")
    return Feed(
        format="html",
        title=_line(_text_of(own, "p-name", "p-name")) or _line(title),
        home=_address(own, base, "u-url") or url,
        address=url,
        description=_line(_text_of(own, "p-summary", "p-note")),
        icon=_address(own, base, "u-photo"),
        language=next((each.get("lang").lower() for each in root.walk() if each.get("lang")), ""),
        authors=card,
        entries=settled(drafts),
    )


def base_of(root: Element, url: str) -> str:
    """What relative addresses of a page start from."""
    said = next((each.get("href") for each in root.walk() if each.name == "base" and each.get("href")), "")
    return resolve(url, said) or url


def _classes(element: Element) -> list[str]:
    return element.attributes.get("class", "").split()


def _is_root(element: Element) -> bool:
    return any(name.startswith("h-") for name in _classes(element))


def _roots(element: Element, name: str) -> Iterator[Element]:
    """The outermost elements of that class."""
    for each in element.elements:
        if name in _classes(each):
            yield each
        elif not {"h-cite", "h-card", "h-feed"}.intersection(_classes(each)):
            yield from _roots(each, name)


def _properties(element: Element) -> Iterator[Element]:
    """Elements that say something of it; what is said within another such thing is said of that."""
    for each in element.elements:
        if "class" in each.attributes:
            yield each
        if not _is_root(each):
            yield from _properties(each)


def _found(own: list[Element], *names: str) -> list[Element]:
    return [each for name in names for each in own if name in _classes(each)]


def _value(element: Element) -> str:
    if element.name in ("data", "input") and "value" in element.attributes:
        return element.get("value")
    if element.name in ("time", "ins", "del") and element.get("datetime"):
        return element.get("datetime")
    if element.name in ("abbr", "link") and element.get("title"):
        return element.get("title")
    return element.get("alt") if element.name == "img" else element.text


def _text_of(own: list[Element], *names: str) -> str:
    return next((_value(each) for each in _found(own, *names)), "")


def _line(text: str) -> str:
    return clean_text(" ".join(text.split()), LONGEST_TITLE)


def _address(own: list[Element], base: str, *names: str) -> str:
    for each in _found(own, *names):
        written = next(filter(None, map(each.get, ("href", "src", "data", "value"))), "") or each.text
        if _is_root(each):
            written = _address(list(_properties(each)), base, "u-url") or each.get("href")
        if address := resolve(base, written):
            return address
    return ""


def _author(own: list[Element], base: str) -> tuple[Author, ...]:
    made = []
    for each in _found(own, "p-author", "u-author"):
        within = list(_properties(each))
        name = _line(_text_of(within, "p-name") or _value(each))
        page = _address(within, base, "u-url") or resolve(base, each.get("href"))
        made.append(Author(name, page, _address(within, base, "u-photo")))
    return tuple(author for author in made if author.name or author.url)[:10]


def _draft(entry: Element, base: str, authors: tuple[Author, ...]) -> Draft:
    own = list(_properties(entry))
    content = next(iter(_found(own, "e-content")), None)
    page = _address(own, base, "u-url")
    html = with_absolute_links(inner_html(content).strip(), base) if content is not None else ""
    short = with_absolute_links(" ".join(_text_of(own, "p-summary").split()), base)
    title = _line(_text_of(own, "p-name"))
    said = _line(plain_text(html))
    files = tuple(
        Enclosure(url=address, media_type=_MEDIA.get(each.name, "image/*"), alt=_line(each.get("alt")))
        for each in _found(own, "u-photo", "u-video", "u-audio")
        if (address := resolve(base, each.get("src") or each.get("href")))
    )
    reply = _address(own, base, "u-in-reply-to")
    updated = parse_moment(_text_of(own, "dt-updated"))
    return Draft(
        _text_of(own, "u-uid") or _address(own, base, "u-uid"),
        Entry(
            id="",
            url=page,
            title="" if title and said.startswith(title.rstrip("…. ")) else title,
            html=html or short,
            summary=short if html else "",
            published=parse_moment(_text_of(own, "dt-published")) or updated,
            updated=updated,
            authors=_author(own, base) or authors,
            tags=unique([_line(_value(each)).removeprefix("#") for each in _found(own, "p-category")]),
            enclosures=files[:64],
            answers=Answered("", reply) if reply else None,
        ),
    )
