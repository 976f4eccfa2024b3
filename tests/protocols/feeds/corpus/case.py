"""One awkward feed, and what a person expects of it."""

from typing import Any, NamedTuple

HERE = "https://blog.example/feeds/all.xml"
"""Where each feed of the corpus was found, where nothing else is said."""


class Case(NamedTuple):
    """`expects` names what is looked at: `title` of the feed, `0.title` of its first entry, `entries` for their number;
    with `~` before it the value need only be in there."""

    name: str
    body: bytes
    expects: dict[str, Any]
    content_type: str = "application/rss+xml"
    url: str = HERE


def rss(items: str, channel: str = "", *, names: str = "", head: str = "<?xml version='1.0'?>") -> bytes:
    """An RSS 2.0 document around the items."""
    text = f"{head}<rss version='2.0' {names}><channel><title>A blog</title><link>https://blog.example/</link>{channel}"
    return f"{text}{items}</channel></rss>".encode()


def atom(entries: str, feed: str = "", attributes: str = "") -> bytes:
    """An Atom document around the entries."""
    text = f"<feed xmlns='http://www.w3.org/2005/Atom' {attributes}><title>A blog</title><id>tag:blog</id>{feed}{entries}</feed>"
    return f"<?xml version='1.0' encoding='utf-8'?>{text}".encode()
