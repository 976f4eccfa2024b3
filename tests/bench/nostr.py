"""The relay: events kept, questions answered, listeners told, and sets compared, by a load in a process apart."""

import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from scattershot.domain.ids import Millis
from scattershot.domain.slip import key
from scattershot.storage.migrate import migrate
from scattershot.storage.sqlite import SqliteDatabase
from tests.bench import nostr_rivals
from tests.bench.children import Child, child
from tests.bench.findings import Figure, Options, Result, check, percentile
from tests.bench.node_process import NodeProcess, a_node, free_port
from tests.bench.nostr_load import AUTHORS, WORDS, Timed, author_name, known_items, work

AT_ONCE = 16
TICK = 0.01
"""Seconds in which CPU time is counted: a quick run may use none at all."""
SETTINGS = {"relay_calls": "1000000000", "relay_connections": "1000"}
"""What one machine may do to it that stands for many."""


class Size(NamedTuple):
    """How much of everything."""

    events: int
    stored: int
    questions: int
    sockets: int
    spread: int
    paced: int
    subscriptions: int
    items: int


FULL = Size(10_000, 100_000, 4_000, 500, 400, 300, 10_000, 1_000_000)
QUICK = Size(60, 300, 20, 4, 5, 5, 20, 400)


async def run(options: Options) -> Result:
    """One node for everything but the comparison of large sets, which has its own store."""
    size = QUICK if options.quick else FULL
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        compared = await _compared(Path(folder) / "compared", size)
        figures, counts = await _relay(Path(folder) / "relay", size)
        alike = nostr_rivals.QUICK if options.quick else nostr_rivals.FULL
        rivals, remarks = await nostr_rivals.beside(Path(folder) / "rivals", alike, SETTINGS, install=not options.quick)
    return Result(
        "nostr",
        f"{size.stored:,} events stored, events of 400 bytes with two tags that are searched by their words",
        [*figures, *compared, *rivals],
        counts,
        [
            f"alike: a fresh store each, {alike.events:,} events at a time. LocalRelay keeps them in memory alone",
            *remarks,
        ],
    )


async def _relay(data: Path, size: Size) -> tuple[list[Figure], dict[str, int]]:
    await _a_store(data, _some_slips(size.stored))
    port = free_port()
    figures: list[Figure] = []
    async with child(work, port) as load, a_node(data, port, **SETTINGS) as node:
        await node.first_answer()
        await load.ask("make", size.events * 4 + size.spread)
        for connections in (1, 4):
            figures += await _published(node, load, size.events, connections)
        bare = figures[-2].value
        figures += await _asked(node, load, size)
        figures += await _spread(node, load, size)
        check("subscriptions", await load.ask("subscribe", size.subscriptions, min(250, size.subscriptions)),
              size.subscriptions)  # fmt: skip
        told = await _published(node, load, size.events, 4, f", {size.subscriptions:,} subscriptions open")
        lost = 100 * max(0.001, 1 - told[0].value / bare)
        figures += [*told, Figure("  lost by them", lost, "%", {"floor": 20.0})]
        figures.append(Figure("memory of the node, resident", node.memory().resident / 1e6, "MB"))
        kept = node.ask("SELECT count(*) FROM slips")
    expected = size.stored + size.events * 3 + size.spread + size.paced
    check("events kept", kept, expected)
    return figures, {"events kept": expected}


async def _published(node: NodeProcess, load: Child, count: int, connections: int, more: str = "") -> list[Figure]:
    before = node.cpu()
    timed: Timed = await load.ask("publish", count, connections)
    spent = max(TICK, node.cpu() - before)
    beside = {"floor": 4_000.0, "strfry": 6_000.0} if connections == 4 and not more else {}
    noun = "connection" if connections == 1 else "connections"
    return [
        Figure(f"events kept, {connections} {noun}{more}", timed.rate, "/s", beside, more_is_better=True),
        Figure("  CPU each", spent / count * 1e6, "µs", {"strfry": 180.0}),
    ]


async def _asked(node: NodeProcess, load: Child, size: Size) -> list[Figure]:
    before = node.cpu()
    timed: Timed = await load.ask("ask", size.questions, AT_ONCE, 20, 20)
    spent = max(TICK, node.cpu() - before)
    most = size.questions * min(20, 20 * size.stored // AUTHORS)  # in a small store there are fewer
    check("events found", min(timed.count, most), most)
    rate = size.questions / (timed.ended - timed.began)
    return [
        Figure(
            f"questions for 20 authors, {AT_ONCE} connections", rate, "/s", {"strfry": 5_500.0}, more_is_better=True
        ),
        Figure("  CPU each", spent / size.questions * 1e6, "µs"),
        Figure("  p50", percentile(timed.seconds, 0.5) * 1000, "ms", {"floor": 5.0, "strfry": 2.7}),
        Figure("  p99", percentile(timed.seconds, 0.99) * 1000, "ms"),
    ]


async def _spread(node: NodeProcess, load: Child, size: Size) -> list[Figure]:
    check("listeners", await load.ask("listen", 1), 1)
    paced: Timed = await load.ask("pace", size.paced, 100)
    await load.ask("quiet")
    check("listeners", await load.ask("listen", size.sockets), size.sockets)
    before = node.cpu()
    timed: Timed = await load.ask("spread", size.spread)
    spent = max(TICK, node.cpu() - before)
    await load.ask("quiet")
    return [
        Figure("from publishing to hearing, p50", percentile(paced.seconds, 0.5) * 1000, "ms",
               {"floor": 10.0, "strfry": 41.0}),
        Figure("  p99", percentile(paced.seconds, 0.99) * 1000, "ms"),
        Figure(f"deliveries to {size.sockets} sockets", timed.rate, "/s", {"floor": 50_000.0, "strfry": 128_000.0},
               more_is_better=True),
        Figure("  CPU each", spent / timed.count * 1e6, "µs", {"strfry": 8.0}),
    ]  # fmt: skip


async def _compared(data: Path, size: Size) -> list[Figure]:
    lacking = max(1, size.items // 10_000)
    await _a_store(data, _bare_slips(size.items))
    port = free_port()
    figures = []
    async with child(work, port) as load, a_node(data, port, **SETTINGS) as node:
        await node.first_answer()
        for name, floor in (("cold", 2.0), ("again", 0.2)):
            have, need, seconds, rounds, octets = await load.ask("compare", size.items, lacking)
            check("events only they have", have, lacking)
            check("events only we have", need, lacking)
            what = f"comparing {size.items:,}, {2 * lacking} differ, {name}"
            figures.append(Figure(what, seconds * 1000, "ms", {"floor": floor * 1000}))
        figures.append(Figure("  rounds", float(rounds), ""))
        figures.append(Figure("  said by both", octets / 1000, "kB"))
    return figures


# -- stores


Row = tuple[Any, ...]


def _some_slips(count: int) -> Iterator[tuple[Row, list[bytes]]]:
    """Notes by many authors, as wide as real ones; nobody asks for their signatures."""
    chance, now = random.Random(1), int(time.time())
    for number in range(count):
        author, at = author_name(chance.randrange(AUTHORS)), now - 5_000 - chance.randrange(10_000_000)
        name = sha256(b"%d" % number).digest()
        words = " ".join(chance.choices(WORDS, k=30))
        tag = chance.choice(WORDS)
        body = (
            f'{{"id":"{name.hex()}","pubkey":"{author}","created_at":{at},"kind":1,"tags":[["t","{tag}"]],'
            f'"content":"{words}","sig":"{"0" * 128}"}}'
        )
        keys = [key("t", tag)]
        yield (name, bytes.fromhex(author), 1, at, b"".join(keys), body.encode()), keys


def _bare_slips(count: int) -> Iterator[tuple[Row, list[bytes]]]:
    """Slips that have little but a name and a moment."""
    author = bytes(32)
    for at, name in known_items(count):
        yield (name, author, 1, at, b"", b"{}"), []


async def _a_store(data: Path, some: Iterator[tuple[Row, list[bytes]]]) -> None:
    data.mkdir(parents=True)
    file = data / "scattershot.sqlite"
    database = SqliteDatabase(file)
    await migrate(database, Millis(0))
    await database.close()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        keys, rows = [], []
        for seq, (row, its_keys) in enumerate(some, 1):
            rows.append((seq, *row))
            keys += [(each, row[2], row[3], seq) for each in its_keys]
        connection.executemany(
            "INSERT INTO slips (seq, id, author, kind, at, keys, body, buries) VALUES (?, ?, ?, ?, ?, ?, ?, FALSE)",
            rows,
        )
        connection.executemany("INSERT INTO slip_keys (key, kind, at, slip) VALUES (?, ?, ?, ?)", keys)
        connection.execute("ANALYZE")
        connection.commit()
