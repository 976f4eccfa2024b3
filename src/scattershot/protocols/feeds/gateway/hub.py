"""Our WebSub hub: it takes wishes for our own feeds, and verifies with each callback that it was meant."""

import asyncio
import logging
import secrets
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app import counters
from scattershot.app.callbacks import TOPIC, Callbacks
from scattershot.domain.delivery import back_off
from scattershot.domain.syndicated import Ask, Subject, Wanted, Way
from scattershot.ports.bus import Bus
from scattershot.ports.fetcher import Fetcher, Unreachable
from scattershot.protocols.feeds.gateway.addresses import HUB, asked_for, names_topic, subject_of
from scattershot.protocols.feeds.gateway.feeds import OwnFeeds
from scattershot.protocols.feeds.gateway.forms import Callers, read_body, read_form
from scattershot.protocols.feeds.wire.websub import BadRequest, read_hub_request, with_query
from scattershot.wirekit.http_message import Headers
from scattershot.wirekit.http_message import Request as Asking

AT_ONCE = 20
"""Callbacks verified side by side."""
MOST_ATTEMPTS = 5
"""So often a callback is tried that cannot be reached; one that answers is believed the first time."""
PATIENCE = 10.0
_MAX_ANSWER = 4_096
_logger = logging.getLogger(__name__)


class Topics:
    """Which addresses are feeds of ours."""

    def __init__(self, own: OwnFeeds) -> None:
        self._own = own

    async def subject(self, topic: str) -> Subject | None:
        """What the feed at that address is about, where it is one of ours that anybody may read now."""
        origin = urlsplit(self._own.presented.origin)
        try:
            parts = urlsplit(topic)
        except ValueError:
            return None
        if (parts.scheme.lower(), parts.netloc.lower()) != (origin.scheme, origin.netloc) or parts.fragment:
            return None
        asked = asked_for(parts.path, parts.query)
        if asked is None or not names_topic(asked, parts.path, parts.query):
            return None
        return await subject_of(asked, self._own.syndication)


class Hub:
    """Takes requests (`routes`), and verifies them (`step`)."""

    def __init__(self, topics: Topics, callbacks: Callbacks, fetcher: Fetcher, bus: Bus, callers: Callers) -> None:
        self._topics, self._callbacks, self._fetcher, self._bus = topics, callbacks, fetcher, bus
        self._callers = callers

    @property
    def routes(self) -> list[Route]:
        """Where wishes are taken."""
        return [Route(HUB, self.ask, methods=["POST"]), Route(HUB, _explained, methods=["GET"])]

    async def ask(self, request: Request) -> Response:
        """A wish (section 5.1): 202 once it is on disk; whether it was meant is found out after."""
        if not self._callers.may(request):
            return _text(429, "You ask too often. Try again in a minute.")
        body = await read_body(request)
        form = read_form(body) if body is not None else None
        if form is None:
            return _text(413 if body is None else 400, "This takes a small form.")
        asked = read_hub_request(form)
        if isinstance(asked, BadRequest):
            return _text(400, asked.words)
        subject = await self._topics.subject(asked.topic)
        if subject is None:
            return _text(404, "This hub knows no such feed.")
        wanted = Wanted(Way.WEBSUB, asked.topic, asked.callback, asked.secret)
        about = subject if asked.mode == "subscribe" else None
        refused = await self._callbacks.problem(asked.callback, about)
        refused = refused or await self._callbacks.ask(asked.mode, wanted, asked.lease)
        counters.HUB.labels("websub", refused.why if refused is not None else "asked").inc()
        if refused is not None:
            return _text({"blocked": 403, "busy": 503}.get(refused.why, 400), refused.detail)
        return _text(202, "It will be verified with the callback.")

    async def step(self) -> int:
        """Verify what is due; how much that was."""
        asks = await self._callbacks.due(AT_ONCE)
        await asyncio.gather(*(self._verify(ask) for ask in asks))
        return len(asks)

    async def run(self) -> None:
        """Verify what is asked, as it is asked; now and then forget what has ended."""
        while True:
            if not await self.step():
                await self._callbacks.drop_ended()
                await self._bus.wait(TOPIC, 15.0)

    async def _verify(self, ask: Ask) -> None:
        """Ask the callback whether that was meant (section 5.3)."""
        subject = await self._topics.subject(ask.wanted.topic)
        if subject is None:
            await self._deny(ask, "There is no such feed any more.")
            return
        refused = await self._callbacks.problem(ask.wanted.address, subject if ask.mode == "subscribe" else None)
        if refused is not None:
            if refused.why == "too_many":
                await self._deny(ask, refused.detail)
            else:
                await self._callbacks.refuse(ask)
            return
        challenge = secrets.token_urlsafe(24)
        lease = {"hub_lease_seconds": ask.lease} if ask.mode == "subscribe" else {}
        address = with_query(
            ask.wanted.address, hub_mode=ask.mode, hub_topic=ask.wanted.topic, hub_challenge=challenge, **lease
        )
        answer = await self._get(address)
        if isinstance(answer, Unreachable):
            await self._unreached(ask, answer)
        elif 200 <= answer[0] < 300 and answer[1].strip() == challenge.encode():
            counters.HUB.labels("websub", "verified").inc()
            refused = await self._callbacks.accept(ask, subject)
            if refused is not None:
                await self._deny(ask, refused.detail)
        else:
            _logger.info("a callback at %s did not mean what was asked: %s", urlsplit(address).netloc, answer[0])
            counters.HUB.labels("websub", "not_meant").inc()
            await self._callbacks.refuse(ask)

    async def _deny(self, ask: Ask, words: str) -> None:
        """Tell the callback that it gets nothing (section 5.2)."""
        counters.HUB.labels("websub", "denied").inc()
        await self._callbacks.refuse(ask)
        topic = ask.wanted.topic
        await self._get(with_query(ask.wanted.address, hub_mode="denied", hub_topic=topic, hub_reason=words))

    async def _unreached(self, ask: Ask, answer: Unreachable) -> None:
        never = answer.why in ("private_address", "scheme")
        if never or ask.attempts + 1 >= MOST_ATTEMPTS:
            _logger.info("a callback at %s cannot be verified: %s", urlsplit(ask.wanted.address).netloc, answer.why)
            counters.HUB.labels("websub", answer.why).inc()
            await self._callbacks.refuse(ask)
        else:
            await self._callbacks.put_off(ask, back_off(ask.attempts + 1, 0.5) / 1000)

    async def _get(self, address: str) -> tuple[int, bytes] | Unreachable:
        answer = await self._fetcher.send(Asking("GET", address, Headers()), limit=_MAX_ANSWER, seconds=PATIENCE)
        return answer if isinstance(answer, Unreachable) else (answer.status, answer.body)


async def _explained(_: Request) -> Response:
    return _text(200, "This is a WebSub hub for the feeds of this node (https://www.w3.org/TR/websub/).")


def _text(status: int, words: str) -> Response:
    return Response(f"{words}\n", status, media_type="text/plain")
