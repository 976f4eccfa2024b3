"""News of feeds for hubs and aggregators of others, and the corners of telling: each thing once, nothing stale."""

from urllib.parse import parse_qsl

import pytest

from scattershot.domain.post import Audience
from scattershot.protocols.feeds.wire.rss_cloud import read_rpc
from scattershot.settings import BadSettings
from scattershot.testing.village import House, Village
from scattershot.wirekit.http_message import Request, Response
from tests.feed_reader import CALLBACK, TOPIC, Reader
from tests.journeys.test_feeds_served import feed, get

HUBS = ("https://hub.example/publish",)
AGGREGATORS = ("https://ping.example/RPC2", "https://other.example/")


async def a_blog(village: Village, **settings: object) -> tuple[House, dict[str, list[Request]]]:
    """Ann's node, which tells others; and what they hear."""
    heard: dict[str, list[Request]] = {}
    for address in (*HUBS, *AGGREGATORS):
        host = address.split("/")[2]

        def answer(request: Request, host: str = host) -> Response:
            heard.setdefault(host, []).append(request)
            return Response(200, request.url)

        village.fetcher.route(host, answer)
    a = await village.house("a.example", **{"hubs": HUBS, "aggregators": AGGREGATORS} | settings)
    await a.person("ann", indexable=True, display_name="Ann & co")
    await a.person("zoe")
    await village.settle()
    return a, heard


async def test_hubs_and_aggregators_hear_of_each_new_post(village: Village) -> None:
    a, heard = await a_blog(village)
    await a.post("ann", "One")
    await village.settle()
    [published] = heard["hub.example"]
    told = parse_qsl(published.body.decode())
    assert told[0] == ("hub.mode", "publish")
    assert ("hub.url", "https://a.example/@ann.atom") in told
    assert {name for name, _ in told[1:]} == {"hub.url"}
    page = "https://a.example/@ann"
    for host in ("ping.example", "other.example"):
        [ping] = heard[host]
        assert b"<methodName>weblogUpdates.extendedPing</methodName>" in ping.body
        assert read_rpc(ping.body.decode()) == ["Ann & co", page, page, f"{page}.rss"]
    assert (await feed(village, f"{page}.rss")).hubs == ("https://a.example/feeds/hub", *HUBS)


async def test_they_hear_nothing_of_who_does_not_wish_to_be_found_nor_of_what_is_not_for_all(village: Village) -> None:
    a, heard = await a_blog(village)
    await a.post("zoe", "Not to be found")
    for audience in Audience:
        if audience is not Audience.PUBLIC:
            await a.post("ann", "Not for all", audience)
    await village.settle()
    assert heard == {}
    assert (await feed(village, "https://a.example/@zoe.rss")).hubs == ("https://a.example/feeds/hub",)


async def test_who_is_down_is_told_later(village: Village) -> None:
    a, heard = await a_blog(village)
    village.fetcher.down("ping.example")
    await a.post("ann", "One")
    await village.settle()
    assert "ping.example" not in heard
    village.fetcher.up("ping.example")
    village.clock.advance(3_600)
    await village.settle()
    assert [len(heard[host]) for host in ("ping.example", "other.example")] == [1, 1]


async def test_who_is_no_longer_chosen_hears_no_more(village: Village) -> None:
    a, heard = await a_blog(village)
    a = await village.house("a.example", hubs=HUBS)
    await a.post("ann", "One")
    await village.settle()
    assert list(heard) == ["hub.example"]


@pytest.mark.parametrize("address", ["hub.example", "ftp://hub.example/", ""])
async def test_an_address_that_is_none_is_told_at_the_start(village: Village, address: str) -> None:
    with pytest.raises(BadSettings, match="hubs"):
        await village.house("a.example", hubs=(address,))


async def test_after_one_feed_failed_only_that_is_told_again(village: Village) -> None:
    a = await village.house("a.example")
    await a.person("ann")
    reader = Reader(village)
    other = "https://a.example/@ann.rss"
    await reader.subscribes()
    await reader.subscribes(other)
    answers = iter([204, 500, 204])

    def answer(request: Request) -> Response:
        reader.pushed.append(request)
        return Response(next(answers), request.url)

    village.fetcher.route("reader.example", answer)
    await a.post("ann", "One")
    await village.settle()
    village.clock.advance(3_600)
    await village.settle()
    assert [push.url for push in reader.pushed] == [CALLBACK] * 3
    selves = [(push.headers.get("link") or "").rpartition("<")[2].partition(">")[0] for push in reader.pushed]
    assert selves == [TOPIC, other, other]


async def test_what_was_taken_back_is_gone_for_who_asks_by_date_alone(village: Village) -> None:
    a = await village.house("a.example")
    await a.person("ann")
    who = (await a.row("ann")).id
    old = await a.post("ann", "To be taken back")
    village.clock.advance(60)
    await a.post("ann", "New")
    first = await get(village, "https://a.example/@ann.rss")
    date = first.headers.get("last-modified") or ""
    village.clock.advance(60)
    assert (await get(village, "https://a.example/@ann.rss", if_modified_since=date)).status == 304
    a.done(await a.node.publisher.delete(who, old, "test"))
    answer = await get(village, "https://a.example/@ann.rss", if_modified_since=date)
    assert answer.status == 200
    assert b"To be taken back" not in answer.body
    newer = answer.headers.get("last-modified") or ""
    assert newer > date
    assert (await get(village, "https://a.example/@ann.rss", if_modified_since=newer)).status == 304
