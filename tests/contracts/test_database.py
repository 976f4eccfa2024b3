"""What every engine promises about transactions: all or nothing, each for itself, in order, to the end."""

import asyncio
import threading

import pytest

from scattershot.ports.database import ConflictError, Database, Transaction

SOON = 10.0
"""Seconds after which a test that hangs gives up."""


class OwnError(Exception):
    """What a caller's own code may raise."""


@pytest.fixture
async def numbers(empty: Database) -> Database:
    await empty.write(lambda tx: tx.script("CREATE TABLE numbers (n BIGINT PRIMARY KEY)"))
    return empty


def add(tx: Transaction, number: int) -> int:
    tx.execute("INSERT INTO numbers VALUES ($1)", number)
    return number


async def all_of(database: Database) -> list[int]:
    return await database.read(lambda tx: tx.fetch(int, "SELECT n FROM numbers ORDER BY n"))


async def test_what_was_written_can_be_read_at_once(numbers: Database) -> None:
    for number in range(20):
        assert await numbers.write(lambda tx, number=number: add(tx, number)) == number  # type: ignore[misc]
        assert (await all_of(numbers))[-1] == number


async def test_what_work_raises_reaches_its_caller_and_undoes_its_work(numbers: Database) -> None:
    def work(tx: Transaction) -> None:
        add(tx, 1)
        raise OwnError("no")

    with pytest.raises(OwnError, match="no"):
        await numbers.write(work)
    with pytest.raises(OwnError):
        await numbers.read(work_that_only_raises)
    assert await all_of(numbers) == []
    await numbers.write(lambda tx: add(tx, 2))
    assert await all_of(numbers) == [2]


def work_that_only_raises(tx: Transaction) -> None:
    raise OwnError


async def test_even_a_stop_iteration_reaches_its_caller(numbers: Database) -> None:
    with pytest.raises(RuntimeError, match="StopIteration"):
        async with asyncio.timeout(SOON):
            await numbers.write(lambda _: next(iter(())))


async def test_one_that_fails_does_not_hurt_those_beside_it(numbers: Database) -> None:
    def work(tx: Transaction, number: int) -> int:
        add(tx, number)
        if number % 3 == 0:
            raise OwnError(number)
        if number % 3 == 1:
            add(tx, number)
        return number

    jobs = (numbers.write(lambda tx, n=n: work(tx, n)) for n in range(60))  # type: ignore[misc]
    outcomes = await asyncio.gather(*jobs, return_exceptions=True)
    for number, outcome in enumerate(outcomes):
        match number % 3:
            case 0:
                assert isinstance(outcome, OwnError)
                assert outcome.args == (number,)
            case 1:
                assert isinstance(outcome, ConflictError)
            case _:
                assert outcome == number
    assert await all_of(numbers) == list(range(2, 60, 3))


async def test_many_writers_lose_nothing(numbers: Database) -> None:
    await numbers.write(lambda tx: add(tx, 0))

    async def raise_by_one() -> None:
        await numbers.write(lambda tx: tx.execute("UPDATE numbers SET n = n + 1"))

    await asyncio.gather(*(raise_by_one() for _ in range(200)))
    assert await all_of(numbers) == [200]


async def test_writers_that_lock_a_name_come_one_after_another(numbers: Database) -> None:
    def add_the_next(tx: Transaction) -> None:
        tx.lock("numbers")
        add(tx, tx.value("SELECT coalesce(max(n), 0) + 1 FROM numbers"))

    await asyncio.gather(*(numbers.write(add_the_next) for _ in range(50)))
    assert await all_of(numbers) == list(range(1, 51))


async def test_a_read_sees_one_moment(numbers: Database) -> None:
    reading, written = threading.Event(), threading.Event()

    def work(tx: Transaction) -> tuple[int, int]:
        before = tx.value("SELECT count(*) FROM numbers")
        reading.set()
        assert written.wait(SOON)
        return before, tx.value("SELECT count(*) FROM numbers")

    reader = asyncio.ensure_future(numbers.read(work, slow=True))
    await asyncio.to_thread(reading.wait, SOON)
    await numbers.write(lambda tx: add(tx, 1))
    written.set()
    assert await reader == (0, 0)
    assert await all_of(numbers) == [1]


@pytest.mark.parametrize("slow", [False, True])
async def test_a_read_cannot_write(numbers: Database, slow: bool) -> None:
    with pytest.raises(Exception, match=r"read-?\s?only"):
        await numbers.read(lambda tx: add(tx, 1), slow=slow)
    await numbers.write(lambda tx: add(tx, 2))
    assert await all_of(numbers) == [2]


async def test_a_slow_read_ends_at_its_deadline(numbers: Database) -> None:
    endless = (
        "WITH RECURSIVE far (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM far WHERE n < 1000000000) "
        "SELECT count(*) FROM far"
    )
    async with asyncio.timeout(SOON):
        with pytest.raises(TimeoutError, match=r"slow read took more than 0\.5 s"):
            await numbers.read(lambda tx: tx.value(endless), slow=True)
    assert await numbers.read(lambda tx: tx.value("SELECT 7"), slow=True) == 7


async def test_callers_that_leave_stop_neither_their_work_nor_that_of_others(numbers: Database) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def work(tx: Transaction, number: int) -> int:
        tx.lock("numbers")
        begun.set()
        assert go_on.wait(SOON)
        return add(tx, number)

    async with asyncio.timeout(SOON):
        first = numbers.write(lambda tx: work(tx, 0), slow=True)  # waits aside, and everybody behind it
        others = (numbers.write(lambda tx, n=n: work(tx, n)) for n in range(1, 30))  # type: ignore[misc]
        writes = [asyncio.ensure_future(write) for write in (first, *others)]
        await asyncio.to_thread(begun.wait, SOON)
        for leaving in writes[::2]:
            leaving.cancel()
        go_on.set()
        outcomes = await asyncio.gather(*writes, return_exceptions=True)
        assert outcomes[1::2] == list(range(1, 30, 2))
        assert all(isinstance(outcome, asyncio.CancelledError) for outcome in outcomes[::2])
        while await all_of(numbers) != list(range(30)):
            await asyncio.sleep(0)


async def test_close_finishes_what_was_handed_in(numbers: Database) -> None:
    writes = [asyncio.ensure_future(numbers.write(lambda tx, n=n: add(tx, n))) for n in range(50)]  # type: ignore[misc]
    await asyncio.sleep(0)
    await numbers.close()
    assert await asyncio.gather(*writes) == list(range(50))


async def test_nothing_is_taken_after_close(numbers: Database) -> None:
    await numbers.close()
    await numbers.close()
    with pytest.raises(RuntimeError, match="the database is closed"):
        await numbers.write(lambda tx: add(tx, 1))
    for slow in (False, True):
        with pytest.raises(RuntimeError, match="the database is closed"):
            await numbers.read(lambda tx: tx.value("SELECT 1"), slow=slow)
