"""Two whole nodes on one network, a.example and b.example, over SQLite."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from scattershot.domain.ids import MicroblogId
from scattershot.ports.database import Database
from scattershot.ports.protocol import Signer
from scattershot.testing.fakes import AsgiFetcher, FakeClock
from scattershot.testing.keys import PooledKeyMaker
from scattershot.testing.village import Village, a_village
from tests.engines import open_database
from tests.protocols.activitypub.gateway.nodes import Node


@pytest.fixture
async def village(tmp_path: Path) -> AsyncIterator[Village]:
    async def open_one(stack: AsyncExitStack, _: str) -> Database:
        return await stack.enter_async_context(open_database("sqlite"))

    async with a_village(open_one, PooledKeyMaker(), tmp_path) as built:
        yield built
        assert built.fetcher.failures == []


@pytest.fixture
def clock(village: Village) -> FakeClock:
    return village.clock


@pytest.fixture
def network(village: Village) -> AsgiFetcher:
    return village.fetcher


@pytest.fixture
async def a(village: Village) -> Node:
    return Node(await village.house("a.example"))


@pytest.fixture
async def b(village: Village) -> Node:
    return Node(await village.house("b.example"))


@pytest.fixture
async def ann(a: Node) -> MicroblogId:
    return await a.person("ann")


@pytest.fixture
async def bob(b: Node) -> Signer:
    return await b.signer(await b.person("bob"))


@pytest.fixture
async def heard(a: Node, b: Node, ann: MicroblogId, bob: Signer, village: Village) -> MicroblogId:
    """Bob as known at a.example, followed by ann."""
    whom = await a.find("@bob@b.example")
    await a.follow(ann, whom)
    await village.settle()
    return whom
