"""WebSockets dialled: only where one may, only so large, only so long, and never by a detour."""

import asyncio
import http
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from scattershot.drivers.websocket_client import WebSocketClient
from scattershot.ports.fetcher import Unreachable
from scattershot.wirekit.addresses import is_public_address


def a_client(**options: Any) -> WebSocketClient:
    usual: dict[str, Any] = {"may_dial": lambda _: True, "user_agent": "tests", "schemes": frozenset({"ws", "wss"})}
    return WebSocketClient(**usual | options)


async def echo(connection: ServerConnection) -> None:
    async for message in connection:
        await connection.send(message)


@asynccontextmanager
async def a_server(handler: Any = echo, **options: Any) -> AsyncIterator[str]:
    async with serve(handler, "127.0.0.1", 0, **options) as server:
        port = server.sockets[0].getsockname()[1]
        yield f"ws://127.0.0.1:{port}"


async def test_what_is_said_is_heard_until_one_hangs_up() -> None:
    async with a_server() as address:
        socket = await a_client().dial(address)
        assert not isinstance(socket, Unreachable)
        assert await socket.send("Grüße")
        assert await socket.receive() == "Grüße"
        await socket.close()
        assert await socket.receive() is None
        assert not await socket.send("anybody?")


async def test_an_address_of_ones_own_network_is_not_dialled() -> None:
    async with a_server() as address:
        refused = await a_client(may_dial=is_public_address).dial(address)
    assert isinstance(refused, Unreachable)
    assert refused.why == "private_address"


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("ws://127.0.0.1:1", "refused"),
        ("http://example.org", "scheme"),
        ("wss://user@example.org", "protocol"),
        ("wss://", "protocol"),
        ("ws://nobody.invalid", "dns"),
    ],
)
async def test_what_cannot_be_reached_is_a_word(address: str, why: str) -> None:
    refused = await a_client().dial(address, seconds=5)
    assert isinstance(refused, Unreachable)
    assert refused.why == why


async def test_without_tls_only_where_that_is_allowed() -> None:
    async with a_server() as address:
        refused = await a_client(schemes=frozenset({"wss"})).dial(address)
        assert isinstance(refused, Unreachable)
        assert refused.why == "scheme"
        untrusted = await a_client().dial(address.replace("ws:", "wss:"), seconds=3)
        assert isinstance(untrusted, Unreachable)


async def test_a_message_that_is_too_large_ends_it() -> None:
    async def flood(connection: ServerConnection) -> None:
        await connection.send("x" * 5_000)
        await asyncio.sleep(5)

    async with a_server(flood) as address:
        socket = await a_client().dial(address, limit=1_000)
        assert not isinstance(socket, Unreachable)
        assert await socket.receive() is None


async def test_redirects_are_not_followed_and_a_page_is_no_websocket() -> None:
    async with a_server() as inside:

        def elsewhere(connection: ServerConnection, request: Any) -> Any:
            answer = connection.respond(http.HTTPStatus.FOUND, "there")
            answer.headers["Location"] = inside
            return answer

        async with a_server(process_request=elsewhere) as address:
            refused = await a_client().dial(address)
        assert isinstance(refused, Unreachable)
        assert refused.why == "protocol"


async def test_who_does_not_answer_the_handshake_is_let_go_in_time() -> None:
    async def silent(reader: Any, writer: Any) -> None:
        await asyncio.sleep(5)
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    refused = await a_client().dial(f"ws://127.0.0.1:{port}", seconds=0.2)
    server.close()
    assert isinstance(refused, Unreachable)
    assert refused.why == "timeout"
