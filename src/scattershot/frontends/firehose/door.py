"""The firehose at `/firehose`: one address, answered in pages, as server-sent events and by WebSocket."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from hashlib import blake2b
from typing import Any, NamedTuple

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from scattershot.app import counters
from scattershot.domain.ids import Seq
from scattershot.frontends.firehose.pages import Page, Pages, forgotten, silence
from scattershot.ports.clock import Clock
from scattershot.wirekit.addresses import caller_address
from scattershot.wirekit.log_pages import Asked, Mistake, read_asked
from scattershot.wirekit.token_bucket import Bucket, RateLimits

PATH = "/firehose"
LINES, EVENTS = "application/x-ndjson", "text/event-stream"
PACE = Bucket(capacity=200, per_second=10)
"""Pages for one address."""
_POLICY, _AGAIN, _ENDED = 1008, 1013, 1001
"""Reasons of closing a WebSocket (RFC 6455 section 7.4.1)."""
_SHARED = {"access-control-allow-origin": "*", "x-content-type-options": "nosniff", "vary": "Accept"}


class Limits(NamedTuple):
    """How many may `listen` at once, in all and `from_one` address; after how many seconds of silence they are told how
    far they are, and how many they have to take what they are sent: who takes longer is let go, and may come back for
    the rest."""

    listen: int = 1_000
    from_one: int = 20
    heartbeat: float = 15.0
    patience: float = 30.0


Say = Callable[[Page], Awaitable[None]]


class Firehose:
    """An ASGI application; None instead of `pages` is a firehose that is off."""

    def __init__(
        self, pages: Pages | None, clock: Clock, trusted: tuple[str, ...], limits: Limits | None = None
    ) -> None:
        self._pages, self._clock, self._trusted = pages, clock, trusted
        self._limits = limits or Limits()
        self._pace = RateLimits(PACE)
        self._listening: dict[str, int] = {}
        self._serving: set[asyncio.Task[Any]] = set()
        self._closing = False

    @staticmethod
    def handles(scope: Scope) -> bool:
        """Whether it is asked."""
        return bool(scope["path"] == PATH)

    def nudge(self) -> None:
        """The log has grown. From the event loop."""
        if self._pages is not None:
            self._pages.firehose.nudge()

    def close(self) -> None:
        """Let everybody go, so that the server can stop."""
        self._closing = True
        self.nudge()
        for task in self._serving:
            task.cancel()

    @property
    def listeners(self) -> int:
        """How many listen."""
        return sum(self._listening.values())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, or answer."""
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
            return
        request = Request(scope, receive)
        if request.method == "OPTIONS":
            allowed = {"access-control-allow-headers": "Last-Event-ID, If-None-Match"}
            await Response(None, 204, _SHARED | allowed)(scope, receive, send)
        elif request.method not in ("GET", "HEAD"):
            await _problem(405, "This is read by GET.", allow="GET, HEAD, OPTIONS")(scope, receive, send)
        elif self._pages is None:
            await _problem(404, "This node has no firehose.")(scope, receive, send)
        elif EVENTS in request.headers.get("accept", "") and request.method == "GET":
            await self._events(self._pages, request, send)
        else:
            await (await self._lines(self._pages, request))(scope, receive, send)

    def _caller(self, connection: HTTPConnection) -> str:
        near = connection.client.host if connection.client is not None else ""
        return caller_address(near, connection.headers.get("x-forwarded-for", ""), self._trusted)

    async def _start(self, pages: Pages, connection: HTTPConnection) -> tuple[Asked, Page] | Mistake:
        """What is asked, and the page that says where it begins: at a gap, where what it asks for is forgotten."""
        asked = read_asked(connection.query_params, connection.headers.get("last-event-id", ""))
        if isinstance(asked, Mistake):
            return asked
        bounds = await pages.firehose.bounds()
        if asked.after is None:
            return asked, silence(bounds.newest)
        if asked.after > bounds.newest:
            return Mistake(f"There is no such number yet: the newest is {bounds.newest}.")
        if 0 < asked.after < bounds.oldest - 1:
            return asked, forgotten(Seq(bounds.oldest - 1))
        if asked.after and await pages.firehose.is_lost(Seq(asked.after)):
            return Mistake(
                f"There is no such number any more: this node was put back to a backup. The newest is {bounds.newest}."
            )
        return asked, silence(Seq(asked.after))

    # -- pages

    async def _lines(self, pages: Pages, request: Request) -> Response:
        if not self._pace.take(self._caller(request), self._clock.now()).allowed:
            return _problem(429, "You ask too often. Wait for news with `wait=30`.", **{"retry-after": "5"})
        found = await self._start(pages, request)
        if isinstance(found, Mistake):
            return _problem(400, found.words)
        asked, begins = found
        has_gap = asked.after is not None and begins.up_to > asked.after
        after = begins.up_to if has_gap else Seq(asked.after or 0)
        page = await self._awaited(pages, after, asked)
        body = (begins.as_lines if has_gap else b"") + page.as_lines
        following = f"{PATH}?after={page.up_to}&limit={asked.limit}"
        tag = f'"{page.up_to}-{blake2b(body, digest_size=9).hexdigest()}"'
        headers = _SHARED | {"etag": tag, "link": f'<{following}>; rel="next"', "cache-control": "no-cache"}
        known = [part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "")[:2048].split(",")]
        if tag in known:
            return Response(None, 304, headers)
        return Response(body, 200, headers, media_type=LINES)

    async def _awaited(self, pages: Pages, after: Seq, asked: Asked) -> Page:
        """The page; where there is nothing yet, as soon as there is, or when the wait is over."""
        loop = asyncio.get_running_loop()
        until = loop.time() + asked.wait
        while True:
            page = await pages.full(after, asked.limit)
            left = until - loop.time()
            if page.lines or left <= 0 or self._closing:
                return page
            if page.up_to == after and not await pages.firehose.beyond(page.turn, left):
                return page
            after = page.up_to

    # -- listening

    async def _follow(self, pages: Pages, after: Seq) -> AsyncIterator[Page]:
        """Page after page, and how far one is after each silence."""
        loop = asyncio.get_running_loop()
        spoken = loop.time()
        while True:
            page = await pages.page(after)
            moved, after = page.up_to > after, page.up_to
            if not page.lines:
                left = spoken + self._limits.heartbeat - loop.time()
                if left > 0 and (moved or await pages.firehose.beyond(page.turn, left)):
                    continue
                page = silence(after)
            spoken = loop.time()
            yield page

    async def _told(self, pages: Pages, begins: Page, say: Say) -> None:
        await self._in_time(say(begins))
        async for page in self._follow(pages, begins.up_to):
            await self._in_time(say(page))

    async def _in_time(self, saying: Awaitable[None]) -> None:
        async with asyncio.timeout(self._limits.patience):
            await saying

    def _has_room(self, caller: str) -> bool:
        return self.listeners < self._limits.listen and self._listening.get(caller, 0) < self._limits.from_one

    async def _serve(self, caller: str, telling: Coroutine[Any, Any, None], gone: Coroutine[Any, Any, None]) -> None:
        """Tell one who listens until it goes, does not keep up, or the node stops."""
        self._listening[caller] = self._listening.get(caller, 0) + 1
        counters.LISTENERS.inc()
        tasks = [asyncio.create_task(telling), asyncio.create_task(gone)]
        self._serving.update(tasks)
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
            self._serving.difference_update(tasks)
            self._listening[caller] -= 1
            if not self._listening[caller]:
                del self._listening[caller]
            counters.LISTENERS.dec()
        for end in ends:
            if isinstance(end, Exception) and not isinstance(end, OSError):  # TimeoutError is one: it was too slow
                raise end

    async def _events(self, pages: Pages, request: Request, send: Send) -> None:
        caller = self._caller(request)
        found = await self._start(pages, request)
        if isinstance(found, Mistake):
            await _problem(400, found.words)(request.scope, request.receive, send)
            return
        if not self._has_room(caller):
            await _problem(429, "Too many listen.", **{"retry-after": "30"})(request.scope, request.receive, send)
            return
        _, begins = found
        headers = _SHARED | {"content-type": EVENTS, "cache-control": "no-store", "x-accel-buffering": "no"}
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": 200, "headers": raw})

        async def say(page: Page) -> None:
            await send({"type": "http.response.body", "body": page.as_events, "more_body": True})

        async def gone() -> None:
            while (await request.receive())["type"] != "http.disconnect":
                pass

        await self._serve(caller, self._told(pages, begins, say), gone())
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        connection = HTTPConnection(scope)
        caller, pages = self._caller(connection), self._pages
        found = await self._start(pages, connection) if pages is not None else Mistake("This node has no firehose.")
        await send({"type": "websocket.accept"})
        if isinstance(found, Mistake):
            await send({"type": "websocket.close", "code": _POLICY, "reason": found.words})
            return
        if not self._has_room(caller):
            await send({"type": "websocket.close", "code": _AGAIN, "reason": "Too many listen."})
            return
        _, begins = found
        assert pages is not None

        async def say(page: Page) -> None:
            for frame in page.as_frames:
                await send({"type": "websocket.send", "text": frame})

        left = asyncio.Event()

        async def gone() -> None:
            while (await receive())["type"] != "websocket.disconnect":
                pass
            left.set()

        await self._serve(caller, self._told(pages, begins, say), gone())
        if not left.is_set():
            await send({"type": "websocket.close", "code": _ENDED, "reason": "Come back with your last number."})


def _problem(status: int, words: str, **headers: str) -> Response:
    return Response(f"{words}\n", status, _SHARED | headers, media_type="text/plain")
