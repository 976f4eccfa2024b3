"""Our rssCloud: registrations by form and by XML-RPC, each verified before it is answered."""

import secrets

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app import counters
from scattershot.app.callbacks import Callbacks
from scattershot.app.sources import Sources
from scattershot.domain.ids import Millis
from scattershot.domain.syndicated import Subject, Wanted, Way
from scattershot.ports.clock import Clock
from scattershot.ports.fetcher import Fetcher, Unreachable
from scattershot.protocols.feeds.gateway.addresses import CLOUD, CLOUD_RPC, PING
from scattershot.protocols.feeds.gateway.forms import Callers, read_body, read_form
from scattershot.protocols.feeds.gateway.heralding import cloud_request
from scattershot.protocols.feeds.gateway.hub import Topics
from scattershot.protocols.feeds.wire.decoding import decode
from scattershot.protocols.feeds.wire.rss_cloud import (
    HOLDS,
    Registration,
    is_fault,
    notify_result,
    read_registration,
    read_rpc,
    read_rpc_registration,
    rpc_answer,
    rpc_fault,
    rpc_method,
    rpc_pinged,
)
from scattershot.protocols.feeds.wire.websub import BadRequest, with_query
from scattershot.wirekit.http_message import Request as Asking
from scattershot.wirekit.urls import parse_url

PATIENCE = 10.0
"""Seconds that whoever registers has to prove that it is there."""
PINGS = ("weblogUpdates.ping", "weblogUpdates.extendedPing", "rssCloud.ping")
"""Procedures by which publishers say that a page or feed of theirs has news."""
_THANKS, _UNKNOWN = "Thanks for the ping.", "Nobody here follows that."
_MAX_ANSWER = 16 * 1024


class RssCloud:
    """Takes registrations; they hold for 25 hours."""

    def __init__(
        self, topics: Topics, callbacks: Callbacks, fetcher: Fetcher, clock: Clock, callers: Callers, sources: Sources
    ) -> None:
        self._topics, self._callbacks, self._fetcher, self._clock = topics, callbacks, fetcher, clock
        self._callers, self._sources = callers, sources

    @property
    def routes(self) -> list[Route]:
        """Where one registers."""
        return [
            Route(CLOUD, self.please_notify, methods=["POST"]),
            Route(PING, self.ping, methods=["POST"]),
            Route(CLOUD_RPC, self.call, methods=["POST"]),
        ]

    async def please_notify(self, request: Request) -> Response:
        """A registration by form."""
        body = await self._body(request)
        form = read_form(body) if isinstance(body, bytes) else None
        if form is None:
            words = body if isinstance(body, str) else "This takes a form."
            return _xml(notify_result(success=False, words=words))
        registration = read_registration(form)
        problem = await self._judged(registration, request)
        words = problem or "Thanks for the registration. It holds for 25 hours."
        return _xml(notify_result(success=problem is None, words=words))

    async def ping(self, request: Request) -> Response:
        """Somebody says that a feed has news, by form."""
        body = await self._body(request)
        form = read_form(body) if isinstance(body, bytes) else None
        if form is None:
            words = body if isinstance(body, str) else "This takes a form."
            return _xml(notify_result(success=False, words=words))
        known = await self._spoken_of([form.get("url", "")])
        return _xml(notify_result(success=known, words=_THANKS if known else _UNKNOWN))

    async def _spoken_of(self, said: list[str]) -> bool:
        """Whether any of that is a feed that is followed here; it is asked soon."""
        addresses = [each.strip() for each in said if parse_url(each.strip()) is not None and len(each) < 2_000]
        known = bool(await self._sources.spoken_of(addresses[:5]))
        counters.SOURCES.labels("spoken_of", "known" if known else "unknown").inc()
        return known

    async def call(self, request: Request) -> Response:
        """A registration by XML-RPC, or a ping as aggregators get them."""
        body = await self._body(request)
        if isinstance(body, str):
            return _xml(rpc_fault(body))
        text = decode(body, request.headers.get("content-type", ""))
        if rpc_method(text) in PINGS:
            known = await self._spoken_of([each for each in read_rpc(text) or [] if isinstance(each, str)])
            return _xml(rpc_pinged(_THANKS if known else _UNKNOWN))
        registration = read_rpc_registration(text)
        problem = await self._judged(registration, request)
        return _xml(rpc_answer(success=True) if problem is None else rpc_fault(problem))

    async def _body(self, request: Request) -> bytes | str:
        """The body, or why it is not taken."""
        if not self._callers.may(request):
            return "You ask too often. Try again in a minute."
        body = await read_body(request)
        return body if body is not None else "That is too large."

    async def _judged(self, asked: Registration | BadRequest, request: Request) -> str | None:
        problem = await self._registered(asked, self._callers.address(request))
        counters.HUB.labels("rsscloud", "verified" if problem is None else "refused").inc()
        return problem

    async def _registered(self, asked: Registration | BadRequest, caller: str) -> str | None:
        """Verify and remember it; why it is refused, in words for people, or None."""
        if isinstance(asked, BadRequest):
            return asked.words
        address = asked.address(caller)
        subjects: dict[str, Subject] = {}
        for feed in asked.feeds:
            subject = await self._topics.subject(feed)
            if subject is None:
                return f"There is no such feed here: {feed[:200]}"
            refused = await self._callbacks.problem(address, subject)
            if refused is not None:
                return refused.detail
            subjects[feed] = subject
        way = Way.CLOUD_RPC if asked.protocol == "xml-rpc" else Way.CLOUD_POST
        wishes = [Wanted(way, feed, address, method=asked.method) for feed in asked.feeds]
        problem = await self._verified(wishes[0], by_challenge=bool(asked.domain) and way is Way.CLOUD_POST)
        if problem is not None:
            return problem
        until = Millis(self._clock.now() + HOLDS * 1000)
        for wish in wishes:
            refused = await self._callbacks.put(wish, subjects[wish.topic], until)
            if refused is not None:
                return refused.detail
        return None

    async def _verified(self, wish: Wanted, *, by_challenge: bool) -> str | None:
        """Whether somebody is there who wishes it: one at another address than the caller's must answer a challenge."""
        challenge = secrets.token_urlsafe(24)
        probe = cloud_request(wish)
        if by_challenge:
            probe = Asking("GET", with_query(wish.address, url=wish.topic, challenge=challenge))
        answer = await self._fetcher.send(probe, limit=_MAX_ANSWER, seconds=PATIENCE)
        if isinstance(answer, Unreachable):
            return f"The responder cannot be reached: {answer.said}."
        if not 200 <= answer.status < 300:
            return f"The responder answers {answer.status}."
        if by_challenge and answer.body.strip() != challenge.encode():
            return "The responder does not answer the challenge."
        if wish.way is Way.CLOUD_RPC and is_fault(answer.body.decode("utf-8", "replace")):
            return "The responder answers with a fault."
        return None


def _xml(body: bytes) -> Response:
    return Response(body, media_type="text/xml; charset=utf-8")
