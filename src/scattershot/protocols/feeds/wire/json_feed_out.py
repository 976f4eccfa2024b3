"""JSON Feed 1.1 as we write it."""

from typing import Any

import msgspec

from scattershot.protocols.feeds.wire.feed import Author, Enclosure, Entry, Feed
from scattershot.wirekit.dates import rfc3339_seconds
from scattershot.wirekit.html import plain_text

JSON_FEED = "application/feed+json"


def write_json_feed(feed: Feed, generator: str = "") -> bytes:
    """The document; `_scattershot` holds what JSON Feed has no word for, as its specification lets one do."""
    said: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title or feed.home,
        "home_page_url": feed.home,
        "feed_url": feed.address,
        "next_url": feed.older,
        "description": feed.description,
        "icon": feed.icon,
        "authors": [_author(author) for author in feed.authors],
        "language": feed.language,
        "hubs": [{"type": "WebSub", "url": hub} for hub in feed.hubs],
        "_scattershot": {"generator": generator} if generator else None,
    }
    items = [_item(entry) for entry in feed.entries]
    return msgspec.json.encode({**{key: value for key, value in said.items() if value}, "items": items})


def _author(author: Author) -> dict[str, str]:
    said = {"name": author.name, "url": author.url, "avatar": author.avatar}
    return {key: value for key, value in said.items() if value}


def _item(entry: Entry) -> dict[str, Any]:
    html = entry.html or entry.summary
    said: dict[str, Any] = {
        "id": entry.id,
        "url": entry.url,
        "external_url": entry.external_url,
        "title": entry.title,
        "content_html": html,
        "content_text": "" if html else "\u200b",  # one of the two must be there, and a picture may be all there is
        "summary": plain_text(entry.summary) if entry.html else "",
        "date_published": _moment(entry.published),
        "date_modified": _moment(entry.updated) if entry.updated != entry.published else "",
        "authors": [_author(author) for author in entry.authors],
        "tags": list(entry.tags),
        "language": entry.language,
        "attachments": [_attachment(file) for file in entry.enclosures],
        "image": next((file.url for file in entry.enclosures if file.media_type.startswith("image/")), ""),
        "_scattershot": _ours(entry),
    }
    return {key: value for key, value in said.items() if value}


def _ours(entry: Entry) -> dict[str, Any]:
    said: dict[str, Any] = {"markdown": entry.markdown, "sensitive": entry.sensitive}
    if entry.answers is not None:
        said["in_reply_to"] = entry.answers.url or entry.answers.id
    return {key: value for key, value in said.items() if value}


def _moment(moment: int | None) -> str:
    return rfc3339_seconds(moment) if moment is not None else ""


def _attachment(file: Enclosure) -> dict[str, Any]:
    said: dict[str, Any] = {
        "url": file.url,
        "mime_type": file.media_type if file.media_type and "*" not in file.media_type else "application/octet-stream",
        "title": file.alt,
        "size_in_bytes": file.size,
        "duration_in_seconds": round(file.seconds),
    }
    return {key: value for key, value in said.items() if value}
