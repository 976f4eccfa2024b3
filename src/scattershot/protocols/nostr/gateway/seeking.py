"""Looking for what does not lie at our relay: at the relays that names and tags hint at, where authors write, and at
those that know about most people. What is found is kept like anything that comes, so that it is looked for once.
"""

import asyncio
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import NamedTuple

from msgspec import json

from scattershot.app.lately import Lately
from scattershot.app.slips import Slips
from scattershot.app.wells import Wells
from scattershot.domain.slip import Want, key
from scattershot.domain.well import Purpose
from scattershot.ports.clock import Clock
from scattershot.ports.fetcher import Unreachable
from scattershot.protocols.nostr.gateway.catching_up import ABOUT, OF_AUTHORS
from scattershot.protocols.nostr.gateway.pool import Pool
from scattershot.protocols.nostr.gateway.taking import Taking
from scattershot.protocols.nostr.translate.notes_out import is_place
from scattershot.protocols.nostr.wire import kinds
from scattershot.protocols.nostr.wire.event import Event, is_name
from scattershot.protocols.nostr.wire.filters import Filter
from scattershot.protocols.nostr.wire.relay_lists import Hint, hints

MOST_ASKED = 4
"""Relays that are asked for one thing at the same time."""
SECONDS = 7.0
"""For all of it: somebody waits."""
ASKED_LATELY = 600_000
"""Milliseconds for which the same is not asked for again, whether it was found or not."""
MOST_MENTIONING = 5
"""Events that name something, which are looked at for where they say it is."""
_REMEMBERED = 5_000

_decode = json.Decoder(Event).decode


class Sought(Enum):
    """How looking for something went: something new came, or nothing, or nobody could be asked."""

    FOUND = "found"
    NOTHING = "nothing"
    UNREACHABLE = "unreachable"


class _Trail(NamedTuple):
    """Where something may be, the likeliest first, and whose it is, where that is known."""

    relays: list[str]
    authors: list[str]


class Seeking:
    """Looks for events elsewhere; `index` are relays that know about most people."""

    def __init__(
        self, pool: Pool, wells: Wells, slips: Slips, taking: Taking, clock: Clock, index: tuple[str, ...]
    ) -> None:
        self._pool, self._wells, self._slips, self._taking, self._clock = pool, wells, slips, taking, clock
        self._index = index
        self._hints: Lately[str, tuple[str, ...]] = Lately(_REMEMBERED)
        self._authors: Lately[str, str] = Lately(_REMEMBERED)
        self._asked: Lately[object, int] = Lately(_REMEMBERED)

    async def hint(self, name: str, relays: Iterable[str], author: str | None = None) -> None:
        """Somebody says where that key, id or place is met, and whose it is."""
        known = tuple(filter(None, map(self._pool.address, relays)))
        if known:
            self._hints[name] = known
            if author is None and is_name(name):
                await self._wells.hint(name, known)
        if author is not None:
            self._authors[name] = author

    async def named(self, name: str) -> Sought:
        """Look for what a key, an id or coordinates stand for."""
        if not self._is_due(name):
            return Sought.NOTHING
        trail = await self._trail(name)
        if is_place(name):
            kind, author, identifier = name.split(":", 2)
            wanted = [
                Filter(
                    authors=frozenset({author}), kinds=frozenset({int(kind)}), tags=(("d", frozenset({identifier})),)
                )
            ]
        else:
            # nobody can tell an id from a key by its looks; relays that keep letters give nothing out by id alone
            only = frozenset({name})
            wanted = [Filter(ids=only, kinds=OF_AUTHORS), Filter(authors=only, kinds=ABOUT)]
        sought = await self._sought(trail, wanted)
        if sought is Sought.UNREACHABLE:
            self._asked.pop(name, None)
        return sought

    async def about(self, author: str) -> Sought:
        """Look for what somebody says of themselves."""
        if not self._is_due(("about", author)):
            return Sought.NOTHING
        return await self._sought(await self._trail(author), [Filter(authors=frozenset({author}), kinds=ABOUT)])

    async def back(self, author: str, of_kinds: Iterable[int], until: int | None, limit: int) -> None:
        """Look for what somebody wrote before that moment (in seconds)."""
        if self._is_due(("back", author, until)):
            wanted = Filter(authors=frozenset({author}), kinds=frozenset(of_kinds), until=until, limit=limit)
            await self._sought(await self._trail(author), [wanted])

    async def answers(self, name: str) -> None:
        """Look for what was said in answer to something."""
        if not self._is_due(("answers", name)):
            return
        letter = "a" if is_place(name) else "e"
        wanted = Filter(kinds=frozenset({kinds.NOTE, kinds.COMMENT}), tags=((letter, frozenset({name})),), limit=200)
        await self._sought(await self._trail(name, Purpose.READS), [wanted], everywhere=True)

    def _is_due(self, what: object) -> bool:
        now = self._clock.now()
        if now - self._asked.get(what, -ASKED_LATELY) < ASKED_LATELY:
            return False
        self._asked[what] = now
        return True

    # -- where

    async def _trail(self, name: str, purpose: Purpose = Purpose.WRITES) -> _Trail:
        relays: dict[str, None] = dict.fromkeys(self._hints.get(name, ()))
        authors = [name.split(":", 2)[1]] if is_place(name) else [name]
        if name in self._authors:
            authors.append(self._authors[name])
        for hint in await self._hinted(name):
            if hint.relay is not None and (address := self._pool.address(hint.relay)) is not None:
                relays[address] = None
            if hint.author is not None:
                authors.append(hint.author)
        used = await self._wells.uses(list(dict.fromkeys(authors)))
        for uses in used.values():
            for each in (purpose, Purpose.WRITES, Purpose.HINT):
                relays |= dict.fromkeys(uses.get(each, ()))
        return _Trail([relay for relay in relays if relay != self._pool.own], authors)

    async def _hinted(self, name: str) -> list[Hint]:
        letters = ("a",) if is_place(name) else ("e", "p", "q")
        wants = [Want(keys=((key(letter, name),),), limit=MOST_MENTIONING) for letter in letters]
        try:
            found, _ = await self._slips.find(wants)
        except TimeoutError:
            return []
        return [hint for slip in found for hint in hints(_decode(slip.body).tags, name, plain=self._pool.plain)]

    # -- asking

    async def _sought(self, trail: _Trail, wanted: Sequence[Filter], *, everywhere: bool = False) -> Sought:
        """Ask where it is likely, and only then those who know about most people."""
        likely, rest = trail.relays[:MOST_ASKED], [each for each in self._index if each not in trail.relays]
        first = await self._ask(likely, wanted)
        if first is Sought.FOUND and not everywhere:
            return first
        second = await self._ask((trail.relays[MOST_ASKED:] + rest)[:MOST_ASKED], wanted)
        if Sought.FOUND in (first, second):
            return Sought.FOUND
        return Sought.UNREACHABLE if Sought.UNREACHABLE in (first, second) else Sought.NOTHING

    async def _ask(self, relays: Sequence[str], wanted: Sequence[Filter]) -> Sought:
        if not relays:
            return Sought.NOTHING
        asking = [asyncio.create_task(self._ask_one(relay, wanted)) for relay in relays]
        done, late = await asyncio.wait(asking, timeout=SECONDS)
        for task in late:
            task.cancel()
        found = [answer for task in done if (answer := task.result()) is not None]
        came = await self._taking.take([event for _, events in found for event in events])
        await self._wells.hint_all(
            [(event.pubkey, relay) for relay, events in found for event in events if self._taking.is_known(event.id)]
        )
        if came:
            return Sought.FOUND
        return Sought.NOTHING if found else Sought.UNREACHABLE

    async def _ask_one(self, relay: str, wanted: Sequence[Filter]) -> tuple[str, list[Event]] | None:
        """None where it does not answer."""
        line = await self._pool.line(relay)
        if isinstance(line, Unreachable):
            return None
        found = await line.fetch(wanted, seconds=SECONDS)
        return None if found.why and not found.events else (relay, found.events)
