"""Home timelines read by people in no order from a store of a million posts, a page of twenty at a time."""

import asyncio
import random
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from scattershot.app.timelines import PAGE, Timelines
from scattershot.domain.ids import MicroblogId
from scattershot.domain.window import FROM_THE_TOP
from scattershot.drivers.system_clock import SystemClock
from scattershot.storage.sqlite import SqliteDatabase
from scattershot.storage.tables import posts as post_rows
from tests.bench.children import child
from tests.bench.findings import Figure, Options, Result, check, percentile
from tests.bench.load import Sent, send_these
from tests.bench.many_posts import Size, fill
from tests.bench.node_process import a_node, free_port
from tests.bench.seeding import a_store

READERS, READS = 200, 10_000
PAGES = 5
"""One whole page is asked for over HTTP for so many read by the app."""
CONNECTIONS = 16
FULL = Size(posts=1_000_000, authors=20_000, follows=500, kept=800)
QUICK = Size(posts=10_000, authors=500, follows=50, kept=100)

CPU = {"floor": 200.0}


async def run(options: Options) -> Result:
    """The same reads by the app in this process, and as pages over HTTP from a node of its own."""
    size, readers, reads = (QUICK, 5, 50) if options.quick else (FULL, READERS, READS)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        data = Path(folder) / "node"
        port = free_port()
        async with a_store(data, f"http://localhost:{port}") as store:
            owners = [await store.person(f"reader{n}") for n in range(readers)]
            sessions = [await store.session(f"reader{n}") for n in range(readers)]
        began = time.perf_counter()
        await asyncio.to_thread(fill, data / "scattershot.sqlite", owners, size)
        seeding = time.perf_counter() - began
        database = SqliteDatabase(data / "scattershot.sqlite")
        figures = await _in_process(database, owners, reads)
        await database.close()
        figures += await _over_http(data, port, sessions, reads)
        megabytes = (data / "scattershot.sqlite").stat().st_size / 1e6
    return Result(
        "home",
        f"{size.posts:,} posts by {size.authors:,} authors, {readers} readers who follow {size.follows} each",
        figures,
        {"pages read": reads},
        [f"the store of {megabytes:,.0f} MB was made in {seeding:.0f} s"],
    )


async def _in_process(database: SqliteDatabase, owners: list[MicroblogId], reads: int) -> list[Figure]:
    timelines = Timelines(database, SystemClock(), "localhost")

    async def page(owner: MicroblogId) -> int:
        return len((await timelines.home(owner)).items)

    async def rows(owner: MicroblogId) -> int:
        return len(await database.read(lambda tx: post_rows.at_home(tx, owner, FROM_THE_TOP, PAGE)))

    return [
        *await _measured("a page of 20 by the app", page, owners, reads, CPU),
        *await _measured("  its rows alone", rows, owners, reads, {}),
    ]


async def _measured(
    name: str,
    read: Callable[[MicroblogId], Awaitable[int]],
    owners: list[MicroblogId],
    reads: int,
    beside: dict[str, float],
) -> list[Figure]:
    dice = random.Random(11)
    for owner in owners:
        check("posts on a page", await read(owner), PAGE)
    seconds: list[float] = []
    before = time.process_time()
    for owner in dice.choices(owners, k=reads):
        began = time.perf_counter()
        await read(owner)
        seconds.append(time.perf_counter() - began)
    cpu = (time.process_time() - before) / reads
    return [
        Figure(f"{name}, CPU", cpu * 1e6, "µs", beside),
        Figure(f"{name}, p50", percentile(seconds, 0.5) * 1e6, "µs"),
        Figure(f"{name}, p99", percentile(seconds, 0.99) * 1e6, "µs"),
    ]


async def _over_http(data: Path, port: int, sessions: list[str], reads: int) -> list[Figure]:
    """Whole pages, with the session's check and the HTML, as a browser asks for them."""
    dice = random.Random(12)
    pages = [
        f"GET /home HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: session_{port}={each}\r\n\r\n".encode()
        for each in sessions
    ]
    rounds = [pages, dice.choices(pages, k=reads // PAGES)]
    async with child(send_these, rounds, port, CONNECTIONS) as load, a_node(data, port) as node:
        await load.answer()
        await node.first_answer()
        await load.ask("send")
        before = node.cpu()
        sent: Sent = await load.ask("send")
        spent, memory = node.cpu() - before, node.memory()
    check("pages answered 200", sent.statuses.get(200, 0), len(rounds[1]))
    return [
        Figure("the page /home over HTTP", len(rounds[1]) / (sent.ended - sent.began), "/s", more_is_better=True),
        Figure("  CPU of the node each", spent / len(rounds[1]) * 1e6, "µs"),
        Figure("  p50", percentile(sent.seconds, 0.5) * 1000, "ms"),
        Figure("  p99", percentile(sent.seconds, 0.99) * 1000, "ms"),
        Figure("  memory of the node, resident", memory.resident / 1e6, "MB"),
        Figure("  memory of its own", memory.own / 1e6, "MB"),
    ]
