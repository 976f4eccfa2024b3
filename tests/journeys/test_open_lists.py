"""Lists that their owners show to anybody: a page, three feeds, and whoever waits for news of them."""

from html import unescape

import pytest

from scattershot.domain.post import Audience
from scattershot.protocols.feeds.wire.feed import Feed
from scattershot.protocols.feeds.wire.reading import read_feed
from scattershot.testing.browser import Browser
from scattershot.testing.village import House, Village
from tests.elsewhere import Site, ago, item
from tests.feed_reader import Reader
from tests.journeys.test_portability_page import signed_in


async def a_list(village: Village, *, open_: bool = True) -> tuple[House, str]:
    """Ann's list of Zoe here, of Bob elsewhere and of a blog; and its path."""
    a, b = await village.house("a.example"), await village.house("b.example")
    for name in ("ann", "zoe"):
        await a.person(name)
    await b.person("bob")
    site = Site(village)
    site.items = [item("1", "In the blog", ago(village, 600))]
    browser = await signed_in(a, "ann")
    made = await browser.submit(page := await browser.get("/lists/new"), page.form("/lists"), title="Tea & pots")
    number = made.path.split("/")[2]
    for whom in ("@zoe@a.example", "@bob@b.example", site.feed):
        await a.follow("ann", whom)
        await village.settle()
        page = await browser.get(f"/lists/{number}/edit")
        added = await browser.submit(page, page.form(f"/lists/{number}/add"), whom=whom)
        assert added.status < 400, added.text
    page = await browser.get(f"/lists/{number}/edit")
    said = {"open": "yes"} if open_ else {}
    await browser.submit(page, page.form(f"/lists/{number}/edit"), title="Tea & pots", **said)
    path = f"/@ann/lists/{number}"
    text = (await browser.get(f"/lists/{number}/edit")).text
    assert (f'href="{path}"' in unescape(text)) is open_
    return a, path


async def feed_at(house: House, path: str) -> Feed:
    answer = await house.get(path)
    assert answer.status == 200, answer.body
    read = read_feed(answer.body, "", f"https://a.example{path}")
    assert isinstance(read, Feed)
    return read


@pytest.mark.parametrize("form", ["rss", "atom", "json"])
async def test_anybody_reads_what_those_in_an_open_list_tell_everybody(village: Village, form: str) -> None:
    a, path = await a_list(village)
    village.clock.advance(5)
    await a.post("zoe", "Steep for three minutes")
    for audience in (Audience.FOLLOWERS, Audience.UNLISTED, Audience.LOCAL):
        await a.post("zoe", "Not for all", audience)
    await village.houses["b.example"].post("bob", "From afar")
    await village.settle()
    feed = await feed_at(a, f"{path}.{form}")
    assert feed.title == "Tea & pots, a list of ann"
    assert [entry.html for entry in feed.entries] == ["<p>From afar</p>", "<p>Steep for three minutes</p>"]
    assert (feed.home, feed.address) == (f"https://a.example{path}", f"https://a.example{path}.{form}")
    shown = (await a.get(path)).body.decode()
    assert "Steep for three minutes" in shown
    assert "In the blog" in shown, "what came by a feed is on the page, and is not fed on"
    assert "Not for all" not in shown


async def test_a_page_of_it_and_its_owners_lead_to_its_feeds(village: Village) -> None:
    a, path = await a_list(village)
    for page in (path, "/@ann"):
        text = unescape((await Browser(a.node.app, "https://a.example").get(page)).text)
        assert f'{path}.rss"' in text
        assert f'{path}.json"' in text


async def test_a_list_that_is_not_open_is_not_there(village: Village) -> None:
    a, path = await a_list(village, open_=False)
    for wanted in (
        path,
        f"{path}.rss",
        f"{path}.json",
        "/@zoe/lists/1.rss",
        "/@ann/lists/99999.rss",
        "/@ann/lists/0.rss",
    ):
        assert (await a.get(wanted)).status == 404
    assert path not in unescape((await Browser(a.node.app, "https://a.example").get("/@ann")).text)
    reader = Reader(village)
    assert (await reader.ask(f"https://a.example{path}.rss")).status == 404


async def test_who_closes_a_list_ends_its_feeds(village: Village) -> None:
    a, path = await a_list(village)
    reader = Reader(village)
    await reader.subscribes(f"https://a.example{path}.rss")
    number = path.rpartition("/")[2]
    browser = await signed_in(a, "ann")
    page = await browser.get(f"/lists/{number}/edit")
    await browser.submit(page, page.form(f"/lists/{number}/edit"), title="Tea & pots", open="")
    assert (await a.get(f"{path}.rss")).status == 404
    village.clock.advance(5)
    await a.post("zoe", "Not told")
    await village.settle()
    assert reader.pushed == []


async def test_news_of_a_list_is_pushed_whoever_in_it_wrote(village: Village) -> None:
    a, path = await a_list(village)
    reader = Reader(village)
    await reader.subscribes(f"https://a.example{path}.atom")
    village.clock.advance(5)
    await a.post("zoe", "Here")
    await a.post("zoe", "For followers", Audience.FOLLOWERS)
    await a.post("ann", "Not in it")
    await village.settle()
    village.clock.advance(5)
    await village.houses["b.example"].post("bob", "Elsewhere")
    await village.settle()
    assert reader.texts() == [["<p>Here</p>"], ["<p>Elsewhere</p>"]]


async def test_an_open_list_has_pages(village: Village) -> None:
    a, path = await a_list(village)
    for number in range(40):
        village.clock.advance(1)
        await a.post("zoe", str(number))
    await village.settle()
    first = await feed_at(a, f"{path}.rss")
    assert len(first.entries) == 30
    second = await feed_at(a, first.older.removeprefix("https://a.example"))
    assert len(second.entries) == 10
    assert not {entry.id for entry in first.entries} & {entry.id for entry in second.entries}
