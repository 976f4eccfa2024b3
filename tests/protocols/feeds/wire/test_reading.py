"""Reading feeds: the corpus, what is refused, and what pages lead to."""

from typing import Any

import pytest

from scattershot.protocols.feeds.wire.feed import Feed, NotAFeed
from scattershot.protocols.feeds.wire.links import header_links
from scattershot.protocols.feeds.wire.reading import MAX_BYTES, read_feed, read_page
from tests.protocols.feeds.corpus.broken import BROKEN
from tests.protocols.feeds.corpus.case import HERE, Case, rss
from tests.protocols.feeds.corpus.encodings import ENCODINGS
from tests.protocols.feeds.corpus.meanings import MEANINGS
from tests.protocols.feeds.corpus.others import JSON, PAGES

FEEDS = [*ENCODINGS, *BROKEN, *MEANINGS, *JSON]


def test_the_corpus_is_as_large_as_it_should_be() -> None:
    names = [case.name for case in [*FEEDS, *PAGES]]
    assert len(names) == len(set(names)) >= 60


@pytest.mark.parametrize("case", FEEDS, ids=lambda case: case.name)
def test_an_awkward_feed_says_what_a_person_expects(case: Case) -> None:
    read = read_feed(case.body, case.content_type, case.url)
    assert isinstance(read, Feed), read
    _check(read, case)


@pytest.mark.parametrize("case", PAGES, ids=lambda case: case.name)
def test_a_page_that_is_a_feed_says_what_a_person_expects(case: Case) -> None:
    assert read_feed(case.body, case.content_type, case.url) == NotAFeed("html", "It is a page.")
    read = read_page(case.body, case.content_type, case.url).feed
    assert read is not None
    _check(read, case)


def _check(read: Feed, case: Case) -> None:
    for path, expected in case.expects.items():
        found = _at(read, path.removeprefix("~"))
        if path.startswith("~"):
            assert expected in found, path
        else:
            assert (len(found) if isinstance(expected, int) and isinstance(found, tuple) else found) == expected, path


def _at(read: Feed, path: str) -> Any:
    found: Any = read
    for part in path.split("."):
        if part.isdecimal():
            found = found.entries[int(part)] if isinstance(found, Feed) else found[int(part)]
        else:
            found = getattr(found, part)
    return found


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "empty"),
        (b"   \n ", "empty"),
        (b"hello", "not_a_feed"),
        (b"{}", "not_a_feed"),
        (b"{nonsense", "not_a_feed"),
        (b"[" * 100_000, "not_a_feed"),
        (b"<!doctype html><html><body><rss></rss>", "html"),
        (b"<opml version='2.0'><body/></opml>", "html"),
        (b"<?xml version='1.0'?><sitemap/>", "not_a_feed"),
        (b"\x00\x01\x02\x03" * 100, "empty"),
        (b"<rss>" + b"<a>" * 1_000, "too_deep"),
        (b"<rss>" + b"<a/>" * 300_000, "too_many"),
        (b"<rss>" + b" " * MAX_BYTES, "too_large"),
    ],
)
def test_what_is_no_feed_is_refused_with_a_word(body: bytes, why: str) -> None:
    read = read_feed(body, "", HERE)
    assert isinstance(read, NotAFeed)
    assert read.why == why


def test_an_endless_feed_is_cut() -> None:
    read = read_feed(rss("".join(f"<item><guid>{n}</guid><title>x</title></item>" for n in range(5_000))), "", HERE)
    assert isinstance(read, Feed)
    assert len(read.entries) == 500


PAGE = b"""<!doctype html><head><base href="https://blog.example/de/">
<link rel="alternate" type="application/rss+xml" title="Posts &amp; more" href="feed.xml">
<link rel="alternate" type="application/rss+xml" title="again" href="feed.xml">
<LINK REL='alternate' TYPE='application/feed+json' HREF=/feed.json>
<link rel="alternate" type="application/json" href="https://blog.example/wp-json/wp/v2/posts/1">
<link rel="alternate" hreflang="fr" href="/fr/"><link rel=hub href="https://hub.example/"><link rel=self href="/me">
<link rel="alternate" type="application/atom+xml" href="javascript:alert(1)">
</head><body><script>document.write('<link rel="alternate" type="application/rss+xml" href="/evil">')</script>
<!-- <link rel="alternate" type="application/rss+xml" href="/old"> --><a rel="feed" href="/news">News</a>"""


def test_a_page_leads_to_its_feeds_in_their_order() -> None:
    read = read_page(PAGE, "text/html; charset=utf-8", "https://blog.example/de/about")
    assert [link.address for link in read.links] == [
        "https://blog.example/de/feed.xml",
        "https://blog.example/feed.json",
        "https://blog.example/news",
    ]
    assert read.links[0].title == "Posts & more"
    assert (read.hubs, read.address, read.feed) == (("https://hub.example/",), "https://blog.example/me", None)


def test_links_in_headers_are_read() -> None:
    found = header_links(
        ['<https://hub.example/>; rel="hub", </topic>; rel=self; type="text/html"', "nonsense; <"], HERE
    )
    assert [(link.address, sorted(link.rels)) for link in found] == [
        ("https://hub.example/", ["hub"]),
        ("https://blog.example/topic", ["self"]),
    ]


@pytest.mark.parametrize(
    "broken", [b"<link " * 50_000, b"<a href='" * 50_000, b"<" * 200_000, b"<!--" * 100_000, b"<p>" * 500, b""]
)
def test_pages_that_are_made_to_take_long_do_not(broken: bytes) -> None:
    assert read_page(broken, "text/html", HERE).links == ()
    read_feed(b"<rss><channel>" + broken, "", HERE)
