"""Connections to others' relays: one for each, made when somebody needs it, and let go when nobody does.

How a relay answers is the health of its node: one that fails is let alone for longer each time, whoever asks.
"""

import asyncio
import logging
import random
from functools import partial

from scattershot.app import counters
from scattershot.app.wells import Wells
from scattershot.ports.clock import Clock
from scattershot.ports.fetcher import Fetcher, Unreachable
from scattershot.ports.sockets import Dialler
from scattershot.protocols.nostr.gateway.information import DOCUMENT
from scattershot.protocols.nostr.gateway.line import Line, Prove
from scattershot.protocols.nostr.session.theirs import MAX_DOCUMENT, Theirs, read_information
from scattershot.protocols.nostr.wire.relay_lists import over_http, relay_address
from scattershot.wirekit.http_message import Headers, Request
from scattershot.wirekit.urls import host_of

IDLE = 60_000
"""Milliseconds after which a connection that nobody needs is closed."""
SHORT = 20_000
"""One that was cut so soon after it was made (milliseconds) counts as a failure: else it would be made at once anew."""
MESSAGE_BYTES = 1_000_000
"""The most bytes of a message; a comparison's are the longest."""
SPREAD = 5_000
"""Milliseconds over which nodes come back to a relay that cut them all at once."""
_DIAL, _DOCUMENT = 10.0, 5.0

_logger = logging.getLogger(__name__)


class _Held:
    def __init__(self, line: Line, task: "asyncio.Task[None]", now: int) -> None:
        self.line, self.task, self.made, self.used = line, task, now, now


class Pool:
    """The connections of one node. `own` is its own relay's address, which is not dialled; `plain`: without TLS too."""

    def __init__(
        self, dialler: Dialler, fetcher: Fetcher, clock: Clock, wells: Wells, prove: Prove, own: str, *, plain: bool,
        most: int,
    ) -> None:  # fmt: skip
        self._dialler, self._fetcher, self._clock, self._wells, self._prove = dialler, fetcher, clock, wells, prove
        self.plain, self._most = plain, most
        self.own = relay_address(own, plain=True) or own
        self._held: dict[str, _Held] = {}
        self._dialling: dict[str, asyncio.Task[Line | Unreachable]] = {}
        self._settling: set[asyncio.Task[None]] = set()
        self._resting: dict[str, int] = {}

    @property
    def lines(self) -> list[Line]:
        """Those that are open."""
        return [held.line for held in self._held.values() if not held.line.ended]

    def address(self, text: str) -> str | None:
        """A relay's address in its one spelling; None where it is none, or our own."""
        address = relay_address(text, plain=self.plain)
        return address if address != self.own else None

    def open(self, address: str) -> Line | None:
        """The connection to that relay, where there is one."""
        held = self._held.get(address)
        return held.line if held is not None and not held.line.ended else None

    def rests(self, address: str) -> bool:
        """Whether it was cut a moment ago: one comes back after a while that differs from node to node, so that not
        everybody is at a relay's door the moment it opens."""
        return self._resting.get(address, 0) > self._clock.now()

    async def line(self, address: str, *, insist: bool = False) -> Line | Unreachable:
        """A connection to that relay; those who ask at the same time share one.

        A relay that failed lately is not tried before its time, unless somebody `insist`s who did wait for it.
        """
        line = self.open(address)
        if line is not None:
            self._held[address].used = self._clock.now()
            return line
        task = self._dialling.get(address)
        if task is None:
            task = self._dialling[address] = asyncio.create_task(self._dial(address, insist))
            task.add_done_callback(lambda _: self._dialling.pop(address, None))
        return await asyncio.shield(task)

    async def _dial(self, address: str, insist: bool) -> Line | Unreachable:
        host = host_of(over_http(address))
        if host is None or address == self.own:
            return Unreachable("protocol", "this is no relay of others")
        door, now = await self._wells.door(host), self._clock.now()
        if door.blocked:
            return Unreachable("blocked", "this node does not deal with that one")
        if now < door.retry_at and not insist:
            return Unreachable("resting", "it did not answer lately")
        if len(self.lines) >= self._most and not self._make_room():
            return Unreachable("busy", "there are as many connections as there may be")
        theirs = await self._ask_about(address)
        socket = await self._dialler.dial(address, limit=MESSAGE_BYTES, seconds=_DIAL)
        if isinstance(socket, Unreachable):
            _logger.info("the relay %s cannot be reached: %s", address, socket.why)
            await self._wells.failed(address, host, socket.why)
            return socket
        await self._wells.answered(address, host)
        line = Line(address, socket, theirs, self._prove)
        task = asyncio.create_task(line.run())
        self._held[address] = _Held(line, task, self._clock.now())
        counters.LINES.inc()
        task.add_done_callback(partial(self._ended, address, host))
        return line

    async def _ask_about(self, address: str) -> Theirs:
        """What the relay says of itself (NIP-11); as careful as can be where it says nothing."""
        headers = Headers([("accept", DOCUMENT.decode())])
        asked = Request("GET", over_http(address), headers)
        answer = await self._fetcher.send(asked, limit=MAX_DOCUMENT, seconds=_DOCUMENT)
        if isinstance(answer, Unreachable) or answer.status != 200:
            return Theirs()
        return read_information(answer.body)

    def _ended(self, address: str, host: str, task: "asyncio.Task[None]") -> None:
        counters.LINES.dec()
        held = self._held.pop(address, None)
        if not task.cancelled() and task.exception() is not None:
            _logger.error("a connection to %s stumbled", address, exc_info=task.exception())
        self._wells.wake()
        if held is None or task.cancelled() or held.line.hung_up:
            return
        now = self._clock.now()
        self._resting = {each: until for each, until in self._resting.items() if until > now}
        self._resting[address] = now + random.randrange(SPREAD)  # noqa: S311 - jitter, not a secret
        if now - held.made < SHORT:
            settling = asyncio.create_task(self._wells.failed(address, host, "cut"))
            self._settling.add(settling)
            settling.add_done_callback(self._settling.discard)

    def _make_room(self) -> bool:
        """Let go of the one that was not needed for the longest; False where all are needed."""
        idle = [held for held in self._held.values() if held.line.is_idle]
        if idle:
            min(idle, key=lambda held: held.used).task.cancel()
        return bool(idle)

    def sweep(self) -> None:
        """Let go of those that nobody needs any more."""
        now = self._clock.now()
        for held in list(self._held.values()):
            if held.line.is_idle and now - held.used > IDLE:
                held.task.cancel()

    async def close(self) -> None:
        """Hang up everywhere."""
        tasks = [held.task for held in self._held.values()] + list(self._dialling.values()) + list(self._settling)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
