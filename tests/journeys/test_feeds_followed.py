"""Following feeds: a feed is a microblog like any other, told by hubs, by clouds, or asked when it is due."""

from typing import Any
from urllib.parse import quote

import pytest

from scattershot.domain.ids import PostId
from scattershot.domain.microblog import Handle
from scattershot.domain.node import Standing
from scattershot.domain.reading import Refused
from scattershot.domain.source import Push, entry_name
from scattershot.ports.fetcher import Unreachable
from scattershot.storage.tables import microblogs, nodes, wire_ids
from scattershot.testing.browser import Browser
from scattershot.testing.village import House, Village
from scattershot.wirekit.dates import http_date
from scattershot.wirekit.http_message import Headers, Request, Response
from tests.elsewhere import Site, a_blog, ago, item, later, page, source_of

FEED = "https://a.example/@ann.rss"


async def two_houses(village: Village) -> tuple[House, House]:
    a, b = await village.house("a.example"), await village.house("b.example")
    await a.person("ann", display_name="Ann's tea")
    await b.person("bob")
    return a, b


def without(village: Village, *paths: str) -> None:
    """Let these doors of a answer that nobody is there."""
    whole = village.fetcher._hosts["a.example"]

    def answered(request: Request, limit: int, seconds: float) -> Any:
        if any(path in request.url for path in paths):
            return Response(503, request.url)
        return whole(request, limit, seconds)

    village.fetcher._hosts["a.example"] = answered


async def says(village: Village, house: House, text: str, **draft: Any) -> None:
    village.clock.advance(5)
    await house.post("ann", text, **draft)
    await village.settle()


async def test_whoever_follows_a_feed_hears_of_a_new_post_by_websub(village: Village) -> None:
    a, b = await two_houses(village)
    await says(village, a, "Before")
    await b.follow("bob", FEED)
    await village.settle()
    assert await b.home("bob") == ["Before"]
    source = await source_of(b, FEED)
    assert source.offer is not None
    assert (source.offer.way, source.is_told(village.clock.now())) == (Push.WEBSUB, True)
    asked = len(village.fetcher.requests)
    await says(village, a, "Hot **now**")
    assert (await b.home("bob"))[0] == "Hot **now**"
    assert [r.method for r in village.fetcher.requests[asked:]] == ["POST"], "nothing was polled"


async def test_with_websub_off_it_is_heard_by_rsscloud(village: Village) -> None:
    a, b = await two_houses(village)
    without(village, "/feeds/hub")
    await b.follow("bob", FEED)
    await village.settle()
    source = await source_of(b, FEED)
    assert source.offer is not None
    assert (source.offer.way, source.is_told(village.clock.now())) == (Push.CLOUD, True)
    village.clock.advance(60)
    await says(village, a, "By the cloud")
    assert await b.home("bob") == ["By the cloud"]


async def test_with_both_off_it_is_heard_when_it_is_asked_next(village: Village) -> None:
    a, b = await two_houses(village)
    without(village, "/feeds/hub", "/rssCloud")
    await says(village, a, "One")
    await b.follow("bob", FEED)
    await village.settle()
    assert (await source_of(b, FEED)).offer is None
    await says(village, a, "Two")
    assert await b.home("bob") == ["One"]
    village.clock.advance(70)
    await village.settle()
    assert await b.home("bob") == ["Two", "One"]


@pytest.mark.parametrize("first", ["feed", "activitypub"])
async def test_who_follows_the_actor_too_hears_it_once_whichever_comes_first(village: Village, first: str) -> None:
    a, b = await two_houses(village)
    await b.person("eve")
    if first == "feed":
        without(village, "/feeds/hub", "/rssCloud")
    await b.follow("bob", FEED)
    await b.follow("eve", FEED)
    await b.follow("bob", "@ann@a.example")
    await village.settle()
    village.clock.advance(5)
    whole = hold(village, "/inbox" if first == "feed" else "/feeds/heard/")
    post = await a.post("ann", "One and the same")
    await village.settle()
    village.clock.advance(40 * 60)
    await village.settle()
    assert await b.home("bob") == ["One and the same"]
    village.fetcher._hosts["b.example"] = whole
    village.clock.advance(4_000)
    await village.settle()
    village.clock.advance(4_000)
    await village.settle()
    assert await b.home("bob") == ["One and the same"]
    assert await b.home("eve") == ["One and the same"], "who follows the feed alone has it as well"
    seen = await b.seen(await a.wire_id(post))
    assert seen is not None
    assert not seen.gone
    assert seen.author == await b.microblog("@ann@a.example"), "the one that can be answered"


def hold(village: Village, path: str) -> Any:
    """Let one door of b refuse everybody; the answer puts it right again."""
    whole = village.fetcher._hosts["b.example"]

    def answered(request: Request, limit: int, seconds: float) -> Any:
        return Unreachable("refused", "") if path in request.url else whole(request, limit, seconds)

    village.fetcher._hosts["b.example"] = answered
    return whole


async def test_our_own_feed_is_not_followed_by_ourselves(village: Village) -> None:
    a, _ = await two_houses(village)
    for typed in (FEED, "feed:a.example/@ann.atom"):
        found = await a.node.discover.find(typed)
        assert isinstance(found, Refused)
        assert found.why == "loop"
    site = Site(village)
    site.answers["/feed.xml"] = Response(301, FEED, Headers([("location", FEED)]))
    found = await a.node.discover.find(site.feed)
    assert isinstance(found, Refused)
    assert found.why == "loop"
    site.answers["/"] = page(f'<link rel="alternate" type="application/rss+xml" href="{FEED}">')
    found = await a.node.discover.find("https://blog.example/")
    assert isinstance(found, Refused)
    assert found.why == "loop"


async def test_a_page_leads_to_its_feed_and_the_name_of_a_site_will_do(village: Village) -> None:
    b, site = await a_blog(village, follow=False)
    site.items = [item("1", "Hello", ago(village, 9))]
    links = [
        '<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments.xml">',
        '<link rel="alternate" type="application/rss+xml" title="Posts" href="feed.xml">',
    ]
    site.answers["/"] = page("".join(links))
    by_name = await b.microblog("blog.example")
    assert await b.microblog("https://blog.example/") == by_name
    assert await b.microblog(site.feed) == by_name
    await b.follow("bob", "https://blog.example/")
    await village.settle()
    assert await b.home("bob") == ["Hello"]


async def test_a_page_without_a_feed_is_refused_in_words(village: Village) -> None:
    b, site = await a_blog(village, follow=False)
    site.answers["/"] = page("")
    found = await b.node.discover.find("https://blog.example/")
    assert isinstance(found, Refused)
    assert "no feed" in found.detail


async def test_a_page_that_names_an_actor_is_followed_as_that(village: Village) -> None:
    _, b = await two_houses(village)
    await b.follow("bob", "https://a.example/@ann")
    row = await b.node.drivers.database.read(lambda tx: microblogs.by_handle(tx, Handle("ann", "a.example")))
    assert row is not None
    assert row.profile.id.protocol == "activitypub"


async def test_apps_see_a_feed_as_an_account_with_statuses(village: Village) -> None:
    b, site = await a_blog(village, follow=False)
    long = "<p>" + "Words and words. " * 100 + "</p><img src='/cat.jpg' alt='A cat'><script>alert(1)</script>"
    site.items = [
        "<item><title>A long one</title><link>https://blog.example/1</link><guid>https://blog.example/1</guid>"
        "<description>In short</description><encoded xmlns='http://purl.org/rss/1.0/modules/content/'><![CDATA["
        f"{long}]]></encoded><pubDate>{http_date(ago(village, 60))}</pubDate></item>"
    ]
    phone = await b.phone("bob")
    found = (await phone.get(f"/api/v2/search?q={quote(site.feed)}&resolve=true&type=accounts")).body["accounts"]
    [account] = found
    assert (account["acct"], account["display_name"], account["bot"]) == ("the_blog@blog.example", "The Blog", True)
    followed = (await phone.post(f"/api/v1/accounts/{account['id']}/follow")).body
    assert (followed["following"], followed["requested"]) == (True, False)
    await village.settle()
    [status] = (await phone.get("/api/v1/timelines/home")).body
    assert status["url"] == "https://blog.example/1"
    assert "<strong>A long one</strong>" in status["content"]
    assert "In short" in status["content"]
    assert "script" not in status["content"]
    [picture] = status["media_attachments"]
    assert picture["description"] == "A cat"
    assert (await phone.post(f"/api/v1/statuses/{status['id']}/reblog")).body["reblogged"]
    assert (await phone.post(f"/api/v1/statuses/{status['id']}/favourite")).body["favourited"]
    reply = await phone.post("/api/v1/statuses", {"status": "I read it", "in_reply_to_id": status["id"]})
    assert reply.body["in_reply_to_id"] == status["id"]
    await village.settle()
    link = await b.node.people.sign_in_link("bob")
    browser = Browser(b.node.app, "https://b.example")
    welcome = await browser.get(f"/welcome/{link}")
    await browser.submit(welcome, welcome.forms[0], password="")
    shown = (await browser.get("/@the_blog@blog.example")).text
    assert "A long one" in shown
    assert "In short" in shown
    hits = (await phone.get("/api/v2/search?q=words&type=statuses")).body["statuses"]
    assert status["id"] in [hit["id"] for hit in hits]
    assert not [request for request in village.fetcher.requests if request.method == "POST"], "nobody is told"


async def test_of_a_new_feed_the_newest_entries_are_taken_and_no_more_later(village: Village) -> None:
    b, site = await a_blog(village, follow=False)
    site.items = [item(f"d{n}", f"Dated {n}", ago(village, 60 * n + 60)) for n in range(50)]
    site.items += [item(f"u{n}", f"Undated {n}") for n in range(8)]
    await b.follow("bob", site.feed)
    await village.settle()
    home = await b.home("bob")
    assert [text for text in home if text.startswith("Undated")] == ["Undated 0", "Undated 1", "Undated 2"][: len(home)]
    assert len(home) <= 20
    site.items.insert(0, item("new", "New", ago(village, 0)))
    await later(village, 3)
    assert sorted(await b.home("bob")) == sorted(["New", *home])


async def test_an_entry_that_reads_otherwise_is_edited_and_one_that_went_stays(village: Village) -> None:
    b, site = await a_blog(village, item("1", "Frist", 1_767_225_000_000), item("2", "Second", 1_767_225_060_000))
    site.items = [item("1", "First", 1_767_225_000_000)]
    await later(village, 3)
    assert await b.home("bob") == ["Second", "First"]
    reads = site.reads()
    await later(village, 3)
    assert site.reads() > reads
    assert site.village.fetcher.sent[-1].status == 304
    assert await b.home("bob") == ["Second", "First"]


async def test_guids_given_anew_make_no_new_posts(village: Village) -> None:
    moments = [1_767_225_000_000, 1_767_225_060_000]
    pages = ["https://blog.example/1", "https://blog.example/2"]
    items = [item(f"old{n}", f"Text {n}", moments[n], link=pages[n]) for n in range(2)]
    b, site = await a_blog(village, *items)
    site.items = [item(f"new{n}", f"Text {n}", moments[n], link=pages[n]) for n in range(2)]
    await later(village, 3)
    assert await b.home("bob") == ["Text 1", "Text 0"]
    site.items[0] = item("new0", "Text 0, mended", moments[0], link=pages[0])
    await later(village, 3)
    assert await b.home("bob") == ["Text 1", "Text 0, mended"]


async def test_a_feed_that_moves_is_the_same_microblog(village: Village) -> None:
    b, site = await a_blog(village, item("1", "One", 1_767_225_000_000))
    old = await b.microblog(site.feed)
    new = Site(village, "new.example")
    new.items = [item("1", "One", 1_767_225_000_000), item("2", "Two", 1_767_225_060_000)]
    site.answers["/feed.xml"] = Response(301, "", Headers([("location", new.feed)]))
    await later(village, 3)
    assert await b.home("bob") == ["Two", "One"]
    assert await b.microblog(new.feed) == old
    asked = len(site.asked)
    await later(village, 3)
    assert len(site.asked) == asked, "the old address is not asked any more"
    assert new.reads() == 2


async def test_a_redirect_for_the_time_being_is_followed_and_not_kept(village: Village) -> None:
    b, site = await a_blog(village, item("1", "One", 1_767_225_000_000))
    new = Site(village, "new.example")
    new.items = [item("2", "Two", 1_767_225_060_000)]
    site.answers["/feed.xml"] = Response(302, "", Headers([("location", new.feed)]))
    await later(village, 3)
    assert await b.home("bob") == ["Two", "One"]
    assert (await source_of(b, site.feed)).address == site.feed


async def test_a_feed_that_is_gone_is_asked_no_more_and_what_it_said_stays(village: Village) -> None:
    b, site = await a_blog(village, item("1", "One", 1_767_225_000_000))
    site.answers["/feed.xml"] = Response(410, "")
    await later(village, 3)
    asked = len(site.asked)
    await later(village, 10_000)
    assert len(site.asked) == asked
    assert await b.home("bob") == ["One"]
    row = await b.node.drivers.database.read(lambda tx: microblogs.by_handle(tx, Handle("the_blog", "blog.example")))
    assert row is not None
    assert [field.name for field in row.profile.fields] == ["Ended"]


async def test_what_a_feed_asks_of_its_readers_is_honoured(village: Village) -> None:
    _, site = await a_blog(village, item("1", "One", 1_767_225_000_000), head="<ttl>120</ttl>")
    reads = site.reads()
    await later(village, 115)
    assert site.reads() == reads
    await later(village, 6)
    assert site.reads() == reads + 1
    site.answers["/feed.xml"] = Response(503, "", Headers([("retry-after", "36000")]))
    await later(village, 130)
    assert site.reads() == reads + 2
    await later(village, 9 * 60)
    assert site.reads() == reads + 2
    await later(village, 61)
    assert site.reads() == reads + 3


async def test_a_date_from_the_future_holds_no_top(village: Village) -> None:
    b, site = await a_blog(village, item("1", "Sane", 1_767_225_000_000))
    site.items.insert(0, item("2", "From 2038", 2_145_916_800_000))
    await later(village, 3)
    site.items.insert(0, item("3", "Later", ago(village, -2)))
    await later(village, 3)
    assert await b.home("bob") == ["Later", "From 2038", "Sane"]


BOMB = (
    b"<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>"
    b"<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
    b"<rss version='2.0'><channel><title>&c;&x;</title><item><guid>1</guid><description>&c;&x;</description></item>"
    b"</channel></rss>"
)


@pytest.mark.parametrize(
    "body", [BOMB, b"<rss>" + b"<a>" * 200_000, b"\x00" * 1_000, b"<rss version='2.0'><channel>" + b"<item>" * 90_000]
)
async def test_what_is_made_to_do_harm_does_none(village: Village, body: bytes) -> None:
    b, site = await a_blog(village, item("1", "One", 1_767_225_000_000))
    site.answers["/feed.xml"] = Response(200, "", Headers([("content-type", "application/rss+xml")]), body)
    await later(village, 3)
    texts = await b.home("bob")
    assert all("root:" not in text and len(text) < 200 for text in texts), "nothing grows, and no file is read"
    site.answers.clear()
    site.items.insert(0, item("2", "Two", ago(village, 1)))
    await later(village, 30)
    assert "Two" in await b.home("bob")


async def test_what_is_done_with_an_entry_is_not_told_to_those_who_could_not_look_at_it(village: Village) -> None:
    b, site = await a_blog(village, item("1", "One", 1_767_225_000_000))
    a = await village.house("a.example")
    await a.person("ann")
    await a.follow("ann", "@bob@b.example")
    await village.settle()
    who = (await b.row("bob")).id
    entry = await entry_of(b, site, "1")
    for deed in (b.node.publisher.boost, b.node.publisher.like):
        b.done(await deed(who, entry, "test"))
    answer = await b.post("bob", "I read it, @the_blog@blog.example", reply_to=entry)
    await village.settle()
    for deed in (b.node.publisher.unboost, b.node.publisher.unlike):
        b.done(await deed(who, entry, "test"))
    await village.settle()
    assert await a.home("ann") == ["I read it, @the_blog@blog.example"]
    seen = await a.seen(await b.wire_id(answer))
    assert seen is not None
    assert (seen.post.reply_to, seen.post.mentions) == (None, ())
    assert not [r for r in village.fetcher.requests if r.method == "POST" and "blog.example" in r.url]


async def entry_of(house: House, site: Site, guid: str) -> PostId:
    name = entry_name(site.feed, guid)
    found = await house.node.drivers.database.read(lambda tx: wire_ids.find(tx, name))
    assert found is not None
    return PostId(found.thing)


async def test_two_feeds_of_one_title_have_handles_of_their_own(village: Village) -> None:
    b, site = await a_blog(village, item("1", "One", 1_767_225_000_000))
    site.answers["/other.xml"] = Response(200, "", Headers([("content-type", "application/rss+xml")]), site.body())
    other = await b.microblog("https://blog.example/other.xml")
    row = await b.node.drivers.database.read(lambda tx: microblogs.get(tx, other))
    assert row is not None
    assert str(row.profile.handle) == "@the_blog_2@blog.example"
    assert await b.microblog("@the_blog_2@blog.example") == other
    site.title = "Renamed"
    await later(village, 3)
    assert await b.microblog("@the_blog@blog.example") == await b.microblog(site.feed), "its handle stays"


async def test_a_feed_cannot_speak_for_another_origin(village: Village) -> None:
    """Its entries may name any page: what is of another origin is neither taken over nor passed on."""
    a = await village.house("a.example")
    await a.person("ann")
    b, site = await a_blog(village)
    await b.follow("bob", "@ann@a.example")
    await village.settle()
    village.clock.advance(5)
    post = await a.post("ann", "Mine")
    await village.settle()
    wire_id = await a.wire_id(post)
    site.items = [item(wire_id, "Not hers", village.clock.now(), link=f"https://a.example/@ann/{post}")]
    await later(village, 40)
    assert sorted(await b.home("bob")) == ["Mine", "Not hers"]
    site.items.insert(
        0, item("https://a.example/p/999", "Before her", village.clock.now(), link="https://a.example/p/999")
    )
    await later(village, 3)
    village.clock.advance(5)
    await a.post("ann", "Hers")
    await village.settle()
    assert sorted(await b.home("bob")) == ["Before her", "Hers", "Mine", "Not hers"]


async def test_a_host_that_is_blocked_is_not_asked(village: Village) -> None:
    b, site = await a_blog(village, item("1", "One", 1_767_225_000_000))
    await b.node.drivers.database.write(lambda tx: nodes.set_standing(tx, "blog.example", Standing.BLOCKED))
    reads = site.reads()
    await later(village, 10)
    assert site.reads() == reads
    assert isinstance(await b.node.discover.find("https://blog.example/another.xml"), Refused)
