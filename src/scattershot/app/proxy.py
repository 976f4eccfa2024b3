"""The proxy: pictures, sounds and films of other nodes are shown from here, so that nobody's browser asks a stranger.

They are fetched when somebody looks at them, kept as long as there is room, the least looked at going first, and judged
by their first bytes alone. Addresses are signed: only what we showed ourselves can be asked for.
"""

import asyncio
import base64
import binascii
import hmac
import logging
import re
import secrets
from collections.abc import AsyncIterator
from typing import NamedTuple

from scattershot.app import counters
from scattershot.app.lately import Lately
from scattershot.app.prints import new_name
from scattershot.app.receiving import Receiving, Sizes
from scattershot.domain.ids import Millis
from scattershot.domain.node import Standing
from scattershot.domain.reading import Refused
from scattershot.ports.blobs import Aside, Blobs
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.ports.fetcher import Pourer, Unreachable
from scattershot.storage.tables import facts, remote_media, rules
from scattershot.wirekit.http_message import Headers, Request, Response
from scattershot.wirekit.redirects import next_hop
from scattershot.wirekit.urls import host_of, normal_url

MAX_REDIRECTS = 3
SECONDS = 60.0
"""How long one file may take to come."""
AT_ONCE = 24
PER_HOST = 2
"""Fewer than the connections that we keep with a host, so that pictures do not hold up posts."""
FAILED_FOR = 300_000
"""How long somebody who could not be asked is not asked again for the same (milliseconds)."""
REMEMBERED = 10_000
TOUCHED_AFTER = 3_600_000
"""A look is noted when the last was so long ago (milliseconds): the order of going need not be exact."""
EVERY = 60.0
ROOM = 0.95
"""What is full is emptied down to this part of it."""
BATCH = 100

SECRET = "media_proxy_secret"  # noqa: S105
"""The fact that holds the key of the signatures."""

_ENDING = re.compile(r"\.([A-Za-z0-9]{2,5})(?:[?#]|$)")
_ACCEPT = Headers([("accept", "image/avif,image/webp,image/*,video/*,audio/*,*/*;q=0.1")])
_NO_SUCH = Refused("not_found", "There is no such file.")
_logger = logging.getLogger(__name__)


class _EnoughSeen(Exception):
    """What comes is not taken; the rest of it need not come."""


async def proxy_secret(database: Database) -> bytes:
    """The key of this node's signatures, made at the first start."""

    def work(tx: Transaction) -> str:
        secret = facts.get(tx, SECRET)
        if secret is None:
            secret = secrets.token_hex(32)
            facts.put(tx, SECRET, secret)
        return secret

    known = await database.read(lambda tx: facts.get(tx, SECRET))
    return bytes.fromhex(known if known is not None else await database.write(work))


class Signed:
    """Makes the addresses under which things of other nodes are shown here, and knows its own again."""

    def __init__(self, secret: bytes, origin: str) -> None:
        self._secret, self._origin = secret, origin

    def url(self, address: str) -> str:
        """Where a picture, sound or film is shown to our people; what is ours stays where it is, and what cannot be
        fetched is nowhere."""
        path = self.path(address)
        return f"{self._origin}{path}" if path else ""

    def path(self, address: str) -> str:
        """The same as a path of this node, for pages of our own."""
        if address.startswith(f"{self._origin}/"):
            return address[len(self._origin) :]
        if not address.startswith(("https://", "http://")):
            return ""
        code = base64.urlsafe_b64encode(address.encode()).rstrip(b"=").decode()
        ending = _ENDING.search(address)
        return f"/proxy/{self._mac(address)}/{code}{'.' + ending[1].lower() if ending else ''}"

    def address(self, mac: str, code: str) -> str | None:
        """The address that such a path stands for, where we made it."""
        bare = code.partition(".")[0]
        try:
            address = base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4)).decode()
        except (ValueError, binascii.Error):
            return None
        return address if hmac.compare_digest(mac.encode(), self._mac(address).encode()) else None

    def _mac(self, address: str) -> str:
        seal = hmac.digest(self._secret, address.encode(), "sha256")[:18]
        return base64.urlsafe_b64encode(seal).decode()


def _is_shunned(tx: Transaction, host: str) -> bool:
    """Whether nothing is shown of the host: it is blocked, or its media are not taken."""
    return any(rule.rejects_media or rule.standing is Standing.BLOCKED for rule in rules.concerning(tx, host))


def _row(tx: Transaction, address: str) -> remote_media.Row | None:
    """What is kept of that address; what was kept before its host was shunned is shown no more."""
    row = remote_media.get(tx, address)
    return None if row is None or _is_shunned(tx, host_of(address) or "") else row


class Proxied(NamedTuple):
    """A file of another node, as it is kept here."""

    address: str
    name: str
    media_type: str
    bytes: int


class Proxy:
    """Fetches and keeps what is asked for under signed addresses."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        fetcher: Pourer,
        cache: Blobs,
        aside: Aside,
        signed: Signed,
        sizes: Sizes,
        cap: int,
    ) -> None:
        self._database, self._clock, self._fetcher = database, clock, fetcher
        self._cache, self._aside, self._sizes, self._cap = cache, aside, sizes, cap
        self.signed = signed
        self._coming: dict[str, asyncio.Task[Proxied | Refused]] = {}
        self._failed: Lately[str, tuple[Millis, Refused]] = Lately(REMEMBERED)
        self._used: dict[str, Millis] = {}
        self._total: int | None = None
        self._places = asyncio.Semaphore(AT_ONCE)
        self._hosts: Lately[str, asyncio.Semaphore] = Lately(REMEMBERED)
        self._emptying = asyncio.Lock()

    async def find(self, mac: str, code: str) -> Proxied | Refused:
        """The file, fetched where it is not kept: by the first who asks, for all who ask meanwhile."""
        address = self.signed.address(mac, code)
        if address is None:
            return _NO_SUCH
        kept = await self._kept(address)
        if kept is not None:
            return kept
        now = self._clock.now()
        failed = self._failed.get(address)
        if failed is not None and failed[0] > now:
            return failed[1]
        coming = self._coming.get(address)
        if coming is None:
            coming = self._coming[address] = asyncio.create_task(self._fetch(address))
            coming.add_done_callback(lambda _: self._coming.pop(address, None))
        return await asyncio.shield(coming)

    async def _kept(self, address: str) -> Proxied | None:
        row = await self._database.read(lambda tx: _row(tx, address))
        if row is None:
            return None
        now = self._clock.now()
        if now - row.used > TOUCHED_AFTER:
            self._used[address] = now
        return Proxied(address, row.file, row.media_type, row.bytes)

    def read(self, name: str, start: int, length: int) -> AsyncIterator[bytes]:
        """That part of a file; NoSuchBlobError at the first piece where it is gone."""
        return self._cache.read(name, start, length)

    async def forget(self, found: Proxied) -> None:
        """The file is not there, whatever is written of it: it may be fetched again."""
        await self._database.write(lambda tx: remote_media.forget(tx, [found.address]))
        self._total = None

    # -- fetching

    async def _fetch(self, address: str) -> Proxied | Refused:
        receiving = Receiving(self._aside.path(), self._sizes)
        try:
            kept = await self._kept(address)
            if kept is not None:  # since it was looked for, the one before was done
                return kept
            got = await self._receive(address, receiving)
            counters.MEDIA_FETCHES.labels("refused" if isinstance(got, Refused) else "kept").inc()
            if isinstance(got, Refused):
                self._failed[address] = (Millis(self._clock.now() + FAILED_FOR), got)
                return got
            return await self._keep(address, receiving)
        except OSError:
            _logger.exception("a file of another node could not be kept")
            return Refused("unavailable", "The file could not be kept just now.")
        finally:
            receiving.discard()

    async def _receive(self, address: str, receiving: Receiving) -> Receiving | Refused:
        start, host = normal_url(address, fragment=False), host_of(address)
        if start is None or host is None:
            return _NO_SUCH
        if await self._database.read(lambda tx: _is_shunned(tx, host)):
            return _NO_SUCH
        if host not in self._hosts:
            self._hosts[host] = asyncio.Semaphore(PER_HOST)
        try:
            async with self._hosts[host], self._places:
                answer = await self._answer(Request("GET", start, _ACCEPT), receiving)
        except _EnoughSeen:
            assert receiving.refused is not None
            return receiving.refused
        if isinstance(answer, Unreachable):
            return Refused("unreachable", answer.said)
        if answer.status != 200:
            return Refused("not_found" if answer.status in (404, 410) else "unreachable", "It is not there any more.")
        await receiving.end()
        return receiving.refused or receiving

    async def _answer(self, request: Request, receiving: Receiving) -> Response | Unreachable:
        async def take(piece: bytes) -> None:
            await receiving.add(piece)
            if receiving.refused is not None:
                raise _EnoughSeen

        for _ in range(MAX_REDIRECTS + 1):
            answer = await self._fetcher.pour(request, take, limit=max(self._sizes), seconds=SECONDS)
            if isinstance(answer, Unreachable):
                return answer
            following = next_hop(request, answer)
            if following is None:
                return answer
            request = following
        return Unreachable("protocol", "too many redirects")

    # -- keeping

    async def _keep(self, address: str, receiving: Receiving) -> Proxied:
        name = new_name(receiving.media_type)
        row = remote_media.Row(address, name, receiving.media_type, receiving.size, self._clock.now())
        await self._sum()
        await self._database.write(lambda tx: remote_media.put(tx, row))
        await self._cache.put(receiving.path, name)
        if self._total is not None:
            self._total += receiving.size
        if await self._sum() > self._cap:
            async with self._emptying:
                await self._make_room(name)
        return Proxied(address, name, row.media_type, row.bytes)

    async def _sum(self) -> int:
        if self._total is None:
            self._total = await self._database.read(remote_media.total)
        return self._total

    async def _make_room(self, newest: str) -> None:
        """Let go of what was not looked at for the longest; the newest stays, for somebody waits for it."""
        await self.note()
        while await self._sum() > self._cap * ROOM:
            rows = await self._database.read(lambda tx: remote_media.least_used(tx, BATCH))
            rows = [row for row in rows if row.file != newest]
            if not rows:
                return
            freed, gone = 0, []
            for row in rows:
                if await self._sum() - freed <= self._cap * ROOM:
                    break
                await self._cache.delete(row.file)
                freed += row.bytes
                gone.append(row.address)
            await self._database.write(lambda tx, gone=gone: remote_media.forget(tx, gone))  # type: ignore[misc]
            self._total = await self._sum() - freed

    async def note(self) -> None:
        """Write down who was looked at since the last time."""
        used, self._used = self._used, {}
        if used:
            await self._database.write(lambda tx: remote_media.touch(tx, used))

    async def stop(self) -> None:
        """Fetch nothing more."""
        coming = list(self._coming.values())
        for task in coming:
            task.cancel()
        await asyncio.gather(*coming, return_exceptions=True)

    async def run(self) -> None:
        """Note now and then what was looked at."""
        while True:
            await self._clock.sleep(EVERY)
            await self.note()
