"""The trap of a log on PostgreSQL: numbers are given in one order and become visible in another.

Whoever tails `seq > last` and reads 2 before 1 is committed never sees 1. `lock` right before the append prevents it;
the last test shows the trap without it.
"""

import asyncio
import threading

import pytest

from scattershot.ports.database import Database, Engine, Transaction
from scattershot.storage.dialect import spelt
from tests.engines import open_database

SOON = 10.0


class Tail:
    """A reader of the log that remembers how far it came, as all readers do."""

    def __init__(self, database: Database) -> None:
        self.seen: list[int] = []
        self._database = database

    async def step(self) -> None:
        last = self.seen[-1] if self.seen else 0
        self.seen += await self._database.read(
            lambda tx: tx.fetch(int, "SELECT seq FROM log WHERE seq > $1 ORDER BY seq", last)
        )


@pytest.fixture
async def log(empty: Database, engine: Engine) -> Database:
    await empty.write(lambda tx: tx.script(spelt("CREATE TABLE log (seq {serial}, at BIGINT)", engine)))
    return empty


def append(tx: Transaction, *, locked: bool = True) -> int:
    if locked:
        tx.lock("log")
    return int(tx.value("INSERT INTO log (at) VALUES (0) RETURNING seq"))


async def first_appends_and_commits_late(database: Database, *, locked: bool) -> tuple[list[int], list[int]]:
    """What a tail saw, and what there was, when the second to append had every chance to commit first."""
    appended, go_on = threading.Event(), threading.Event()

    def append_and_linger(tx: Transaction) -> int:
        seq = append(tx, locked=locked)
        appended.set()
        assert go_on.wait(SOON)
        return seq

    tail = Tail(database)
    async with asyncio.timeout(SOON):
        late = asyncio.ensure_future(database.write(append_and_linger, slow=True))
        await asyncio.to_thread(appended.wait, SOON)
        early = asyncio.ensure_future(database.write(lambda tx: append(tx, locked=locked)))
        while not early.done() and not await database.read(somebody_waits):
            await asyncio.sleep(0)
        await tail.step()
        go_on.set()
        seqs = [await late, await early]
        await tail.step()
    return tail.seen, sorted(seqs)


def somebody_waits(tx: Transaction) -> bool:
    """Whether the second writer stands before a lock; on SQLite it stands in the queue, as all writers do."""
    if tx.engine == "sqlite":
        return True
    return bool(tx.value("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'advisory')"))


async def test_a_tail_misses_nothing_when_the_first_to_append_commits_last(log: Database) -> None:
    seen, all_there_is = await first_appends_and_commits_late(log, locked=True)
    assert seen == all_there_is


async def test_a_tail_misses_nothing_while_many_append(log: Database) -> None:
    tail = Tail(log)
    writers = asyncio.gather(*(log.write(append) for _ in range(100)))
    while not writers.done():
        await tail.step()
        await asyncio.sleep(0)
    await tail.step()
    assert tail.seen == sorted(await writers)
    assert len(tail.seen) == 100


async def test_without_the_lock_postgresql_lets_a_tail_miss_what_commits_late() -> None:
    async with open_database("postgres", folder=None) as database:
        await database.write(lambda tx: tx.script(spelt("CREATE TABLE log (seq {serial}, at BIGINT)", "postgres")))
        seen, all_there_is = await first_appends_and_commits_late(database, locked=False)
    assert (seen, all_there_is) == ([2], [1, 2])
