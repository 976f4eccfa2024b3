"""Followers' nodes: whole nodes with their own stores, ports and sockets, which share one process to leave room for the
author's."""

import asyncio
import contextlib
import os
import re
import socket
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

import uvicorn
import uvloop

from scattershot.app.discover import Found
from scattershot.bootstrap import Node, build_node
from scattershot.domain.microblog import Handle
from scattershot.domain.record import Kind
from scattershot.machines import real_drivers
from scattershot.ports.database import Transaction
from scattershot.settings import read_settings
from scattershot.storage.tables import log, microblogs, posts
from scattershot.testing.keys import PooledKeyMaker

GROUP = "239.192.83.67:46832"
_MARK = re.compile(r"notify-(-?[0-9]+)-")


class Reader(NamedTuple):
    """How one of them is set up."""

    data: str
    port: int
    udp: int
    hints: bool
    groups: list[str]


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _Reading:
    """One node, and when it saw which post."""

    def __init__(self, node: Node, port: int) -> None:
        self.node, self.port = node, port
        self.seen: dict[int, float] = {}
        self.twice = 0
        self._after = 0
        self._looking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await self.node.people.add("reader")
        await self.node.start()
        door = socket.create_server(("127.0.0.1", self.port))
        config = uvicorn.Config(self.node.app, log_level="critical", lifespan="off", ws="none")
        self._serving = asyncio.create_task(_Server(config).serve(sockets=[door]))
        self.node.readers.after_step(self._look)

    def _look(self) -> None:
        now = time.perf_counter()
        self._looking = asyncio.create_task(self._note(now))

    async def _note(self, now: float) -> None:
        for number in await self.node.drivers.database.read(self._new):
            self.twice += number in self.seen
            self.seen.setdefault(number, now)

    def _new(self, tx: Transaction) -> list[int]:
        batch = log.after(tx, self._after, 200)  # type: ignore[arg-type]
        if batch:
            self._after = batch[-1].seq
        rows = posts.get_many(tx, [each.post for each in batch if each.kind is Kind.POSTED and each.post is not None])
        return [int(found[1]) for row in rows.values() if (found := _MARK.search(row.post.html)) is not None]

    async def follow(self, whom: str) -> None:
        found = await self.node.discover.find(whom)
        assert isinstance(found, Found), found
        assert found.microblog is not None
        own = Handle("reader", self.node.settings.host)
        row = await self.node.drivers.database.read(lambda tx: microblogs.named(tx, own))
        assert row is not None
        await self.node.publisher.follow(row.id, found.microblog, "bench")


def serve_readers(end: "Connection[Any, Any]", readers: list[Reader], author: str) -> None:
    """Answer what is asked: `follow`, `listen`, `pid`, and, once all have seen so many posts, `seen`."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(end, readers, author))


async def _serve(end: "Connection[Any, Any]", readers: list[Reader], author: str) -> None:
    reading = [_Reading(await _built(reader), reader.port) for reader in readers]
    for each in reading:
        await each.start()
    end.send("ready")
    while True:
        try:
            message = await asyncio.to_thread(end.recv)
        except EOFError:
            return
        match message:
            case ("follow",):
                for each in reading:
                    await each.follow(author)
                end.send(None)
            case ("listen",):
                for each in reading:
                    assert each.node.notify is not None
                    each.node.notify.listening.look_now()
                    each.node.notify.nudge()
                end.send(None)
            case ("pid",):
                end.send(os.getpid())
            case ("seen", int(count)):
                end.send(await _all_seen(reading, count))


async def _all_seen(reading: list[_Reading], count: int) -> list[dict[int, float]]:
    until = time.perf_counter() + 120
    while any(len(each.seen) < count for each in reading) and time.perf_counter() < until:
        await asyncio.sleep(0.02)
    assert not any(each.twice for each in reading), "a post was seen twice"
    seen = [each.seen for each in reading]
    for each in reading:
        each.seen = {}
    return seen


async def _built(reader: Reader) -> Node:
    place = f"127.0.0.1:{reader.udp}"
    given = {
        "data": reader.data, "listen": f"127.0.0.1:{reader.port}", "origin": f"http://localhost:{reader.port}",
        "allow_private_addresses": True, "insecure_http": True, "udp": place if reader.hints else "",
        "udp_address": place if reader.hints else "", "udp_groups": reader.groups,
    }  # fmt: skip
    settings = read_settings(None, {}, given)
    settings.data.mkdir()
    drivers = real_drivers(settings, listens=True)._replace(keys=PooledKeyMaker(), nearby=None)
    return await build_node(settings, drivers)
