"""A feed reader's list (OPML) is brought in: its feeds are followed, and its folders become lists."""

import pytest

from scattershot.app.lists import Lists
from scattershot.domain.reading import Refused
from scattershot.storage.tables import imports
from scattershot.testing.village import House, Village
from scattershot.wirekit.http_message import Request, Response
from scattershot.wirekit.mastodon_csv import File
from tests.elsewhere import Site, ago, item
from tests.journeys.test_carrying import failures, give, wait_out
from tests.journeys.test_portability_page import PAGE, signed_in

LIST = """<?xml version="1.0" encoding="UTF-8"?><opml version="2.0"><head><title>My feeds</title></head><body>
<outline text="Tea"><outline type="rss" text="One" xmlUrl="https://one.example/feed.xml" htmlUrl="https://one.example/"/>
<outline text="Leaves &amp; pots"><outline text="Two" xmlUrl="https://two.example/feed.xml"/></outline></outline>
<outline type="rss" text="One again" xmlUrl="https://one.example/feed.xml"/>
<outline type="link" text="Ann" url="https://a.example/@ann"/>
<outline type="rss" text="Gone" xmlUrl="https://gone.example/feed.xml"/>
<outline type="rss" text="Evil" xmlUrl="javascript:alert(1)"/></body></opml>"""


async def a_reader(village: Village) -> House:
    a, b = await village.house("a.example"), await village.house("b.example")
    await a.person("ann")
    await b.person("bob")
    for host in ("one.example", "two.example"):
        site = Site(village, host)
        site.items = [item("1", f"At {host}", ago(village, 5))]
    village.fetcher.route("gone.example", lambda request: Response(404, request.url))
    return b


async def followed(village: Village, house: House) -> list[str]:
    answer = await house.get("/@bob/following.opml")
    assert answer.status == 200
    return [host for host in ("one.example", "two.example", "a.example") if host in answer.body.decode()]


async def test_all_feeds_of_a_list_are_followed_and_what_fails_is_told(village: Village) -> None:
    b = await a_reader(village)
    taken = await give(b, "bob", File.FOLLOWING, LIST.encode())
    done = await wait_out(village, b, "bob")
    assert (done.total, done.failed) == (4, 1)
    assert await followed(village, b) == ["one.example", "two.example", "a.example"]
    assert sorted(await b.home("bob")) == ["At one.example", "At two.example"]
    assert "https://gone.example/feed.xml" in await failures(b, "bob", taken)


async def test_folders_become_lists(village: Village) -> None:
    b = await a_reader(village)
    await give(b, "bob", File.LISTS, LIST.encode())
    await wait_out(village, b, "bob")
    found = await Lists(b.node.drivers.database).of((await b.row("bob")).id)
    assert sorted(each.title for each in found) == ["Feeds", "Leaves & pots", "Tea"]


async def test_a_list_of_feeds_does_not_take_the_place_of_whom_one_follows(village: Village) -> None:
    b = await a_reader(village)
    owner = (await b.row("bob")).id
    refused = await b.node.importing.take(owner, File.FOLLOWING, LIST.encode(), overwrite=True)
    assert isinstance(refused, Refused)
    assert "not take its place" in refused.detail


async def test_it_is_given_in_on_the_page_like_any_other_file(village: Village) -> None:
    b = await a_reader(village)
    browser = await signed_in(b, "bob")
    page = await browser.get(PAGE)
    given = await browser.give(
        page, page.form(f"{PAGE}/import"), LIST.encode("utf-16"), mode="merge", kind="following_accounts"
    )
    assert given.path == PAGE, given.text
    await wait_out(village, b, "bob")
    assert "3 of 4 done" in (await browser.get(PAGE)).text


async def test_what_we_give_out_can_be_brought_in_elsewhere(village: Village) -> None:
    b = await a_reader(village)
    await give(b, "bob", File.FOLLOWING, LIST.encode())
    await wait_out(village, b, "bob")
    answer = await village.fetcher.send(Request("GET", "https://b.example/@bob/following.opml"))
    assert isinstance(answer, Response)
    c = await village.house("c.example")
    await c.person("eve")
    await give(c, "eve", File.FOLLOWING, answer.body)
    done = await wait_out(village, c, "eve")
    assert (done.total, done.failed) == (3, 0)
    assert sorted(await c.home("eve")) == ["At one.example", "At two.example"]


BOMB = (
    "<!DOCTYPE opml [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;'><!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
    "<opml><body><outline xmlUrl='https://one.example/&b;&x;'/></body></opml>"
)


@pytest.mark.parametrize(
    "body", ["<opml/>", "<opml><body></body></opml>", "<opml>" + "<outline>" * 90_000, "<?xml version='1.0'?><rss/>"]
)
async def test_a_list_in_which_nothing_stands_is_refused(village: Village, body: str) -> None:
    b = await a_reader(village)
    owner = (await b.row("bob")).id
    refused = await b.node.importing.take(owner, File.FOLLOWING, body.encode(), overwrite=False)
    assert isinstance(refused, Refused)
    assert await b.node.importing.of(owner) == []


async def test_a_list_that_is_made_to_do_harm_does_none(village: Village) -> None:
    b = await a_reader(village)
    owner = (await b.row("bob")).id
    taken = await b.node.importing.take(owner, File.FOLLOWING, BOMB.encode(), overwrite=False)
    if not isinstance(taken, Refused):
        done = await wait_out(village, b, "bob")
        assert done.state is imports.State.DONE
    assert not [r for r in village.fetcher.requests if "root" in r.url or len(r.url) > 200]
