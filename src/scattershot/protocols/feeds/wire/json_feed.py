"""JSON Feed 1.0 and 1.1 as it is met: with numbers for names, single values for lists and missing versions."""

from typing import Any

import msgspec

from scattershot.protocols.feeds.wire.entries import Draft, settled
from scattershot.protocols.feeds.wire.feed import Answered, Author, Enclosure, Entry, Feed, NotAFeed
from scattershot.protocols.feeds.wire.links import resolve, with_absolute_links
from scattershot.protocols.feeds.wire.moments import parse_moment
from scattershot.protocols.feeds.wire.names import LONGEST_TITLE, unique
from scattershot.wirekit.html import as_html, clean_text


def read_json_feed(text: str, url: str) -> Feed | NotAFeed:
    """The feed of a JSON text."""
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return NotAFeed("not_a_feed", "It is no JSON.")
    if not isinstance(found, dict) or not isinstance(found.get("items"), list):
        return NotAFeed("not_a_feed", "It is JSON, but no JSON Feed.")
    home = resolve(url, _text(found, "home_page_url"))
    language = _text(found, "language").lower()
    authors = _authors(found, url)
    hubs = [resolve(url, _text(hub, "url")) for hub in _maps(found, "hubs") if _text(hub, "type").lower() == "websub"]
    return Feed(
        format="json",
        title=_line(found, "title"),
        home=home,
        address=resolve(url, _text(found, "feed_url")),
        description=_line(found, "description"),
        icon=resolve(home or url, _text(found, "icon")) or resolve(home or url, _text(found, "favicon")),
        language=language,
        authors=authors,
        hubs=unique(hubs),
        older=resolve(url, _text(found, "next_url")),
        ended=found.get("expired") is True,
        entries=settled([_draft(item, home or url, authors) for item in _maps(found, "items")], language),
    )


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    if isinstance(value, bool):
        return ""
    return value.strip() if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""


def _line(said: dict[str, Any], name: str) -> str:
    return clean_text(" ".join(_text(said, name).split()), LONGEST_TITLE)


def _maps(said: dict[str, Any], name: str) -> list[dict[str, Any]]:
    value = said.get(name)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _number(said: dict[str, Any], name: str) -> float:
    value = said.get(name)
    good = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e15
    return float(value) if good and value is not None else 0.0


def _authors(said: dict[str, Any], base: str) -> tuple[Author, ...]:
    one = said.get("author")  # version 1.0
    found = _maps(said, "authors") or ([one] if isinstance(one, dict) else [])
    made = [
        Author(_line(each, "name"), resolve(base, _text(each, "url")), resolve(base, _text(each, "avatar")))
        for each in found
    ]
    return tuple(author for author in made if author.name or author.url)[:10]


def _draft(item: dict[str, Any], base: str, authors: tuple[Author, ...]) -> Draft:
    page = resolve(base, _text(item, "url"))
    html = _text(item, "content_html") or as_html(_text(item, "content_text"))
    tags, own = item.get("tags"), item.get("_scattershot")
    ours: dict[str, Any] = own if isinstance(own, dict) else {}
    answered = resolve(base, _text(ours, "in_reply_to"))
    updated = parse_moment(_text(item, "date_modified"))
    pictures = [resolve(base, _text(item, "image")) or resolve(base, _text(item, "banner_image"))]
    files = [
        Enclosure(
            url=address,
            media_type=_text(each, "mime_type").lower(),
            size=int(_number(each, "size_in_bytes")),
            alt=_line(each, "title"),
            seconds=_number(each, "duration_in_seconds"),
        )
        for each in _maps(item, "attachments")
        if (address := resolve(base, _text(each, "url")))
    ] or [Enclosure(url=address, media_type="image/*") for address in pictures if address]
    return Draft(
        _text(item, "id"),
        Entry(
            id="",
            url=page,
            title=_line(item, "title"),
            html=with_absolute_links(html, page or base),
            summary=as_html(_text(item, "summary")),
            markdown=_text(ours, "markdown"),
            published=parse_moment(_text(item, "date_published")) or updated,
            updated=updated,
            authors=_authors(item, base) or authors,
            tags=unique([tag.strip() for tag in tags if isinstance(tag, str)]) if isinstance(tags, list) else (),
            enclosures=tuple({file.url: file for file in files}.values())[:64],
            external_url=resolve(base, _text(item, "external_url")),
            language=_text(item, "language").lower(),
            answers=Answered("", answered) if answered else None,
            sensitive=ours.get("sensitive") is True,
        ),
    )
