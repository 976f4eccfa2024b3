"""A hundred listen to the firehose while posts are made; others are cut off at random and come back: nobody may miss
anything or hear it twice."""

import asyncio
import http.client
import random
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

import uvloop
from msgspec import json
from websockets.asyncio.client import connect

from scattershot.wirekit.dates import parse_rfc3339
from tests.bench.children import Child, child
from tests.bench.findings import Figure, Options, Result, check, percentile
from tests.bench.load import send_these
from tests.bench.node_process import NodeProcess, a_node, free_port
from tests.bench.seeding import a_store

LISTENERS, QUICK_LISTENERS = 100, 6
POSTS, QUICK_POSTS = 1_000, 5
CUT, QUICK_CUT = 20, 3
"""Listeners that are cut off again and again."""
MOST_BEFORE_A_CUT = 60
AT_ONCE = 4
"""Connections that post."""
_WAYS = ("events", "socket", "pages")


class Place(NamedTuple):
    """Somebody who listens: from which number on, by which way, at which address of loopback."""

    port: int
    after: int
    way: str
    number: int

    @property
    def local(self) -> tuple[str, int]:
        """Few may listen from one address."""
        return (f"127.0.4.{self.number % 200 + 1}", 0)


class Heard(NamedTuple):
    """The numbers that each listener heard, how long after the posts, when the last was heard, and how many cuts."""

    numbers: list[list[int]]
    seconds: list[float]
    ended: float
    cuts: int = 0


def listen(end: "Connection[Any, Any]", port: int, listeners: int, posts: int) -> None:
    """A child's work: `open` connects, and `hear` answers when each has heard so many posts."""
    uvloop.run(_listen(end, port, listeners, posts))


async def _listen(end: "Connection[Any, Any]", port: int, listeners: int, posts: int) -> None:
    [after] = (await asyncio.to_thread(end.recv))[1:]
    heard = Heard([[] for _ in range(listeners)], [], 0.0)
    opened = asyncio.Semaphore(0)

    async def one(number: int) -> None:
        place = Place(port, after, _WAYS[number % 2], number)
        async with aclosing(_lines(place)) as lines:
            async for line in lines:
                opened.release()
                if line["event"] == "created":
                    heard.numbers[number].append(line["seq"])
                    heard.seconds.append(time.time() - (parse_rfc3339(line["at"]) or 0) / 1000)
                    if len(heard.numbers[number]) == posts:
                        return

    tasks = [asyncio.create_task(one(number)) for number in range(listeners)]
    for _ in range(listeners):
        await opened.acquire()
    end.send(listeners)
    await asyncio.to_thread(end.recv)
    await asyncio.gather(*tasks)
    end.send(heard._replace(ended=time.perf_counter()))


def listen_and_be_cut(end: "Connection[Any, Any]", port: int, listeners: int, posts: int) -> None:
    """A child's work: each listener is cut off at random, again and again, and goes on by another way."""
    uvloop.run(_listen_and_be_cut(end, port, listeners, posts))


async def _listen_and_be_cut(end: "Connection[Any, Any]", port: int, listeners: int, posts: int) -> None:
    [after] = (await asyncio.to_thread(end.recv))[1:]
    cuts = 0

    async def one(number: int) -> list[int]:
        nonlocal cuts
        chance, numbers, last = random.Random(number), list[int](), after
        while len(numbers) < posts:
            place, left = Place(port, last, chance.choice(_WAYS), number), chance.randrange(1, MOST_BEFORE_A_CUT)
            with suppress(TimeoutError):
                async with asyncio.timeout(chance.random() * 2), aclosing(_lines(place)) as lines:
                    async for line in lines:
                        last = line["seq"]
                        numbers += [last] if line["event"] == "created" else []
                        left -= 1
                        if not left or len(numbers) >= posts:
                            break
            cuts += 1
        return numbers

    end.send(listeners)
    numbers = await asyncio.gather(*map(one, range(listeners)))
    end.send(Heard(list(numbers), [], time.perf_counter(), cuts))


async def _lines(place: Place) -> AsyncIterator[dict[str, Any]]:
    """The lines one after the other; who leaves it drops the connection without a word."""
    if place.way == "socket":
        address = f"ws://localhost:{place.port}/firehose?after={place.after}"
        line = await connect(address, compression=None, local_addr=place.local, open_timeout=60, ping_interval=None)
        try:
            async for frame in line:
                yield json.decode(frame)
        finally:
            line.transport.abort()
        return
    reader, writer = await asyncio.open_connection("localhost", place.port, limit=1 << 20, local_addr=place.local)
    live = place.way == "events"
    accept, more = ("text/event-stream", "") if live else ("*/*", "&wait=2&limit=50")
    request = f"GET /firehose?after={place.after}{more} HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\n"
    writer.write(f"{request}Connection: close\r\n\r\n".encode())
    try:
        while text := await reader.readline():
            body = text.removeprefix(b"data: ")
            if body.startswith(b"{"):
                yield json.decode(body)
    finally:
        writer.transport.abort()


async def run(options: Options) -> Result:
    """One node; the same posts thrice: heard by nobody, by a hundred, and by those who are cut off."""
    listeners, posts, cut = (QUICK_LISTENERS, QUICK_POSTS, QUICK_CUT) if options.quick else (LISTENERS, POSTS, CUT)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        data = Path(folder) / "node"
        port = free_port()
        async with a_store(data, f"http://localhost:{port}") as store:
            await store.person("ann")
            token = await store.token("ann")
        rounds = [[_post(port, token, f"{round_} {number}") for number in range(posts)] for round_ in range(3)]
        async with (
            child(listen, port, listeners, posts) as ears,
            child(listen_and_be_cut, port, cut, posts) as clumsy,
            child(send_these, rounds, port, AT_ONCE) as load,
            a_node(data, port, calls_allowed="1000000") as node,
        ):
            await load.answer()
            await node.first_answer()
            await asyncio.to_thread(_let_be_found, port, token)
            quiet = await _quietly(node, load)
            check("listeners", await ears.ask("open", _newest(node)), listeners)
            figures = await _heard_by_all(node, ears, load, posts, quiet)
            cuts = await _cut_off(node, clumsy, load, posts, cut)
    return Result(
        "firehose",
        f"{posts:,} posts by {AT_ONCE} connections, heard by {listeners}; then by {cut} who are cut off at random",
        [*figures, Figure("times that somebody was cut off", cuts, "", more_is_better=True)],
        {"lines heard": listeners * posts, "lines heard between cuts": cut * posts},
    )


async def _quietly(node: NodeProcess, load: Child) -> float:
    before = node.cpu()
    await load.ask("send")
    await asyncio.sleep(0.5)
    return node.cpu() - before


async def _heard_by_all(node: NodeProcess, ears: Child, load: Child, posts: int, quiet: float) -> list[Figure]:
    before, began = node.cpu(), time.perf_counter()
    hearing = asyncio.create_task(ears.ask("hear"))
    await load.ask("send")
    heard: Heard = await hearing
    spent, lines = node.cpu() - before, sum(map(len, heard.numbers))
    check("lines heard", lines, len(heard.numbers) * posts)
    check("listeners who heard the same", sum(each == heard.numbers[0] for each in heard.numbers), len(heard.numbers))
    more = max(spent - quiet, 1e-6)
    return [
        Figure("events told to all", posts / (heard.ended - began), "/s", more_is_better=True),
        Figure("lines per CPU second, posting included", lines / spent, "", more_is_better=True),
        Figure("CPU of a post that all hear", spent / posts * 1e6, "µs"),
        Figure("  more than of one that nobody hears", more / posts * 1e6, "µs"),
        Figure("  for each who hears it", more / lines * 1e6, "µs"),
        Figure("from the post to the line, p50", percentile(heard.seconds, 0.5) * 1000, "ms"),
        Figure("  p99", percentile(heard.seconds, 0.99) * 1000, "ms"),
    ]


async def _cut_off(node: NodeProcess, clumsy: Child, load: Child, posts: int, cut: int) -> int:
    after = _newest(node)
    check("listeners", await clumsy.ask("open", after), cut)
    await load.ask("send")
    heard: Heard = await clumsy.answer()
    told = [line["seq"] for line in await asyncio.to_thread(_all_pages, node.port, after) if line["event"] == "created"]
    check("posts told", len(told), posts)
    check("listeners who missed nothing and heard nothing twice", sum(each == told for each in heard.numbers), cut)
    return heard.cuts


def _newest(node: NodeProcess) -> int:
    return int(node.ask("SELECT max(seq) FROM log"))


def _all_pages(port: int, after: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    line = http.client.HTTPConnection("localhost", port)
    path = f"/firehose?after={after}&limit=1000"
    while True:
        line.request("GET", path)
        answer = line.getresponse()
        found += [json.decode(each) for each in answer.read().splitlines()]
        following = (answer.getheader("link") or "").partition("<")[2].partition(">")[0]
        if following in ("", path):
            line.close()
            return found
        path = following


def _let_be_found(port: int, token: str) -> None:
    line = http.client.HTTPConnection("localhost", port)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-www-form-urlencoded"}
    line.request("PATCH", "/api/v1/accounts/update_credentials", "indexable=true", headers)
    check("profiles altered", int(line.getresponse().status == 200), 1)
    line.close()


def _post(port: int, token: str, what: str) -> bytes:
    body = f'{{"status":"Number {what}: what a fine day for a walk by the sea."}}'.encode()
    head = (
        f"POST /api/v1/statuses HTTP/1.1\r\nHost: localhost:{port}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
