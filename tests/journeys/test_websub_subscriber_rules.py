"""WebSub by the letter (W3C Recommendation of 2018-01-23): each rule of subscribers a test.

The numbers are those of websub.rocks, which checks the same; sections are the Recommendation's.
"""

import hmac
import re
from typing import Any
from urllib.parse import urlencode

import pytest

from scattershot.domain.source import Push
from scattershot.testing.village import House, Village
from scattershot.wirekit.http_message import Headers, Request, Response
from tests.elsewhere import OwnHub, Site, a_blog, ago, item, later, page, source_of

FEED = "https://blog.example/feed.xml"
ELSEWHERE = "https://blog.example/canonical.xml"
MOMENT = 1_767_225_000_000
ONE = item("1", "One", MOMENT)


async def asked_of(village: Village, hub: OwnHub, site: Site, where: str = "") -> dict[str, str]:
    """What the hub is asked for when somebody follows."""
    b = await village.house("b.example")
    await b.person("bob")
    await b.follow("bob", where or site.feed)
    await village.settle()
    assert len(hub.pending) == 1
    return hub.pending[0]


def in_atom(links: str) -> Response:
    entry = "<entry><id>tag:1</id><title>One</title><updated>2026-01-01T00:00:00Z</updated></entry>"
    body = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title>{links}{entry}</feed>"
    return Response(200, "", Headers([("content-type", "application/atom+xml")]), body.encode())


async def test_subscriber_100_hub_and_topic_are_found_in_the_header(village: Village) -> None:
    hub, site = OwnHub(village), Site(village)
    site.items = [ONE]
    site.headers = [("link", f'<{hub.address}>; rel="hub"'), ("link", f'<{ELSEWHERE}>; rel="self"')]
    assert (await asked_of(village, hub, site))["hub.topic"] == ELSEWHERE


async def test_subscriber_101_they_are_found_in_a_page(village: Village) -> None:
    hub, site = OwnHub(village), Site(village)
    marked = "<div class='h-entry'><a class='u-url' href='/1'>x</a><p class='e-content p-name'>One</p></div>"
    links = f"<link rel='hub' href='{hub.address}'><link rel='self' href='https://blog.example/'>"
    site.answers["/"] = page(f"{links}</head><body><div class='h-feed'>{marked}</div>")
    assert (await asked_of(village, hub, site, "https://blog.example/"))["hub.topic"] == "https://blog.example/"


async def test_subscriber_102_they_are_found_in_atom(village: Village) -> None:
    hub, site = OwnHub(village), Site(village)
    site.answers["/feed.xml"] = in_atom(f"<link rel='hub' href='{hub.address}'/><link rel='self' href='{FEED}'/>")
    assert (await asked_of(village, hub, site))["hub.topic"] == FEED


async def test_subscriber_103_they_are_found_in_rss(village: Village) -> None:
    hub, site = OwnHub(village), Site(village)
    site.items = [ONE]
    site.head = f"<atom:link rel='hub' href='{hub.address}'/><atom:link rel='self' href='{FEED}'/>"
    assert (await asked_of(village, hub, site))["hub.topic"] == FEED


async def test_subscriber_104_the_header_goes_before_the_body(village: Village) -> None:
    hub, other, site = OwnHub(village), OwnHub(village, "other.example"), Site(village)
    site.items = [ONE]
    site.headers = [("link", f'<{hub.address}>; rel="hub", <{ELSEWHERE}>; rel="self"')]
    site.head = f"<atom:link rel='hub' href='{other.address}'/><atom:link rel='self' href='{FEED}'/>"
    assert (await asked_of(village, hub, site))["hub.topic"] == ELSEWHERE
    assert other.pending == []


async def test_subscriber_200_the_topic_is_what_the_feed_says_of_itself(village: Village) -> None:
    hub, site = OwnHub(village), Site(village)
    site.items = [ONE]
    site.head = f"<atom:link rel='hub' href='{hub.address}'/><atom:link rel='self' href='{ELSEWHERE}'/>"
    assert (await asked_of(village, hub, site))["hub.topic"] == ELSEWHERE


@pytest.mark.parametrize("status", [302, 301])
async def test_subscriber_201_and_202_the_topic_is_found_behind_a_redirect(village: Village, status: int) -> None:
    hub, site, there = OwnHub(village), Site(village), Site(village, "there.example")
    site.answers["/feed.xml"] = Response(status, "", Headers([("location", there.feed)]))
    there.items = [ONE]
    there.head = f"<atom:link rel='hub' href='{hub.address}'/><atom:link rel='self' href='{there.feed}'/>"
    assert (await asked_of(village, hub, site))["hub.topic"] == there.feed


@pytest.mark.parametrize("status", [307, 308])
async def test_subscriber_203_and_204_a_hub_that_sends_us_on_is_asked_where_it_says(
    village: Village, status: int
) -> None:
    hub, site = OwnHub(village), Site(village)
    village.fetcher.route(
        "old.example", lambda request: Response(status, request.url, Headers([("location", hub.address)]))
    )
    site.items = [ONE]
    site.head = "<atom:link rel='hub' href='https://old.example/'/>"
    wish = await asked_of(village, hub, site)
    assert (wish["hub.mode"], wish["hub.topic"]) == ("subscribe", FEED)
    await hub.verify()
    b = village.houses["b.example"]
    await hub.send(FEED, site.body([item("2", "Two", village.clock.now())]))
    await village.settle()
    assert await b.home("bob") == ["Two", "One"]


async def test_subscriber_203_a_hub_that_leads_round_in_circles_is_left(village: Village) -> None:
    site = Site(village)
    asked: list[str] = []

    def round_(request: Request) -> Response:
        asked.append(request.url)
        return Response(307, request.url, Headers([("location", f"https://round.example/{len(asked)}")]))

    village.fetcher.route("round.example", round_)
    site.items, site.head = [ONE], "<atom:link rel='hub' href='https://round.example/'/>"
    b = await village.house("b.example")
    await b.person("bob")
    await b.follow("bob", site.feed)
    await village.settle()
    assert len(asked) == 4
    assert (await source_of(b, site.feed)).offer is None


async def followed(village: Village) -> tuple[House, Site, OwnHub]:
    hub = OwnHub(village)
    b, site = await a_blog(village, ONE, head=f"<atom:link rel='hub' href='{hub.address}'/>")
    return b, site, hub


async def test_subscriber_205_a_topic_it_did_not_ask_for_is_not_confirmed(village: Village) -> None:
    _, _, hub = await followed(village)
    [answer] = await hub.verify(topic="https://blog.example/another.xml")
    assert answer.status == 404
    assert b"a challenge" not in answer.body


async def test_subscriber_205_what_it_wishes_is_confirmed_by_the_challenge_alone(village: Village) -> None:
    _, _, hub = await followed(village)
    [answer] = await hub.verify()
    assert (answer.status, answer.body) == (200, b"a challenge")
    assert answer.media_type == "application/octet-stream", "nothing that a browser would run"
    assert answer.headers.get("x-content-type-options") == "nosniff"


@pytest.mark.parametrize("challenge", ["", "x" * 1_001, "a\nb", "\x00", "<\x07>"])
async def test_subscriber_9_2_a_challenge_that_is_none_is_not_repeated(village: Village, challenge: str) -> None:
    _, _, hub = await followed(village)
    [answer] = await hub.verify(challenge=challenge)
    assert answer.status == 404


async def test_subscriber_5_1_the_request_is_a_form_with_all_it_needs(village: Village) -> None:
    _, site, hub = await followed(village)
    [sent] = [r for r in village.fetcher.requests if r.url == hub.address]
    assert (sent.method, sent.headers.get("content-type")) == ("POST", "application/x-www-form-urlencoded")
    [wish] = hub.pending
    assert (wish["hub.mode"], wish["hub.topic"]) == ("subscribe", site.feed)
    assert wish["hub.lease_seconds"].isdecimal()
    assert 20 <= len(wish["hub.secret"].encode()) < 200


async def test_subscriber_5_1_each_callback_is_its_own_and_cannot_be_guessed(village: Village) -> None:
    b, _, hub = await followed(village)
    other = Site(village, "other.example")
    other.items, other.head = [ONE], f"<atom:link rel='hub' href='{hub.address}'/>"
    await b.follow("bob", other.feed)
    await village.settle()
    first, second = (wish["hub.callback"] for wish in hub.pending)
    assert first != second
    for callback in (first, second):
        found = re.fullmatch(r"https://b\.example/feeds/heard/([\w-]{20,})", callback)
        assert found is not None


async def test_subscriber_5_3_1_it_asks_anew_before_its_lease_ends(village: Village) -> None:
    b, site, hub = await followed(village)
    await hub.verify(lease=4 * 3600)
    await later(village, 3 * 60 + 20)
    assert [wish["hub.mode"] for wish in hub.pending] == ["subscribe"]
    await hub.verify(lease=4 * 3600)
    source = await source_of(b, site.feed)
    assert source.told_until > village.clock.now() + 3 * 3_600_000


async def test_subscriber_1xx_who_is_followed_no_more_is_left_and_only_by_us(village: Village) -> None:
    b, site, hub = await followed(village)
    await hub.verify()
    asked = {"hub.mode": "unsubscribe", "hub.topic": site.feed, "hub.challenge": "c"}
    callback = hub.wishes[site.feed]["hub.callback"]

    async def verified() -> Response:
        answer = await village.fetcher.send(Request("GET", f"{callback}?{urlencode(asked)}"))
        assert isinstance(answer, Response)
        return answer

    assert (await verified()).status == 404, "nobody here wishes to leave"
    who = (await b.row("bob")).id
    b.done(await b.node.publisher.unfollow(who, await b.microblog(site.feed), "test"))
    await village.settle()
    [wish] = hub.pending
    assert (wish["hub.mode"], wish["hub.topic"], wish["hub.callback"]) == ("unsubscribe", site.feed, callback)
    assert (await verified()).body == b"c"
    assert (await verified()).status == 404, "that is over"
    hub.pending.clear()
    await b.follow("bob", site.feed)
    await village.settle()
    assert [wish["hub.mode"] for wish in hub.pending] == ["subscribe"], "whoever follows again subscribes again"


async def test_subscriber_1xx_a_hub_that_is_down_is_not_asked_for_ever(village: Village) -> None:
    b, site, hub = await followed(village)
    await hub.verify()
    village.fetcher.down("hub.example")
    who = (await b.row("bob")).id
    b.done(await b.node.publisher.unfollow(who, await b.microblog(site.feed), "test"))
    asked = len(village.fetcher.requests)
    for _ in range(3):
        await later(village, 60)
    assert len(village.fetcher.requests) == asked + 1
    village.fetcher.up("hub.example")
    assert (await hub.send(site.feed, site.body())).status == 410


async def test_subscriber_9_2_of_several_hubs_one_by_https_is_asked_first(village: Village) -> None:
    hub, site = OwnHub(village), Site(village)
    site.items = [ONE]
    site.head = f"<atom:link rel='hub' href='http://plain.example/'/><atom:link rel='hub' href='{hub.address}'/>"
    await asked_of(village, hub, site)


async def test_subscriber_300_a_push_is_answered_2xx(village: Village) -> None:
    b, site, hub = await followed(village)
    await hub.verify()
    assert 200 <= (await hub.send(site.feed, site.body([item("2", "Two", ago(village, 0))]))).status < 300
    await village.settle()
    assert await b.home("bob") == ["Two", "One"]


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
async def test_subscriber_300_a_push_may_be_signed_by_any_method_there_is(village: Village, method: str) -> None:
    b, site, hub = await followed(village)
    await hub.verify()
    await hub.send(site.feed, site.body([item("2", "Two", ago(village, 0))]), method=method)
    await village.settle()
    assert await b.home("bob") == ["Two", "One"]


@pytest.mark.parametrize("forged", [{"secret": "another"}, {"method": "md5"}, {"secret": ""}])
async def test_subscriber_301_and_302_what_is_not_rightly_signed_is_ignored(
    village: Village, forged: dict[str, Any]
) -> None:
    b, site, hub = await followed(village)
    await hub.verify()
    await hub.send(site.feed, site.body([item("2", "Never written", ago(village, 0))]), **forged)
    await village.settle()
    assert await b.home("bob") == ["One"]


async def test_subscriber_7_what_a_push_says_in_its_links_does_not_matter(village: Village) -> None:
    b, site, hub = await followed(village)
    await hub.verify()
    body = site.body([item("2", "Two", ago(village, 0))])
    wish = hub.wishes[site.feed]
    signed = hmac.new(wish["hub.secret"].encode(), body, "sha256").hexdigest()
    links = '<https://other.example/>; rel="hub", <https://other.example/feed>; rel="self"'
    headers = Headers([("x-hub-signature", f"sha256={signed}"), ("link", links)])
    await village.fetcher.send(Request("POST", wish["hub.callback"], headers, body))
    await village.settle()
    assert await b.home("bob") == ["Two", "One"]


async def test_subscriber_6_1_a_topic_that_moves_takes_its_subscribers_along(village: Village) -> None:
    b, site, hub = await followed(village)
    await hub.verify(lease=4 * 3600)
    there, new = Site(village, "there.example"), OwnHub(village, "newhub.example")
    there.items, there.head = [ONE], f"<atom:link rel='hub' href='{new.address}'/>"
    site.answers["/feed.xml"] = Response(301, "", Headers([("location", there.feed)]))
    await later(village, 4 * 60)
    assert [wish["hub.topic"] for wish in new.pending] == [there.feed]
    await new.verify()
    source = await source_of(b, site.feed)
    assert source.offer is not None
    assert (source.offer.way, source.offer.hub, source.offer.topic) == (Push.WEBSUB, new.address, there.feed)
