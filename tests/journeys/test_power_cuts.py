"""The power goes at every moment at which it matters: just before and just after each commit of a small journey.

Whatever was on disk is all that the next life of the node has; what comes of it is the same as if nothing had happened.
"""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from scattershot.domain.post import Audience
from scattershot.ports.database import Database, Transaction
from scattershot.testing.keys import PooledKeyMaker
from scattershot.testing.village import House, Village
from tests.engines import open_database

T = TypeVar("T")
A, B, C = "a.example", "b.example", "c.example"


class PowerCut(BaseException):
    """The process is no more; nothing catches this."""


class Mortal:
    """A database as one life of a node has it; `commits` counts, and at the chosen one the power goes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.commits, self.dies_at, self.after = 0, 0, False
        self.dead = False

    async def read(self, work: Callable[[Transaction], T], *, slow: bool = False) -> T:
        self._live()
        return await self._database.read(work, slow=slow)

    async def write(self, work: Callable[[Transaction], T], *, slow: bool = False) -> T:
        self._live()
        self.commits += 1
        is_last = self.commits == self.dies_at
        self.dead = is_last
        if is_last and not self.after:
            raise PowerCut
        done = await self._database.write(work, slow=slow)
        if self.dead:
            raise PowerCut
        return done

    def stamp(self, tables: Iterable[str] | None = None) -> int | None:
        return self._database.stamp(tables)

    async def close(self) -> None:
        raise AssertionError("nobody has the time to close it")

    def _live(self) -> None:
        if self.dead:
            raise PowerCut


class Valley:
    """A village in which nodes die and are built anew."""

    def __init__(self, databases: dict[str, Database], data: Path) -> None:
        self.lives: dict[str, Mortal] = {}
        self.deaths, self.asks = 0, True
        self._databases = databases
        self.village = Village(self._open, PooledKeyMaker(), data)

    async def _open(self, host: str) -> Database:
        self.lives[host] = Mortal(self._databases[host])
        return self.lives[host]

    def __getitem__(self, host: str) -> House:
        return self.village.houses[host]

    async def begin(self) -> None:
        """Ann of a follows bob of b, and knows nothing of cat of c, whose post bob has seen."""
        for host, name in ((A, "ann"), (B, "bob"), (C, "cat")):
            await (await self.village.house(host)).person(name)
        await self[A].follow("ann", f"@bob@{B}")
        await self.village.settle()
        self.cats = await self[C].wire_id(await self[C].post("cat", "by cat"))
        await self[B].find(self.cats)
        await self.village.settle()

    async def do(self, deed: Callable[[], Awaitable[Any]]) -> None:
        """Whoever did not hear that it was done looks whether it was, and does it again where it was not."""
        self.village.clock.advance(1)
        try:
            await deed()
        except PowerCut:
            await self.revive()
            await deed()

    async def settle(self) -> None:
        """Until nobody has anything left to do, also later."""
        for _ in range(4):
            done = 1
            while done:
                done = 0
                for host in (A, B, C):
                    try:
                        done += await self[host].node.step()
                    except PowerCut:
                        done += 1
                await self.revive()
            self.village.clock.advance(60)

    async def revive(self) -> None:
        """Start again whoever died."""
        for host in [host for host, life in self.lives.items() if life.dead]:
            self.deaths += 1
            house = await self.village.house(host)
            if self.asks:
                await house.node.catch_up.begin()
            await house.node.couriers.begin()

    async def bob_posts(self, text: str) -> None:
        if text not in await self[B].home("bob"):
            await self[B].post("bob", text, Audience.PUBLIC)

    async def bob_boosts(self) -> None:
        post, bob = (await self[B].find(self.cats)).post, (await self[B].row("bob")).id
        assert post is not None
        await self[B].node.publisher.boost(bob, post, "test")

    async def journey(self) -> None:
        await self.do(lambda: self.bob_posts("one"))
        await self.settle()
        await self.do(lambda: self.bob_posts(f"two, @ann@{A}"))
        await self.do(self.bob_boosts)
        await self.settle()

    async def outcome(self) -> dict[str, Any]:
        """All that may be looked at in the end."""
        found: dict[str, Any] = {
            "ann's home": await self[A].home("ann"),
            "ann is told": Counter(await self[A].told("ann")),
            "bob's home": await self[B].home("bob"),
            "bob is told": Counter(await self[B].told("bob")),
        }
        for host in (A, B):
            found[host] = await self._databases[host].read(_left)
        return found


def _left(tx: Transaction) -> dict[str, int]:
    asked = {
        "posts": "SELECT count(*) FROM posts",
        "boosts": "SELECT count(*) FROM boosts",
        "posted": "SELECT count(*) FROM log WHERE kind = 'posted'",
        "boosted": "SELECT count(*) FROM log WHERE kind = 'boosted'",
        "owed": "SELECT count(*) FROM deliveries",
        "kept": "SELECT count(*) FROM arrivals",
        "wanted": "SELECT count(*) FROM wanted",
        "follows": "SELECT count(*) FROM follows WHERE accepted",
    }
    return {name: int(tx.value(sql)) for name, sql in asked.items()}


@asynccontextmanager
async def a_valley(data: Path) -> AsyncIterator[Valley]:
    async with AsyncExitStack() as stack:
        databases: dict[str, Database] = {}
        for host in (A, B, C):
            databases[host] = await stack.enter_async_context(open_database("sqlite"))
        valley = Valley(databases, data)
        await valley.begin()
        for life in valley.lives.values():
            life.commits = 0
        yield valley


async def _quiet(data: Path) -> tuple[dict[str, Any], dict[str, int]]:
    """What comes of the journey where nobody dies, and how many commits it takes each node."""
    async with a_valley(data) as valley:
        await valley.journey()
        assert valley.deaths == 0
        return await valley.outcome(), {host: life.commits for host, life in valley.lives.items()}


@pytest.mark.parametrize(
    ("dying", "asks"),
    [
        (A, False),
        pytest.param(A, True, marks=pytest.mark.thorough("a journey for each commit takes half a minute")),
        pytest.param(B, False, marks=pytest.mark.thorough("a journey for each commit takes half a minute")),
    ],
)
async def test_whenever_the_power_goes_the_outcome_is_the_same(tmp_path: Path, dying: str, asks: bool) -> None:
    """Also where the node that comes back asks nobody what it missed: what it has taken must be enough."""
    wanted, commits = await _quiet(tmp_path)
    assert wanted["ann's home"] == ["by cat", f"two, @ann@{A}", "one"]
    assert commits[dying] >= 10
    for number in range(1, commits[dying] + 1):
        for after in (False, True):
            async with a_valley(tmp_path) as valley:
                life = valley.lives[dying]
                life.dies_at, life.after, valley.asks = number, after, asks
                await valley.journey()
                where = f"{dying} died {'after' if after else 'before'} its commit {number}"
                # Couriers strike off together what is done together: a run may need a commit less than another.
                assert valley.deaths == 1 or life.commits < number, where
                assert await valley.outcome() == wanted, where
