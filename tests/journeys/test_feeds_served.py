"""Feeds of a node: what they show, in three formats, to anybody, and what they never show."""

import json

import feedparser
import jsonschema
import pytest

from scattershot.domain.post import Audience
from scattershot.protocols.feeds.wire.feed import Feed
from scattershot.protocols.feeds.wire.reading import read_feed, read_page
from scattershot.testing.village import House, Village
from scattershot.wirekit.http_message import Request, Response
from tests.journeys.test_teams import a_team, writes
from tests.protocols.feeds.json_feed_rules import JSON_FEED_RULES

FORMATS = ["rss", "atom", "json"]


async def get(village: Village, url: str, **headers: str) -> Response:
    fields = [(name.replace("_", "-"), value) for name, value in headers.items()]
    request = Request("GET", url)
    answer = await village.fetcher.send(request._replace(headers=request.headers.having(*fields)))
    assert isinstance(answer, Response), answer
    return answer


async def feed(village: Village, url: str) -> Feed:
    answer = await get(village, url)
    assert answer.status == 200, answer
    read = read_feed(answer.body, answer.headers.get("content-type") or "", url)
    assert isinstance(read, Feed)
    return read


async def a_blog(village: Village) -> House:
    a = await village.house("a.example")
    await a.person("ann", display_name="Ann & co", bio="<p>Tea</p>")
    return a


@pytest.mark.parametrize("form", FORMATS)
async def test_a_microblog_is_a_feed_that_any_reader_takes(village: Village, form: str) -> None:
    a = await a_blog(village)
    await a.post("ann", "Hello **you** #tea https://b.example/", source_type="text/markdown", warning="")
    read = await feed(village, f"https://a.example/@ann.{form}")
    assert (read.format, read.title, read.home) == (form, "Ann & co", "https://a.example/@ann")
    assert read.address == f"https://a.example/@ann.{form}"
    assert read.hubs == ("https://a.example/feeds/hub",)
    [entry] = read.entries
    assert entry.markdown.startswith("Hello **you**")
    assert "<strong>you</strong>" in entry.html
    assert entry.tags == ("tea",)
    assert entry.published == village.clock.now()
    assert entry.url.startswith("https://a.example/@ann/")
    answer = await get(village, f"https://a.example/@ann.{form}")
    if form == "json":
        jsonschema.validate(json.loads(answer.body), JSON_FEED_RULES)
    else:
        assert not feedparser.parse(answer.body).bozo


async def test_a_page_leads_to_its_feeds(village: Village) -> None:
    a = await a_blog(village)
    post = await a.post("ann", "One #tea")
    for path in ("/@ann", f"/@ann/{post}", "/tags/tea"):
        answer = await a.get(path, "text/html")
        links = read_page(answer.body, "text/html", f"https://a.example{path}").links
        assert [link.address for link in links] == [f"https://a.example{path}.{form}" for form in FORMATS]
        for link in links:
            assert len((await feed(village, link.address)).entries) == 1


async def test_what_is_not_for_everybody_is_in_no_feed(village: Village) -> None:
    a = await a_blog(village)
    for audience in Audience:
        await a.post("ann", f"{audience.value} #tea", audience)
    shown = [
        entry.html for form in FORMATS for entry in (await feed(village, f"https://a.example/@ann.{form}")).entries
    ]
    assert len(shown) == 6
    assert all("public" in html or "unlisted" in html for html in shown)
    tagged = await feed(village, "https://a.example/tags/tea.rss")
    assert [entry.html.startswith("<p>public") for entry in tagged.entries] == [True]


async def test_answers_to_others_and_boosts_stand_apart(village: Village) -> None:
    a = await a_blog(village)
    await a.person("bob")
    theirs = await a.post("bob", "A question")
    await a.post("ann", "An answer", reply_to=theirs)
    mine = await a.post("ann", "A thought")
    await a.post("ann", "And another", reply_to=mine)
    await a.node.publisher.boost((await a.row("ann")).id, theirs, "test")
    assert len((await feed(village, "https://a.example/@ann.rss")).entries) == 2
    replies = await feed(village, "https://a.example/@ann.rss?with=replies")
    assert len(replies.entries) == 3
    assert replies.address == "https://a.example/@ann.rss?with=replies"
    thread = await feed(village, f"https://a.example/@bob/{theirs}.atom")
    assert [entry.answers is not None for entry in thread.entries] == [True, False]
    assert thread.title == "bob: A question"


async def test_a_long_feed_has_pages(village: Village) -> None:
    a = await a_blog(village)
    for number in range(35):
        village.clock.advance(1)
        await a.post("ann", f"number {number}")
    found, url = [], "https://a.example/@ann.atom"
    while url:
        page = await feed(village, url)
        assert page.first == ("https://a.example/@ann.atom" if found else "")
        found += [entry.html for entry in page.entries]
        url = page.older
    assert found == [f"<p>number {number}</p>" for number in reversed(range(35))]


async def test_a_reader_that_has_it_already_gets_no_body(village: Village) -> None:
    a = await a_blog(village)
    await a.post("ann", "One")
    first = await get(village, "https://a.example/@ann.rss")
    etag, modified = first.headers.get("etag") or "", first.headers.get("last-modified") or ""
    assert (await get(village, "https://a.example/@ann.rss", if_none_match=etag)).status == 304
    assert (await get(village, "https://a.example/@ann.rss", if_none_match=f'"x", W/{etag}')).status == 304
    assert (await get(village, "https://a.example/@ann.rss", if_modified_since=modified)).status == 304
    village.clock.advance(2)
    await a.post("ann", "Two")
    assert (await get(village, "https://a.example/@ann.rss", if_none_match=etag)).status == 200
    assert (await get(village, "https://a.example/@ann.rss", if_modified_since=modified)).status == 200
    assert (await get(village, "https://a.example/@ann.rss", if_modified_since="nonsense")).status == 200


async def test_a_reader_that_asks_for_what_is_new_gets_that_alone(village: Village) -> None:
    a = await a_blog(village)
    await a.post("ann", "One")
    etag = (await get(village, "https://a.example/@ann.rss")).headers.get("etag") or ""
    village.clock.advance(2)
    await a.post("ann", "Two")
    answer = await get(village, "https://a.example/@ann.rss", if_none_match=etag, a_im="feed, gzip")
    assert (answer.status, answer.headers.get("im")) == (226, "feed")
    read = read_feed(answer.body, "", "https://a.example/@ann.rss")
    assert isinstance(read, Feed)
    assert [entry.html for entry in read.entries] == ["<p>Two</p>"]
    again = await get(
        village, "https://a.example/@ann.rss", if_none_match=answer.headers.get("etag") or "", a_im="feed"
    )
    assert again.status == 304


async def test_a_team_names_the_writer_of_each_entry(village: Village) -> None:
    a = await village.house("a.example")
    team = await a_team(a)
    await writes(a, "bea", team, "From the team")
    await village.settle()
    read = await feed(village, "https://a.example/@team.rss")
    assert (read.title, [entry.authors[0].name for entry in read.entries]) == ("The team", ["bea"])


async def test_whom_somebody_follows_is_a_list_for_other_readers(village: Village) -> None:
    a = await a_blog(village)
    await a.person("bob")
    await a.person("cat", hides_graph=True)
    await a.follow("ann", "@bob@a.example")
    await village.settle()
    answer = await get(village, "https://a.example/@ann/following.opml")
    assert b'xmlUrl="https://a.example/@bob.rss"' in answer.body
    assert (await get(village, "https://a.example/@cat/following.opml")).status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/@nobody.rss",
        "/@ann/1.atom",
        "/@ann@b.example.json",
        "/@.rss",
        "/@ann.rss?before=x",
        "/@%00.rss",
        "/tags/%00.rss",
        "/@ann/99999999999999999999.rss",
    ],
)
async def test_where_there_is_no_feed_there_is_nothing(village: Village, path: str) -> None:
    await a_blog(village)
    assert (await get(village, f"https://a.example{path}")).status == 404
