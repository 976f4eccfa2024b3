"""A WebSocket to an app in this process, as a program holds it: what was said and what was heard, without a network.

Set `judge` to something that is called with every event, so that a whole test suite can check what it heard.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, ClassVar

from msgspec import json

from scattershot.testing.fakes import AsgiApp

PATIENCE = 5.0
"""Seconds until what does not come fails the test."""


class Socket:
    """One connection; `heard` waits for the next message, decoded."""

    judge: ClassVar[Callable[[list[str], str, Any], None] | None] = None
    """Is told stream, event and payload; raises where they are not as they should be."""

    def __init__(self) -> None:
        self.to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._from_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.subprotocol: str | None = None
        self.closed: int | None = None

    async def say(self, message: Any) -> None:
        """Send a message as JSON, or a text as it is."""
        text = message if isinstance(message, str) else json.encode(message).decode()
        await self.to_app.put({"type": "websocket.receive", "text": text})

    async def heard(self) -> dict[str, Any]:
        """The next message; its payload is decoded too where it is JSON of more than a number."""
        message = await asyncio.wait_for(self._from_app.get(), PATIENCE)
        assert message["type"] == "websocket.send", message
        decoded: dict[str, Any] = json.decode(message["text"])
        payload = decoded.get("payload", "")
        if payload.startswith(("{", "[")):
            decoded["payload"] = json.decode(payload)
        if Socket.judge is not None and "event" in decoded:
            Socket.judge(decoded["stream"], decoded["event"], decoded.get("payload"))
        return decoded

    async def is_closed(self) -> int:
        """Wait until the app closes it; the code it gave."""
        message = await asyncio.wait_for(self._from_app.get(), PATIENCE)
        assert message["type"] == "websocket.close", message
        self.closed = int(message["code"])
        return self.closed

    @property
    def silent(self) -> bool:
        """Whether nothing waits to be heard."""
        return self._from_app.empty()

    async def take(self, message: dict[str, Any]) -> None:
        """What the app sends comes in here."""
        await self._from_app.put(message)


@asynccontextmanager
async def a_socket(
    app: AsgiApp, path: str, token: str = "", *, subprotocol: str = "", query: str = ""
) -> AsyncIterator[Socket]:
    """Connect; the app is let go of at the end. A refusal is found with `is_closed`."""
    socket = Socket()
    headers = [(b"host", b"a.test")]
    if token:
        headers.append((b"authorization", f"Bearer {token}".encode()))
    if subprotocol:
        headers.append((b"sec-websocket-protocol", subprotocol.encode()))
    scope = {
        "type": "websocket", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "ws", "path": path,
        "raw_path": path.encode(), "query_string": query.encode(), "root_path": "", "headers": headers,
        "client": ("198.51.100.9", 40000), "server": ("a.test", 80), "state": {},
        "subprotocols": [subprotocol] if subprotocol else [],
    }  # fmt: skip
    await socket.to_app.put({"type": "websocket.connect"})
    opened = asyncio.Event()

    async def send(message: Any) -> None:
        if message["type"] == "websocket.accept":
            socket.subprotocol = message.get("subprotocol")
        else:
            await socket.take(dict(message))
        opened.set()

    async def run() -> None:
        await app(scope, socket.to_app.get, send)

    running = asyncio.create_task(run())
    try:
        await asyncio.wait_for(opened.wait(), PATIENCE)
        yield socket
    finally:
        await socket.to_app.put({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(running, PATIENCE)
