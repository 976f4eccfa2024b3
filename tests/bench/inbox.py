"""Signed Creates taken in: verified, sanitised, on disk, and on the home timelines of the authors' followers here."""

import tempfile
from pathlib import Path
from typing import Any

from tests.bench.children import Child, child
from tests.bench.far_end import serve
from tests.bench.findings import Figure, Options, Result, check, percentile
from tests.bench.load import Sent, send_creates
from tests.bench.node_process import NodeProcess, a_node, free_port
from tests.bench.seeding import a_store
from tests.bench.senders import Author, authors

AUTHORS, FOLLOWERS = 20, 5
WARM_UP, CREATES = 1_000, 10_000
CONNECTIONS = 48

WALL = {"aim": 2_000.0, "GoToSocial": 181.0, "snac": 1_063.0}
CPU = {"aim": 450.0, "floor": 600.0, "GoToSocial": 9_700.0, "snac": 1_060.0}


async def run(options: Options) -> Result:
    """Creates by 20 authors, each followed by the same 5 people here, over 48 connections."""
    warm_up, creates, writers = (4, 20, 2) if options.quick else (WARM_UP, CREATES, AUTHORS)
    port, world = free_port(), free_port()
    people = authors(writers, world)
    documents = {url: body for author in people for url, body in author.documents().items()}
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        data = Path(folder) / "node"
        await _seed(data, f"http://localhost:{port}", people)
        inbox = f"http://localhost:{port}/inbox"
        async with (
            child(serve, world, documents) as far_end,
            child(send_creates, people, port, inbox, [warm_up, creates], CONNECTIONS) as load,
            a_node(data, port) as node,
        ):
            await far_end.answer()
            size = await load.answer()
            await node.first_answer()
            await _round(node, load, warm_up, warm_up)
            before = node.cpu()
            sent, ended = await _round(node, load, creates, warm_up + creates)
            spent, memory = node.cpu() - before, node.memory()
            counts = _counts(node, warm_up + creates)
    return Result(
        "inbox",
        f"{creates:,} requests of {size:,} bytes by {writers} authors, each with {FOLLOWERS} followers here, "
        f"{min(CONNECTIONS, creates)} connections",
        [
            Figure("taken in, until spread", creates / (ended - sent.began), "/s", WALL, more_is_better=True),
            Figure("CPU of the node each", spent / creates * 1e6, "µs", CPU),
            Figure("answered 202, p50", percentile(sent.seconds, 0.5) * 1000, "ms"),
            Figure("answered 202, p99", percentile(sent.seconds, 0.99) * 1000, "ms"),
            Figure("memory of the node", memory.resident / 1e6, "MB"),
        ],
        counts,
    )


async def _seed(data: Path, origin: str, people: list[Author]) -> None:
    async with a_store(data, origin) as store:
        followers = [await store.person(f"reader{n}") for n in range(FOLLOWERS)]
        await store.follow(followers, await store.met([author.profile() for author in people]))


async def _round(node: NodeProcess, load: Child, count: int, total: int) -> tuple[Sent, float]:
    """Send one round; what was sent, and when the last of it was on the last home timeline."""
    sent: Sent = await load.ask("send")
    if sent.statuses != {202: count}:
        raise RuntimeError(f"not all were taken: {sent.statuses}\n{node.log()}")
    return sent, await node.until("SELECT count(*) FROM timeline", total * FOLLOWERS)


def _counts(node: NodeProcess, expected: int) -> dict[str, int]:
    def count(sql: str) -> int:
        return int(node.ask(sql))

    found: dict[str, Any] = {
        "posts stored": count("SELECT count(*) FROM posts"),
        "lines on home timelines": count("SELECT count(*) FROM timeline"),
    }
    check("posts stored", found["posts stored"], expected)
    check("different posts", count("SELECT count(DISTINCT json_extract(value, '$.id')) FROM posts"), expected)
    check("lines on home timelines", found["lines on home timelines"], expected * FOLLOWERS)
    check("arrivals that wait", count("SELECT count(*) FROM arrivals"), 0)
    return found
