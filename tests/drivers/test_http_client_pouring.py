"""Bodies too large to hold, handed on piece by piece."""

import asyncio

import pytest

from scattershot.drivers.http_client import HttpClient
from scattershot.wirekit.http_message import Request, Response
from tests.drivers.test_http_client import Server, client, serving, why

__all__ = ["client"]


async def test_what_is_too_large_to_hold_is_poured(client: HttpClient) -> None:
    pieces: list[bytes] = []

    async def take(piece: bytes) -> None:
        pieces.append(piece)

    body = bytes(range(256)) * 4_000
    async with serving(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)) as server:
        answer = await client.pour(Request("GET", server.url()), take, limit=len(body))
        assert isinstance(answer, Response)
        assert (answer.status, answer.body, b"".join(pieces)) == (200, b"", body)
        assert b"accept-encoding: identity" in server.heard[0].lower()
        assert why(await client.pour(Request("GET", server.url()), take, limit=len(body) - 1)) == "too_large"
    pieces.clear()
    async with serving(b"HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\nno") as server:
        answer = await client.pour(Request("GET", server.url()), take)
        assert isinstance(answer, Response)
        assert (answer.status, answer.body, pieces) == (404, b"no", [])
    coded = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\nhi"
    async with serving(coded) as server:
        assert why(await client.pour(Request("GET", server.url()), take)) == "protocol"
    assert why(await client.pour(Request("GET", "ftp://far.example/x"), take)) == "scheme"


async def test_whoever_has_seen_enough_ends_it(client: HttpClient) -> None:
    class Enough(Exception):
        pass

    async def drip(_: Server, __: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"4\r\nmore\r\n")
            await writer.drain()
            await asyncio.sleep(0)

    async def take(_: bytes) -> None:
        raise Enough

    async with serving(drip) as server:
        with pytest.raises(Enough):
            await client.pour(Request("GET", server.url()), take)


async def test_an_endless_body_is_left_at_the_limit_when_poured(client: HttpClient) -> None:
    async def forever(_: Server, __: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"400\r\n" + bytes(1024) + b"\r\n")
            await writer.drain()

    taken = 0

    async def take(piece: bytes) -> None:
        nonlocal taken
        taken += len(piece)

    async with serving(forever) as server:
        assert why(await client.pour(Request("GET", server.url()), take, limit=100_000)) == "too_large"
    assert taken <= 100_000
