"""Who signs: remembered for a moment, and no longer."""

from contextlib import AsyncExitStack
from pathlib import Path

from scattershot.app import senders
from scattershot.app.senders import Senders
from scattershot.domain.node import Standing
from scattershot.ports.database import Database
from scattershot.storage.tables import microblogs, nodes
from scattershot.testing.keys import PooledKeyMaker
from scattershot.testing.village import a_village
from tests.engines import open_database


async def test_what_is_remembered_of_a_sender_does_not_outlive_its_moment(tmp_path: Path) -> None:
    async def open_one(stack: AsyncExitStack, _: str) -> Database:
        return await stack.enter_async_context(open_database("sqlite"))

    async with a_village(open_one, PooledKeyMaker(), tmp_path) as village:
        a, b = await village.house("a.example"), await village.house("b.example")
        bob = (await b.row("bob")).profile if await b.person("bob") else None
        assert bob is not None
        known = Senders(a.node.drivers.database, village.clock, a.node.discover)
        key = bob.keys[0].id
        assert await known.by_key(key) is None
        assert await known.meet(bob.id) == ""
        sender = await known.by_key(key)
        assert sender is not None
        assert (sender.actor, sender.host, sender.blocked) == (bob.id, "b.example", False)
        assert known.lately(key) == sender
        await a.node.drivers.database.write(lambda tx: nodes.set_standing(tx, "b.example", Standing.BLOCKED))
        village.clock.advance(senders.REMEMBERED / 1000 + 1)
        assert known.lately(key) is None
        again = await known.by_key(key)
        assert again is not None
        assert again.blocked
        assert await known.is_blocked("deep.b.example")
        known.forget(bob.id)
        assert known.lately(key) is None
        await a.node.drivers.database.write(lambda tx: microblogs.mark_gone(tx, again.microblog))
        assert await known.by_key(key) is None
        own = (await a.row("ann")).profile if await a.person("ann") else None
        assert own is not None
        assert await known.by_key(own.keys[0].id) is None  # nobody signs to us with our own keys
