"""The rest of the world in one process: every other server of 127.0.0.0/8 on one port, quick to answer.

A POST is answered 202 and counted by (host, digest of the body); a GET is answered from the documents it was given,
an outbox with an empty collection. It does nothing else, so that it takes little of the machine from the node.
"""

import asyncio
import hashlib
import time
from collections import Counter
from multiprocessing.connection import Connection
from typing import Any, NamedTuple, cast

import uvloop

from scattershot.wirekit.http_message import Headers, Request

ACCEPTED = b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n"
NOT_FOUND = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"
SAMPLE_EVERY = 97
"""Of so many requests one is kept whole, for its signature to be verified afterwards."""


class Seen(NamedTuple):
    """What came so far: how many POSTs, how many of them for the first time, and when the first and the last came."""

    posts: int
    different: int
    first: float
    last: float


class World:
    """All that the far end knows; `documents` are bodies by URL without its scheme."""

    def __init__(self, documents: dict[str, bytes]) -> None:
        self.documents = documents
        self.clear()

    def clear(self) -> None:
        self.counts: Counter[tuple[str, bytes]] = Counter()
        self.samples: list[Request] = []
        self.posts, self.first, self.last = 0, 0.0, 0.0

    def take(self, target: str, head: bytes, body: bytes) -> None:
        self.last = time.perf_counter()
        self.first = self.first or self.last
        headers = _headers(head)
        host = headers.get("host") or ""
        self.counts[host, hashlib.md5(body, usedforsecurity=False).digest()] += 1
        if self.posts % SAMPLE_EVERY == 0:
            self.samples.append(Request("POST", f"http://{host}{target}", headers, body))
        self.posts += 1

    def answer(self, target: str, head: bytes) -> bytes:
        body = self.documents.get(f"{_headers(head).get('host')}{target}")
        if body is None:
            return NOT_FOUND
        return b"HTTP/1.1 200 OK\r\ncontent-type: application/activity+json\r\ncontent-length: %d\r\n\r\n%s" % (
            len(body),
            body,
        )

    def told(self, verb: str) -> Any:
        match verb:
            case "seen":
                return Seen(self.posts, len(self.counts), self.first, self.last)
            case "samples":
                return self.samples
            case "clear":
                return self.clear()
            case _:
                raise ValueError(verb)


class _Door(asyncio.Protocol):
    """One connection: requests one after the other, kept alive."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while (end := self._waiting.find(b"\r\n\r\n")) >= 0:
            head = self._waiting[:end]
            length = _length(head)
            if len(self._waiting) < end + 4 + length:
                return
            body, self._waiting = self._waiting[end + 4 : end + 4 + length], self._waiting[end + 4 + length :]
            method, target = head[: head.index(b"\r\n")].split(b" ")[:2]
            if method == b"POST":
                self._transport.write(ACCEPTED)
                self._world.take(target.decode(), head, body)
            else:
                self._transport.write(self._world.answer(target.decode(), head))


def _length(head: bytes) -> int:
    found = head.lower().partition(b"content-length:")[2]
    return int(found.partition(b"\r\n")[0]) if found else 0


def _headers(head: bytes) -> Headers:
    lines = (line.partition(":") for line in head.decode("latin-1").split("\r\n")[1:])
    return Headers((name.lower(), value.strip()) for name, _, value in lines)


def serve(end: "Connection[Any, Any]", port: int, documents: dict[str, bytes]) -> None:
    """A child's work: be the world on that port, say so, then answer questions until it is ended."""

    async def main() -> None:
        world, loop = World(documents), asyncio.get_running_loop()
        await loop.create_server(lambda: _Door(world), "0.0.0.0", port, backlog=2_000)
        end.send("ready")
        while True:
            message = await asyncio.to_thread(end.recv)
            await asyncio.to_thread(end.send, world.told(*message))

    uvloop.run(main())
