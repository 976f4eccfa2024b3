"""Subscribers of our feeds: the rules of a WebSub hub (W3C Recommendation) one by one, and rssCloud."""

import hashlib
import hmac
from urllib.parse import parse_qs

import pytest

from scattershot.domain.node import Standing
from scattershot.ports.fetcher import Unreachable
from scattershot.protocols.feeds.wire.feed import Feed
from scattershot.protocols.feeds.wire.reading import read_feed
from scattershot.storage.tables import nodes
from scattershot.testing.village import House, Village
from scattershot.wirekit.http_message import Headers, Request, Response
from tests.feed_reader import CALLBACK, CLOUD, FEED, HUB, REGISTRATION, TOPIC, Reader


async def a_blog(village: Village) -> tuple[House, Reader]:
    a = await village.house("a.example")
    await a.person("ann")
    return a, Reader(village)


async def posts(village: Village, a: House, text: str, **draft: object) -> None:
    village.clock.advance(2)
    await a.post("ann", text, **draft)  # type: ignore[arg-type]
    await village.settle()


async def test_a_subscriber_is_asked_whether_it_meant_it_and_is_pushed_what_is_new(village: Village) -> None:
    a, reader = await a_blog(village)
    await posts(village, a, "Before")
    await reader.subscribes()
    [asked] = reader.asked
    assert asked["id"] == "7", "what the callback holds itself stays"
    assert (asked["hub.mode"], asked["hub.topic"], asked["hub.lease_seconds"]) == ("subscribe", TOPIC, "864000")
    assert len(asked["hub.challenge"]) >= 24
    await posts(village, a, "After")
    assert reader.texts() == [["<p>After</p>"]]
    [push] = reader.pushed
    assert push.url == CALLBACK
    assert (push.headers.get("content-type") or "").startswith("application/atom+xml")
    assert push.headers.get("link") == f'<{HUB}>; rel="hub", <{TOPIC}>; rel="self"'
    assert push.headers.get("x-hub-signature") is None


@pytest.mark.parametrize(
    "answer",
    [
        Response(200, "", Headers(), b"something else"),
        Response(404, ""),
        Response(302, "", Headers([("location", "https://a.example/")])),
        Response(500, ""),
        Unreachable("private_address", "10.0.0.1"),
    ],
)
async def test_what_was_not_meant_is_not_done(village: Village, answer: Response | Unreachable) -> None:
    a, reader = await a_blog(village)
    reader.means = lambda _: answer
    await reader.subscribes()
    village.clock.advance(3_600)
    await posts(village, a, "One")
    assert (len(reader.asked), reader.pushed) == (1, [])


async def test_a_callback_that_cannot_be_reached_is_tried_again(village: Village) -> None:
    a, reader = await a_blog(village)
    village.fetcher.down("reader.example")
    await reader.subscribes()
    village.fetcher.up("reader.example")
    await village.settle()
    assert reader.asked == []
    village.clock.advance(60)
    await village.settle()
    await posts(village, a, "One")
    assert reader.texts() == [["<p>One</p>"]]


async def test_each_push_is_signed_with_the_secret(village: Village) -> None:
    a, reader = await a_blog(village)
    await reader.subscribes(secret="a secret")
    await posts(village, a, "One")
    [push] = reader.pushed
    expected = hmac.new(b"a secret", push.body, hashlib.sha256).hexdigest()
    assert push.headers.get("x-hub-signature") == f"sha256={expected}"


async def test_who_subscribes_anew_says_secret_and_lease_anew(village: Village) -> None:
    a, reader = await a_blog(village)
    await reader.subscribes(secret="old", lease_seconds="600")
    await reader.subscribes(secret="new", lease_seconds="7200")
    village.clock.advance(3_600)
    await posts(village, a, "One")
    [push] = reader.pushed
    expected = hmac.new(b"new", push.body, hashlib.sha256).hexdigest()
    assert push.headers.get("x-hub-signature") == f"sha256={expected}"


async def test_a_lease_ends(village: Village) -> None:
    a, reader = await a_blog(village)
    await reader.subscribes(lease_seconds="600")
    assert reader.asked[0]["hub.lease_seconds"] == "600"
    village.clock.advance(601)
    await posts(village, a, "One")
    assert reader.pushed == []


@pytest.mark.parametrize(("asked", "given"), [("1", "300"), ("999999999", "2592000"), ("0", "864000")])
async def test_a_lease_is_within_what_we_give(village: Village, asked: str, given: str) -> None:
    _, reader = await a_blog(village)
    await reader.subscribes(lease_seconds=asked)
    assert reader.asked[0]["hub.lease_seconds"] == given


async def test_who_leaves_is_asked_as_well(village: Village) -> None:
    a, reader = await a_blog(village)
    await reader.subscribes()
    means, reader.means = reader.means, lambda _: Response(404, "")
    await reader.ask(mode="unsubscribe")
    await village.settle()
    await posts(village, a, "Still there")
    assert reader.texts() == [["<p>Still there</p>"]]
    reader.means = means
    await reader.ask(mode="unsubscribe")
    await village.settle()
    assert "hub.lease_seconds" not in reader.asked[-1]
    await posts(village, a, "Gone")
    assert len(reader.pushed) == 1


async def test_who_asks_for_a_feed_that_ended_meanwhile_is_denied(village: Village) -> None:
    a, reader = await a_blog(village)
    await reader.ask()
    row = await a.row("ann")
    a.done(await a.node.publisher.change_profile(row.profile, "test"))
    await a.node.drivers.database.write(lambda tx: _shut(tx, row.id))
    await village.settle()
    assert [(asked["hub.mode"], asked["hub.topic"]) for asked in reader.asked] == [("denied", TOPIC)]
    assert reader.asked[0]["hub.reason"]


def _shut(tx: object, microblog: int) -> None:
    from scattershot.storage.tables import microblogs

    microblogs.mark_gone(tx, microblog)  # type: ignore[arg-type]


async def test_what_fails_is_pushed_again_later_and_only_once(village: Village) -> None:
    a, reader = await a_blog(village)
    await reader.subscribes()
    reader.takes = 500
    await posts(village, a, "One")
    reader.takes = 204
    village.clock.advance(300)
    await village.settle()
    village.clock.advance(3_600)
    await village.settle()
    assert reader.texts() == [["<p>One</p>"]] * 2


async def test_what_was_deleted_before_it_could_be_pushed_is_never_pushed(village: Village) -> None:
    a, reader = await a_blog(village)
    await reader.subscribes()
    reader.takes = 503
    post = await a.post("ann", "Oops")
    await village.settle()
    a.done(await a.node.publisher.delete((await a.row("ann")).id, post, "test"))
    reader.takes = 204
    village.clock.advance(3_600)
    await village.settle()
    assert len(reader.pushed) == 1


async def test_a_callback_that_is_gone_is_left_alone(village: Village) -> None:
    a, reader = await a_blog(village)
    await reader.subscribes()
    reader.takes = 410
    await posts(village, a, "One")
    reader.takes = 204
    await posts(village, a, "Two")
    assert reader.texts() == [["<p>One</p>"]]
    await reader.subscribes()
    await posts(village, a, "Three")
    assert reader.texts()[1:] == [["<p>Three</p>"]]


async def test_each_topic_has_its_own_news_in_its_own_format(village: Village) -> None:
    a, reader = await a_blog(village)
    topics = [
        "https://a.example/@ann.rss",
        "https://a.example/@ann.json?with=replies",
        "https://a.example/tags/tea.atom",
    ]
    for number, topic in enumerate(topics):
        await reader.subscribes(topic, callback=f"https://reader.example/{number}")
    await posts(village, a, "A pot of #tea")
    await posts(village, a, "No pot")
    told = {push.url[-1]: (push.headers.get("content-type") or "").partition(";")[0] for push in reader.pushed}
    assert told == {"0": "application/rss+xml", "1": "application/feed+json", "2": "application/atom+xml"}
    assert len(reader.pushed) == 5


async def test_one_callback_may_hear_of_several_topics(village: Village) -> None:
    a, reader = await a_blog(village)
    await reader.subscribes()
    await reader.subscribes("https://a.example/@ann.rss")
    await posts(village, a, "One")
    assert [(push.headers.get("link") or "").count("@ann.rss") for push in reader.pushed] == [0, 1]


async def test_an_edit_is_news(village: Village) -> None:
    a, reader = await a_blog(village)
    await posts(village, a, "One")
    await posts(village, a, "Two")
    await reader.subscribes()
    from scattershot.app.publish import Draft

    ann = (await a.row("ann")).id
    [first] = [entry.id for entry in (await _feed(village)).entries if "One" in entry.html]
    a.done(await a.node.publisher.edit(ann, int(first.rpartition("/")[2]), Draft("One, better"), "test"))
    await village.settle()
    assert reader.texts() == [["<p>One, better</p>"]]


async def test_how_a_poll_stands_is_no_news(village: Village) -> None:
    from scattershot.domain.ids import Millis
    from scattershot.domain.post import Option, Poll

    a, reader = await a_blog(village)
    await a.person("bob")
    await reader.subscribes()
    poll = Poll((Option("tea"), Option("coffee")), ends=Millis(village.clock.now() + 86_400_000))
    post = await a.post("ann", "What?", poll=poll)
    await village.settle()
    a.done(await a.node.publisher.vote((await a.row("bob")).id, post, ["tea"], "test"))
    await a.node.tallies.step()
    await village.settle()
    assert len(reader.pushed) == 1


async def _feed(village: Village) -> Feed:
    answer = await village.fetcher.send(Request("GET", TOPIC))
    assert isinstance(answer, Response)
    read = read_feed(answer.body, "", TOPIC)
    assert isinstance(read, Feed)
    return read


async def test_what_is_not_for_everybody_is_pushed_to_nobody(village: Village) -> None:
    from scattershot.domain.post import Audience

    a, reader = await a_blog(village)
    await reader.subscribes()
    await reader.subscribes("https://a.example/tags/tea.rss", callback="https://reader.example/tea")
    for audience in (Audience.FOLLOWERS, Audience.MENTIONED, Audience.LOCAL):
        await posts(village, a, "Secret #tea", audience=audience)
    assert reader.pushed == []


async def test_posts_of_other_nodes_are_news_of_a_tag(village: Village) -> None:
    a, reader = await a_blog(village)
    b = await village.house("b.example")
    await b.person("bob")
    await a.follow("ann", "@bob@b.example")
    await village.settle()
    await reader.subscribes("https://a.example/tags/tea.rss")
    await b.post("bob", "Tea from afar #tea")
    await village.settle()
    assert len(reader.pushed) == 1


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"topic": "https://a.example/@nobody.atom"}, 404),
        ({"topic": "https://b.example/@ann.atom"}, 404),
        ({"topic": "https://a.example/@ann"}, 404),
        ({"topic": "https://a.example/@ann.atom?before=9"}, 404),
        ({"topic": "nonsense"}, 404),
        ({"mode": "dance"}, 400),
        ({"mode": "publish"}, 400),
        ({"callback": ""}, 400),
        ({"callback": "javascript:alert(1)"}, 400),
        ({"callback": "https://user:word@reader.example/"}, 400),
        ({"callback": "https://a.example/feeds/hub"}, 400),
        ({"callback": "https://blocked.example/back"}, 403),
        ({"callback": "https://reader.example/" + "x" * 1_300}, 400),
        ({"topic": "https://a.example/tags/%00.rss"}, 404),
        ({"topic": "https://a.example/tags/\0.rss"}, 404),
        ({"topic": "https://a.example/tags/" + "x" * 1_150 + ".rss"}, 404),
        ({"secret": "x" * 200}, 400),
        ({"secret": "a\0b"}, 400),
        ({"lease_seconds": "soon"}, 400),
    ],
)
async def test_a_request_that_cannot_be_is_refused_in_words(
    village: Village, form: dict[str, str], status: int
) -> None:
    a, reader = await a_blog(village)
    await a.node.drivers.database.write(lambda tx: nodes.set_standing(tx, "blocked.example", Standing.BLOCKED))
    answer = await reader.ask(**form)
    assert (answer.status, answer.body.count(b"\n")) == (status, 1)
    await village.settle()
    assert reader.asked == []


@pytest.mark.parametrize("callback", ["javascript:alert(1)", "https://a.example/feeds/hub"])
async def test_nobody_can_leave_from_an_address_that_cannot_be(village: Village, callback: str) -> None:
    _, reader = await a_blog(village)
    assert (await reader.ask(mode="unsubscribe", callback=callback)).status == 400


async def test_one_host_is_told_of_one_feed_so_often_and_no_more(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scattershot.app.callbacks.MOST_AT_HOST", 3)
    a, reader = await a_blog(village)
    four = [f"https://reader.example/{number}" for number in range(4)]
    assert [(await reader.ask(callback=callback)).status for callback in four] == [202] * 4
    await village.settle()
    assert (await reader.ask(callback="https://reader.example/9")).status == 400
    again = [(await reader.ask(callback=callback)).status for callback in four]
    assert sorted(again) == [202, 202, 202, 400]  # whoever was verified last of those asked at once is left out
    await village.settle()
    await reader.subscribes("https://a.example/tags/tea.rss", callback="https://reader.example/9")
    other = Reader(village, "other.example")
    await other.subscribes(callback="https://other.example/")
    await posts(village, a, "One")
    assert (len(reader.pushed), len(other.pushed)) == (3, 1)


async def test_a_form_that_is_too_large_is_not_read(village: Village) -> None:
    _, reader = await a_blog(village)
    assert (await reader.post(HUB, b"a=" + b"x" * 100_000)).status == 413
    assert (await reader.post(HUB, b"&".join(b"a=1" for _ in range(1_000)))).status == 400
    assert (await reader.post(HUB, b"\xff\xfe")).status == 400


async def test_who_asks_too_often_waits(village: Village) -> None:
    _, reader = await a_blog(village)
    answers = [(await reader.ask(mode="dance")).status for _ in range(301)]
    assert (answers[0], answers[-1]) == (400, 429)
    village.clock.advance(60)
    assert (await reader.ask(mode="dance")).status == 400


# -- rssCloud


async def test_who_registers_by_rss_cloud_answers_a_challenge_and_is_told(village: Village) -> None:
    a, reader = await a_blog(village)
    answer = await reader.post(CLOUD, REGISTRATION)
    assert b'success="true"' in answer.body
    assert (reader.asked[0]["url"], len(reader.asked[0]["challenge"]) >= 24) == (FEED, True)
    await posts(village, a, "One")
    [push] = reader.pushed
    assert push.url == "http://reader.example/notify"
    assert parse_qs(push.body.decode()) == {"url": [FEED]}


async def test_a_registration_by_rss_cloud_ends_after_25_hours_and_may_be_renewed(village: Village) -> None:
    a, reader = await a_blog(village)
    await reader.post(CLOUD, REGISTRATION)
    village.clock.advance(24 * 3_600)
    await reader.post(CLOUD, REGISTRATION)
    village.clock.advance(24 * 3_600)
    await posts(village, a, "One")
    village.clock.advance(3_600)
    await posts(village, a, "Two")
    assert len(reader.pushed) == 1


async def test_who_names_no_domain_is_told_where_it_asked_from(village: Village) -> None:
    a, _ = await a_blog(village)
    near = Reader(village, "198.51.100.7:5337")
    form = {**REGISTRATION, "domain": "", "port": "5337"}
    answer = await near.post(CLOUD, form)
    assert b'success="true"' in answer.body, answer.body
    assert len(near.pushed) == 1, "it was told once to see that it is there"
    await posts(village, a, "One")
    assert [push.url for push in near.pushed] == ["http://198.51.100.7:5337/notify"] * 2


async def test_rss_cloud_is_spoken_by_xml_rpc_as_well(village: Village) -> None:
    from xmlrpc.client import dumps, loads

    a, reader = await a_blog(village)
    call = dumps(("reader.updated", 443, "/RPC2", "xml-rpc", [FEED], "reader.example"), "rssCloud.pleaseNotify")
    answer = await reader.post("https://a.example/RPC2", call.encode())
    assert loads(answer.body) == ((True,), None)
    await posts(village, a, "One")
    pushed = [loads(push.body) for push in reader.pushed]
    assert pushed == [((FEED,), "reader.updated")] * 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"url1": "https://a.example/@nobody.rss"},
        {"url1": ""},
        {"port": "http"},
        {"port": "99999999"},
        {"domain": "reader.example/../"},
        {"domain": "a.example", "port": "443"},
        {"protocol": "soap"},
        {"protocol": "xml-rpc"},
        {"protocol": "xml-rpc", "notifyProcedure": "a\0b"},
        {"path": "/\x00"},
        {"domain": "unknown.example"},
    ],
)
async def test_a_registration_that_cannot_be_is_refused_in_words(village: Village, wrong: dict[str, str]) -> None:
    a, reader = await a_blog(village)
    answer = await reader.post(CLOUD, REGISTRATION | wrong)
    assert b'success="false" msg="' in answer.body, answer.body
    await posts(village, a, "One")
    assert reader.pushed == []


async def test_who_does_not_answer_the_challenge_is_not_registered(village: Village) -> None:
    a, reader = await a_blog(village)
    reader.means = lambda _: Response(200, "", Headers(), b"ok")
    assert b'success="false"' in (await reader.post(CLOUD, REGISTRATION)).body
    await posts(village, a, "One")
    assert reader.pushed == []


@pytest.mark.parametrize(
    "call", [b"", b"<methodCall/>", b"<a>", b"\xff\xfe", b"<methodCall><params><param/></params></methodCall>"]
)
async def test_a_call_that_is_none_is_a_fault(village: Village, call: bytes) -> None:
    _, reader = await a_blog(village)
    assert b"<fault>" in (await reader.post("https://a.example/RPC2", call)).body
