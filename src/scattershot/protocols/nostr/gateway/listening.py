"""Listening at others' relays: to those who are followed here, to what is said to people here, and for their letters.

The outbox model (NIP-65): each author at two of the relays where they write, and as few relays as that takes. What
comes is on disk before a relay's place moves on, so that a kill loses nothing: after a silence all is asked for again
from a while before that place, or compared.
"""

import asyncio
import logging
from collections import deque
from functools import partial
from itertools import count
from typing import NamedTuple

from scattershot.app.wells import TOPIC, Wells
from scattershot.domain.well import Purpose
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.fetcher import Unreachable
from scattershot.protocols.nostr.gateway.catching_up import NOBODY, CatchingUp, Heard
from scattershot.protocols.nostr.gateway.line import Line
from scattershot.protocols.nostr.gateway.pool import Pool
from scattershot.protocols.nostr.gateway.taking import Taking
from scattershot.protocols.nostr.session.choosing import choose
from scattershot.protocols.nostr.session.theirs import Theirs, cut
from scattershot.protocols.nostr.wire.event import Event
from scattershot.protocols.nostr.wire.filters import Filter
from scattershot.protocols.nostr.wire.relay_lists import over_http
from scattershot.wirekit.urls import host_of

AGAIN = 300_000
"""Milliseconds after which the relays are chosen anew, even where nothing seems to have altered."""
CHECKPOINT = 60_000
"""Milliseconds between two notes of how far it came."""
PATIENCE = 120_000
"""Milliseconds after which what was missed is asked for again where a relay could not say all of it, and after which
one listens again where it ended that."""
REFUSING = 6 * 3_600_000
"""Milliseconds for which a relay that lets nobody listen is taken for one that does not answer."""
SPARE_QUESTIONS = 3
"""Subscriptions at a relay that are kept free for what is looked up."""
MANY = 500
"""Authors for whom choosing takes so long that it is done aside, and not at every turn."""
SOON = 10_000
"""Milliseconds between two choices where they are so many."""
MOST_WAITING = 2_000
"""Events that wait to be kept; until there is room, nothing more is read from any relay."""

_logger = logging.getLogger(__name__)


class _Attended(NamedTuple):
    """What is listened to at a relay by that connection: `wanted` is what should be, `heard` what fits there."""

    line: Line
    wanted: Heard
    heard: Heard
    names: tuple[str, ...]
    complete: bool = False
    """Whether what was missed before was had; until then the place does not move."""
    again: int = 0
    """When it is asked for again where it was not."""


class Listening:
    """Listens at others' relays; `index` are asked about those of whom nobody knows where they are met."""

    def __init__(
        self, pool: Pool, wells: Wells, taking: Taking, catching_up: CatchingUp, clock: Clock, bus: Bus,
        index: tuple[str, ...], most: int,
    ) -> None:  # fmt: skip
        self._pool, self._wells, self._taking, self._catching_up = pool, wells, taking, catching_up
        self._clock, self._bus, self._index, self._most = clock, bus, index, most
        self._plan: dict[str, Heard] = {}
        self._planned_at = -AGAIN
        self._is_large = False
        self._attended: dict[str, _Attended] = {}
        self._attending: dict[str, asyncio.Task[bool]] = {}
        self._waiting: deque[Event] = deque()
        self._room = asyncio.Event()
        self._room.set()
        self._keeping = asyncio.Lock()
        self._noted_at = 0
        self._refusing: dict[str, int] = {}
        self._numbers = count(1)

    def covers(self, author: str) -> bool:
        """Whether whatever the author says is heard at the moment."""
        return any(author in attended.heard.authors for attended in self._attended.values())

    async def step(self) -> int:
        """Listen wherever one should, and keep what came; how much there was to do."""
        done = await self._start()
        tasks = list(self._attending.values())
        done += sum(await asyncio.gather(*tasks)) if tasks else 0
        return done + await self._keep()

    async def run(self) -> None:
        """Go on listening."""
        while True:
            await self._start()
            await self._keep()
            await self._note()
            self._pool.sweep()
            if not self._waiting:
                await self._bus.wait(TOPIC, 5.0)

    async def stop(self) -> None:
        """Keep what came, and listen no more."""
        for task in self._attending.values():
            task.cancel()
        await asyncio.gather(*self._attending.values(), return_exceptions=True)
        await self._keep()
        await self._pool.close()

    # -- where

    async def _start(self) -> int:
        """Go to every relay at which something is to be heard that is not; how many those were that are due."""
        now = self._clock.now()
        soon = SOON if len(self._plan) and self._is_large else 0
        if now - self._planned_at >= (soon if self._wells.altered else AGAIN):
            self._wells.altered = False
            self._planned_at = now
            self._plan = await self._chosen()
        started = 0
        for address in [known for known in self._attended if known not in self._plan]:
            await self._leave(address)
        for address, heard in self._plan.items():
            attended = self._attended.get(address)
            if address in self._attending or (attended is not None and _is_well(attended, heard, now)):
                continue
            host = host_of(over_http(address))
            if host is None or self._pool.rests(address) or (await self._wells.door(host)).retry_at > now:
                continue
            task = asyncio.create_task(self._attend(address, heard))
            self._attending[address] = task
            task.add_done_callback(partial(self._attended_to, address))
            started += 1
        return started

    def _attended_to(self, address: str, task: "asyncio.Task[bool]") -> None:
        self._attending.pop(address, None)
        self._bus.nudge(TOPIC)
        if not task.cancelled() and task.exception() is not None:
            _logger.error("listening at %s failed", address, exc_info=task.exception())

    async def _chosen(self) -> dict[str, Heard]:
        wanted = await self._wells.wanted()
        met = {name: _met(used, self._index) for name, used in wanted.followed.items()}
        letters: dict[str, set[str]] = {}
        for name, used in wanted.own.items():
            for address in used.get(Purpose.LETTERS, ()):
                letters.setdefault(address, set()).add(name)
        every = {address for addresses in met.values() for address in addresses} | letters.keys()
        blocked, shy = await self._wells.shy({each: host_of(over_http(each)) or "" for each in every})
        blocked.add(self._pool.own)
        met = {name: [each for each in addresses if each not in blocked] for name, addresses in met.items()}
        now = self._clock.now()
        self._refusing = {address: until for address, until in self._refusing.items() if until > now}
        shy |= self._refusing.keys()
        choosing = partial(choose, met, shy=shy, most=self._most)
        self._is_large = len(met) > MANY
        chosen = await asyncio.to_thread(choosing) if self._is_large else choosing()
        own = frozenset(wanted.own)
        plan = {address: Heard(authors, own, frozenset()) for address, authors in chosen.items()}
        for address, readers in letters.items():
            if address not in blocked:
                before = plan.get(address, Heard(frozenset(), frozenset(), frozenset()))
                plan[address] = before._replace(readers=frozenset(readers))
        return plan

    # -- one relay

    async def _attend(self, address: str, wanted: Heard) -> bool:
        """Listen there from now on, and ask for what was missed; whether that went well."""
        line = await self._pool.line(address)
        if isinstance(line, Unreachable):
            return False
        if line.readers != wanted.readers:
            await line.prove(wanted.readers)
        before = self._attended.get(address)
        began = self._clock.now() // 1000
        kept = _kept(before, line, wanted)
        if before is not None and kept is None and before.line is line:
            for name in before.names:
                await line.leave(name)
        listened = kept.names if kept is not None else ()
        already = kept.heard if kept is not None else NOBODY
        heard, questions = fitting(wanted.beyond(already) or wanted, began, line.theirs, len(listened))
        names = tuple(f"live{next(self._numbers)}" for _ in questions)
        for name, question in zip(names, questions, strict=True):
            if why := await line.listen(name, question, self._take):
                _logger.info("%s lets nobody listen: %s", address, why)
                self._refusing[address] = self._clock.now() + REFUSING
        again = self._clock.now() + PATIENCE
        attended = _Attended(line, wanted, already.joined_by(heard), (*listened, *names), again=again)
        self._attended[address] = attended
        if not await self._catching_up.catch_up(line, heard):
            return False
        await self._keep()
        _, known = await self._wells.reached(address)
        everybody = attended.heard.authors
        await self._wells.note(address, began, everybody - known, known - everybody)
        self._attended[address] = attended._replace(complete=True)
        return True

    async def _leave(self, address: str) -> None:
        attended = self._attended.pop(address)
        for name in attended.names:
            await attended.line.leave(name)

    # -- what comes

    async def _take(self, event: Event) -> None:
        if self._taking.is_known(event.id):
            return
        self._waiting.append(event)
        if len(self._waiting) == 1:
            self._bus.nudge(TOPIC)
        if len(self._waiting) >= MOST_WAITING:
            self._room.clear()
            await self._room.wait()

    async def _keep(self) -> int:
        """Keep all that came; how many events that were."""
        async with self._keeping:
            kept = 0
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), 500))]
                try:
                    await self._taking.take(batch)
                except BaseException:
                    self._waiting.extendleft(reversed(batch))
                    raise
                kept += len(batch)
                if len(self._waiting) < MOST_WAITING // 2:
                    self._room.set()
            return kept

    async def _is_shut_out(self, address: str) -> bool:
        """Whether those who run the node have no more to do with it."""
        host = host_of(over_http(address))
        return host is not None and (await self._wells.door(host)).blocked

    async def _note(self) -> None:
        """Note how far it came at each relay that is listened to, once all that came is on disk."""
        now = self._clock.now()
        if now - self._noted_at < CHECKPOINT:
            return
        async with self._keeping:
            if self._waiting:
                return
            self._noted_at = now
            for address, attended in list(self._attended.items()):
                if await self._is_shut_out(address):
                    await attended.line.close()
                    self._wells.altered = True
                    continue
                if attended.complete and _goes_on(attended) and address not in self._attending:
                    await self._wells.note(address, now // 1000)


def _kept(before: _Attended | None, line: Line, wanted: Heard) -> _Attended | None:
    """What is listened to there and goes on as it is, where nothing but more came to it."""
    if before is None or before.line is not line or not before.complete or not _goes_on(before):
        return None
    crowded = len(before.names) > line.theirs.subscriptions // 2  # together again they are fewer questions
    return None if crowded or before.heard != before.wanted or wanted.beyond(before.heard) is None else before


def fitting(wanted: Heard, now: int, theirs: Theirs, taken: int = 0) -> tuple[Heard, list[tuple[Filter, ...]]]:
    """What of that fits into as many questions as the relay takes, `taken` being asked already, and the questions:
    letters first, then authors.

    An author who does not fit is heard at another relay, or not at all; who speaks to people here brings it to us.
    """
    most = max(theirs.subscriptions - SPARE_QUESTIONS - taken, 1)
    letters = cut(wanted._replace(authors=frozenset(), own=frozenset()).live(now), theirs)[:most]
    authors = cut(Heard(wanted.authors, frozenset(), frozenset()).live(now), theirs)[: most - len(letters)]
    own = cut(Heard(frozenset(), wanted.own, frozenset()).live(now), theirs)[: most - len(letters) - len(authors)]
    named = [each.authors for question in authors for each in question if each.authors is not None]
    spoken = [values for question in own for each in question for _, values in each.tags]
    heard = Heard(frozenset().union(*named), frozenset().union(*spoken), wanted.readers)
    return heard, letters + authors + own


def _goes_on(attended: _Attended) -> bool:
    """Whether all that is listened to still is."""
    return not attended.line.ended and attended.line.lost.isdisjoint(attended.names)


def _is_well(attended: _Attended, wanted: Heard, now: int) -> bool:
    """Whether all is listened to that is to be, and nothing is to be asked for again."""
    if attended.line.ended or attended.wanted != wanted:
        return False
    return (attended.complete and _goes_on(attended)) or now < attended.again


def _met(used: dict[Purpose, list[str]], index: tuple[str, ...]) -> list[str]:
    """Where somebody who is followed is listened to: where they write, else where others say, else where all are."""
    return used.get(Purpose.WRITES) or used.get(Purpose.HINT) or list(index)
