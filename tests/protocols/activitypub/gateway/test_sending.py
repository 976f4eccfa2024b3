"""What answers to a delivery mean, and in which dialect we knock."""

import asyncio
from collections.abc import Callable

import pytest

from scattershot.domain.delivery import Busy, Delivered, Outcome, Unwanted
from scattershot.domain.wire_id import WireId
from scattershot.ports.fetcher import Unreachable
from scattershot.protocols.activitypub.gateway.sending import Sending
from scattershot.protocols.activitypub.wire.followers_sync import digest_of, read_sync
from scattershot.testing.fakes import FakeClock, FakeFetcher
from scattershot.wirekit.http_message import Request, Response
from tests.protocols.activitypub.gateway.strangers import INBOX, ME, an_answer, dialect_of, me

Server = Callable[[Request], Response | Unreachable]


async def send(server: Server, known: str = "") -> tuple[Outcome, list[str]]:
    """The outcome, and the dialects that were knocked in."""
    clock, network = FakeClock(), FakeFetcher({"there.example": server})
    outcome = await Sending(network, clock, "Test").send(INBOX, b"{}", me(), known, None)
    return outcome, [dialect_of(request, clock.now()) for request in network.requests]


def taking(dialect: str, otherwise: int = 401) -> Server:
    return lambda request: an_answer(202 if dialect_of(request, FakeClock().now()) == dialect else otherwise)


@pytest.mark.parametrize(
    ("server", "known", "outcome", "knocks"),
    [
        (taking("cavage"), "", Delivered("cavage"), ["cavage"]),
        (taking("rfc9421"), "", Delivered("rfc9421"), ["cavage", "rfc9421"]),
        (taking("rfc9421", 400), "", Delivered("rfc9421"), ["cavage", "rfc9421"]),
        (taking("rfc9421"), "rfc9421", Delivered("rfc9421"), ["rfc9421"]),
        (taking("cavage"), "rfc9421", Delivered("cavage"), ["rfc9421", "cavage"]),
        (taking("neither", 401), "", Busy("401", doubtful=True), ["cavage", "rfc9421"]),
        (taking("neither", 400), "", Unwanted("400"), ["cavage", "rfc9421"]),
        (taking("neither", 403), "", Unwanted("403"), ["cavage"]),
    ],
)
async def test_a_second_knock_is_in_the_other_dialect(
    server: Server, known: str, outcome: Outcome, knocks: list[str]
) -> None:
    assert await send(server, known) == (outcome, knocks)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (an_answer(200), Delivered("cavage")),
        (an_answer(410), Unwanted("410", gone=True)),
        (an_answer(404), Unwanted("404", gone=True)),
        (an_answer(403), Unwanted("403")),
        (an_answer(413), Unwanted("413")),
        (an_answer(422), Unwanted("422")),
        (an_answer(501), Unwanted("501")),
        (an_answer(408), Busy("408")),
        (an_answer(425), Busy("425")),
        (an_answer(429, ("retry-after", "120")), Busy("429", 120.0)),
        (an_answer(429, ("retry-after", "Thu, 01 Jan 2026 00:02:00 GMT")), Busy("429", 120.0)),
        (an_answer(503, ("retry-after", "Thu, 01 Jan 2015 00:00:00 GMT")), Busy("503", 0.0)),
        (an_answer(503, ("retry-after", "soon")), Busy("503")),
        (an_answer(500), Busy("500", doubtful=True)),
        (an_answer(502), Busy("502")),
        (an_answer(302, ("location", "https://elsewhere.example/inbox")), Busy("redirect")),
        (Unreachable("timeout", ""), Busy("timeout")),
        (Unreachable("dns", ""), Busy("dns")),
        (Unreachable("too_large", ""), Busy("too_large")),
    ],
)
async def test_every_answer_means_taken_later_or_never(answer: Response | Unreachable, outcome: Outcome) -> None:
    assert (await send(lambda _: answer))[0] == outcome


async def test_a_redirect_that_keeps_the_method_is_followed_once_within_the_same_host() -> None:
    def server(request: Request) -> Response:
        if request.url.endswith("/inbox"):
            return an_answer(307, ("location", "https://there.example/new"))
        return an_answer(202 if dialect_of(request, FakeClock().now()) else 401)

    assert (await send(server))[0] == Delivered("cavage")


@pytest.mark.parametrize("place", ["https://elsewhere.example/inbox", "/inbox", "https://there.example/inbox"])
async def test_a_body_is_never_sent_on_to_another_host_or_in_a_circle(place: str) -> None:
    outcome, knocks = await send(lambda _: an_answer(307, ("location", place)))
    assert outcome == Busy("redirect")
    assert len(knocks) <= 2


async def test_what_is_for_followers_bears_their_digest_under_the_signature() -> None:
    clock, network = FakeClock(), FakeFetcher({"there.example": lambda _: an_answer(202)})
    followers = [WireId("activitypub", f"https://there.example/users/{name}") for name in ("x", "y")]
    await Sending(network, clock, "Test").send(INBOX, b"{}", me(), "", followers)
    [request] = network.requests
    header = read_sync(request.headers.get("collection-synchronization") or "")
    assert header is not None
    assert header == (f"{ME}/followers", f"{ME}/followers_synchronization", digest_of(f.value for f in followers))
    assert "collection-synchronization" in (request.headers.get("signature") or "")
    assert dialect_of(request, clock.now()) == "cavage"


async def test_many_deliveries_at_once_are_all_signed_well() -> None:
    clock, network = FakeClock(), FakeFetcher()

    async def slow(request: Request) -> Response:
        await asyncio.sleep(0)
        return an_answer(202 if dialect_of(request, clock.now()) else 401)

    network.route("there.example", slow)
    sending = Sending(network, clock, "Test")
    outcomes = await asyncio.gather(*(sending.send(INBOX, b"%d" % n, me(), "cavage", None) for n in range(40)))
    assert set(outcomes) == {Delivered("cavage")}
