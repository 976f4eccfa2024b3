"""WebSub by the letter (W3C Recommendation of 2018-01-23): each rule of hubs and publishers a test.

The numbers are those of websub.rocks, which checks the same; sections are the Recommendation's.
"""

import hashlib
import hmac
from urllib.parse import parse_qs

import pytest

from scattershot.protocols.feeds.wire.feed import Feed
from scattershot.protocols.feeds.wire.links import header_links
from scattershot.protocols.feeds.wire.reading import read_feed
from scattershot.testing.village import House, Village
from scattershot.wirekit.http_message import Headers, Request, Response
from tests.feed_reader import CALLBACK, HUB, TOPIC, Reader

# -- hubs


async def a_hub(village: Village) -> tuple[House, Reader]:
    a = await village.house("a.example")
    await a.person("ann")
    return a, Reader(village)


async def posts(village: Village, a: House, text: str) -> None:
    village.clock.advance(2)
    await a.post("ann", text)
    await village.settle()


async def test_hub_100_a_typical_subscription_is_accepted_verified_and_told(village: Village) -> None:
    a, reader = await a_hub(village)
    assert (await reader.ask()).status == 202
    assert reader.asked == [], "the answer does not wait for the callback"
    await village.settle()
    assert set(reader.asked[0]) == {"id", "hub.mode", "hub.topic", "hub.challenge", "hub.lease_seconds"}
    await posts(village, a, "One")
    assert reader.texts() == [["<p>One</p>"]]


@pytest.mark.parametrize(("form", "type_"), [("rss", "rss+xml"), ("atom", "atom+xml"), ("json", "feed+json")])
async def test_hub_100_what_is_pushed_is_of_the_topics_content_type(village: Village, form: str, type_: str) -> None:
    a, reader = await a_hub(village)
    topic = f"https://a.example/@ann.{form}"
    await reader.subscribes(topic)
    await posts(village, a, "One")
    served = await village.fetcher.send(Request("GET", topic))
    assert isinstance(served, Response)
    assert reader.pushed[0].headers.get("content-type") == served.headers.get("content-type")
    assert served.media_type == f"application/{type_}"


async def test_hub_100_only_rss_and_atom_are_cut_to_what_is_new(village: Village) -> None:
    a, reader = await a_hub(village)
    await posts(village, a, "Old")
    for form in ("rss", "atom", "json"):
        await reader.subscribes(f"https://a.example/@ann.{form}", callback=f"https://reader.example/{form}")
    await posts(village, a, "New")
    told = {push.url.rpartition("/")[2]: texts for push, texts in zip(reader.pushed, reader.texts(), strict=True)}
    assert told == {"rss": ["<p>New</p>"], "atom": ["<p>New</p>"], "json": ["<p>New</p>", "<p>Old</p>"]}


async def test_hub_100_a_push_names_its_topic_and_hub_in_one_link_header(village: Village) -> None:
    a, reader = await a_hub(village)
    await reader.subscribes()
    await posts(village, a, "One")
    [link] = [value for name, value in reader.pushed[0].headers if name == "link"]
    assert {rel: each.address for each in header_links([link], "") for rel in each.rels} == {"hub": HUB, "self": TOPIC}


async def test_hub_101_what_has_a_secret_is_signed_and_what_has_none_is_not(village: Village) -> None:
    a, reader = await a_hub(village)
    secret = "s" * 199
    await reader.subscribes(secret=secret)
    await reader.subscribes(callback="https://reader.example/plain")
    await posts(village, a, "One")
    signed, plain = sorted(reader.pushed, key=lambda push: push.url != CALLBACK)
    expected = hmac.new(secret.encode(), signed.body, hashlib.sha256).hexdigest()
    assert signed.headers.get("x-hub-signature") == f"sha256={expected}"
    assert plain.headers.get("x-hub-signature") is None


async def test_hub_102_parameters_it_does_not_know_are_ignored(village: Village) -> None:
    _, reader = await a_hub(village)
    assert (await reader.ask(foo="bar", verify="async", verify_token="x")).status == 202


async def test_hub_103_a_subscription_may_be_asked_for_anew_and_is_one(village: Village) -> None:
    a, reader = await a_hub(village)
    await reader.subscribes(secret="old", lease_seconds="600")
    village.clock.advance(500)
    await reader.subscribes(lease_seconds="600")
    village.clock.advance(500)
    await posts(village, a, "One")
    [push] = reader.pushed
    assert push.headers.get("x-hub-signature") is None, "the secret may be left out the second time"


async def test_hub_103_a_renewal_that_is_not_verified_leaves_all_as_it_was(village: Village) -> None:
    a, reader = await a_hub(village)
    await reader.subscribes(secret="mine")
    reader.means = lambda _: Response(404, "")
    await reader.subscribes(secret="forged", lease_seconds="300")
    village.clock.advance(3_600)
    await posts(village, a, "One")
    [push] = reader.pushed
    expected = hmac.new(b"mine", push.body, hashlib.sha256).hexdigest()
    assert push.headers.get("x-hub-signature") == f"sha256={expected}"


async def test_hub_104_who_unsubscribes_hears_no_more(village: Village) -> None:
    a, reader = await a_hub(village)
    await reader.subscribes()
    assert (await reader.ask(mode="unsubscribe", lease_seconds="as long as you like")).status == 202
    await village.settle()
    assert [asked["hub.mode"] for asked in reader.asked] == ["subscribe", "unsubscribe"]
    await posts(village, a, "One")
    assert reader.pushed == []


@pytest.mark.parametrize(("callback", "asked"), [
    ("https://reader.example/back?foo=bar&red=fish", "foo=bar&red=fish&hub.mode=subscribe"),
    ("https://reader.example/back?hub.topic=mine", "hub.topic=mine&hub.mode=subscribe"),
    ("https://reader.example/back", "hub.mode=subscribe"),
])  # fmt: skip
async def test_hub_5_1_1_the_query_of_a_callback_is_kept(village: Village, callback: str, asked: str) -> None:
    _, reader = await a_hub(village)
    await reader.ask(callback=callback)
    before = len(village.fetcher.requests)
    await village.settle()
    [verified] = [r.url for r in village.fetcher.requests[before:] if r.method == "GET"]
    assert verified.partition("?")[2].startswith(asked)
    challenge = parse_qs(verified.partition("?")[2])["hub.challenge"][-1]
    assert challenge


async def test_hub_5_1_1_letters_that_are_escaped_in_a_topic_mean_themselves(village: Village) -> None:
    a, reader = await a_hub(village)
    topic = "https://a.example/@%61nn%2Eatom"
    await reader.subscribes(topic)
    assert reader.asked[0]["hub.topic"] == topic, "it is called as its subscriber calls it"
    await posts(village, a, "One")
    assert reader.texts() == [["<p>One</p>"]]


@pytest.mark.parametrize("wrong", [{"topic": "https://a.example/@no.atom"}, {"secret": "x" * 200}, {"callback": "no"}])
async def test_hub_5_1_2_what_is_wrong_is_said_in_plain_words(village: Village, wrong: dict[str, str]) -> None:
    _, reader = await a_hub(village)
    answer = await reader.ask(**wrong)
    assert 400 <= answer.status < 500
    assert answer.media_type == "text/plain"
    assert answer.body.strip()


async def test_hub_5_3_each_challenge_is_new_and_used_once(village: Village) -> None:
    _, reader = await a_hub(village)
    await reader.subscribes()
    await reader.subscribes()
    first, second = (asked["hub.challenge"] for asked in reader.asked)
    assert first != second


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 404, 500])
async def test_hub_5_3_1_any_other_answer_has_not_verified_anything(village: Village, status: int) -> None:
    a, reader = await a_hub(village)
    headers = Headers([("location", "https://reader.example/elsewhere")])
    reader.means = lambda asked: Response(status, "", headers, asked.get("hub.challenge", "").encode())
    await reader.subscribes()
    await posts(village, a, "One")
    assert (len(reader.asked), reader.pushed) == (1, [])


@pytest.mark.parametrize("status", [200, 201, 204, 299])
async def test_hub_5_3_1_any_2xx_with_the_challenge_verifies(village: Village, status: int) -> None:
    a, reader = await a_hub(village)
    reader.means = lambda asked: Response(status, "", Headers(), asked["hub.challenge"].encode())
    await reader.subscribes()
    await posts(village, a, "One")
    assert len(reader.pushed) == 1


async def test_hub_5_3_1_no_lease_is_for_ever(village: Village) -> None:
    a, reader = await a_hub(village)
    await reader.subscribes(lease_seconds="99999999999")
    village.clock.advance(int(reader.asked[0]["hub.lease_seconds"]) + 1)
    await posts(village, a, "One")
    assert reader.pushed == []


@pytest.mark.parametrize("status", [301, 302, 307, 308, 404, 500])
async def test_hub_7_any_answer_but_2xx_is_a_failure_that_is_tried_again(village: Village, status: int) -> None:
    a, reader = await a_hub(village)
    await reader.subscribes()
    village.fetcher.answers("reader.example", status, Headers([("location", "https://reader.example/elsewhere")]))
    await posts(village, a, "One")
    village.fetcher.up("reader.example")
    assert reader.pushed == [], "no redirect is followed"
    village.clock.advance(3_600)
    await village.settle()
    assert reader.texts() == [["<p>One</p>"]]


async def test_hub_7_who_failed_for_days_is_told_of_what_comes_until_its_lease_ends(village: Village) -> None:
    a, reader = await a_hub(village)
    await reader.subscribes(lease_seconds=str(30 * 86_400))
    village.fetcher.answers("reader.example", 500)
    for _ in range(20):
        await posts(village, a, "In vain")
        village.clock.advance(86_400)
        await village.settle()
    village.fetcher.up("reader.example")
    await posts(village, a, "At last")
    for _ in range(48):
        village.clock.advance(3_600)
        await village.settle()
    assert ["<p>At last</p>"] in reader.texts()


async def test_hub_7_who_answers_410_is_not_told_again(village: Village) -> None:
    a, reader = await a_hub(village)
    await reader.subscribes()
    reader.takes = 410
    await posts(village, a, "One")
    reader.takes = 204
    await posts(village, a, "Two")
    assert len(reader.pushed) == 1


async def test_hub_9_3_the_callback_is_used_as_it_was_said(village: Village) -> None:
    a, reader = await a_hub(village)
    callback = "https://reader.example/Back//x/%7Eann?a=%20b&c"
    await reader.subscribes(callback=callback)
    await posts(village, a, "One")
    assert [push.url for push in reader.pushed] == [callback]


# -- publishers


@pytest.mark.parametrize("form", ["rss", "atom", "json"])
@pytest.mark.parametrize("path", ["/@ann", "/tags/tea"])
async def test_publisher_each_feed_names_hub_and_itself_in_its_header_and_in_itself(
    village: Village, path: str, form: str
) -> None:
    a, _ = await a_hub(village)
    await posts(village, a, "A pot of #tea")
    topic = f"https://a.example{path}.{form}"
    answer = await village.fetcher.send(Request("GET", topic))
    assert isinstance(answer, Response)
    links = header_links([answer.headers.get("link") or ""], topic)
    assert [link.address for link in links if "self" in link.rels] == [topic], "exactly one"
    assert [link.address for link in links if "hub" in link.rels] == [HUB]
    feed = read_feed(answer.body, "", topic)
    assert isinstance(feed, Feed)
    assert (feed.address, feed.hubs) == (topic, (HUB,))


async def test_publisher_3_1_what_is_chosen_by_accept_names_an_address_of_one_form(village: Village) -> None:
    await a_hub(village)
    for accept, form in (("application/atom+xml", "atom"), ("application/feed+json", "json")):
        headers = Headers([("accept", accept)])
        answer = await village.fetcher.send(Request("GET", "https://a.example/@ann", headers))
        assert isinstance(answer, Response)
        links = header_links([answer.headers.get("link") or ""], "")
        assert [each.address for each in links if "self" in each.rels] == [f"https://a.example/@ann.{form}"]
