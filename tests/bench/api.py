"""The client API over HTTP: home and public timelines of twenty posts from a store of a million, and posting.

While nothing is written a page is answered as it was; so there is a round, too, in which somebody posts all the time.
"""

import asyncio
import random
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from scattershot.domain.ids import MicroblogId
from tests.bench.children import child
from tests.bench.findings import Figure, Options, Result, check, percentile
from tests.bench.load import Sent, send_these
from tests.bench.many_posts import Size, fill
from tests.bench.node_process import NodeProcess, a_node, free_port
from tests.bench.seeding import a_store

CONNECTIONS = 32
FULL = Size(posts=1_000_000, authors=20_000, follows=500, kept=800)
QUICK = Size(posts=2_000, authors=100, follows=20, kept=100)
FULL_COUNTS = {"home": 20_000, "public": 10_000, "mixed": 10_000, "post": 4_000}
QUICK_COUNTS = {"home": 40, "public": 40, "mixed": 40, "post": 20}

BESIDE = {
    "home": {"floor": 5_000.0, "GoToSocial": 1_985.0},
    "public": {"floor": 3_000.0, "GoToSocial": 810.0},
    "post": {"floor": 500.0, "GoToSocial": 128.0},
    "mixed": {},
}
"""Calls per CPU second: what issue 3 asks for, and the middle of what was measured with 200 posts in the timeline."""
NAMES = {
    "home": "home timelines read",
    "public": "public timelines read",
    "post": "posts made",
    "mixed": "one post to nine home timelines, calls",
}


async def run(options: Options) -> Result:
    """One node, asked for one kind of thing after the other; each with a token, and every answer counted."""
    size, readers, counts = (QUICK, 5, QUICK_COUNTS) if options.quick else (FULL, 200, FULL_COUNTS)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        data = Path(folder) / "node"
        port = free_port()
        async with a_store(data, f"http://localhost:{port}") as store:
            owners = [await store.person(f"reader{n}") for n in range(readers)]
            tokens = [await store.token(f"reader{n}") for n in range(readers)]
            await store.person("writer")
            writer = await store.token("writer")
        await asyncio.to_thread(_fill, data / "scattershot.sqlite", owners, size)
        rounds = [
            _reads("home", port, tokens, len(tokens)),
            *(_round(kind, port, tokens, writer, n) for kind, n in counts.items()),
        ]
        figures = []
        async with (
            child(send_these, rounds, port, CONNECTIONS) as load,
            a_node(data, port, calls_allowed="100000000") as node,
        ):
            await load.answer()
            await node.first_answer()
            await load.ask("send")
            for kind, count in counts.items():
                figures += await _measured(kind, count, load, node)
            memory = node.memory()
            posts = node.ask("SELECT count(*) FROM posts WHERE local")
        figures.append(Figure("memory of the node, resident", memory.resident / 1e6, "MB"))
    return Result(
        "api",
        f"{size.posts:,} posts by {size.authors:,} authors, {readers} readers who follow {size.follows} each, "
        f"{CONNECTIONS} connections",
        figures,
        {"calls answered": sum(counts.values()), "posts stored": posts},
    )


def _fill(path: Path, owners: list[MicroblogId], size: Size) -> None:
    fill(path, owners, size)
    with closing(sqlite3.connect(path)) as db, db:
        # As if it had been looked at for searching when it came; else the node would do so now, for minutes.
        db.execute("DELETE FROM search_todo")


async def _measured(kind: str, count: int, load: Any, node: NodeProcess) -> list[Figure]:
    before = node.cpu()
    sent: Sent = await load.ask("send")
    spent = node.cpu() - before
    check(f"{NAMES[kind]}, answered 200", sent.statuses.get(200, 0), count)
    return [
        Figure(f"{NAMES[kind]}, per CPU second", count / spent, "", BESIDE[kind], more_is_better=True),
        Figure("  CPU each", spent / count * 1e6, "µs"),
        Figure("  by the clock", count / (sent.ended - sent.began), "/s", more_is_better=True),
        Figure("  p50", percentile(sent.seconds, 0.5) * 1000, "ms"),
        Figure("  p99", percentile(sent.seconds, 0.99) * 1000, "ms"),
    ]


def _round(kind: str, port: int, tokens: list[str], writer: str, count: int) -> list[bytes]:
    if kind == "post":
        return _posts(port, tokens, count)
    if kind == "mixed":
        posts, reads = _posts(port, [writer], count // 10), _reads("home", port, tokens, count - count // 10)
        return [call for n in range(count // 10) for call in (posts[n], *reads[9 * n : 9 * n + 9])]
    return _reads(kind, port, tokens, count)


def _posts(port: int, tokens: list[str], count: int) -> list[bytes]:
    dice = random.Random(13)
    return [
        _post(port, dice.choice(tokens), f"Number {n}: what a fine day for a walk by the sea, said #nobody.")
        for n in range(count)
    ]


def _reads(kind: str, port: int, tokens: list[str], count: int) -> list[bytes]:
    dice = random.Random(12)
    path = f"/api/v1/timelines/{kind}"
    pages = [
        f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nAuthorization: Bearer {t}\r\n\r\n".encode() for t in tokens
    ]
    return pages[:count] if count == len(pages) else dice.choices(pages, k=count)


def _post(port: int, token: str, text: str) -> bytes:
    body = f'{{"status":"{text}","visibility":"public"}}'.encode()
    head = (
        f"POST /api/v1/statuses HTTP/1.1\r\nHost: localhost:{port}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
