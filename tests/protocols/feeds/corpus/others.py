"""JSON Feed as it is met, and pages that are feeds."""

import json
from typing import Any

from tests.protocols.feeds.corpus.case import Case


def _json(items: Any, **feed: Any) -> bytes:
    said = {"version": "https://jsonfeed.org/version/1.1", "title": "A blog", "items": items, **feed}
    return json.dumps(said).encode()


JSON = [
    Case("version 1.0 with one author", _json([{"id": "1", "content_text": "a < b"}], version="https://jsonfeed.org/version/1",
         author={"name": "Ann"}), {"0.html": "<p>a &lt; b</p>", "0.authors.0.name": "Ann", "format": "json"}),
    Case("numbers for names", _json([{"id": 7, "content_html": "<p>x"}]), {"0.id": "7"}),
    Case("a name of nothing", _json([{"id": None, "url": "/1", "title": "x"}]), {"0.id": "https://blog.example/1"}),
    Case("attachments", _json([{"id": "1", "attachments": [{"url": "/a.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 7,
         "duration_in_seconds": 1.5}, {"url": "javascript:x"}, "nonsense"]}]), {"0.enclosures": 1, "0.enclosures.0.seconds": 1.5}),
    Case("a picture alone", _json([{"id": "1", "image": "/a.png"}]), {"0.enclosures.0.url": "https://blog.example/a.png"}),
    Case("hubs, pages and an end", _json([], hubs=[{"type": "WebSub", "url": "https://hub.example/"}, {"type": "rssCloud", "url": "/x"}],
         next_url="?page=2", expired=True, feed_url="https://blog.example/feed.json"), {"hubs": ("https://hub.example/",), "ended": True,
         "older": "https://blog.example/feeds/all.xml?page=2", "address": "https://blog.example/feed.json"}),
    Case("wrong types everywhere", _json([{"id": "1", "title": ["x"], "tags": "no", "authors": "Ann", "content_text": 5}, 3, None],
         title=None, authors={"name": "x"}, language=7), {"entries": 1, "0.html": "<p>5</p>", "title": ""}),
    Case("no version at all", b'{"items": [{"id": "1", "content_text": "x"}]}', {"entries": 1}),
    Case("with a byte order mark", b"\xef\xbb\xbf" + _json([{"id": "1", "title": "x"}]), {"entries": 1}),
]  # fmt: skip

_ENTRY = "<article class='h-entry'><a class='u-url' href='/1'><time class='dt-published' datetime='2026-11-21T12:00:00Z'>today</time></a>"

PAGES = [
    Case("an h-feed", f"""<!doctype html><html lang=en><head><title>T</title></head><body class="h-feed"><h1 class="p-name">A blog</h1>
         {_ENTRY}<div class="e-content"><p>Hi <a href="x">x</a><p>you</div><a class="p-category">tea</a></article></body>""".encode(),
         {"title": "A blog", "0.url": "https://blog.example/1", "0.published": 1_795_262_400_000, "0.tags": ("tea",),
          "~0.html": '<a href="https://blog.example/feeds/x">x</a>', "0.title": ""}, "text/html"),
    Case("entries without a feed around them", f"<html><title>T</title>{_ENTRY}<h2 class='p-name'>One</h2></article>{_ENTRY.replace('/1', '/2')}"
         "<h2 class='p-name'>Two</h2></article>".encode(), {"entries": 2, "title": "T", "1.title": "Two"}, "text/html"),
    Case("an author with a card, and an answer", f"<html>{_ENTRY}<a class='p-author h-card' href='/ann'><img class='u-photo' src='/a.png'>Ann</a>"
         "<div class='u-in-reply-to h-cite'><a class='u-url' href='https://o.example/1'>that</a></div><p class='p-summary'>Yes</p></article>".encode(),
         {"0.authors.0.name": "Ann", "0.authors.0.url": "https://blog.example/ann", "0.answers.url": "https://o.example/1",
          "0.html": "Yes"}, "text/html"),
    Case("a post within a post", f"<html>{_ENTRY}<div class='e-content'>Look: <blockquote class='h-entry'><a class='u-url' href='/9'>x</a>"
         "</blockquote></div></article>".encode(), {"entries": 1, "0.url": "https://blog.example/1"}, "text/html"),
]  # fmt: skip
