"""What is true of PostgreSQL alone: lines that break, work that is tried again, errors that were swallowed."""

import asyncio
import threading
from collections.abc import AsyncIterator

import psycopg
import pytest

from scattershot.ports.database import Database, Transaction, UnavailableError
from tests.engines import open_database

SOON = 10.0

END_OTHERS = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture
async def numbers() -> AsyncIterator[Database]:
    async with open_database("postgres", folder=None) as database:
        await database.write(lambda tx: tx.script("CREATE TABLE numbers (n BIGINT PRIMARY KEY)"))
        await database.write(lambda tx: tx.execute_many("INSERT INTO numbers VALUES ($1)", [(1,), (2,)]))
        yield database


async def all_of(database: Database) -> list[int]:
    return await database.read(lambda tx: tx.fetch(int, "SELECT n FROM numbers ORDER BY n"))


async def end_all_lines(database: Database) -> None:
    """Every connection of the database is broken, as when the server restarts."""
    await asyncio.gather(*(all_of(database) for _ in range(20)))
    ended = await database.read(lambda tx: tx.value(END_OTHERS), slow=True)
    assert ended > 0


async def test_a_broken_line_is_opened_again(numbers: Database) -> None:
    await end_all_lines(numbers)
    assert await asyncio.gather(*(all_of(numbers) for _ in range(20))) == [[1, 2]] * 20
    await end_all_lines(numbers)
    assert await numbers.write(lambda tx: tx.execute("INSERT INTO numbers VALUES ($1)", 3)) == 1
    assert await all_of(numbers) == [1, 2, 3]


async def test_work_whose_line_breaks_midway_is_done_once(numbers: Database) -> None:
    tries = 0

    def work(tx: Transaction) -> None:
        nonlocal tries
        tries += 1
        tx.execute("INSERT INTO numbers VALUES ($1)", 10)
        if tries == 1:
            tx.value("SELECT pg_terminate_backend(pg_backend_pid())")

    await numbers.write(work)
    assert tries == 2
    assert await all_of(numbers) == [1, 2, 10]


async def test_two_that_block_each_other_both_get_done(numbers: Database) -> None:
    both_hold_one = threading.Barrier(2)
    met = threading.Event()

    def work(tx: Transaction, first: int, second: int) -> None:
        tx.execute("UPDATE numbers SET n = n WHERE n = $1", first)
        if not met.is_set():
            both_hold_one.wait(SOON)
            met.set()
        tx.execute("UPDATE numbers SET n = n WHERE n = $1", second)
        tx.execute("INSERT INTO numbers VALUES ($1)", first * 10)

    await asyncio.gather(numbers.write(lambda tx: work(tx, 1, 2)), numbers.write(lambda tx: work(tx, 2, 1)))
    assert met.is_set()
    assert await all_of(numbers) == [1, 2, 10, 20]


async def test_work_that_swallows_an_error_is_not_told_that_it_was_kept(numbers: Database) -> None:
    def work(tx: Transaction) -> str:
        tx.execute("INSERT INTO numbers VALUES (9)")
        try:
            tx.execute("INSERT INTO numbers VALUES (1)")
        except psycopg.Error:
            return "never mind"
        return "strange"

    with pytest.raises(psycopg.errors.InFailedSqlTransaction):
        await numbers.write(work)
    assert await all_of(numbers) == [1, 2]


async def test_a_server_that_is_not_there_is_an_error_at_once() -> None:
    from scattershot.storage.postgres import PostgresDatabase

    database = PostgresDatabase("postgresql://nobody@/nothing?host=/nonexistent")
    with pytest.raises(UnavailableError):
        await database.read(lambda tx: tx.value("SELECT 1"))
    await database.close()
