"""WebSockets to whole ASGI apps in this process, as a node dials them: hosts can be down, lines can be cut."""

import asyncio
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import urlsplit

from scattershot.ports.fetcher import Unreachable
from scattershot.testing.fakes import AsgiApp


class AsgiDialler:
    """Dials apps, each at its host; an unknown host has no DNS."""

    def __init__(self) -> None:
        self._apps: dict[str, AsgiApp] = {}
        self._down: set[str] = set()
        self._sockets: list[AsgiSocket] = []
        self.dialled: list[str] = []
        """Every address that was dialled, in order, whatever came of it."""

    def mount(self, host: str, app: AsgiApp) -> None:
        """From now on the app is at the host."""
        self._apps[host] = app

    def down(self, host: str) -> None:
        """The host refuses connections until `up`, and those that there are are cut."""
        self._down.add(host)
        self.cut(host)

    def up(self, host: str) -> None:
        """The host is itself again."""
        self._down.discard(host)

    def cut(self, host: str) -> None:
        """All connections to the host end."""
        for socket in self._sockets:
            if socket.host == host:
                socket.cut()

    def open_to(self, host: str) -> int:
        """How many connections to the host there are."""
        return sum(socket.host == host and not socket.is_cut for socket in self._sockets)

    async def dial(self, url: str, *, limit: int = 1_000_000, seconds: float = 10.0) -> "AsgiSocket | Unreachable":
        """As the port says."""
        del seconds
        self.dialled.append(url)
        parts = urlsplit(url)
        app = self._apps.get(parts.netloc)
        if app is None:
            return Unreachable("dns", f"no host {parts.netloc}")
        if parts.netloc in self._down:
            return Unreachable("refused", f"{parts.netloc} is down")
        socket = AsgiSocket(app, parts.netloc, parts.path or "/", limit)
        if not await socket.opened():
            return Unreachable("refused", "the app lets nobody in")
        self._sockets.append(socket)
        return socket


class AsgiSocket:
    """One connection to an app."""

    def __init__(self, app: AsgiApp, host: str, path: str, limit: int) -> None:
        self.host, self._limit = host, limit
        self.is_cut = False
        self._to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._from_app: asyncio.Queue[str | None] = asyncio.Queue()
        self._accepted: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        scope: dict[str, Any] = {
            "type": "websocket", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "wss", "path": path,
            "raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": [(b"host", host.encode())],
            "client": ("198.51.100.7", 40000), "server": (host, 443), "state": {}, "subprotocols": [],
        }  # fmt: skip
        self._to_app.put_nowait({"type": "websocket.connect"})
        self._running = asyncio.create_task(self._run(app, scope))

    async def _run(self, app: AsgiApp, scope: dict[str, Any]) -> None:
        try:
            await app(scope, self._to_app.get, self._heard)
        finally:
            self.cut()

    async def _heard(self, message: MutableMapping[str, Any]) -> None:
        match message["type"]:
            case "websocket.accept":
                self._accepted.set_result(True)
            case "websocket.send":
                await self._from_app.put(message.get("text") or "")
            case _:
                self.cut()

    async def opened(self) -> bool:
        """Whether the app let us in."""
        return await self._accepted

    def cut(self) -> None:
        """It ends, for both sides."""
        if self.is_cut:
            return
        self.is_cut = True
        if not self._accepted.done():
            self._accepted.set_result(False)
        self._to_app.put_nowait({"type": "websocket.disconnect", "code": 1006})
        self._from_app.put_nowait(None)

    async def send(self, text: str) -> bool:
        """As the port says."""
        if self.is_cut:
            return False
        await self._to_app.put({"type": "websocket.receive", "text": text})
        return True

    async def receive(self) -> str | None:
        """As the port says."""
        said = await self._from_app.get()
        if said is None or len(said) > self._limit:
            self._from_app.put_nowait(None)
            return None
        return said

    async def close(self) -> None:
        """As the port says."""
        self.cut()
