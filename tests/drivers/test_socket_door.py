"""The door for WebSockets gathers what one turn sends, and loses nothing at the end."""

import asyncio
from typing import Any

import uvicorn
from websockets.asyncio.client import connect

from scattershot.drivers.socket_door import SocketDoor, _Gathering
from scattershot.ports.texts import TEXTS

SAID = ["", "a", "é" * 62, "é" * 63, "x" * 125, "x" * 126, "x" * 65_535, "x" * 65_536, "{}" * 40_000, "last"]
"""Texts on both sides of where a frame's head grows."""


class Wire:
    """A transport that remembers."""

    def __init__(self) -> None:
        self.done: list[Any] = []

    def write(self, data: bytes) -> None:
        self.done.append(data)

    def close(self) -> None:
        self.done.append("closed")

    def is_closing(self) -> bool:
        return "closed" in self.done


async def test_what_one_turn_sends_is_one_write() -> None:
    wire = Wire()
    door = _Gathering(wire, asyncio.get_running_loop())  # type: ignore[arg-type]
    door.write(b"a")
    door.write(b"b")
    assert wire.done == []
    await asyncio.sleep(0)
    assert wire.done == [b"ab"]
    door.write(b"c")
    assert not door.is_closing()
    door.close()
    await asyncio.sleep(0)
    assert wire.done == [b"ab", b"c", "closed"]


async def _says_all_at_once(scope: Any, receive: Any, send: Any) -> None:
    assert TEXTS in scope["extensions"]
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": TEXTS, "texts": SAID[:3]})
    await send({"type": "websocket.send", "text": "between"})
    await send({"type": TEXTS, "texts": SAID[3:]})
    await send({"type": TEXTS, "texts": []})
    await receive()


async def test_texts_said_at_once_come_one_by_one_and_in_order() -> None:
    config = uvicorn.Config(
        _says_all_at_once, ws=SocketDoor, ws_per_message_deflate=False, port=0, lifespan="off", log_config=None
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())
    while not server.started:
        await asyncio.sleep(0)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with asyncio.timeout(5), connect(f"ws://127.0.0.1:{port}/", compression=None) as client:
        heard = [await client.recv() for _ in range(len(SAID) + 1)]
    assert heard == [*SAID[:3], "between", *SAID[3:]]
    server.should_exit = True
    await serving
