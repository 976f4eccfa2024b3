"""The load: requests made beforehand, sent over a few kept-alive connections by a process of its own."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from multiprocessing.connection import Connection
from typing import Any, NamedTuple, cast

import uvloop

from tests.bench.senders import Author, requests


class Sent(NamedTuple):
    """How it went: answers by status, and of each request how long its answer took."""

    statuses: dict[int, int]
    seconds: list[float]
    began: float
    ended: float


def send_creates(
    end: "Connection[Any, Any]", people: list[Author], port: int, inbox: str, counts: list[int], connections: int
) -> None:
    """A child's work: make the Creates of several rounds, then send a round each time it is asked."""
    made = iter(requests(people, inbox, sum(counts), time.time_ns() // 1_000_000))
    _send_rounds(end, [[next(made) for _ in range(count)] for count in counts], port, connections)


def send_these(end: "Connection[Any, Any]", rounds: list[list[bytes]], port: int, connections: int) -> None:
    """A child's work: send a round of ready requests each time it is asked."""
    _send_rounds(end, rounds, port, connections)


def _send_rounds(end: "Connection[Any, Any]", rounds: list[list[bytes]], port: int, connections: int) -> None:
    """First say how large a request is."""
    end.send(len(rounds[-1][0]))
    for each in rounds:
        end.recv()
        end.send(uvloop.run(_send(each, port, min(connections, len(each)))))
    end.recv()


async def _send(round_: list[bytes], port: int, connections: int) -> Sent:
    loop, left = asyncio.get_running_loop(), iter(round_)
    statuses: Counter[int] = Counter()
    seconds: list[float] = []
    lines = []
    for number in range(connections):
        line = _Line(left, statuses, seconds, loop.create_future())
        # a sender of its own address, as other servers are
        await loop.create_connection(lambda line=line: line, "127.0.0.1", port, local_addr=(f"127.0.2.{number + 1}", 0))  # type: ignore[misc]
        lines.append(line)
    began = time.perf_counter()
    for line in lines:
        line.next()
    await asyncio.gather(*(line.done for line in lines))
    return Sent(dict(statuses), seconds, began, time.perf_counter())


class _Line(asyncio.Protocol):
    """One connection, which sends the next request when the last is answered."""

    def __init__(
        self, left: Iterator[bytes], statuses: Counter[int], seconds: list[float], done: "asyncio.Future[None]"
    ) -> None:
        self._left, self._statuses, self._seconds, self.done = left, statuses, seconds, done
        self._waiting, self._began = b"", 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def next(self) -> None:
        request = next(self._left, None)
        if request is None:
            if not self.done.done():
                self.done.set_result(None)
            self._transport.close()
            return
        self._began = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        if not _is_whole(self._waiting):
            return
        self._seconds.append(time.perf_counter() - self._began)
        self._statuses[int(self._waiting[9:12])] += 1
        self._waiting = b""
        self.next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or ConnectionError("the node hung up"))


def _is_whole(answer: bytes) -> bool:
    head, ended, body = answer.partition(b"\r\n\r\n")
    if not ended:
        return False
    head = head.lower()
    if b"transfer-encoding: chunked" in head:
        return body.endswith(b"0\r\n\r\n")
    length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
    return len(body) >= int(length or 0)
