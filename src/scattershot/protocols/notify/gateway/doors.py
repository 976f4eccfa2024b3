"""The doors by HTTPS: who this node is, who wishes to be told, and the log for those who are told."""

import hashlib

from msgspec import json
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app import counters
from scattershot.app.hints import Hints
from scattershot.app.lately import Lately
from scattershot.domain.hint import Listener, Stretch
from scattershot.domain.ids import Millis, Seq
from scattershot.ports.clock import Clock
from scattershot.ports.datagrams import Datagrams, Place
from scattershot.protocols.notify.gateway.asking import Asking
from scattershot.protocols.notify.gateway.identity import Identity
from scattershot.protocols.notify.gateway.telling import LEASE, SILENCE, Telling
from scattershot.protocols.notify.session.gate import Peer
from scattershot.protocols.notify.wire import cose, words
from scattershot.protocols.notify.wire.cbor import Malformed
from scattershot.protocols.notify.wire.cose import Envelope, Purpose
from scattershot.protocols.notify.wire.documents import LINES, LOG, PATH, SCHEME, Accepted, Presented, bytes_of
from scattershot.protocols.notify.wire.words import Subscribe
from scattershot.wirekit.addresses import caller_address
from scattershot.wirekit.log_pages import Asked, Mistake, read_asked
from scattershot.wirekit.places import place_text
from scattershot.wirekit.token_bucket import Bucket, RateLimits
from scattershot.wirekit.urls import host_of, parse_url

OF_WISHES = Bucket(100, 1)
"""Wishes from one address, behind which a whole network may be: each may cost us a question elsewhere."""
OF_PLACES, OF_ADDRESSES = Bucket(4, 1 / 60), Bucket(100, 1)
"""Wishes to be told at one place, and at one IP address, whoever asks: each costs it a few datagrams."""
OF_LOGS = Bucket(60, 2)
"""Pages for one listener."""
SKEW = 300_000
"""Milliseconds that a wish or a question may be older or younger than our clock."""
LARGEST_WISH = 4_096
MOST_LINES = 200
_KNOWN_FOR = 3_600_000
"""Milliseconds for which it is remembered who a node said that it is."""


class Doors:
    """`routes` are there where hints are on."""

    def __init__(
        self, identity: Identity, hints: Hints, telling: Telling, asking: Asking, datagrams: Datagrams, clock: Clock,
        trusted: tuple[str, ...],
    ) -> None:  # fmt: skip
        self._identity, self._hints, self._telling, self._asking = identity, hints, telling, asking
        self._datagrams, self._clock, self._trusted = datagrams, clock, trusted
        self._wishes, self._logs = RateLimits(OF_WISHES), RateLimits(OF_LOGS)
        self._places, self._addresses = RateLimits(OF_PLACES), RateLimits(OF_ADDRESSES)
        self._presented: Lately[str, tuple[Millis, Presented]] = Lately(1_000)

    @property
    def routes(self) -> list[Route]:
        """What is asked here."""
        return [
            Route(PATH, self.document, methods=["GET", "HEAD"]),
            Route(PATH, self.subscribe, methods=["POST"]),
            Route(LOG + "{epoch}", self.log, methods=["GET"]),
        ]

    async def document(self, _: Request) -> Response:
        """Who this node is."""
        headers = {"cache-control": "max-age=600", "access-control-allow-origin": "*"}
        return Response(self._identity.document(), 200, headers, media_type="application/json")

    # -- who wishes to be told

    async def subscribe(self, request: Request) -> Response:
        """A wish: 202 once a challenge is on its way. Who it is is found out from its own document, so that nobody can
        wish for another."""
        now = self._clock.now()
        if not self._wishes.take(self._caller(request), now).allowed:
            return _said(429, "You ask too often.")
        body = await _small_body(request)
        sealed = cose.envelope(body) if body is not None else Malformed("too_large")
        wish = words.read_subscribe(sealed.payload) if isinstance(sealed, Envelope) else sealed
        if isinstance(wish, Malformed) or isinstance(sealed, Malformed):
            return _said(400, "This takes a wish to be told, as docs/protocols/notify.md has it.")
        peer = await self._proven(sealed, wish, now)
        if isinstance(peer, str):
            counters.HINTS_CAME.labels("wish_refused").inc()
            return _said(403, peer)
        if wish.lease == 0:
            await self._telling.leave(peer.name)
            return Response(None, 204)
        place = await self._place(wish, now)
        if isinstance(place, str):
            return _said(400, place)
        node = await self._hints.meet(peer.host)
        if node is None:
            return _said(403, "This node does not deal with yours.")
        lease = min(wish.lease, LEASE)
        presented = self._presented[peer.host][1]
        listener = Listener(
            node, peer.host, peer.name, presented.sign, presented.agree, place_text(place), wish.group, wish.token,
            Millis(now + lease * 1000), Seq(0),
        )  # fmt: skip
        if not self._telling.wish(listener, peer, place):
            return _said(503, "Too many ask at the moment.")
        accepted = Accepted(epoch=self._identity.epoch.hex(), lease=lease, silence=SILENCE)
        return Response(json.encode(accepted), 202, media_type="application/json")

    async def _proven(self, sealed: Envelope, wish: Subscribe, now: Millis) -> Peer | str:
        """Who wishes; or, in words, why that is not believed."""
        url = parse_url(wish.origin)
        host = host_of(wish.origin)
        if url is None or host is None or self._asking.origin(host) != wish.origin or host == self._own_host:
            return "Its origin is none."
        if abs(now - wish.moment) > SKEW:
            return "It is not of now."
        if wish.group and wish.group not in self._identity.groups:
            return "There is no such group."
        if await self._hints.is_blocked(host):
            return "This node does not deal with yours."
        for fresh in (False, True):
            presented = await self._whois(host, fresh=fresh)
            if isinstance(presented, str):
                return f"Your document cannot be had: {presented}."
            name = words.name_of(presented.sign)
            peer = self._telling.met(host, name, presented.sign, presented.agree)
            claims = peer is not None and sealed.kid == wish.receiver == name
            if peer is not None and claims and cose.has_mac(sealed, peer.key, Purpose.SUBSCRIBE):
                return peer
        return "The proof does not hold."

    async def _whois(self, host: str, *, fresh: bool) -> Presented | str:
        known, now = self._presented.get(host), self._clock.now()
        if known is not None and not fresh and 0 <= now - known[0] < _KNOWN_FOR:
            return known[1]
        found = await self._asking.presented(host)
        if isinstance(found, Presented):
            self._presented[host] = now, found
        return found

    async def _place(self, wish: Subscribe, now: Millis) -> Place | str:
        place = await self._datagrams.resolve(wish.address)
        if place is None:
            return "The address is none that this node sends to."
        addressed = self._addresses.take(place[0], now).allowed
        if not addressed or not self._places.take(place_text(place), now).allowed:
            return "That address was asked for too often."
        return place

    @property
    def _own_host(self) -> str | None:
        return host_of(self._identity.origin)

    def _caller(self, request: Request) -> str:
        near = request.client.host if request.client is not None else ""
        return caller_address(near, request.headers.get("x-forwarded-for", ""), self._trusted)

    # -- the log

    async def log(self, request: Request) -> Response:
        """What a listener is owed behind a serial. That it asks says that it has all before: it called back."""
        listener = self._asker(request)
        if listener is None:
            return _said(401, "Only who is told may read this.", **{"www-authenticate": SCHEME})
        now = self._clock.now()
        taken = self._logs.take(listener.host, now)
        if not taken.allowed:
            return _said(429, "You ask too often.", **{"retry-after": str(int(taken.retry_after) + 1)})
        asked = read_asked(request.query_params, "")
        if isinstance(asked, Mistake) or asked.after is None:
            return _said(400, asked.words if isinstance(asked, Mistake) else "`after` is missing.")
        if request.path_params["epoch"] != self._identity.epoch.hex():
            return _said(410, "That epoch is over.")
        if asked.after > await self._hints.newest():
            return _said(404, "There is no such serial yet.")
        await self._telling.called_back(listener, asked.after)
        found = await self._awaited(listener, asked)
        body = _lines(found, asked.after)
        tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
        headers = {"etag": tag, "cache-control": "no-store"}
        if tag in request.headers.get("if-none-match", "")[:1024]:
            return Response(None, 304, headers)
        return Response(body, 200, headers, media_type=LINES)

    def _asker(self, request: Request) -> Listener | None:
        scheme, _, said = request.headers.get("authorization", "").partition(" ")
        sealed = cose.envelope(bytes_of(said) or b"") if scheme == SCHEME and len(said) < 1_024 else None
        if not isinstance(sealed, Envelope):
            return None
        asked = words.read_log_asked(sealed.payload)
        listener = self._telling.listener(sealed.kid)
        peer = self._telling.peer(sealed.kid)
        if listener is None or peer is None or isinstance(asked, Malformed) or asked.receiver != sealed.kid:
            return None
        if abs(self._clock.now() - asked.moment) > SKEW or str(asked.after) != request.query_params.get("after"):
            return None
        return listener if cose.has_mac(sealed, peer.key, Purpose.LOG) else None

    async def _awaited(self, listener: Listener, asked: Asked) -> Stretch:
        """What is there, over stretches that tell nothing; where that is nothing, as soon as there is, or the wait is
        over."""
        after, limit = Seq(asked.after or 0), min(asked.limit, MOST_LINES)
        turns = self._hints.turns
        found = Stretch([], after, after)
        for _ in range(_STRETCHES):
            turn = turns.now
            found = await self._hints.stretch(listener.node, after, limit)
            if found.told:
                break
            if found.up_to == found.newest and (not asked.wait or not await turns.beyond(turn, asked.wait)):
                return found
            after = found.up_to
        return found


_STRETCHES = 20
"""So many stretches that tell nothing are passed over in one answer."""


def _lines(found: Stretch, after: int) -> bytes:
    lines = []
    for each in found.told:
        lines.append(b'{"serial":%d,"previous":%d,"activity":%b}\n' % (each.seq, after, each.body))
        after = each.seq
    lines.append(b'{"up_to":%d,"newest":%d}\n' % (found.up_to, found.newest))
    return b"".join(lines)


async def _small_body(request: Request) -> bytes | None:
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_WISH:
            return None
    return body


def _said(status: int, why: str, **headers: str) -> Response:
    return Response(f"{why}\n", status, headers, media_type="text/plain")
