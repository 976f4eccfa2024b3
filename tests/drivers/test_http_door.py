"""The HTTP door: endless and dawdling heads are hung up on, everything else goes through."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn

from scattershot.drivers import http_door
from scattershot.drivers.http_door import HttpDoor


async def _app(scope: Any, receive: Any, send: Any) -> None:
    size = 0
    while (message := await receive()).get("more_body") or message.get("body"):
        size += len(message["body"])
        if not message["more_body"]:
            break
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"7")]})
    await send({"type": "http.response.body", "body": b"%7d" % size})


@pytest.fixture
async def port() -> AsyncIterator[int]:
    config = uvicorn.Config(_app, http=HttpDoor, port=0, ws="none", lifespan="off", log_config=None, access_log=False)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())
    while not server.started:
        await asyncio.sleep(0)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await serving


async def _say(port: int, *pieces: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.005)
    except OSError:
        pass
    async with asyncio.timeout(5):
        answer = await reader.read(2_000)
    writer.close()
    return answer


async def test_an_endless_head_is_refused(port: int) -> None:
    line = b"x-y: " + b"z" * 8_000 + b"\r\n"
    answer = await _say(port, b"GET / HTTP/1.1\r\n", *[line] * 10)
    assert answer.startswith(b"HTTP/1.1 431 ")


async def test_one_endless_header_is_refused(port: int) -> None:
    answer = await _say(port, b"GET / HTTP/1.1\r\nx: ", *[b"z" * 8_000] * 10)
    assert answer.startswith(b"HTTP/1.1 431 ")


async def test_a_long_body_is_not_a_head(port: int) -> None:
    body = b"b" * 300_000
    head = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % len(body)
    answer = await _say(port, head, body[:150_000], body[150_000:])
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b" 300000")


async def test_requests_follow_each_other(port: int) -> None:
    request = b"GET / HTTP/1.1\r\nhost: x\r\nx: " + b"y" * 30_000 + b"\r\n\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(5):  # more in all than one head may be
        writer.write(request)
        assert (await reader.readuntil(b"      0")).startswith(b"HTTP/1.1 200 ")
    writer.close()


async def test_who_dawdles_is_hung_up_on(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_door, "HEAD_SECONDS", 0.05)
    assert await _say(port) == b""
    assert await _say(port, b"GET / HTTP/1.1\r\n", b"x: ") == b""


async def test_an_idle_connection_is_not_dawdling(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_door, "HEAD_SECONDS", 0.05)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(2):
        writer.write(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        assert (await reader.readuntil(b"      0")).startswith(b"HTTP/1.1 200 ")
        await asyncio.sleep(0.15)
    writer.close()
