"""The village, once with each database engine under every house."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from scattershot.ports.database import Database, Engine
from scattershot.testing.keys import PooledKeyMaker
from scattershot.testing.village import Village, a_village
from tests.engines import engine, open_database

__all__ = ["engine"]


@pytest.fixture
async def village(engine: Engine, tmp_path: Path) -> AsyncIterator[Village]:
    async def open_one(stack: AsyncExitStack, _: str) -> Database:
        return await stack.enter_async_context(open_database(engine))

    async with a_village(open_one, PooledKeyMaker(), tmp_path) as built:
        yield built
