"""CPU of one warm delivery through HttpClient beside bare aiohttp: 200 loopback hosts, the far end in another process.

Run as a script: `python tests/bench/bench_http_client.py`.
"""

import asyncio
import multiprocessing
import resource
import statistics
from collections.abc import Awaitable, Callable
from multiprocessing.synchronize import Event
from typing import cast

import aiohttp
import uvloop

from scattershot.drivers.http_client import HttpClient
from scattershot.wirekit.http_message import Headers, Request, Response

PORT = 18765
DELIVERIES = 3000
HOSTS = [f"127.0.1.{n}:{PORT}" for n in range(1, 201)]
BODY = b'{"x":"' + b"a" * 2000 + b'"}'
ACCEPTED = b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\ndate: x\r\nserver: sink\r\n\r\n"

Send = Callable[[str], Awaitable[int]]


class Sink(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.waiting = b""

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while (end := self.waiting.find(b"\r\n\r\n")) >= 0:
            length = int(self.waiting[:end].lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            if len(self.waiting) < end + 4 + length:
                return
            self.waiting = self.waiting[end + 4 + length :]
            self.transport.write(ACCEPTED)


def sink(ready: Event) -> None:
    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(Sink, "0.0.0.0", PORT, backlog=1000)
        ready.set()
        await server.serve_forever()

    uvloop.run(serve())


def headers(host: str) -> Headers:
    signature = 'keyId="https://x.example/u#main-key",headers="(request-target) host date",signature="' + "b" * 344
    return Headers(
        (
            ("host", host),
            ("date", "Sat, 21 Nov 2026 12:00:00 GMT"),
            ("digest", "SHA-256=" + "a" * 44),
            ("content-type", "application/activity+json"),
            ("signature", signature + '"'),
        )
    )


async def measure(name: str, send: Send) -> None:
    def cpu() -> float:
        used = resource.getrusage(resource.RUSAGE_SELF)
        return used.ru_utime + used.ru_stime

    async def round_() -> float:
        start, turns = cpu(), iter(range(DELIVERIES))

        async def courier() -> None:
            for turn in turns:
                assert await send(HOSTS[turn % len(HOSTS)]) == 202

        await asyncio.gather(*(courier() for _ in range(64)))
        return (cpu() - start) / DELIVERIES * 1e6

    await round_()
    print(f"{name}: {statistics.median([await round_() for _ in range(5)]):.0f} µs CPU a delivery")


async def main() -> None:
    client = HttpClient(may_dial=lambda _: True, user_agent="bench", schemes=frozenset({"http"}))

    async def ours(host: str) -> int:
        answer = await client.send(Request("POST", f"http://{host}/inbox", headers(host), BODY))
        return answer.status if isinstance(answer, Response) else 0

    await measure("HttpClient", ours)
    await client.close()
    connector = aiohttp.TCPConnector(limit=256, limit_per_host=4)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def bare(host: str) -> int:
            url = f"http://{host}/inbox"
            async with session.post(url, headers=dict(headers(host)), data=BODY, allow_redirects=False) as answer:
                await answer.read()
                return answer.status

        await measure("aiohttp", bare)


if __name__ == "__main__":
    up = multiprocessing.Event()
    far_end = multiprocessing.Process(target=sink, args=(up,), daemon=True)
    far_end.start()
    up.wait()
    uvloop.run(main())
    far_end.terminate()
