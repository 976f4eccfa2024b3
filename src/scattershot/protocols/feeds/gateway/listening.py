"""Being told of news in feeds elsewhere: asking hubs and clouds to, and the callback at which they do.

Each feed has a callback of its own that only its hub is told of. What a hub sends is believed where it bears the
signature by our secret, and is dropped otherwise: who made it cannot be known.
"""

from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app import counters
from scattershot.app.sources import Sources
from scattershot.domain.source import Offer, Push, Source
from scattershot.ports.fetcher import Fetcher, Unreachable
from scattershot.protocols.feeds.translate.feeds_in import enveloped
from scattershot.protocols.feeds.wire.reading import MAX_BYTES
from scattershot.protocols.feeds.wire.rss_cloud import HOLDS, NOTIFY, is_rpc_success, rpc_answer, rpc_call
from scattershot.protocols.feeds.wire.websub import DEFAULT_LEASE, is_signed
from scattershot.wirekit.http_message import Headers
from scattershot.wirekit.http_message import Request as Asking
from scattershot.wirekit.http_message import Response as Answer
from scattershot.wirekit.redirects import next_post
from scattershot.wirekit.urls import host_of

HEARD = "/feeds/heard/"
"""Our callbacks."""
SHORTEST_LEASE, LONGEST_LEASE = 7_200, 90 * 86_400
"""Seconds: a hub that gives less is asked anew all the time; what it says beyond is not believed."""
LONGEST_CHALLENGE = 1_000
"""Characters that we repeat to a hub."""
MAX_REDIRECTS = 3
"""So often a hub may send us on to another."""
PATIENCE = 20.0
_MAX_ANSWER = 64 * 1024
_FORM = Headers([("content-type", "application/x-www-form-urlencoded")])


class Asker:
    """Asks hubs and clouds to tell us at the source's callback."""

    def __init__(self, fetcher: Fetcher, origin: str) -> None:
        self._fetcher, self._origin = fetcher, origin

    async def subscribe(self, source: Source, offer: Offer) -> int | None:
        """As `ports.sources.Gatherer.subscribe` says."""
        callback = f"{self._origin}{HEARD}{source.token}"
        answer = await self._posted(_request(source, offer, callback))
        if isinstance(answer, Unreachable) or not 200 <= answer.status < 300:
            return None
        match offer.way:
            case Push.WEBSUB:
                return 0
            case Push.CLOUD:
                refused = b'success="false"' in answer.body or b"success='false'" in answer.body
                return None if refused else HOLDS * 1000
            case Push.CLOUD_RPC:
                return HOLDS * 1000 if is_rpc_success(answer.body.decode("utf-8", "replace")) else None

    async def leave(self, source: Source, offer: Offer) -> bool:
        """As `ports.sources.Gatherer.leave` says; rssCloud has no word for it."""
        if offer.way is not Push.WEBSUB:
            return False
        callback = f"{self._origin}{HEARD}{source.token}"
        form = {"hub.mode": "unsubscribe", "hub.topic": offer.topic, "hub.callback": callback}
        answer = await self._posted(Asking("POST", offer.hub, _FORM, urlencode(form).encode()))
        return not isinstance(answer, Unreachable) and 200 <= answer.status < 300

    async def _posted(self, request: Asking) -> Answer | Unreachable:
        """The answer of whoever deals with it in the end: a hub may name another (section 5.1.2)."""
        answer = await self._fetcher.send(request, limit=_MAX_ANSWER, seconds=PATIENCE)
        for _ in range(MAX_REDIRECTS):
            following = None if isinstance(answer, Unreachable) else next_post(request, answer)
            if following is None or host_of(following.url) == host_of(self._origin):
                break
            request = following
            answer = await self._fetcher.send(request, limit=_MAX_ANSWER, seconds=PATIENCE)
        return answer


def _request(source: Source, offer: Offer, callback: str) -> Asking:
    if offer.way is Push.CLOUD_RPC:
        there = _registration(offer, callback)
        body = rpc_call(
            offer.method, NOTIFY, int(there["port"]), there["path"], "xml-rpc", [offer.topic], there["domain"]
        )
        return Asking("POST", offer.hub, Headers([("content-type", "text/xml")]), body)
    form = _wish(source, offer, callback) if offer.way is Push.WEBSUB else _registration(offer, callback)
    return Asking("POST", offer.hub, _FORM, urlencode(form).encode())


def _wish(source: Source, offer: Offer, callback: str) -> dict[str, str]:
    """A WebSub subscription (section 5.1)."""
    return {
        "hub.mode": "subscribe",
        "hub.topic": offer.topic,
        "hub.callback": callback,
        "hub.secret": source.secret,
        "hub.lease_seconds": str(DEFAULT_LEASE),
    }


def _registration(offer: Offer, callback: str) -> dict[str, str]:
    """An rssCloud registration by form; the name of the host has us answer a challenge first."""
    there = urlsplit(callback)
    secure = there.scheme == "https"
    return {
        "notifyProcedure": "",
        "protocol": "https-post" if secure else "http-post",
        "domain": there.hostname or "",
        "port": str(there.port or (443 if secure else 80)),
        "path": there.path,
        "url1": offer.topic,
    }


class Listening:
    """Answers at our callbacks."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    @property
    def routes(self) -> list[Route]:
        """Where hubs and clouds reach us."""
        return [
            Route(f"{HEARD}{{token}}", self.verify, methods=["GET"]),
            Route(f"{HEARD}{{token}}", self.hear, methods=["POST"]),
        ]

    async def verify(self, request: Request) -> Response:
        """Whether we meant what was asked in our name (WebSub section 5.3, or a challenge of rssCloud)."""
        source, said = await self._of(request), request.query_params
        if said.get("hub.mode") == "unsubscribe":
            return await self._verify_leaving(request)
        if source is None or source.offer is None:
            return _text(404, "Nobody here asked for that.")
        offer = source.offer
        if "challenge" in said and offer.way is not Push.WEBSUB:
            meant = said.get("url") == offer.topic and _is_modest(said["challenge"])
            return _echo(said["challenge"]) if meant else _text(404, "Not asked for.")
        if offer.way is not Push.WEBSUB or said.get("hub.topic") != offer.topic:
            return _text(404, "Not asked for.")
        if said.get("hub.mode") == "denied":
            counters.SOURCES.labels("websub", "denied").inc()
            await self._sources.denied(source)
            return _text(200, "Understood.")
        challenge = said.get("hub.challenge", "")
        if said.get("hub.mode") != "subscribe" or not _is_modest(challenge):
            return _text(404, "Not asked for.")
        counters.SOURCES.labels("websub", "verified").inc()
        await self._sources.promised(source, _lease(said.get("hub.lease_seconds", "")) * 1000)
        return _echo(challenge)

    async def _verify_leaving(self, request: Request) -> Response:
        source, said = await self._sources.leaving(_token(request)), request.query_params
        challenge = said.get("hub.challenge", "")
        meant = source is not None and source.offer is not None and said.get("hub.topic") == source.offer.topic
        if source is None or not meant or not _is_modest(challenge):
            return _text(404, "Not asked for.")
        counters.SOURCES.labels("websub", "left").inc()
        await self._sources.has_left(source)
        return _echo(challenge)

    async def hear(self, request: Request) -> Response:
        """News, or that there is news. A feed that nobody follows any more is no longer wanted: 410 says so."""
        source = await self._of(request)
        body = await _body(request)
        if source is None or source.offer is None:
            return _text(410, "That is not wanted any more.")
        if body is None:
            return _text(413, "That is too large.")
        if source.offer.way is not Push.WEBSUB:
            await self._sources.pinged(source)
            if source.offer.way is Push.CLOUD_RPC:
                return Response(rpc_answer(success=True), media_type="text/xml")
            return _text(200, "Thanks.")
        signature = request.headers.get("x-hub-signature", "")
        if not is_signed(source.secret, body, signature):
            counters.SOURCES.labels("told", "forged" if signature else "unsigned").inc()
            return _text(202, "Taken.")  # section 8: whoever forges learns nothing
        content_type = request.headers.get("content-type", "")
        await self._sources.pushed(source, enveloped(body, content_type, source.address))
        return _text(202, "Taken.")

    async def _of(self, request: Request) -> Source | None:
        return await self._sources.called_back(_token(request))


def _token(request: Request) -> str:
    return str(request.path_params["token"])[:100].replace("\0", "")


async def _body(request: Request) -> bytes | None:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BYTES:
            return None
    return bytes(body)


def _lease(said: str) -> int:
    seconds = int(said) if said.isascii() and said.isdecimal() and len(said) < 12 else DEFAULT_LEASE
    return min(max(seconds, SHORTEST_LEASE), LONGEST_LEASE)


def _is_modest(challenge: str) -> bool:
    """Whether we would say that: whoever makes somebody follow a link must not make us say anything (section 9.2)."""
    return 0 < len(challenge) <= LONGEST_CHALLENGE and challenge.isprintable()


def _echo(challenge: str) -> Response:
    return Response(challenge, 200, {"x-content-type-options": "nosniff"}, media_type="application/octet-stream")


def _text(status: int, words: str) -> Response:
    return Response(words, status, media_type="text/plain")
