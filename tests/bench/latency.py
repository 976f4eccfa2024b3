"""From a post here to its place on an open page of another node: two nodes on loopback.

The follower's page is played as its script does it: the live stream names the entry, the entry is asked for.
"""

import asyncio
import re
import tempfile
import time
from contextlib import closing
from pathlib import Path

from tests.bench.findings import Figure, Options, Result, check, percentile
from tests.bench.node_process import NodeProcess, a_node, free_port, told
from tests.bench.seeding import a_store

POSTS, EVERY = 100, 0.2
PATIENCE = 15.0

_ENTRY = re.compile(rb'"entry":"([0-9]+)"')
_MARK = re.compile(rb"latency-([0-9]+)-")


async def run(options: Options) -> Result:
    """Posts five times a second; the follower's stream is read as a browser would."""
    posts, every = (3, 0.05) if options.quick else (POSTS, EVERY)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        here, there = Path(folder) / "here", Path(folder) / "there"
        ports = free_port(), free_port()
        async with a_store(here, f"http://localhost:{ports[0]}") as store:
            await store.person("writer")
        async with a_store(there, f"http://localhost:{ports[1]}") as store:
            await store.person("reader")
            session = await store.session("reader")
        async with a_node(here, ports[0]) as writing, a_node(there, ports[1]) as reading:
            await writing.first_answer()
            await reading.first_answer()
            await told(reading, "follow", name="reader", who=f"@writer@localhost:{ports[0]}")
            await reading.until("SELECT count(*) FROM follows WHERE accepted", 1)
            await writing.until("SELECT count(*) FROM follows WHERE accepted", 1)
            seconds = await _measured(writing, reading, session, posts, every)
    check("posts seen", len(seconds), posts)
    return Result(
        "latency",
        f"{posts} posts, {1 / every:.0f} a second, from one node's control socket to another's live page",
        [
            Figure("post to visible, p50", percentile(seconds, 0.5) * 1000, "ms", {"floor": 1_000}),
            Figure("post to visible, p99", percentile(seconds, 0.99) * 1000, "ms", {"floor": 1_000}),
        ],
        {"posts seen": len(seconds)},
    )


async def _measured(writing: NodeProcess, reading: NodeProcess, session: str, posts: int, every: float) -> list[float]:
    """How long each post took, from before it was handed in to when the page had it."""
    page = _Page(reading.port, session)
    await page.open()
    with closing(page):
        listening = asyncio.create_task(page.arrivals(posts))
        sent: dict[int, float] = {}
        for number in range(posts):
            sent[number] = time.perf_counter()
            text = f"latency-{number}- The harbour was quiet this morning."
            await told(writing, "post", name="writer", text=text, audience="public")
            await asyncio.sleep(max(0.0, every - (time.perf_counter() - sent[number])))
        async with asyncio.timeout(PATIENCE):
            seen = await listening
    return [seen[number] - sent[number] for number in sent]


class _Page:
    """An open page: one connection for the live stream, one for what it names."""

    def __init__(self, port: int, session: str) -> None:
        self._port, self._session = port, session

    async def open(self) -> None:
        """Return when the stream has begun."""
        self._stream, self._to_stream = await asyncio.open_connection("127.0.0.1", self._port)
        self._answers, self._asks = await asyncio.open_connection("127.0.0.1", self._port)
        self._to_stream.write(self._get("/live/home"))
        async with asyncio.timeout(PATIENCE):
            status = await self._stream.readline()
            if status.split()[1] != b"200":
                raise RuntimeError(f"the stream answered {status!r}")
            await self._stream.readuntil(b"retry:")

    def close(self) -> None:
        """Leave."""
        self._to_stream.close()
        self._asks.close()

    async def arrivals(self, posts: int) -> dict[int, float]:
        """The moment at which the page had each post, by the post's number."""
        seen: dict[int, float] = {}
        while len(seen) < posts:
            named = _ENTRY.search(await self._stream.readline())
            if named is not None:
                self._asks.write(self._get(f"/entries/{named[1].decode()}"))
                found = _MARK.search(await self._body())
                if found is not None:
                    seen.setdefault(int(found[1]), time.perf_counter())
        return seen

    def _get(self, path: str) -> bytes:
        cookie = f"session_{self._port}={self._session}"
        return f"GET {path} HTTP/1.1\r\nHost: localhost:{self._port}\r\nCookie: {cookie}\r\n\r\n".encode()

    async def _body(self) -> bytes:
        head = (await self._answers.readuntil(b"\r\n\r\n")).lower()
        length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
        return await self._answers.readexactly(int(length))
