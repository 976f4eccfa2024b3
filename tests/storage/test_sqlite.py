"""What is true of SQLite alone: one sync for many, what a failing commit does, files, copies, kills."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from scattershot.ports.database import ConflictError, Transaction, UnavailableError
from scattershot.storage.sqlite import SqliteDatabase

SOON = 10.0


@pytest.fixture
async def numbers(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    database = SqliteDatabase(tmp_path / "numbers.db")
    await database.write(lambda tx: tx.script("CREATE TABLE numbers (n BIGINT PRIMARY KEY)"))
    yield database
    await database.close()


def adding(number: int) -> Callable[[Transaction], int]:
    return lambda tx: tx.execute("INSERT INTO numbers VALUES ($1)", number)


async def all_of(database: SqliteDatabase) -> list[int]:
    return await database.read(lambda tx: tx.fetch(int, "SELECT n FROM numbers ORDER BY n"))


async def in_one_batch(database: SqliteDatabase, *works: Callable[[Transaction], Any]) -> list[Any]:
    """The outcomes of jobs that were handed in during one turn of the event loop."""
    return await asyncio.gather(*map(database.write, works), return_exceptions=True)


async def test_all_who_wait_share_one_commit(numbers: SqliteDatabase) -> None:
    before = numbers.commits
    assert await in_one_batch(numbers, *map(adding, range(100))) == [1] * 100
    assert numbers.commits - before == 1


async def test_a_commit_that_fails_is_everybodys_error(numbers: SqliteDatabase) -> None:
    await numbers.write(
        lambda tx: tx.script("CREATE TABLE late (n BIGINT REFERENCES numbers (n) DEFERRABLE INITIALLY DEFERRED)")
    )
    outcomes = await in_one_batch(numbers, adding(1), lambda tx: tx.execute("INSERT INTO late VALUES (9)"), adding(2))
    assert [type(outcome) for outcome in outcomes] == [ConflictError] * 3
    assert await all_of(numbers) == []
    assert await numbers.write(adding(3)) == 1


async def test_a_job_that_undoes_the_whole_batch_is_everybodys_error(numbers: SqliteDatabase) -> None:
    def undo_all(tx: Transaction) -> None:
        tx.execute("INSERT OR ROLLBACK INTO numbers VALUES (1)")

    outcomes = await in_one_batch(numbers, adding(1), undo_all, adding(2))
    assert [type(outcome) for outcome in outcomes] == [ConflictError] * 3
    assert await all_of(numbers) == []
    assert await numbers.write(adding(3)) == 1


@pytest.mark.parametrize("turns", [0, 1, 2])
async def test_a_loop_that_closed_does_not_end_the_writer(numbers: SqliteDatabase, turns: int) -> None:
    await asyncio.to_thread(a_loop_that_does_not_wait, numbers, adding(1), turns)
    await numbers.write(adding(2))
    assert await all_of(numbers) == [1, 2]


@pytest.mark.parametrize("turns", [0, 1, 2])
async def test_closing_finishes_what_a_closed_loop_handed_in(tmp_path: Path, turns: int) -> None:
    numbers = SqliteDatabase(tmp_path / "numbers.db")
    await numbers.write(lambda tx: tx.script("CREATE TABLE numbers (n BIGINT PRIMARY KEY)"))
    await asyncio.to_thread(a_loop_that_does_not_wait, numbers, adding(1), turns)
    await numbers.close()
    again = SqliteDatabase(tmp_path / "numbers.db")
    assert await all_of(again) == [1]
    await again.close()


def a_loop_that_does_not_wait(database: SqliteDatabase, work: Callable[[Transaction], Any], turns: int) -> None:
    """Hand in work on an event loop that is closed some turns later, whether the work was done by then or not."""
    loop = asyncio.new_event_loop()
    writing = loop.create_task(database.write(work))
    for _ in range(1 + turns):
        loop.call_soon(loop.stop)
        loop.run_forever()
    loop.close()
    writing._log_destroy_pending = False  # type: ignore[attr-defined]


async def test_slow_work_is_done_beside_the_event_loop(numbers: SqliteDatabase) -> None:
    done_on: list[int] = []

    def work(tx: Transaction) -> None:
        done_on.append(threading.get_ident())
        adding(len(done_on))(tx)

    await asyncio.gather(numbers.write(work), numbers.write(work, slow=True), numbers.write(work))
    assert [ident == threading.get_ident() for ident in done_on] == [True, False, True]
    assert await all_of(numbers) == [1, 2, 3]


async def test_a_commit_is_synced_in_full(numbers: SqliteDatabase) -> None:
    assert await numbers.write(lambda tx: tx.value("PRAGMA synchronous")) == 2
    assert await numbers.write(lambda tx: tx.value("PRAGMA journal_mode")) == "wal"
    assert await numbers.write(lambda tx: tx.value("PRAGMA foreign_keys")) == 1


WRITER = """
import asyncio, sys
from pathlib import Path
from scattershot.storage.sqlite import SqliteDatabase

async def main():
    database = SqliteDatabase(Path(sys.argv[1]))
    await database.write(lambda tx: tx.script("CREATE TABLE numbers (n BIGINT PRIMARY KEY)"))
    async def go(start):
        for n in range(start, 10**9, 4):
            await database.write(lambda tx: tx.execute("INSERT INTO numbers VALUES ($1)", n))
            print(n, flush=True)
    await asyncio.gather(*(go(start) for start in range(4)))

asyncio.run(main())
"""


async def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "killed.db"
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout
        acknowledged = [int(writer.stdout.readline()) for _ in range(100)]
        writer.send_signal(signal.SIGKILL)
        acknowledged += [int(line) for line in writer.stdout if line.endswith("\n")]
    database = SqliteDatabase(path)
    assert set(acknowledged) <= set(await all_of(database))
    assert await database.faults() == []
    await database.close()


async def test_a_copy_is_whole_while_writers_go_on(numbers: SqliteDatabase, tmp_path: Path) -> None:
    await asyncio.gather(*(numbers.write(adding(n)) for n in range(500)))
    await asyncio.gather(numbers.backup_to(tmp_path / "copy.db"), *(numbers.write(adding(n)) for n in range(500, 1000)))
    with sqlite3.connect(tmp_path / "copy.db") as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        copied = [n for (n,) in copy.execute("SELECT n FROM numbers ORDER BY n")]
    copy.close()
    assert copied[:500] == list(range(500))
    assert copied == sorted(copied)
    assert [path.name for path in tmp_path.glob("copy*")] == ["copy.db"]


async def test_a_damaged_file_is_found_out(tmp_path: Path) -> None:
    path = tmp_path / "damaged.db"
    database = SqliteDatabase(path)
    await database.write(lambda tx: tx.script("CREATE TABLE numbers (n BIGINT PRIMARY KEY)"))
    await asyncio.gather(*(database.write(adding(n)) for n in range(5000)))
    await database.close()
    damaged = bytearray(path.read_bytes())
    for page in range(2 * 4096, len(damaged), 4096):
        damaged[page : page + 2000] = b"\xaa" * 2000
    path.write_bytes(damaged)
    database = SqliteDatabase(path)
    assert await database.faults() != []
    await database.close()


async def test_a_slow_read_ends_when_its_caller_leaves() -> None:
    database = SqliteDatabase(slow_seconds=1000.0)
    begun = threading.Event()

    def work(tx: Transaction) -> None:
        begun.set()
        tx.value(
            "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1000000000) SELECT max(n) FROM n"
        )

    reading = asyncio.ensure_future(database.read(work, slow=True))
    await asyncio.to_thread(begun.wait, SOON)
    reading.cancel()
    async with asyncio.timeout(SOON):
        await database.close()


async def test_a_scratch_database_leaves_nothing_behind() -> None:
    database = SqliteDatabase()
    folder = database.path.parent
    assert folder.exists()
    await database.close()
    assert not folder.exists()


async def test_closing_leaves_one_file(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "one.db")
    await database.write(lambda tx: tx.script("CREATE TABLE numbers (n BIGINT PRIMARY KEY)"))
    await database.close()
    assert [path.name for path in tmp_path.iterdir()] == ["one.db"]


async def test_a_full_disk_is_said_in_the_ports_words_and_undoes_the_work(numbers: SqliteDatabase) -> None:
    def too_much(tx: Transaction) -> None:
        tx.execute("INSERT INTO numbers VALUES (1)")
        tx.execute("CREATE TABLE large AS SELECT randomblob(1000000) AS bytes")

    pages = await numbers.read(lambda tx: tx.value("PRAGMA page_count"))
    await numbers.write(lambda tx: tx.value(f"PRAGMA max_page_count = {pages + 2}"))
    with pytest.raises(UnavailableError):
        await numbers.write(too_much)
    assert await all_of(numbers) == []
    with pytest.raises(sqlite3.OperationalError):
        await numbers.write(lambda tx: tx.execute("INSERT INTO nowhere VALUES (1)"))
