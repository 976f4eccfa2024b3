"""What is believed of what is fetched."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from scattershot.domain.change import Posted, ProfileChanged
from scattershot.domain.microblog import Profile
from scattershot.domain.reading import Changes, Needs, Refused
from scattershot.domain.wire_id import WireId
from scattershot.ports.fetcher import Unreachable
from scattershot.ports.protocol import BackPosts
from scattershot.protocols.activitypub.adapter import ActivityPub
from scattershot.testing.fakes import FakeClock, FakeFetcher
from scattershot.wirekit.http_message import Request, Response
from tests.protocols.activitypub.gateway.activities import a_create, a_note
from tests.protocols.activitypub.gateway.strangers import AP, an_answer, dialect_of, me

CAT = "https://c.example/cat"
Server = Callable[[Request], Response | Unreachable]


def document(content: Any, *headers: tuple[str, str], status: int = 200) -> Response:
    return an_answer(status, *(headers or (AP,)), body=msgspec.json.encode(content))


def an_actor(this: str = CAT, **more: Any) -> dict[str, Any]:
    return {"id": this, "type": "Person", "preferredUsername": "cat", "inbox": f"{this}/inbox"} | more


def a_jrd(actor: str, subject: str = "acct:cat@c.example") -> Response:
    links = [{"rel": "self", "type": "application/activity+json", "href": actor}]
    return document({"subject": subject, "links": links}, ("content-type", "application/jrd+json"))


def a_tongue(**servers: Server) -> tuple[ActivityPub, FakeFetcher]:
    network = FakeFetcher({f"{name.replace('_', '.')}": server for name, server in servers.items()})
    return ActivityPub(network, FakeClock(), domains=("me.example",), user_agent="Test"), network


async def fetched(url: str, **servers: Server) -> Any:
    return await a_tongue(**servers)[0].fetch(WireId("activitypub", url), me())


def why(reading: Any) -> str:
    assert isinstance(reading, Refused), reading
    return reading.why


# -- the address


async def test_a_post_at_its_own_address_is_believed() -> None:
    note = a_note(CAT, id="https://c.example/1")
    reading = await fetched("https://c.example/1", c_example=lambda _: document(note))
    assert isinstance(reading, Changes)
    assert isinstance(reading.changes[0], Posted)
    assert reading.changes[0].actor.value == CAT


async def test_another_id_than_the_address_must_be_fetched_there() -> None:
    note = a_note(CAT, id="https://c.example/1")
    reading = await fetched("https://c.example/alias", c_example=lambda _: document(note))
    assert reading == Needs((WireId("activitypub", "https://c.example/1"),))
    elsewhere = await fetched("https://evil.example/1", evil_example=lambda _: document(note))
    assert elsewhere == Needs((WireId("activitypub", "https://c.example/1"),))


async def test_a_post_of_another_origin_is_refused() -> None:
    note = a_note("https://evil.example/eve", id="https://c.example/1")
    assert why(await fetched("https://c.example/1", c_example=lambda _: document(note))) == "other_origin"


async def test_redirects_are_followed_signed_anew_to_where_the_id_agrees() -> None:
    clock = FakeClock()
    seen = []

    def c(request: Request) -> Response:
        seen.append(dialect_of(request, clock.now(), "c.example"))
        return an_answer(302, ("location", "https://d.example/1"))

    def d(request: Request) -> Response:
        seen.append(dialect_of(request, clock.now(), "d.example"))
        return document(a_note("https://d.example/dan", id="https://d.example/1"))

    reading = await fetched("https://c.example/1", c_example=c, d_example=d)
    assert isinstance(reading, Changes)
    assert seen == ["cavage", "cavage"]
    stale = await fetched(
        "https://c.example/1", c_example=c, d_example=lambda _: document(a_note(CAT, id="https://c.example/1"))
    )
    assert stale == Needs((WireId("activitypub", "https://c.example/1"),))


async def test_too_many_redirects_are_not_followed() -> None:
    tongue, network = a_tongue(c_example=lambda r: an_answer(302, ("location", r.url + "x")))
    assert why(await tongue.fetch(WireId("activitypub", "https://c.example/1"), me())) == "unreachable"
    assert len(network.sent) == 4


@pytest.mark.parametrize("place", ["http://c.example/1", "https://u:p@c.example/1", "ftp://c.example/", "javascript:1"])
async def test_a_redirect_to_a_lesser_place_is_not_followed(place: str) -> None:
    tongue, network = a_tongue(c_example=lambda _: an_answer(302, ("location", place)))
    assert why(await tongue.fetch(WireId("activitypub", "https://c.example/1"), me())) == "refused"
    assert len(network.sent) == 1


# -- the label and the status


@pytest.mark.parametrize(
    ("content_type", "is_taken"),
    [
        ("application/activity+json", True),
        ("application/activity+json; charset=utf-8", True),
        ('application/ld+json; profile="https://www.w3.org/ns/activitystreams"', True),
        ("application/ld+json", False),
        ("application/json", False),
        ("text/html", False),
        ("image/png", False),
        ("", False),
    ],
)
async def test_only_what_is_labelled_as_activitypub_is_read(content_type: str, is_taken: bool) -> None:
    note = a_note(CAT, id="https://c.example/1")
    reading = await fetched("https://c.example/1", c_example=lambda _: document(note, ("content-type", content_type)))
    assert isinstance(reading, Changes) == is_taken


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (an_answer(404), "not_found"),
        (an_answer(410), "gone"),
        (an_answer(401), "not_allowed"),
        (an_answer(403), "not_allowed"),
        (an_answer(429), "busy"),
        (an_answer(503), "busy"),
        (an_answer(418), "refused"),
        (Unreachable("private_address", ""), "unreachable"),
        (Unreachable("too_large", ""), "too_large"),
    ],
)
async def test_every_failure_has_its_word(answer: Response | Unreachable, word: str) -> None:
    assert why(await fetched("https://c.example/1", c_example=lambda _: answer)) == word


async def test_a_server_that_knows_only_the_newer_dialect_is_asked_in_it() -> None:
    clock = FakeClock()

    def server(request: Request) -> Response:
        is_new = dialect_of(request, clock.now(), "c.example") == "rfc9421"
        return document(a_note(CAT, id="https://c.example/1")) if is_new else an_answer(401)

    assert isinstance(await fetched("https://c.example/1", c_example=server), Changes)


# -- names


async def named(c: Server, url: str = CAT, **others: Server) -> str:
    reading = await fetched(url, c_example=c, **others)
    assert isinstance(reading, Changes), reading
    [change] = reading.changes
    assert isinstance(change, ProfileChanged)
    return str(change.profile.handle)


def serving(actor: Any, jrd: Response | None = None) -> Server:
    return lambda r: (jrd or an_answer(404)) if "/.well-known/" in r.url else document(actor)


async def test_a_name_that_its_host_confirms_is_kept() -> None:
    assert await named(serving(an_actor(), a_jrd(CAT))) == "@cat@c.example"


async def test_a_name_that_nobody_confirms_is_one_at_the_actors_host() -> None:
    assert await named(serving(an_actor())) == "@cat@c.example"
    assert await named(serving(an_actor(webfinger="cat@big.example"))) == "@cat@c.example"


async def test_a_name_on_another_domain_needs_the_word_of_both() -> None:
    split = serving(an_actor(), a_jrd(CAT, "acct:cat@d.example"))
    assert await named(split, d_example=lambda _: a_jrd(CAT, "acct:cat@d.example")) == "@cat@d.example"
    assert await named(split, d_example=lambda _: a_jrd("https://d.example/cat")) == "@cat@c.example"
    assert await named(split) == "@cat@c.example"


async def test_a_name_claimed_in_the_actor_itself_is_asked_for_there() -> None:
    claimed = serving(an_actor(webfinger="tom@d.example"))
    assert await named(claimed, d_example=lambda _: a_jrd(CAT, "acct:tom@d.example")) == "@tom@d.example"


async def test_nobody_elsewhere_has_a_name_here() -> None:
    liar = serving(an_actor(webfinger="root@me.example"), a_jrd(CAT, "acct:root@me.example"))
    assert (await named(liar, me_example=lambda _: a_jrd(CAT, "acct:root@me.example"))).endswith("@c.example")


async def test_a_name_is_not_confirmed_again_for_a_while() -> None:
    tongue, network = a_tongue(c_example=serving(an_actor(), a_jrd(CAT)))
    for _ in range(3):
        await tongue.fetch(WireId("activitypub", CAT), me())
    assert len([sent for sent in network.sent if "webfinger" in sent.url]) == 1


async def test_a_test_network_is_asked_over_http_with_its_port() -> None:
    network = FakeFetcher({"localhost:8002": lambda _: a_jrd("http://localhost:8002/u/1", "acct:bob@localhost:8002")})
    tongue = ActivityPub(network, FakeClock(), domains=("me.example",), user_agent="Test", insecure_http=True)
    assert await tongue.find("@bob@localhost:8002", me()) == WireId("activitypub", "http://localhost:8002/u/1")
    assert [sent.url.partition("?")[0] for sent in network.sent] == ["http://localhost:8002/.well-known/webfinger"]


# -- outboxes


def with_outbox(address: str = f"{CAT}/outbox") -> Profile:
    return Profile(id=WireId("activitypub", CAT), name="cat", domain="c.example", doors={"outbox": address})


async def test_an_outbox_leads_to_its_first_page_at_once() -> None:
    note = a_note(CAT, id=f"{CAT}/1")
    pages = {
        f"{CAT}/outbox": {"id": f"{CAT}/outbox", "type": "OrderedCollection", "first": f"{CAT}/outbox?page=1"},
        f"{CAT}/outbox?page=1": {
            "id": f"{CAT}/outbox?page=1", "type": "OrderedCollectionPage", "orderedItems": [a_create(CAT, note)],
            "next": f"{CAT}/outbox?page=2",
        },
    }  # fmt: skip
    tongue, _ = a_tongue(c_example=lambda r: document(pages[r.url]))
    found = await tongue.back_posts(with_outbox(), None, me())
    assert isinstance(found, BackPosts)
    assert [type(reading) for reading in found.readings] == [Changes]
    assert found.next == f"{CAT}/outbox?page=2"


async def test_an_outbox_elsewhere_is_not_asked() -> None:
    tongue, network = a_tongue(d_example=lambda _: an_answer(200))
    assert why(await tongue.back_posts(with_outbox("https://d.example/outbox"), None, me())) == "other_origin"
    assert why(await tongue.back_posts(with_outbox(""), None, me())) == "no_outbox"
    assert network.sent == []


# -- what people type


async def found(text: str, **servers: Server) -> Any:
    return await a_tongue(**servers)[0].find(text, me())


async def test_a_handle_leads_to_the_actor() -> None:
    for text in ("@cat@c.example", "cat@C.example", "acct:cat@c.example"):
        assert await found(text, c_example=lambda _: a_jrd(CAT)) == WireId("activitypub", CAT)


async def test_a_handle_is_asked_for_where_host_meta_says() -> None:
    template = (
        b"<XRD><Link rel='lrdd' type='application/xrd+xml' template='https://d.example/wf?q={uri}&amp;x=1'/></XRD>"
    )

    def c(request: Request) -> Response:
        return an_answer(200, body=template) if request.url.endswith("host-meta") else an_answer(404)

    def d(request: Request) -> Response:
        assert request.url == "https://d.example/wf?q=acct%3Acat%40c.example&x=1"
        return a_jrd(CAT)

    assert await found("@cat@c.example", c_example=c, d_example=d) == WireId("activitypub", CAT)


@pytest.mark.parametrize(
    ("text", "word"),
    [("", "not_a_name"), ("what is this", "not_a_name"), ("@cat", "not_a_name"), ("@cat@no.example", "unreachable"),
     ("@dog@c.example", "not_found"), ("https://c.example/nothing", "not_found"), ("http://[", "not_a_name")],
)  # fmt: skip
async def test_what_is_not_found_is_said_in_a_sentence(text: str, word: str) -> None:
    answer = await found(text, c_example=lambda _: an_answer(404))
    assert why(answer) == word
    assert answer.detail


PAGE = b'<html><LINK href="/users/cat?a=1&amp;b=2" rel=alternate type="application/activity+json"></html>'


async def test_a_page_for_people_leads_to_its_other_form() -> None:
    html = an_answer(200, ("content-type", "text/html; charset=utf-8"), body=PAGE)
    there = WireId("activitypub", "https://c.example/users/cat?a=1&b=2")
    assert await found("https://c.example/@cat", c_example=lambda _: html) == there
    link = ("link", '<https://c.example/x>; rel="next", <https://c.example/cat>; rel="alternate"; '
                    'type="application/activity+json"')  # fmt: skip
    by_header = an_answer(200, ("content-type", "text/html"), link, body=b"")
    assert await found("https://c.example/@cat", c_example=lambda _: by_header) == WireId("activitypub", CAT)


async def test_an_address_that_is_a_document_stands_for_what_it_names() -> None:
    answer = document(an_actor())
    assert await found("https://c.example/@cat@c.example", c_example=lambda _: answer) == WireId("activitypub", CAT)


async def test_a_page_that_leads_nowhere_is_refused() -> None:
    feed = b"<link rel=alternate type=application/rss+xml href=/feed>"
    html = an_answer(200, ("content-type", "text/html"), body=feed)
    assert why(await found("https://c.example/", c_example=lambda _: html)) == "not_a_document"
