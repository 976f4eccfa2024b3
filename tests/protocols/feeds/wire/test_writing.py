"""Writing feeds: feedparser and the rules of JSON Feed take all that is written, and we read back what we wrote."""

import json
from typing import Any

import feedparser
import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from scattershot.protocols.feeds.wire.atom_out import write_atom
from scattershot.protocols.feeds.wire.feed import Answered, Author, Cloud, Enclosure, Entry, Feed
from scattershot.protocols.feeds.wire.json_feed_out import write_json_feed
from scattershot.protocols.feeds.wire.opml import Outline, read_opml, write_opml
from scattershot.protocols.feeds.wire.reading import read_feed
from scattershot.protocols.feeds.wire.rss_out import write_rss
from tests.protocols.feeds.json_feed_rules import JSON_FEED_RULES

NOON = 1_795_262_400_000
ANN = Author("Ann & co", "https://a.example/@ann", "https://a.example/ann.png")
PICTURE = Enclosure(
    url="https://a.example/media/1.png", media_type="image/png", alt='A "cat" & more', width=40, height=30,
    thumbnail="https://a.example/media/1s.png",
)  # fmt: skip
ENTRY = Entry(
    id="https://a.example/p/1",
    url="https://a.example/@ann/1",
    html='<p>Hi &amp; <a href="https://b.example/">you</a> ]]&gt;</p>',
    markdown="Hi & [you](https://b.example/)",
    published=NOON,
    updated=NOON + 60_000,
    authors=(ANN,),
    tags=("tea", "für"),
    enclosures=(PICTURE,),
    answers=Answered("https://b.example/9", "https://b.example/9"),
    language="en",
    sensitive=True,
)
FEED = Feed(
    format="",
    title="Ann's blog & more",
    home="https://a.example/@ann",
    address="https://a.example/@ann.rss",
    description="Tea & talk",
    icon="https://a.example/ann.png",
    language="en",
    id="https://a.example/u/1",
    updated=NOON + 60_000,
    authors=(ANN,),
    hubs=("https://a.example/hub",),
    cloud=Cloud("a.example", 443, "/rssCloud/pleaseNotify", "", "https-post"),
    first="https://a.example/@ann.rss",
    older="https://a.example/@ann.rss?before=1",
    entries=(ENTRY, Entry(id="2", title="A title", html="<p>long</p>", published=NOON)),
)
WRITERS = {"rss": write_rss, "atom": write_atom, "json": write_json_feed}


@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_feedparser_reads_what_we_meant(kind: str) -> None:
    parsed = feedparser.parse(WRITERS[kind](FEED, "Scattershot"))
    assert not parsed.bozo
    assert parsed.version == {"rss": "rss20", "atom": "atom10"}[kind]
    assert parsed.feed.title == "Ann's blog & more"
    assert {link.rel for link in parsed.feed.links} >= {"self", "hub", "next", "first", "alternate"}
    first, second = parsed.entries
    assert first.link == ENTRY.url
    assert (first.author, first.id) == ("Ann & co", ENTRY.id)
    assert [tag.term for tag in first.tags] == ["tea", "für"]
    assert first.enclosures[0].href == PICTURE.url
    assert "<a href=" in first.content[0].value
    assert second.title == "A title"


@pytest.mark.parametrize("kind", ["rss", "atom", "json"])
def test_we_read_back_what_we_wrote(kind: str) -> None:
    read = read_feed(WRITERS[kind](FEED, "Scattershot"), "", "https://a.example/x")
    assert isinstance(read, Feed)
    assert read.format == kind
    for name in ("title", "home", "address", "description", "icon", "language", "hubs", "older"):
        assert getattr(read, name) == getattr(FEED, name), name
    assert read.cloud == (FEED.cloud if kind == "rss" else None)
    first = read.entries[0]
    for name in ("id", "url", "html", "markdown", "published", "updated", "tags", "language", "sensitive"):
        assert getattr(first, name) == getattr(ENTRY, name), name
    assert first.answers is not None
    assert first.answers.url == "https://b.example/9"
    assert [author.name for author in first.authors] == ["Ann & co"]
    assert (first.enclosures[0].url, first.enclosures[0].alt) == (PICTURE.url, PICTURE.alt)


def test_a_post_without_a_title_has_none_where_the_format_allows_it() -> None:
    assert b"<item>\n<link>" in write_rss(FEED)
    assert "title" not in json.loads(write_json_feed(FEED))["items"][0]
    assert feedparser.parse(write_atom(FEED)).entries[0].title == "Hi & you ]]>"


TEXTS = st.text(max_size=20)
ENTRIES = st.builds(
    lambda number, title, html, tag, published: Entry(
        id=f"urn:{number}", title=title, html=html, tags=(tag,) if tag.strip() else (), published=published
    ),
    st.integers(),
    TEXTS,
    TEXTS,
    TEXTS,
    st.none() | st.integers(0, 4 * 10**12),
)


@settings(deadline=None)
@given(TEXTS, st.lists(ENTRIES, max_size=3))
def test_whatever_people_write_is_a_well_formed_feed(title: str, entries: list[Entry]) -> None:
    feed = replace(FEED, title=title, entries=tuple(entries))
    for kind in ("rss", "atom"):
        assert not feedparser.parse(WRITERS[kind](feed)).bozo
    _judge(write_json_feed(feed))


def _judge(body: bytes) -> Any:
    said = json.loads(body)
    jsonschema.Draft202012Validator(JSON_FEED_RULES, format_checker=jsonschema.FormatChecker()).validate(said)
    return said


def test_the_rules_of_json_feed_hold() -> None:
    said = _judge(write_json_feed(FEED, "Scattershot"))
    assert said["hubs"] == [{"type": "WebSub", "url": "https://a.example/hub"}]
    _judge(write_json_feed(Feed(format="", title="x", entries=(Entry(id="1", enclosures=(PICTURE,)),))))


@pytest.mark.parametrize("broken", [{"items": []}, {"version": "1", "title": "x", "items": []}])
def test_the_rules_refuse_what_breaks_them(broken: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        _judge(json.dumps(broken).encode())


def test_a_list_of_feeds_goes_out_and_comes_in() -> None:
    outlines = [
        Outline("Ann & co", "https://a.example/@ann.rss", "https://a.example/@ann"),
        Outline("Bob", "", "https://b.example/bob"),
    ]
    body = write_opml("Whom I follow", "https://a.example/@me", NOON, outlines)
    assert read_opml(body.decode()) == outlines
    assert b'<outline type="link" text="Bob" url="https://b.example/bob"/>' in body


@pytest.mark.parametrize("text", ["", "<rss/>", "<opml", "{}", "<?xml version='1.0'?>"])
def test_what_is_no_list_of_feeds_is_none(text: str) -> None:
    assert not read_opml(text)
