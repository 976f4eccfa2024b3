"""Older entries of feeds, on request: pages and archives (RFC 5005) are read back, one for each look."""

import pytest

from scattershot.app.backfill import COOLDOWN
from scattershot.testing.village import House, Village
from scattershot.wirekit.http_message import Headers, Response
from tests.elsewhere import Site, a_blog, ago, item

RSS = Headers([("content-type", "application/rss+xml")])


def older(site: Site, address: str, rel: str = "next") -> str:
    return f"<atom:link rel='{rel}' href='https://{site.host}{address}'/>"


def put_page(site: Site, path: str, items: list[str], links: str = "") -> None:
    head, site.head = site.head, links
    site.answers[path] = Response(200, "", RSS, site.body(items))
    site.head = head


async def look(village: Village, house: House, feed: str) -> None:
    """Somebody opens its page, some time after anybody last did."""
    village.clock.advance(COOLDOWN / 1000 + 1)
    house.node.backfill.microblog(await house.microblog(feed))
    await village.settle()


async def a_paged_blog(village: Village, rel: str = "next") -> tuple[House, Site]:
    site = Site(village)
    moments = {name: ago(village, minutes) for name, minutes in (("1", 60), ("2", 120), ("3", 180), ("4", 240))}
    put_page(site, "/2.xml", [item("2", "Two", moments["2"]), item("x", "Undated")], older(site, "/3.xml", rel))
    put_page(site, "/3.xml", [item("3", "Three", moments["3"]), item("4", "Four", moments["4"])])
    b, blog = await a_blog(village, item("1", "One", moments["1"]), head=older(site, "/2.xml", rel))
    blog.answers = site.answers
    return b, blog


@pytest.mark.parametrize("rel", ["next", "prev-archive"])
async def test_each_look_brings_a_page_more_until_there_is_none(village: Village, rel: str) -> None:
    b, site = await a_paged_blog(village, rel)
    assert await b.home("bob") == ["One"], "nothing is read back unasked"
    await look(village, b, site.feed)
    assert await b.home("bob") == ["One", "Two"], "and what has no date does not come as if it were new"
    await look(village, b, site.feed)
    assert await b.home("bob") == ["One", "Two", "Three", "Four"]
    asked = [request.url for request in site.asked]
    await look(village, b, site.feed)
    new = [request.url for request in site.asked][len(asked) :]
    assert set(new) <= {site.feed}, "after its last page no more is asked for"


async def test_whoever_looks_again_at_once_asks_nobody(village: Village) -> None:
    b, site = await a_paged_blog(village)
    await look(village, b, site.feed)
    for _ in range(5):
        b.node.backfill.microblog(await b.microblog(site.feed))
        await village.settle()
    asked = [request.url for request in site.asked]
    assert (asked.count("https://blog.example/2.xml"), asked.count("https://blog.example/3.xml")) == (1, 0)


async def test_pages_that_lead_round_in_circles_come_to_an_end(village: Village) -> None:
    b, site = await a_paged_blog(village)
    put_page(site, "/3.xml", [item("3", "Three", ago(village, 180))], older(site, "/2.xml"))
    for _ in range(5):
        await look(village, b, site.feed)
    assert [request.url for request in site.asked].count("https://blog.example/2.xml") == 1


@pytest.mark.parametrize("there", ["http://[broken/", "javascript:alert(1)", "https://b.example/@bob.rss", ""])
async def test_a_page_that_leads_nowhere_or_to_ourselves_is_not_asked_for(village: Village, there: str) -> None:
    b, site = await a_blog(village, item("1", "One", ago(village, 60)), head=f"<atom:link rel='next' href='{there}'/>")
    asked = len(village.fetcher.requests)
    for _ in range(3):
        await look(village, b, site.feed)
    assert {request.url for request in village.fetcher.requests[asked:]} == {site.feed}
    assert await b.home("bob") == ["One"]


async def test_a_page_that_cannot_be_had_is_asked_for_at_the_next_look(village: Village) -> None:
    b, site = await a_paged_blog(village)
    page, site.answers["/2.xml"] = site.answers["/2.xml"], Response(503, "")
    await look(village, b, site.feed)
    assert await b.home("bob") == ["One"]
    site.answers["/2.xml"] = page
    await look(village, b, site.feed)
    assert await b.home("bob") == ["One", "Two"]


@pytest.mark.parametrize("form", ["rss", "atom", "json"])
async def test_our_own_feeds_can_be_read_back_whatever_their_format(village: Village, form: str) -> None:
    a, b = await village.house("a.example"), await village.house("b.example")
    await a.person("ann")
    await b.person("bob")
    for number in range(65):
        village.clock.advance(60)
        await a.post("ann", f"Post {number}")
    await village.settle()
    feed = f"https://a.example/@ann.{form}"
    await b.follow("bob", feed)
    await village.settle()
    phone = await b.phone("bob")
    account = await b.microblog(feed)

    async def shown() -> list[str]:
        found: list[str] = []
        more = ""
        while page := (await phone.get(f"/api/v1/accounts/{account}/statuses?limit=40{more}")).body:
            found += [status["content"] for status in page]
            more = f"&max_id={page[-1]['id']}"
        return found

    assert len(await shown()) == 20
    await look(village, b, feed)
    assert f"<p>Post {34}</p>" in await shown()
    await look(village, b, feed)
    assert "<p>Post 0</p>" in await shown()
    assert len(set(await shown())) == len(await shown()) == 65, "none is missing, and none is there twice"
