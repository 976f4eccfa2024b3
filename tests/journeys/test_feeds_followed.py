"""Following feeds: a feed is a microblog like any other, told by hubs, by clouds, or asked when it is due."""

from typing import Any

from scattershot.domain.source import Push, Source
from scattershot.storage.tables import sources
from scattershot.testing.village import House, Village
from scattershot.wirekit.http_message import Request, Response

FEED = "https://a.example/@ann.rss"


async def two_houses(village: Village) -> tuple[House, House]:
    a, b = await village.house("a.example"), await village.house("b.example")
    await a.person("ann", display_name="Ann's tea")
    await b.person("bob")
    return a, b


async def source_of(house: House, whom: str = FEED) -> Source:
    microblog = await house.microblog(whom)
    found = await house.node.drivers.database.read(lambda tx: sources.get(tx, microblog))
    assert found is not None
    return found


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
    source = await source_of(b)
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
    source = await source_of(b)
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
    assert (await source_of(b)).offer is None
    await says(village, a, "Two")
    assert await b.home("bob") == ["One"]
    village.clock.advance(70)
    await village.settle()
    assert await b.home("bob") == ["Two", "One"]
