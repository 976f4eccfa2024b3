"""What somebody missed, as their node tells it: from what came home and what those they follow did with it."""

from collections.abc import AsyncIterator

import pytest

from scattershot.app.missed import WhileAway, moment
from scattershot.domain.ids import Millis, PostId
from scattershot.domain.post import Audience
from scattershot.ports.database import Engine, Transaction
from scattershot.storage.tables import markers
from tests.engines import engine
from tests.frontends.web.node import Node, open_node

__all__ = ["engine"]


class Company:
    """Ann was away; she follows bob, carol and dan, who went on talking."""

    def __init__(self, node: Node) -> None:
        self.node, self.away = node, WhileAway(node.database, node.clock)

    async def begin(self) -> None:
        self.ann, self.bob, self.carol, self.dan, self.eve = [
            (await self.node.person(name))[1] for name in ("ann", "bob", "carol", "dan", "eve")
        ]
        for friend in (self.bob, self.carol, self.dan):
            await self.node.follow(self.ann, friend)
        await self.node.settle()
        self.node.clock.advance(10)

    async def told(self, since: PostId | None = None) -> list[tuple[PostId, tuple[str, ...]]]:
        await self.node.settle()
        missed = await self.away.missed(self.ann, since)
        return [(matter.post, matter.reasons) for matter in missed.matters]


@pytest.fixture
async def company(engine: Engine) -> AsyncIterator[Company]:
    async with open_node(engine=engine) as node:
        company = Company(node)
        await company.begin()
        yield company


async def test_what_mattered_comes_with_its_reasons(company: Company) -> None:
    node = company.node
    plain = [await node.say(company.bob, f"bob says {n}") for n in range(4)]
    shared = await node.say(company.dan, "worth reading")
    named = await node.say(company.carol, "@ann look")
    await node.publisher.boost(company.bob, shared, "test")
    await node.publisher.like(company.carol, shared, "test")
    await node.publisher.like(company.eve, plain[2], "test")
    await node.say(company.carol, "indeed, @bob", reply_to=plain[1])
    assert await company.told() == [
        (named, ("It names you.",)),
        (shared, ("bob passed it on.", "carol liked it.", "It is the only post of its author in this time.")),
        (plain[1], ("carol answered it.",)),
        (plain[2], ("Somebody liked or boosted it.",)),
    ]


async def test_it_begins_where_the_app_says_that_one_looked(company: Company) -> None:
    old = await company.node.say(company.bob, "old")
    company.node.clock.advance(60)
    new = await company.node.say(company.carol, "new")
    assert [post for post, _ in await company.told()] == [new, old]

    def looked(tx: Transaction) -> None:
        markers.put(tx, company.ann, markers.HOME, old, company.node.clock.now())

    await company.node.database.write(looked)
    assert [post for post, _ in await company.told()] == [new]
    assert [post for post, _ in await company.told(PostId(old - 1))] == [new, old], "unless a moment is named"
    assert await company.told(moment(Millis(company.node.clock.now() + 1))) == []


async def test_without_a_marker_it_is_the_last_day(company: Company) -> None:
    await company.node.say(company.bob, "old")
    company.node.clock.advance(25 * 3_600)
    new = await company.node.say(company.carol, "new")
    assert [post for post, _ in await company.told()] == [new]


async def test_one_does_not_miss_what_one_wrote_nor_what_one_does_not_wish_to_see(company: Company) -> None:
    await company.node.say(company.ann, "mine")
    shared = await company.node.say(company.dan, "worth reading")
    await company.node.publisher.boost(company.bob, shared, "test")
    await company.node.settle()
    await company.node.publisher.mute(company.ann, company.bob, None)
    assert await company.told() == [
        (shared, ("Somebody liked or boosted it.", "It is the only post of its author in this time."))
    ]
    await company.node.publisher.mute(company.ann, company.dan, None)
    assert await company.told() == []


async def test_an_answer_for_a_few_is_no_reason_told_to_others(company: Company) -> None:
    post = await company.node.say(company.bob, "hello")
    await company.node.say(company.bob, "hello again")
    await company.node.say(company.carol, "@bob between us", Audience.MENTIONED, reply_to=post)
    assert await company.told() == []
