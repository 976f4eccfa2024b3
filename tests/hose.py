"""Somebody who listens to a firehose in this process, by any of its ways, and can be cut off at any moment."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeAlias
from urllib.parse import urlencode

from msgspec import json

from scattershot.testing.fakes import AsgiApp

PATIENCE = 5.0
WAYS = ("events", "socket", "pages")
Line: TypeAlias = dict[str, Any]


class Hose:
    """One connection; `next` waits for a line, `status` and `headers` are those of the answer, `closed` the code and
    words by which a WebSocket was."""

    def __init__(self) -> None:
        self.to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.lines: asyncio.Queue[Line] = asyncio.Queue()
        self.ids: list[str] = []
        self.status = 0
        self.headers: dict[str, str] = {}
        self.closed: tuple[int, str] | None = None
        self.ended = asyncio.Event()
        self.takes = asyncio.Event()
        self.takes.set()

    async def next(self) -> Line:
        """The next line of whatever sort."""
        return await asyncio.wait_for(self.lines.get(), PATIENCE)

    async def news(self, count: int) -> list[Line]:
        """So many lines that tell something."""
        found: list[Line] = []
        while len(found) < count:
            line = await self.next()
            found += [line] if line["event"] != "at" else []
        return found

    async def take(self, message: Any) -> None:
        """What the app sends comes in here; it waits while `takes` is cleared, as a full line makes it wait."""
        await self.takes.wait()
        match message["type"]:
            case "http.response.start":
                self.status = message["status"]
                self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            case "http.response.body":
                self._events(message["body"].decode())
                if not message.get("more_body"):
                    self.ended.set()
            case "websocket.send":
                self.lines.put_nowait(json.decode(message["text"]))
            case "websocket.close":
                self.closed = message["code"], message["reason"]
                self.ended.set()

    def _events(self, text: str) -> None:
        for block in text.split("\n\n"):
            fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
            if "data" in fields:
                line = json.decode(fields["data"])
                assert (fields["id"], fields["event"]) == (str(line["seq"]), line["event"])
                self.ids.append(fields["id"])
                self.lines.put_nowait(line)


@asynccontextmanager
async def a_hose(app: AsgiApp, way: str, after: int | None = None, *, last_event_id: str = "") -> AsyncIterator[Hose]:
    """Listen; at the end the connection is cut."""
    hose = Hose()
    headers = [(b"host", b"a.example")]
    headers += [(b"accept", b"text/event-stream")] if way == "events" else []
    headers += [(b"last-event-id", last_event_id.encode())] if last_event_id else []
    scope: dict[str, Any] = {
        "type": "http" if way == "events" else "websocket", "asgi": {"version": "3.0"}, "http_version": "1.1",
        "scheme": "http" if way == "events" else "ws", "path": "/firehose", "raw_path": b"/firehose",
        "query_string": urlencode({"after": after} if after is not None else {}).encode(), "root_path": "",
        "headers": headers, "client": ("198.51.100.9", 40000), "server": ("a.example", 80), "state": {},
    }  # fmt: skip
    if way == "events":
        scope["method"] = "GET"
        await hose.to_app.put({"type": "http.request", "body": b"", "more_body": False})
    else:
        await hose.to_app.put({"type": "websocket.connect"})
    running = asyncio.create_task(app(scope, hose.to_app.get, hose.take))  # type: ignore[arg-type]
    try:
        yield hose
    finally:
        end = {"type": "http.disconnect"} if way == "events" else {"type": "websocket.disconnect", "code": 1006}
        hose.takes.set()
        await hose.to_app.put(end)
        await asyncio.wait_for(running, PATIENCE)
