"""Feeds read as microblogs and posts."""

import pytest
from msgspec.structs import replace

from scattershot.domain.change import Edited, ProfileChanged
from scattershot.domain.ids import Millis
from scattershot.domain.microblog import parse_handle
from scattershot.domain.post import Form, Post
from scattershot.domain.reading import Arrival, Changes, Refused
from scattershot.domain.wire_id import FEEDS, WireId
from scattershot.protocols.feeds.translate.feeds_in import (
    changes_of,
    enveloped,
    post_of,
    profile_of,
    read_arrival,
)
from scattershot.protocols.feeds.wire.feed import Enclosure, Entry, Feed

SOURCE = WireId(FEEDS, "https://blog.example/feed.xml")
NOW = Millis(1_767_225_600_000)
LONG = "<p>" + "Words that go on. " * 60 + "</p>"
FEED = Feed(format="rss", title="The Blog", home="https://blog.example/")


def posted(**parts: object) -> Post:
    return post_of(replace(Entry(id="1", url="https://blog.example/1"), **parts), FEED, SOURCE, NOW, 0)


@pytest.mark.parametrize(
    ("title", "address", "name"),
    [
        ("The Blog", "https://blog.example/feed.xml", "the_blog"),
        ("Ann's Café — daily!", "https://blog.example/x", "anns_cafe_daily"),
        ("日本語", "https://www.tea.example/feed.xml", "feed"),
        ("日本語", "https://www.tea.example/", "tea"),
        ("", "https://blog.example/@ann.rss", "ann"),
        ("x" * 90, "https://blog.example/", "x" * 30),
    ],
)
def test_a_feed_has_a_handle_that_can_be_typed(title: str, address: str, name: str) -> None:
    profile = profile_of(Feed(format="rss", title=title), WireId(FEEDS, address))
    assert profile.name == name
    assert parse_handle(str(profile.handle)) == profile.handle


def test_a_long_entry_with_a_title_is_an_article_with_what_the_feed_says_in_short() -> None:
    post = posted(title="On &amp; on", html=LONG, summary="<b>In</b> short")
    assert (post.form, post.title, post.summary) == (Form.ARTICLE, "On & on", "In short")


def test_a_short_entry_is_a_note_and_its_title_leads_to_its_page() -> None:
    post = posted(title="News", html="<p>Short</p>")
    assert post.form is Form.NOTE
    assert post.html.startswith('<p><a href="https://blog.example/1"')
    assert post.html.endswith("<p>Short</p>")


def test_a_title_that_only_repeats_the_text_is_left_out() -> None:
    assert (
        posted(title="Hello there, every…", html="<p>Hello there, everybody</p>").html
        == "<p>Hello there, everybody</p>"
    )


def test_html_is_cleaned_and_its_pictures_are_kept_as_attachments() -> None:
    html = (
        "<p onclick='x()'>Look <a href='javascript:alert(1)'>here</a></p>"
        "<img src='https://blog.example/a.png' alt='A &amp; b'>"
        "<img src='https://stats.example/1.gif' width='1' height='1'><img src='data:image/png;base64,AA'>"
    )
    post = posted(html=html, title="<script>alert(1)</script>Fine")
    assert "onclick" not in post.html
    assert "javascript" not in post.html
    assert "script" not in post.html
    [picture] = post.attachments
    assert (picture.url, picture.alt, picture.shown_as) == ("https://blog.example/a.png", "A & b", "image")


def test_enclosures_are_attachments() -> None:
    post = posted(
        html="Listen", enclosures=(Enclosure(url="https://blog.example/a.mp3", media_type="audio/mpeg", seconds=61.0),)
    )
    [sound] = post.attachments
    assert (sound.shown_as, sound.duration) == ("audio", 61.0)


def test_those_without_a_date_are_of_now_in_their_order_and_lies_are_as_if_none() -> None:
    feed = replace(
        FEED,
        entries=(
            Entry(id="1", html="a"),
            Entry(id="2", html="b", published=NOW + 10**12),
            Entry(id="3", html="c", published=5),
        ),
    )
    posts = [change.post for change in changes_of(feed, SOURCE, NOW).changes if isinstance(change, Edited)]
    assert [(post.html, NOW - post.published) for post in posts] == [("<p>c</p>", 2), ("<p>b</p>", 1), ("<p>a</p>", 0)]


def test_an_arrival_says_where_it_was_found_and_links_are_relative_to_that() -> None:
    body = (
        b"<rss version='2.0'><channel><title>T</title><item><guid>1</guid>"
        b"<description>&lt;a href='/x'&gt;x&lt;/a&gt;</description>"
        b"</item></channel></rss>"
    )
    arrival = Arrival(FEEDS, SOURCE, "blog.example", enveloped(body, "", "https://cdn.example/feed"), NOW)
    reading = read_arrival(arrival)
    assert isinstance(reading, Changes)
    profile, entry = reading.changes
    assert isinstance(profile, ProfileChanged)
    assert isinstance(entry, Edited)
    assert 'href="https://cdn.example/x"' in entry.post.html
    assert entry.post.author == SOURCE


@pytest.mark.parametrize("body", [b"", b"no address\n<rss/>", b"https://blog.example/\nnothing", b"\xff\xfe\n"])
def test_what_is_no_feed_is_refused(body: bytes) -> None:
    assert isinstance(read_arrival(Arrival(FEEDS, SOURCE, "blog.example", body, NOW)), Refused)
