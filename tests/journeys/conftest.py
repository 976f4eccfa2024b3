"""The village, once with each database engine under every house; and nodes as processes."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from scattershot.ports.database import Database, Engine
from scattershot.testing.keys import PooledKeyMaker
from scattershot.testing.village import Village, a_village
from tests.engines import open_database, usual_engine
from tests.processes import Process

__all__ = ["usual_engine"]


@pytest.fixture
async def village(engine: Engine, tmp_path: Path) -> AsyncIterator[Village]:
    async def open_one(stack: AsyncExitStack, _: str) -> Database:
        return await stack.enter_async_context(open_database(engine))

    async with a_village(open_one, PooledKeyMaker(), tmp_path) as built:
        yield built


@pytest.fixture
def a(tmp_path: Path) -> Iterator[Process]:
    """A node that can be run as a process of its own."""
    node = Process(tmp_path / "a")
    yield node
    node.end()


@pytest.fixture
def b(tmp_path: Path) -> Iterator[Process]:
    """Another."""
    node = Process(tmp_path / "b")
    yield node
    node.end()
