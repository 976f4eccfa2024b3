"""Wells: at which doors of other nodes slips are drawn and given, who is met where, and how far that came.

What was drawn is kept as any slip that is brought; only then `reached` moves on, so that nothing is lost by a kill.
"""

import random
from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

from scattershot.app import counters
from scattershot.domain.delivery import Busy, after_attempt
from scattershot.domain.ids import MicroblogId, Millis
from scattershot.domain.node import Health, Standing
from scattershot.domain.well import Purpose, Whereabouts
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import nodes, wells

TOPIC = "wells"
"""Nudged when somebody else is to be heard, or somewhere else."""
PAGE = 2_000
MOST_HINTED = 200
"""Authors of whom it is remembered at a time where they were met."""


class Door(NamedTuple):
    """A well as it may be dealt with now: `failures` in a row, and when it may be tried again."""

    blocked: bool
    failures: int = 0
    retry_at: Millis = Millis(0)


class Wanted(NamedTuple):
    """Who is to be heard: those followed, and the keys of microblogs kept here; with all wells that they use."""

    followed: dict[str, dict[Purpose, list[str]]]
    own: dict[str, dict[Purpose, list[str]]]


class Wells:
    """The wells of one wire."""

    def __init__(self, database: Database, clock: Clock, bus: Bus, protocol: str) -> None:
        self._database, self._clock, self._bus, self._protocol = database, clock, bus, protocol
        self.altered = True
        """Whether who is to be heard, or where, may have altered since somebody set this to False."""

    def nudge(self) -> None:
        """Who is to be heard may have altered."""
        self.altered = True
        self._bus.nudge(TOPIC)

    def wake(self) -> None:
        """Somebody should look whether all is listened to that is to be."""
        self._bus.nudge(TOPIC)

    # -- who is met where

    async def wanted(self) -> Wanted:
        """Everybody who is to be heard, in pages, so that no other work waits long."""
        followed: dict[str, dict[Purpose, list[str]]] = {}
        after = MicroblogId(0)
        while True:
            page = await self._database.read(partial(wells.followed, after=after, limit=PAGE), slow=True)
            names = [heard.name for heard in page]
            followed |= await self.uses(names)
            if len(page) < PAGE:
                break
            after = page[-1].microblog
        here = await self._database.read(lambda tx: wells.own(tx, self._protocol))
        own = await self.uses([each.name for each in here])
        return Wanted({name: used for name, used in followed.items() if name not in own}, own)

    async def uses(self, authors: list[str]) -> dict[str, dict[Purpose, list[str]]]:
        """Which wells each of them uses for what."""
        found: dict[str, dict[Purpose, list[str]]] = {author: {} for author in authors}
        if authors:
            for use in await self._database.read(lambda tx: wells.uses(tx, authors, tuple(Purpose))):
                found[use.author].setdefault(Purpose(use.purpose), []).append(use.address)
        return found

    async def hint(self, author: str, addresses: Iterable[str]) -> None:
        """Somebody says that the author is met there."""
        await self.hint_all([(author, address) for address in addresses])

    async def hint_all(self, met: Iterable[tuple[str, str]]) -> None:
        """Each of these authors is met there."""
        told: dict[str, dict[str, None]] = {}
        for author, address in met:
            told.setdefault(author, {})[address] = None
        at = self._clock.now() // 1000
        if told:
            hints = [(author, tuple(addresses)) for author, addresses in told.items()][:MOST_HINTED]

            def work(tx: Transaction) -> None:
                for hinted in hints:
                    wells.hint(tx, *hinted, at)

            await self._database.write(work)

    # -- how it goes

    async def door(self, host: str) -> Door:
        """Whether a well at that host may be dealt with, and how it has answered lately."""

        def work(tx: Transaction) -> Door:
            node = nodes.by_host(tx, host)
            if node is None:
                return Door(nodes.standing(tx, host) is Standing.BLOCKED)
            return Door(node.standing is Standing.BLOCKED, node.health.failures, node.health.retry_at)

        return await self._database.read(work)

    async def shy(self, hosts: dict[str, str]) -> tuple[set[str], set[str]]:
        """Of those wells (with the hosts they are at) those not to be dealt with, and those that failed lately."""

        def work(tx: Transaction) -> tuple[set[str], set[str]]:
            blocked, failing = set(), set()
            for address, host in hosts.items():
                node = nodes.by_host(tx, host)
                standing = node.standing if node is not None else nodes.standing(tx, host)
                if standing is Standing.BLOCKED:
                    blocked.add(address)
                elif node is not None and node.health.failures:
                    failing.add(address)
            return blocked, failing

        return await self._database.read(work)

    async def answered(self, address: str, host: str) -> None:
        """A connection was made: the well is there."""
        counters.WELLS.labels("connected").inc()

        def work(tx: Transaction) -> None:
            endpoint = wells.meet(tx, address, self._protocol, host)
            nodes.heard_from(tx, host, self._clock.now())
            nodes.put_health(tx, endpoint.node, Health())
            nodes.reopen_endpoint(tx, endpoint.id)

        await self._database.write(work)

    async def failed(self, address: str, host: str, why: str) -> None:
        """It cannot be reached, or went away at once: it is let alone for a while, as any node."""
        counters.WELLS.labels(why).inc()

        def work(tx: Transaction) -> None:
            node = nodes.get(tx, wells.meet(tx, address, self._protocol, host).node)
            now = self._clock.now()
            if node is None or now < node.health.retry_at <= now + nodes.TOO_FAR:
                return  # another attempt that failed at the same time has said so already
            spread = random.random()  # noqa: S311 - jitter, not a secret
            nodes.put_health(tx, node.id, after_attempt(node.health, Busy(why), now, spread))

        await self._database.write(work)

    # -- how far it came

    async def reached(self, address: str) -> tuple[int, set[str]]:
        """Up to when all was drawn there (in seconds), and of whom."""
        return await self._database.read(lambda tx: (wells.reached(tx, address), wells.authors_at(tx, address)))

    async def heard_up_to(self, authors: Iterable[str]) -> dict[str, int]:
        """Up to when each of them was heard elsewhere (in seconds), of those who ever were."""
        names = list(authors)
        heard = await self._database.read(lambda tx: wells.heard_up_to(tx, names))
        return {each.author: each.at for each in heard if each.at}

    async def note(self, address: str, at: int, authors: Iterable[str] = (), gone: Iterable[str] = ()) -> None:
        """All that was wished for there up to then is on disk; of these authors from now on, of those no more."""
        came, went = list(authors), list(gone)

        def work(tx: Transaction) -> None:
            wells.put_reached(tx, address, at)
            if came:
                wells.put_authors(tx, address, came)
            if went:
                wells.drop_authors(tx, address, went)

        await self._database.write(work)


def note_whereabouts(tx: Transaction, told: Whereabouts) -> bool:
    """Remember what somebody says of the wells they use; whether that was news."""
    said = {Purpose.WRITES: told.writes, Purpose.READS: told.reads, Purpose.LETTERS: told.letters}
    news = [
        wells.say_uses(tx, told.author, purpose, addresses, told.at)
        for purpose, addresses in said.items()
        if addresses is not None
    ]
    return any(news)
