"""Moving a node that nobody else has met to another address."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from scattershot.ports.database import Engine
from scattershot.storage.tables import nodes, whereabouts
from scattershot.storage.tables.whereabouts import Whereabouts
from scattershot.testing.keys import PooledKeyMaker
from scattershot.testing.village import Village, a_village
from tests.engines import engine, open_database

__all__ = ["engine"]


@pytest.fixture
async def village(engine: Engine, tmp_path: Path) -> AsyncIterator[Village]:
    async def open_one(stack: AsyncExitStack, _: str) -> object:
        return await stack.enter_async_context(open_database(engine))

    async with a_village(open_one, PooledKeyMaker(), tmp_path) as built:  # type: ignore[arg-type]
        yield built


async def test_a_node_that_moved_is_nowhere_called_by_its_old_address(village: Village) -> None:
    house = await village.house("old.example")
    await house.person("ann")
    await house.post("ann", "Hello @ann")
    await village.settle()
    database = house.node.drivers.database
    old, new = Whereabouts("https://old.example", "old.example"), Whereabouts("https://new.example", "new.example")
    assert not await database.read(whereabouts.is_known_elsewhere)
    await database.write(lambda tx: whereabouts.move(tx, old, new))

    def left(tx: object) -> list[str]:
        found = []
        for table, columns in (
            ("microblogs", "value domain"), ("names", "domain"), ("keys", "id"), ("wire_ids", "value"),
            ("posts", "value"), ("log", "wire_id detail"), ("follows", "wire_id"),
        ):  # fmt: skip
            for column in columns.split():
                count = tx.value(f"SELECT count(*) FROM {table} WHERE {column} LIKE '%https://old.example/%' "  # type: ignore[attr-defined]
                                 f"OR {column} = 'old.example'")  # fmt: skip
                if count:
                    found.append(f"{table}.{column}")
        return found

    assert await database.read(left) == []
    assert await database.read(whereabouts.get) == new


async def test_a_node_that_met_another_is_known_elsewhere(village: Village) -> None:
    house = await village.house("old.example")
    await house.node.drivers.database.write(lambda tx: nodes.meet(tx, "b.example"))
    assert await house.node.drivers.database.read(whereabouts.is_known_elsewhere)
