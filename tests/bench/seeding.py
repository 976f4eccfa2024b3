"""Stores made ready before the node starts: people here, microblogs elsewhere, and who follows whom.

Nothing of it is left for the node to do: every reader of the log stands at its end.
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from scattershot.app.apply.change import apply
from scattershot.app.apply.origin import House, Ids, Origin
from scattershot.app.people import People
from scattershot.app.programs import Programs
from scattershot.domain.addresses import Addresses
from scattershot.domain.change import ProfileChanged
from scattershot.domain.ids import MicroblogId, Millis
from scattershot.domain.microblog import Profile
from scattershot.domain.node import EndpointAddress
from scattershot.domain.reading import Refused
from scattershot.domain.record import Recorded
from scattershot.drivers.bus_local import LocalBus
from scattershot.drivers.system_clock import SystemClock
from scattershot.ports.database import Database, Transaction
from scattershot.ports.keys import KeyPairs
from scattershot.storage.migrate import migrate
from scattershot.storage.sqlite import SqliteDatabase
from scattershot.storage.tables import log, relations
from scattershot.wirekit.keys import generate_ed25519, generate_rsa
from scattershot.wirekit.urls import host_of

READERS = ("fanout", "dispatch", "search")


class _SameKeys:
    """Gives everybody the same keys: making 200 of them would take longer than measuring."""

    def __init__(self) -> None:
        self._pairs: KeyPairs | None = None

    async def make(self) -> KeyPairs:
        self._pairs = self._pairs or KeyPairs(generate_rsa(), generate_ed25519())
        return self._pairs


class Store:
    """A node's store, written to by the same functions the node uses."""

    def __init__(self, database: Database, origin: str) -> None:
        self.database, self._clock = database, SystemClock()
        self._house = House(Addresses(origin), Ids(0), _door)
        domain = host_of(origin)
        assert domain is not None
        self.people = People(database, self._clock, LocalBus(), _SameKeys(), self._house, (domain,))

    async def person(self, name: str) -> MicroblogId:
        """Somebody who signs in here."""
        made = await self.people.add(name)
        assert not isinstance(made, Refused), made
        return made[1]

    async def session(self, name: str) -> str:
        """The secret of a session in which that person is signed in."""
        link = await self.people.sign_in_link(name)
        assert not isinstance(link, Refused), link
        signed_in = await self.people.follow_link(link)
        assert not isinstance(signed_in, Refused), signed_in
        return signed_in.session

    async def token(self, name: str) -> str:
        """The secret of a token that acts for that person."""
        token = await Programs(self.database, self._clock).by_hand(name)
        assert not isinstance(token, Refused), token
        return token

    async def met(self, profiles: list[Profile]) -> list[MicroblogId]:
        """Microblogs elsewhere, known here from now on."""
        now = self._clock.now()

        def work(tx: Transaction) -> list[MicroblogId]:
            known = []
            for profile in profiles:
                origin = Origin(now, "bench", asked_for=True)
                recorded = apply(tx, ProfileChanged(actor=profile.id, profile=profile), origin, self._house)
                assert isinstance(recorded, Recorded), recorded
                known.append(recorded.actor)
            return known

        return await self.database.write(work)

    async def follow(self, followers: list[MicroblogId], followees: list[MicroblogId]) -> None:
        """Each of these follows each of those, with consent."""
        now = self._clock.now()

        def work(tx: Transaction) -> None:
            for follower in followers:
                for followee in followees:
                    relations.put_follow(tx, relations.Follow(follower, followee, True, "", now))

        await self.database.write(work)

    async def leave_nothing_to_do(self) -> None:
        """Put every reader at the end of the log."""

        def work(tx: Transaction) -> None:
            newest = log.newest(tx)
            for reader in READERS:
                log.set_cursor(tx, reader, newest)

        await self.database.write(work)


@asynccontextmanager
async def a_store(data: Path, origin: str) -> AsyncIterator[Store]:
    """A new store in a data folder; when the block is left it is whole on disk and nobody holds it."""
    data.mkdir(parents=True, exist_ok=True)
    database = SqliteDatabase(data / "scattershot.sqlite")
    try:
        await migrate(database, Millis(time.time_ns() // 1_000_000))
        store = Store(database, origin)
        yield store
        await store.leave_nothing_to_do()
    finally:
        await database.close()


def _door(profile: Profile) -> EndpointAddress | None:
    address = profile.doors.get("shared_inbox") or profile.doors.get("inbox")
    return EndpointAddress(profile.id.protocol, "inbox", address) if address else None
