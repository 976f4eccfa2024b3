"""A thousand programs listen by WebSocket; posts are made, and each is to reach every one of them."""

import asyncio
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

import uvloop
from websockets.asyncio.client import ClientConnection, connect

from scattershot.wirekit.dates import parse_rfc3339
from tests.bench.children import child
from tests.bench.findings import Figure, Options, Result, check, percentile
from tests.bench.load import send_these
from tests.bench.node_process import NodeProcess, a_node, free_port
from tests.bench.seeding import a_store

LISTENERS, QUICK_LISTENERS = 1_000, 10
POSTS, QUICK_POSTS = 200, 3
AT_ONCE = 4
"""Connections that post."""
RATE = {"floor": 20_000.0}
"""What issue 3 asks for."""


class Heard(NamedTuple):
    """What the listeners heard, and when: seconds from a post's own time to the frame at the other end."""

    frames: int
    seconds: list[float]
    began: float
    ended: float


def listen(end: "Connection[Any, Any]", address: str, listeners: int, frames: int) -> None:
    """A child's work: connect, say so, and answer when each listener has heard so many frames."""
    uvloop.run(_listen(end, address, listeners, frames))


async def _listen(end: "Connection[Any, Any]", address: str, listeners: int, frames: int) -> None:
    await asyncio.to_thread(end.recv)
    lines = []
    for first in range(0, listeners, 50):
        lines += await asyncio.gather(*(_open(address, n) for n in range(first, min(first + 50, listeners))))
    end.send(len(lines))
    await asyncio.to_thread(end.recv)
    heard = Heard(0, [], time.perf_counter(), 0.0)
    each = await asyncio.gather(*(_hear(line, frames, heard.seconds) for line in lines))
    end.send(heard._replace(frames=sum(each), ended=time.perf_counter()))
    await asyncio.gather(*(line.close() for line in lines))


async def _open(address: str, number: int) -> ClientConnection:
    local = (f"127.0.3.{number % 200 + 1}", 0)
    return await connect(address, compression=None, local_addr=local, open_timeout=60, ping_interval=None)


async def _hear(line: ClientConnection, frames: int, seconds: list[float]) -> int:
    heard = 0
    while heard < frames:
        text = await line.recv()
        assert isinstance(text, str)
        posted = text.partition('created_at\\":\\"')[2].partition("\\")[0]
        moment = parse_rfc3339(posted)
        assert moment is not None, text[:200]
        seconds.append(time.time() - moment / 1000)
        heard += '"event":"update"' in text
    return heard


async def run(options: Options) -> Result:
    """One node, listeners in a process of their own, and posts from another."""
    listeners, posts = (QUICK_LISTENERS, QUICK_POSTS) if options.quick else (LISTENERS, POSTS)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        data = Path(folder) / "node"
        port = free_port()
        async with a_store(data, f"http://localhost:{port}") as store:
            await store.person("ann")
            token = await store.token("ann")
        round_ = [_post(port, token, n) for n in range(posts)]
        address = f"ws://localhost:{port}/api/v1/streaming?stream=public"
        async with (
            child(listen, address, listeners, posts) as ears,
            child(send_these, [round_], port, AT_ONCE) as load,
            a_node(data, port, calls_allowed="1000000") as node,
        ):
            await load.answer()
            await node.first_answer()
            check("listeners", await ears.ask("open"), listeners)
            figures, heard = await _measured(node, ears, load, listeners * posts)
    return Result(
        "streaming",
        f"{listeners:,} listeners to the public stream, {posts} posts by {AT_ONCE} connections",
        figures,
        {"frames heard": heard},
    )


async def _measured(node: NodeProcess, ears: Any, load: Any, frames: int) -> tuple[list[Figure], int]:
    before = node.cpu()
    hearing = asyncio.create_task(ears.ask("hear"))
    await load.ask("send")
    heard: Heard = await hearing
    spent = node.cpu() - before
    check("frames heard", heard.frames, frames)
    memory = node.memory()
    return [
        Figure("frames per CPU second", frames / spent, "", RATE, more_is_better=True),
        Figure("  by the clock", frames / (heard.ended - heard.began), "/s", more_is_better=True),
        Figure("  CPU each", spent / frames * 1e6, "µs"),
        Figure("from the post to the frame, p50", percentile(heard.seconds, 0.5) * 1000, "ms"),
        Figure("  p99", percentile(heard.seconds, 0.99) * 1000, "ms"),
        Figure("memory of the node, resident", memory.resident / 1e6, "MB"),
    ], heard.frames


def _post(port: int, token: str, number: int) -> bytes:
    body = f'{{"status":"Number {number}: what a fine day for a walk by the sea."}}'.encode()
    head = (
        f"POST /api/v1/statuses HTTP/1.1\r\nHost: localhost:{port}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
