"""Hubs of others that tell us of the feeds we follow: believed by our secret, and not relied on."""

import pytest

from scattershot.ports.fetcher import Unreachable
from scattershot.testing.village import House, Village
from scattershot.wirekit.http_message import Request, Response
from tests.elsewhere import FEED as FEED_ELSEWHERE
from tests.elsewhere import OwnHub, Site, a_blog, ago, item, later, source_of


async def with_a_hub(village: Village) -> tuple[House, Site, OwnHub]:
    hub = OwnHub(village)
    links = f"<atom:link rel='hub' href='{hub.address}'/><atom:link rel='self' href='{FEED_ELSEWHERE}'/>"
    b, site = await a_blog(village, item("1", "One", 1_767_225_000_000), head=links)
    return b, site, hub


async def test_an_independent_hub_pushes_to_us(village: Village) -> None:
    b, site, hub = await with_a_hub(village)
    [answer] = await hub.verify()
    assert (answer.status, answer.body) == (200, b"a challenge")
    reads = site.reads()
    village.clock.advance(60)
    assert (await hub.send(site.feed, site.body([item("2", "Pushed", ago(village, 0))]))).status == 202
    await village.settle()
    assert await b.home("bob") == ["Pushed", "One"]
    site.items.insert(0, item("2", "Pushed", ago(village, 0)))
    await later(village, 30)
    assert site.reads() == reads, "whoever is told need not ask"
    await later(village, 60)
    assert site.reads() == reads + 1, "but now and then, lest the hub be silent"
    assert await b.home("bob") == ["Pushed", "One"]


@pytest.mark.parametrize("secret", ["", "another secret"])
async def test_a_forged_push_is_dropped(village: Village, secret: str) -> None:
    b, site, hub = await with_a_hub(village)
    await hub.verify()
    forged = site.body([item("2", "Never written", ago(village, 0))])
    assert (await hub.send(site.feed, forged, secret)).status == 202
    await village.settle()
    assert await b.home("bob") == ["One"]


async def test_a_callback_nobody_asked_for_confirms_nothing(village: Village) -> None:
    b, _, hub = await with_a_hub(village)
    [answer] = await hub.verify(topic="https://evil.example/feed")
    assert answer.status == 404
    made_up = await b.get("/feeds/heard/made-up?hub.mode=subscribe&hub.topic=x&hub.challenge=y")
    assert made_up.status == 404


async def test_when_nobody_follows_any_more_the_hub_is_told_to_stop(village: Village) -> None:
    b, site, hub = await with_a_hub(village)
    await hub.verify()
    who = (await b.row("bob")).id
    b.done(await b.node.publisher.unfollow(who, await b.microblog(site.feed), "test"))
    await village.settle()
    assert (await hub.send(site.feed, site.body())).status == 410
    asked = len(site.asked)
    await later(village, 10_000)
    assert len(site.asked) == asked


async def test_a_lease_is_renewed_before_it_ends(village: Village) -> None:
    _, site, hub = await with_a_hub(village)
    await hub.verify(lease=4 * 3600)
    await later(village, 3 * 60 + 20)
    assert len(hub.pending) == 1
    assert hub.pending[0]["hub.callback"] == hub.wishes[site.feed]["hub.callback"]


async def test_a_hub_that_denies_is_not_waited_for(village: Village) -> None:
    b, site, hub = await with_a_hub(village)
    await hub.verify(mode="denied", reason="no")
    site.items.insert(0, item("2", "Two", ago(village, -1)))
    await later(village, 3)
    assert await b.home("bob") == ["Two", "One"]


async def test_a_hub_that_falls_silent_is_noticed(village: Village) -> None:
    b, site, hub = await with_a_hub(village)
    await hub.verify()
    site.items.insert(0, item("2", "Not pushed", ago(village, 0)))
    await later(village, 90)
    assert (await b.home("bob"))[0] == "Not pushed"
    assert not (await source_of(b, site.feed)).is_told(village.clock.now())
    assert len(hub.pending) == 1, "it is asked once more"


async def test_a_feed_of_which_we_are_told_while_it_is_asked_is_asked_again(village: Village) -> None:
    b, site = await a_blog(village, item("1", "One", 1_767_225_000_000), head="<ttl>600</ttl>")

    async def answered(request: Request) -> Response | Unreachable:
        answer = site._answer(request)
        if site.reads() == reads + 1:
            site.items.insert(0, item("2", "Just now", village.clock.now()))
            await b.node.sources.pinged(await source_of(b, site.feed))
        return answer

    reads = site.reads()
    village.fetcher.route("blog.example", answered)
    await later(village, 700)
    await later(village, 1)
    assert await b.home("bob") == ["Just now", "One"]
