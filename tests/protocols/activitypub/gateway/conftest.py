"""Two nodes on one network: ann and al live at a.example, bob at b.example."""

from collections.abc import AsyncIterator

import pytest

from scattershot.testing.fakes import AsgiFetcher, FakeClock
from tests.protocols.activitypub.gateway.nodes import Node, a_node


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def network() -> AsgiFetcher:
    return AsgiFetcher()


@pytest.fixture
async def a(network: AsgiFetcher, clock: FakeClock) -> AsyncIterator[Node]:
    async with a_node("a.example", network, clock) as node:
        yield node
    assert network.failures == []


@pytest.fixture
async def b(network: AsgiFetcher, clock: FakeClock) -> AsyncIterator[Node]:
    async with a_node("b.example", network, clock) as node:
        yield node
    assert network.failures == []
