"""One house without a network: changes are applied and readers stepped by hand."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from scattershot.app.apply.change import apply
from scattershot.app.apply.origin import Applied, House, Ids, Origin
from scattershot.app.dispatch import Dispatch
from scattershot.app.fanout import Fanout
from scattershot.app.people import People
from scattershot.app.readers import Readers
from scattershot.domain.addresses import Addresses
from scattershot.domain.change import Change, ProfileChanged
from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.microblog import Profile
from scattershot.domain.node import EndpointAddress
from scattershot.domain.reading import Refused
from scattershot.domain.window import FROM_THE_TOP
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.drivers.bus_local import LocalBus
from scattershot.ports.database import Database, Engine
from scattershot.storage.tables import microblogs, notifications, posts, timelines, wire_ids
from scattershot.testing.fakes import FakeClock
from scattershot.testing.keys import PooledKeyMaker
from tests.engines import open_database, usual_engine

__all__ = ["usual_engine"]


def _door(profile: Profile) -> EndpointAddress | None:
    return EndpointAddress(ACTIVITYPUB, "inbox", profile.doors["shared_inbox"]) if profile.doors else None


class World:
    """A house at here.example and what is known in it."""

    def __init__(self, database: Database) -> None:
        self.database, self.clock, self.bus = database, FakeClock(), LocalBus()
        self.house = House(Addresses("https://here.example"), Ids(), _door)
        self.people = People(database, self.clock, self.bus, PooledKeyMaker(), self.house, ("here.example",))
        self.readers = Readers(database, self.clock, self.bus, [Fanout(self.house), Dispatch()])

    async def local(self, name: str) -> microblogs.Row:
        made = await self.people.add(name)
        assert not isinstance(made, Refused), made
        row = await self.database.read(lambda tx: microblogs.get(tx, made[1]))
        assert row is not None
        return row

    async def lock(self, row: microblogs.Row) -> None:

        await self.apply(
            ProfileChanged(actor=row.profile.id, profile=msgspec.structs.replace(row.profile, locked=True))
        )

    async def remote(self, profile: Profile) -> microblogs.Row:
        await self.apply(ProfileChanged(actor=profile.id, profile=profile), asked_for=True)
        row = await self.database.read(lambda tx: microblogs.by_wire_id(tx, profile.id))
        assert row is not None
        return row

    async def apply(self, change: Change, **origin: Any) -> Applied:
        at = Origin(self.clock.now(), "test", **origin)
        return await self.database.write(lambda tx: apply(tx, change, at, self.house))

    async def settle(self) -> None:
        while await self.readers.step():
            pass

    async def home(self, owner: MicroblogId) -> list[str]:
        def work(tx: Any) -> list[str]:
            entries = timelines.page(tx, owner, None, None, 100)
            rows = posts.get_many(tx, [entry.post for entry in entries])
            return [rows[entry.post].post.html for entry in entries if entry.post in rows]

        return await self.database.read(work)

    async def told(self, owner: MicroblogId) -> list[str]:
        told = await self.database.read(lambda tx: notifications.page(tx, owner, FROM_THE_TOP, 100))
        return [notification.kind for notification in told]

    async def post(self, wire_id: WireId) -> posts.Row | None:
        def work(tx: Any) -> posts.Row | None:
            found = wire_ids.find_as(tx, wire_id, wire_ids.Thing.POST)
            return posts.get(tx, PostId(found)) if found is not None else None

        return await self.database.read(work)

    async def owed(self) -> list[tuple[str, int]]:
        """Addresses of endpoints and how many changes each is owed."""
        return await self.database.read(
            lambda tx: tx.fetch(
                lambda address, number: (address, number),
                "SELECT e.address, count(*) FROM deliveries d JOIN endpoints e ON e.id = d.endpoint "
                "GROUP BY e.address ORDER BY e.address",
            )
        )


@pytest.fixture
async def world(engine: Engine) -> AsyncIterator[World]:
    async with open_database(engine) as database:
        yield World(database)
