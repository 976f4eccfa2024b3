"""Handing an activity over: knock in one signature dialect, then in the other, and say how it went."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from scattershot.domain.delivery import Busy, Delivered, Outcome, Unwanted
from scattershot.domain.node import Endpoint
from scattershot.domain.wire_id import WireId
from scattershot.ports.clock import Clock
from scattershot.ports.fetcher import Fetcher, Unreachable
from scattershot.ports.protocol import Signer
from scattershot.protocols.activitypub.gateway.signing import dialects_for, signed
from scattershot.protocols.activitypub.translate.names import door, followers_of
from scattershot.protocols.activitypub.wire.followers_sync import FIELD, SyncHeader, digest_of, write_sync
from scattershot.protocols.activitypub.wire.media_types import ACTIVITY
from scattershot.protocols.activitypub.wire.signatures import Dialect
from scattershot.wirekit.dates import retry_after
from scattershot.wirekit.http_message import Headers, Request, Response
from scattershot.wirekit.urls import same_origin

MAX_ANSWER = 256 * 1024
"""Nobody needs to hear more in answer to a delivery."""
PATIENCE = 20.0
"""Seconds one attempt may take."""
ALOOF = 4
"""With more deliveries than this under way, signing moves to threads: OpenSSL lets the others run meanwhile. Handing
over costs 50 microseconds of the 250 that a signature takes, so a few are quicker signed on the spot."""
THREADS = 2
_SAME_REQUEST_AGAIN = frozenset({307, 308})
_KNOCK_AGAIN = frozenset({400, 401})
_LATER = frozenset({401, 408, 425, 429})
"""Not for good, although the status says that it is our fault: as Mastodon takes them."""


class _Answer(NamedTuple):
    response: Response | Unreachable
    dialect: Dialect


class Sending:
    """Delivers bodies to inboxes."""

    def __init__(self, fetcher: Fetcher, clock: Clock, user_agent: str) -> None:
        self._fetcher, self._clock, self._user_agent = fetcher, clock, user_agent
        self._under_way = 0
        self._threads: ThreadPoolExecutor | None = None

    async def send(
        self, endpoint: Endpoint, body: bytes, signer: Signer, dialect: str, followers: Sequence[WireId] | None
    ) -> Outcome:
        """As `ports.protocol.Tongue.send` says."""
        self._under_way += 1
        try:
            return await self._knock(endpoint.address, body, signer, dialect, followers)
        finally:
            self._under_way -= 1

    async def _knock(
        self, url: str, body: bytes, signer: Signer, known: str, followers: Sequence[WireId] | None
    ) -> Outcome:
        first: _Answer | None = None
        for knock in dialects_for(known):
            answer = _Answer(await self._post(url, body, signer, knock, followers), knock)
            if isinstance(answer.response, Unreachable) or answer.response.status not in _KNOCK_AGAIN:
                return _outcome(answer, self._clock.now())
            first = first or answer
        assert first is not None
        return _outcome(first, self._clock.now())

    async def _post(
        self, url: str, body: bytes, signer: Signer, dialect: Dialect, followers: Sequence[WireId] | None
    ) -> Response | Unreachable:
        fields = [("user-agent", self._user_agent), ("content-type", ACTIVITY), ("accept", "*/*")]
        extra: tuple[str, ...] = ()
        if followers is not None:
            fields.append((FIELD, write_sync(_sync_header(signer.microblog.value, followers))))
            extra = (FIELD,)
        request = Request("POST", url, Headers(fields), body)
        answer = await self._once(request, signer, dialect, extra)
        if isinstance(answer, Response) and answer.status in _SAME_REQUEST_AGAIN:
            there = answer.headers.get("location") or ""
            if same_origin(there, url):
                return await self._once(request._replace(url=there), signer, dialect, extra)
        return answer

    async def _once(
        self, request: Request, signer: Signer, dialect: Dialect, extra: tuple[str, ...]
    ) -> Response | Unreachable:
        try:
            ready = await self._signed(request, signer, dialect, extra)
        except ValueError as problem:
            return Unreachable("protocol", str(problem))
        return await self._fetcher.send(ready, limit=MAX_ANSWER, seconds=PATIENCE)

    async def _signed(self, request: Request, signer: Signer, dialect: Dialect, extra: tuple[str, ...]) -> Request:
        now = self._clock.now()
        if self._under_way <= ALOOF:
            return signed(request, signer, now, dialect, extra)
        if self._threads is None:
            self._threads = ThreadPoolExecutor(THREADS, "signing")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, signed, request, signer, now, dialect, extra)


def _sync_header(actor: str, followers: Sequence[WireId]) -> SyncHeader:
    digest = digest_of(follower.value for follower in followers)
    return SyncHeader(followers_of(actor), door(actor, "followers_synchronization"), digest)


def _outcome(answer: _Answer, now: int) -> Outcome:
    """What an answer means for the delivery."""
    response, dialect = answer
    if isinstance(response, Unreachable):
        return Busy(response.why)
    status = response.status
    if 200 <= status < 300:
        return Delivered(dialect)
    if status in (404, 410):
        return Unwanted(str(status), gone=True)
    if 300 <= status < 400:
        return Busy("redirect")
    if status == 501 or (400 <= status < 500 and status not in _LATER):
        return Unwanted(str(status))
    return Busy(str(status), retry_after(response.headers.get("retry-after"), now), doubtful=status in (401, 500))
