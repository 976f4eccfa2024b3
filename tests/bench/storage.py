"""The SQLite store alone: small writes that share a commit on disk, and the short reads of a page."""

import asyncio
import tempfile
import time
from pathlib import Path

from scattershot.ports.database import Transaction
from scattershot.storage.sqlite import SqliteDatabase
from tests.bench.findings import Figure, Options, Result, check

WRITES, READS = 20_000, 30_000
WRITERS = (1, 16, 64)


async def run(options: Options) -> Result:
    """Writes by 1, 16 and 64 at a time, each returning when it is on disk; then reads by primary key."""
    writes, reads = (60, 200) if options.quick else (WRITES, READS)
    figures = []
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        database = SqliteDatabase(Path(folder) / "store.sqlite")
        await database.write(lambda tx: tx.script("CREATE TABLE things (id INTEGER PRIMARY KEY, value TEXT)"))
        for number, writers in enumerate(WRITERS):
            figures += await _writes(database, writers, writes if writers > 1 else writes // 4, number * writes)
        stored = await database.read(lambda tx: int(tx.value("SELECT count(*) FROM things")))
        expected = writes // 4 + writes * (len(WRITERS) - 1)
        check("rows stored", stored, expected)
        figures.append(await _reads(database, reads))
        await database.close()
    return Result("storage", "SQLite with WAL and FULL, rows of 500 bytes", figures, {"rows stored": stored})


async def _writes(database: SqliteDatabase, writers: int, writes: int, first: int) -> list[Figure]:
    numbers, value = iter(range(first, first + writes)), "x" * 500

    async def writer() -> None:
        for number in numbers:
            await database.write(lambda tx, n=number: tx.execute("INSERT INTO things VALUES ($1, $2)", n, value))  # type: ignore[misc]

    began, before = time.perf_counter(), time.process_time()
    commits = database.commits
    await asyncio.gather(*(writer() for _ in range(writers)))
    wall, cpu = time.perf_counter() - began, time.process_time() - before
    per_commit = writes / (database.commits - commits)
    return [
        Figure(f"writes, {writers} at a time", writes / wall, "/s", more_is_better=True),
        Figure(f"  CPU each ({per_commit:.1f} a commit)", cpu / writes * 1e6, "µs"),
    ]


async def _reads(database: SqliteDatabase, reads: int) -> Figure:
    def one(tx: Transaction) -> str:
        return str(tx.value("SELECT value FROM things WHERE id = $1", 7))

    before = time.process_time()
    for _ in range(reads):
        await database.read(one)
    return Figure("CPU of a read by key", (time.process_time() - before) / reads * 1e6, "µs")
