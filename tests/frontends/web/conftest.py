"""A node with Ann and Bob, and their browsers."""

from collections.abc import AsyncIterator

import pytest

from scattershot.domain.ids import MicroblogId
from scattershot.testing.browser import Browser
from tests.frontends.web.node import Node, open_node


@pytest.fixture
async def node() -> AsyncIterator[Node]:
    async with open_node() as opened:
        yield opened


@pytest.fixture
async def ann(node: Node) -> MicroblogId:
    return (await node.person("ann"))[1]


@pytest.fixture
async def bob(node: Node) -> MicroblogId:
    return (await node.person("bob"))[1]


@pytest.fixture
async def anns(node: Node, ann: MicroblogId) -> Browser:
    return await node.signed_in("ann")


@pytest.fixture
async def bobs(node: Node, bob: MicroblogId) -> Browser:
    return await node.signed_in("bob")
