"""The relay: WebSockets at the node's own address, the batches in which events are kept, and who is told of them."""

import asyncio
import logging
import secrets
from collections.abc import Iterable, Sequence

import msgspec
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from scattershot.app import counters
from scattershot.app.lately import Lately
from scattershot.app.slips import Slips
from scattershot.domain.slip import Kept, Outcome, Want
from scattershot.ports.clock import Clock
from scattershot.ports.database import UnavailableError
from scattershot.ports.texts import TEXTS
from scattershot.protocols.nostr.gateway.connection import TRY_LATER, Connection
from scattershot.protocols.nostr.gateway.information import DOCUMENT, Information
from scattershot.protocols.nostr.gateway.management import Management
from scattershot.protocols.nostr.gateway.sealing import Seals
from scattershot.protocols.nostr.session.limits import Limits
from scattershot.protocols.nostr.session.session import Compare, Deed, Find, Leave, Say, Session, Take, Tally
from scattershot.protocols.nostr.session.subscriptions import Subscription, Subscriptions
from scattershot.protocols.nostr.session.visibility import Allowed, may_read
from scattershot.protocols.nostr.translate.slips import to_slip, to_want, with_burial
from scattershot.protocols.nostr.wire import frames, kinds
from scattershot.protocols.nostr.wire.event import Event, encode, is_genuine
from scattershot.protocols.nostr.wire.readings import vanishes_from

PATHS = ("/", "/nostr")
BATCH = 128
"""Events that are looked at and kept together: 5 ms of work, while what else goes on waits."""
MOST_BATCHES = 4
"""Batches on their way to the disk; until one is there, the next waits."""
_SEEN = 50_000
"""Names of events kept lately, that need not be looked at again."""

_read = msgspec.json.Decoder(Event).decode
_logger = logging.getLogger(__name__)

_WORDS = {
    Outcome.KEPT: (True, ""),
    Outcome.KNOWN: (True, "duplicate: we have it"),
    Outcome.OLDER: (True, "duplicate: we have a newer one"),
    Outcome.BURIED: (False, "blocked: its author has deleted it"),
    Outcome.EXPIRED: (False, "invalid: the event has expired"),
}


class Relay:
    """The relay of one node: an ASGI application for `PATHS`, as WebSockets and as the document of NIP-11."""

    def __init__(self, slips: Slips, clock: Clock, limits: Limits, information: Information, most_from: int) -> None:
        self._slips, self._clock, self._limits, self._information = slips, clock, limits, information
        self._most_from = most_from
        self._seals = Seals(slips, limits.items)
        self.subscriptions = Subscriptions()
        self._connections: set[Connection] = set()
        self._from: dict[str, int] = {}
        self._brought: list[tuple[Connection, Event]] = []
        self._keeping: asyncio.Task[None] | None = None
        self._under_way: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(MOST_BATCHES)
        self._seen: Lately[str, bool] = Lately(_SEEN)
        self._management: Management | None = None

    def be_managed(self, management: Management) -> None:
        """Take orders (NIP-86) from those who run the node."""
        self._management = management

    def forget_seen(self) -> None:
        """What was taken before is looked at again when it is brought again."""
        self._seen.clear()

    def handles(self, scope: Scope) -> bool:
        """Whether a request is for the relay: a WebSocket, or who asks for the document of NIP-11."""
        if scope["path"] not in PATHS:
            return False
        if scope["type"] == "websocket":
            return True
        if scope["method"] == "OPTIONS":
            return str(scope["path"]) == PATHS[1]
        if self._management is not None and self._management.handles(scope):
            return True
        return any(name == b"accept" and DOCUMENT in value for name, value in scope["headers"])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, or answer."""
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
            return
        if self._management is not None and self._management.handles(scope):
            await self._management(scope, receive, send)
            return
        headers = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*", "Vary": "Accept",
                   "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS"}  # fmt: skip
        body = b"" if scope["method"] == "OPTIONS" else self._information.body
        await Response(body, media_type=DOCUMENT.decode(), headers=headers)(scope, receive, send)

    async def close(self) -> None:
        """Let everybody go, once what was brought is kept."""
        while self._keeping is not None or self._under_way:
            await asyncio.gather(*filter(None, [self._keeping, *self._under_way]), return_exceptions=True)
        self.let_all_go()

    @property
    def connected(self) -> list[Connection]:
        """Who is here."""
        return list(self._connections)

    def let_all_go(self) -> None:
        """End every connection, so that the server can stop."""
        for connection in list(self._connections):
            connection.end()

    # -- sockets

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        client = HTTPConnection(scope).client
        host = client.host if client is not None else ""
        if self._from.get(host, 0) >= self._most_from:
            await send({"type": "websocket.close", "code": TRY_LATER})
            return
        now = self._clock.now() / 1000
        connection = Connection(Session(self._limits, self._information.address, secrets.token_hex(16), now))
        self._from[host] = self._from.get(host, 0) + 1
        self._connections.add(connection)
        counters.LISTENERS.inc()
        try:
            await send({"type": "websocket.accept"})
            await self._serve(connection, receive, send, together=TEXTS in scope.get("extensions", ()))
        finally:
            self._let_go(connection)
            self._from[host] -= 1
            if not self._from[host]:
                del self._from[host]

    def _let_go(self, connection: Connection) -> None:
        connection.end()
        for name in connection.session.names:
            self.subscriptions.drop(connection, name)
        self._connections.discard(connection)
        counters.LISTENERS.dec()

    async def _serve(self, connection: Connection, receive: Receive, send: Send, *, together: bool) -> None:
        pouring = asyncio.create_task(connection.pour(send, together=together))
        try:
            for deed in connection.session.open():
                await self._do(connection, deed)
            while connection.ended is None:
                await connection.ready()
                message = await receive()
                if message["type"] == "websocket.disconnect":
                    return
                said = message.get("text") or message.get("bytes") or ""
                for deed in connection.session.receive(said, self._clock.now() / 1000):
                    await self._do(connection, deed)
            await pouring
        finally:
            pouring.cancel()
            await asyncio.gather(pouring, return_exceptions=True)

    async def _do(self, connection: Connection, deed: Deed) -> None:
        match deed:
            case Say(frame):
                connection.tell(frame)
            case Take(event):
                self._take(connection, event)
            case Leave(name):
                self.subscriptions.drop(connection, name)
            case Find(name, filters):
                await self._find(connection, name, filters)
            case Tally(name, filters):
                await self._tally(connection, name, filters)
            case Compare(name, wanted, message):
                await self._compare(connection, name, wanted, message)

    # -- reading

    async def _find(self, connection: Connection, name: str, filters: Sequence[Allowed]) -> None:
        """Listen before looking, so that nothing falls between."""
        head = frames.event_head(name)
        self.subscriptions.add(Subscription(connection, name, head), [each.filter for each in filters])
        try:
            found, more = await self._slips.find([self._want(each) for each in filters])
        except (TimeoutError, UnavailableError):
            self.subscriptions.drop(connection, name)
            connection.session.names.discard(name)
            connection.tell(frames.closed(name, "error: this takes too long at the moment; ask for less"))
            return
        for slip in found:
            if self._may_have(connection, slip):
                connection.tell(f"{head}{slip.body.decode()}]")
        connection.tell(frames.eose(name, not more))

    def _want(self, wanted: Allowed) -> Want:
        return to_want(wanted.filter, self._limits.limit, but_kinds=wanted.but_kinds)

    def _may_have(self, connection: Connection, slip: Kept) -> bool:
        return slip.kind not in kinds.PRIVATE or may_read(_read(slip.body), connection.session.readers)

    async def _tally(self, connection: Connection, name: str, filters: Sequence[Allowed]) -> None:
        wants = [to_want(each.filter, self._limits.items, but_kinds=each.but_kinds) for each in filters]
        try:
            number, exact = await self._slips.count(wants)
        except (TimeoutError, UnavailableError):
            connection.tell(frames.closed(name, "error: this takes too long at the moment; ask for less"))
            return
        connection.tell(frames.counted(name, number, approximate=not exact))

    async def _compare(self, connection: Connection, name: str, wanted: Allowed, message: bytes) -> None:
        try:
            side = await self._seals.sealed(to_want(wanted.filter, self._limits.items, but_kinds=wanted.but_kinds))
        except (TimeoutError, UnavailableError):
            connection.tell(frames.neg_error(name, "error: this takes too long at the moment; ask for less"))
            return
        frame = connection.session.begin(name, side, message)
        if frame is not None:
            connection.tell(frame)

    # -- keeping

    def _take(self, connection: Connection, event: Event) -> None:
        if event.id in self._seen:
            connection.tell(frames.ok(event.id, *_WORDS[Outcome.KNOWN]))
            return
        connection.brought()
        self._brought.append((connection, event))
        if self._keeping is None:
            self._keeping = asyncio.create_task(self._keep())

    async def _keep(self) -> None:
        """Look at what was brought, batch after batch, each while those before it are on their way to the disk."""
        try:
            while self._brought:
                await self._room.acquire()
                batch, self._brought = self._brought[:BATCH], self._brought[BATCH:]
                task = asyncio.create_task(self._keep_batch(self._genuine(batch)))
                self._under_way.add(task)
                task.add_done_callback(self._done)
                await asyncio.sleep(0)
        finally:
            self._keeping = None

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._under_way.discard(task)
        self._room.release()
        if not task.cancelled() and task.exception() is not None:
            _logger.error("a batch of events could not be kept", exc_info=task.exception())

    def _genuine(self, batch: list[tuple[Connection, Event]]) -> list[tuple[Connection, Event, bytes]]:
        """Those with a true signature, each with its JSON; the ephemeral among them are passed on at once."""
        lasting = []
        for connection, event in batch:
            if not is_genuine(event):
                self._answer(connection, event, "refused", False, "invalid: id or signature is wrong")
            elif kinds.keeping(event.kind) is kinds.Keeping.EPHEMERAL:
                self._answer(connection, event, "passed on", True, "")
                self._tell_all(event, encode(event))
            else:
                lasting.append((connection, event, encode(event)))
        return lasting

    async def _keep_batch(self, batch: list[tuple[Connection, Event, bytes]]) -> None:
        """Answer only when it is on disk."""
        if not batch:
            return
        address = self._information.address
        slips = [
            with_burial(to_slip(event, body), event, vanishes=vanishes_from(event, address)) for _, event, body in batch
        ]
        try:
            outcomes = await self._slips.put(slips)
        except Exception as problem:
            for connection, event, _ in batch:
                self._answer(connection, event, "failed", False, "error: it cannot be kept at the moment")
            if isinstance(problem, UnavailableError):
                return
            raise
        for (connection, event, body), outcome in zip(batch, outcomes, strict=True):
            if outcome in (Outcome.KEPT, Outcome.KNOWN):
                self._seen[event.id] = True
            if event.kind in (kinds.DELETION, kinds.VANISH):
                self._seen.clear()
            self._answer(connection, event, outcome.value, *_WORDS[outcome])
            if outcome is Outcome.KEPT:
                self._tell_all(event, body)

    def _answer(self, connection: Connection, event: Event, outcome: str, taken: bool, why: str) -> None:
        counters.arrived("nostr", outcome).inc()
        connection.tell(frames.ok(event.id, taken, why))
        connection.decided()

    # -- telling

    def tell(self, bodies: Iterable[bytes]) -> None:
        """Let those who listen have what was kept by another way than theirs, such as what is said here."""
        for body in bodies:
            event = _read(body)
            if event.kind in (kinds.DELETION, kinds.VANISH):
                self._seen.clear()
            self._tell_all(event, body)

    def _tell_all(self, event: Event, body: bytes) -> None:
        """Everybody who listens for it; frames are made once for all who call their subscription the same."""
        found = self.subscriptions.match(event)
        if not found:
            return
        text, made = f"{body.decode()}]", dict[str, str]()
        private = event.kind in kinds.PRIVATE
        for subscription in found:
            connection = subscription.owner
            assert isinstance(connection, Connection)
            if private and not may_read(event, connection.session.readers):
                continue
            frame = made.get(subscription.head)
            if frame is None:
                frame = made[subscription.head] = subscription.head + text
            connection.tell(frame)
