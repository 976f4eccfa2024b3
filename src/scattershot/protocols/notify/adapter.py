"""Hints as the house sees them: routes, a reader of the change log, and one more door, of datagrams."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable

from starlette.routing import Route

from scattershot.app import counters
from scattershot.app.hinting import TOPIC, Hinting
from scattershot.app.hints import Hints
from scattershot.domain.hint import Listener
from scattershot.domain.ids import Millis
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.datagrams import Datagrams, Nearby, Place
from scattershot.ports.fetcher import Fetcher
from scattershot.ports.protocol import Overhears
from scattershot.protocols.notify.gateway.asking import Asking
from scattershot.protocols.notify.gateway.doors import Doors
from scattershot.protocols.notify.gateway.identity import FILE, SECRET_BYTES, Identity
from scattershot.protocols.notify.gateway.listening import Listening
from scattershot.protocols.notify.gateway.telling import Telling
from scattershot.protocols.notify.session.gate import (
    Acknowledged,
    Challenged,
    Dropped,
    Echoed,
    Gate,
    News,
    Passing,
)
from scattershot.settings import Settings
from scattershot.wirekit.urls import host_of

__all__ = ["FILE", "SECRET_BYTES", "Notify"]

SHORTEST_NAP = 0.02
"""Seconds between two rounds at the least: what comes in between is dealt with, and answered, at once."""

_logger = logging.getLogger(__name__)


class Notify:
    """All of the room. Have `begin` called first; then `run`, or `step` in tests."""

    def __init__(
        self, settings: Settings, secret: bytes, hints: Hints, planning: Hinting, datagrams: Datagrams, clock: Clock,
        bus: Bus, fetcher: Fetcher, overhears: Overhears, user_agent: str,
    ) -> None:  # fmt: skip
        self._datagrams, self._clock, self._bus = datagrams, clock, bus
        self.hints, self.planning = hints, planning
        address = settings.udp_address or f"{_bare(settings.host)}:{datagrams.port}"
        self.identity = Identity(secret, settings.origin, address, settings.udp_groups)
        self.gate = Gate(self.identity.name)
        scheme = settings.origin.partition("://")[0]
        asking = Asking(fetcher, clock, self.identity, user_agent, scheme)
        self.telling = Telling(self.identity, hints, planning, self.gate, datagrams, clock, self._soon)
        self.listening = Listening(
            self.identity, hints, self.gate, datagrams, clock, asking, self.telling, overhears,
            groups=settings.udp_groups, neighbour=host_of(settings.udp_neighbour) or "",
        )  # fmt: skip
        self._doors = Doors(self.identity, hints, self.telling, asking, datagrams, clock, settings.trusted_proxies)
        self._echoed: list[Listener] = []
        self._dropped: Counter[str] = Counter()
        self._nearby: Nearby | None = None

    @property
    def routes(self) -> list[Route]:
        """What is asked by HTTPS."""
        return self._doors.routes

    def nudge(self) -> None:
        """The log has grown. From the event loop."""
        self.hints.turns.nudge()
        self._soon()

    async def begin(self, nearby: Nearby | None = None) -> None:
        """Take up those who told us and whom we told, and listen."""
        await self.hints.begin()
        await self.telling.begin()
        await self.listening.begin()
        self._datagrams.listen(self._take, self._drained)
        self._nearby = nearby
        if nearby is not None:
            await nearby.begin(self._near)

    async def step(self) -> int:
        """Do what is to be done now; how much that was."""
        return await self._tell_and_hear() + await self._ask_around()

    async def run(self) -> None:
        """Do it as it falls due; whoever is slow to answer by HTTPS holds up no datagram."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._go_on(self._tell_and_hear, self.telling.next_at))
            both.create_task(self._go_on(self._ask_around, self.listening.next_at))

    async def _go_on(self, step: Callable[[], Awaitable[int]], next_at: Callable[[], Millis]) -> None:
        while True:
            await step()
            nap = (next_at() - self._clock.now()) / 1000
            await self._bus.wait(TOPIC, min(30.0, max(SHORTEST_NAP, nap)))

    async def _ask_around(self) -> int:
        done = await self.listening.ask_around()
        return done + await self.listening.take_in() if done else 0

    async def _tell_and_hear(self) -> int:
        echoed, self._echoed = self._echoed, []
        for listener in echoed:
            await self.telling.tell(listener)
        return len(echoed) + await self.telling.step() + await self.listening.take_in()

    async def close(self) -> None:
        """Listen no more."""
        if self._nearby is not None:
            await self._nearby.close()
        self._datagrams.close()

    def _near(self, hosts: tuple[str, ...]) -> None:
        self.listening.near(hosts)
        self._soon()

    def _soon(self) -> None:
        self._bus.nudge(TOPIC)

    # -- what comes

    def _take(self, data: bytes, source: Place) -> None:
        """One datagram; what it is worth decides all. From the event loop, and nothing is awaited."""
        now = self._clock.now()
        verdict = self.gate.judge(data, source, now // 1000)
        match verdict:
            case Dropped(why):
                self._dropped[why] += 1
                return
            case News():
                if not self.listening.came(verdict):
                    self._dropped["too_many"] += 1
                    return
                counters.HINTS_CAME.labels("again" if verdict.again else "hint").inc()
            case Challenged():
                self.listening.challenged(verdict, source)
                counters.HINTS_CAME.labels("challenge").inc()
            case Echoed(peer, echo):
                listener = self.telling.echoed(peer, echo)
                if listener is not None:
                    self._echoed.append(listener)
                counters.HINTS_CAME.labels("echo").inc()
            case Acknowledged(peer, heard):
                self.telling.heard(peer, heard)
                counters.HINTS_CAME.labels("heard").inc()
            case Passing(peer, passed):
                took = self.telling.pass_on(peer, passed)
                counters.HINTS_CAME.labels("passed_on" if took else "not_passed_on").inc()
        self._soon()

    def _drained(self) -> None:
        """Count what was thrown away: once for a whole flood, since counting costs more than throwing away."""
        for why, times in self._dropped.items():
            counters.HINTS_CAME.labels(why).inc(times)
        self._dropped.clear()


def _bare(host: str) -> str:
    """The host without the port of its web address."""
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdecimal() else host
