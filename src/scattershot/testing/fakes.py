"""Stand-ins for the clock and the way out, so that tests own time and whole nodes talk without a socket."""

import asyncio
import heapq
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from itertools import count
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from scattershot.domain.ids import Millis
from scattershot.ports.fetcher import Take, Unreachable
from scattershot.wirekit.http_message import Headers, Request, Response

Message = MutableMapping[str, Any]
AsgiApp = Callable[
    [MutableMapping[str, Any], Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]
Answer = Response | Unreachable
Route = Callable[[Request], Answer | Awaitable[Answer]]
_Host = Callable[[Request, int, float], Answer | Awaitable[Answer]]

NO_HEADERS = Headers()
_PIECE = 16_384
TURNS = 50
"""How often the loop is let go round after each moment of `FakeClock.run`: enough for a chain of so many awaits."""


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: int = 1_767_225_600_000) -> None:
        self._now = Millis(now)
        self._order = count()
        self._sleepers: list[tuple[int, int, asyncio.Future[None]]] = []

    def now(self) -> Millis:
        """The moment the test has set."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Comes back when the clock was moved far enough; nothing to wait for still gives others a turn."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + round(seconds * 1000), next(self._order), woken))
        await woken

    def set(self, moment: int) -> None:
        """Put the clock to a moment, also an earlier one; whoever is due by then wakes, the earliest first."""
        self._now = Millis(moment)
        while self._sleepers and self._sleepers[0][0] <= moment:
            _, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)

    def advance(self, seconds: float) -> None:
        """Jump ahead at once, as a machine does that was asleep: one who sleeps in a loop wakes once."""
        self.set(self._now + round(seconds * 1000))

    async def run(self, seconds: float) -> None:
        """Move ahead from one sleeper to the next, letting each act at its own moment: a loop wakes each time."""
        end = self._now + round(seconds * 1000)
        await _let_others_act()
        while self._sleepers and self._sleepers[0][0] <= end:
            self.set(max(self._now, self._sleepers[0][0]))
            await _let_others_act()
        self.set(end)
        await _let_others_act()

    @property
    def sleeping(self) -> int:
        """How many wait for this clock."""
        return sum(not woken.done() for _, _, woken in self._sleepers)


async def _let_others_act() -> None:
    for _ in range(TURNS):
        await asyncio.sleep(0)


class Sent(NamedTuple):
    """One line of a fake's record: `status` is the answer's, or why there was none."""

    method: str
    url: str
    status: int | str


class FakeFetcher:
    """Answers from functions, one for each host (`example.org` or `example.org:8443`); an unknown host has no DNS."""

    def __init__(self, routes: Mapping[str, Route] | None = None) -> None:
        self._hosts: dict[str, _Host] = {}
        self._moods: dict[str, Route] = {}
        self.requests: list[Request] = []
        self.sent: list[Sent] = []
        for host, answer in (routes or {}).items():
            self.route(host, answer)

    def route(self, host: str, answer: Route) -> None:
        """From now on `answer` speaks for the host."""
        self._hosts[host] = lambda request, _limit, _seconds: answer(request)

    def unroute(self, host: str) -> None:
        """The host is gone, and its name with it."""
        self._hosts.pop(host, None)

    def down(self, host: str) -> None:
        """The host refuses connections until `up`."""
        self._moods[host] = lambda _: Unreachable("refused", f"{host} is down")

    def slow(self, host: str) -> None:
        """The host is not heard in time until `up`; nobody really waits."""
        self._moods[host] = lambda _: Unreachable("timeout", f"{host} is slow")

    def answers(self, host: str, status: int, headers: Headers = NO_HEADERS, body: bytes = b"") -> None:
        """The host answers everything so until `up`; what it runs is not asked."""
        self._moods[host] = lambda request: Response(status, request.url, headers, body)

    def up(self, host: str) -> None:
        """The host is itself again."""
        self._moods.pop(host, None)

    async def send(self, request: Request, *, limit: int = 1_000_000, seconds: float = 30.0) -> Answer:
        """As the port says; every request is recorded, also those without an answer."""
        self.requests.append(request)
        answer = await self._answered(request, limit, seconds)
        if isinstance(answer, Response) and len(answer.body) > limit:
            answer = Unreachable("too_large", f"more than {limit} bytes")
        self.sent.append(Sent(request.method, request.url, _outcome(answer)))
        return answer

    async def pour(self, request: Request, take: Take, *, limit: int = 1_000_000, seconds: float = 30.0) -> Answer:
        """As the port says, in pieces of a few kilobytes."""
        answer = await self.send(request, limit=limit, seconds=seconds)
        if isinstance(answer, Response) and answer.status == 200:
            for at in range(0, len(answer.body), _PIECE):
                await take(answer.body[at : at + _PIECE])
            return answer._replace(body=b"")
        return answer

    async def _answered(self, request: Request, limit: int, seconds: float) -> Answer:
        parts = urlsplit(request.url)
        if parts.scheme not in ("http", "https"):
            return Unreachable("scheme", request.url)
        mood, host = self._moods.get(parts.netloc), self._hosts.get(parts.netloc)
        if mood is not None:
            answer = mood(request)
        elif host is not None:
            answer = host(request, limit, seconds)
        else:
            return Unreachable("dns", f"no host {parts.netloc}")
        return answer if isinstance(answer, Response | Unreachable) else await answer


def _outcome(answer: Answer) -> int | str:
    return answer.status if isinstance(answer, Response) else answer.why


class AsgiFetcher(FakeFetcher):
    """Calls whole ASGI apps in this process as if each were at its host; an app that raises has answered 500.

    What apps raised is kept in `failures`, so that a village can insist on there being none.
    """

    def __init__(self, apps: Mapping[str, AsgiApp] | None = None, client: tuple[str, int] = ("198.51.100.7", 40000)):
        super().__init__()
        self._client = client
        self.failures: list[Exception] = []
        for host, app in (apps or {}).items():
            self.mount(host, app)

    def mount(self, host: str, app: AsgiApp) -> None:
        """From now on the app is at the host."""
        self._hosts[host] = lambda request, limit, seconds: self._called(app, request, limit, seconds)

    async def _called(self, app: AsgiApp, request: Request, limit: int, seconds: float) -> Answer:
        call = _Call(request, limit)
        try:
            async with asyncio.timeout(seconds):
                await call.run(app, self._client)
        except TimeoutError:
            return Unreachable("timeout", f"no answer in {seconds} s")
        except Exception as error:
            self.failures.append(error)
            if not call.complete.is_set():
                return Response(500, request.url)
        return call.answer()


class _Call:
    """One request and what an app makes of it."""

    def __init__(self, request: Request, limit: int) -> None:
        self._request = request
        self._limit = limit
        self._asked = False
        self._status: int | None = None
        self._headers = Headers()
        self._chunks: list[bytes] = []
        self._size = 0
        self.complete = asyncio.Event()
        """Set when the last chunk came or too many did."""

    async def run(self, app: AsgiApp, client: tuple[str, int]) -> None:
        """Until the app is done, also with what it does after its answer; one that streams too much is cut off."""
        running = asyncio.ensure_future(_called(app, _scope(self._request, client), self._receive, self._send))
        completing = asyncio.ensure_future(self.complete.wait())
        try:
            await asyncio.wait((running, completing), return_when=asyncio.FIRST_COMPLETED)
            if self._size <= self._limit:
                await running
        finally:
            for task in (running, completing):
                task.cancel()
            await asyncio.gather(running, completing, return_exceptions=True)

    def answer(self) -> Answer:
        if self._size > self._limit:
            return Unreachable("too_large", f"more than {self._limit} bytes")
        if self._status is None or not self.complete.is_set():
            return Unreachable("protocol", "the app went away without an answer")
        body = b"" if self._request.method == "HEAD" else b"".join(self._chunks)
        return Response(self._status, self._request.url, self._headers, body)

    async def _receive(self) -> Message:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": self._request.body, "more_body": False}
        await self.complete.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            pairs = message.get("headers", ())
            self._headers = Headers((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in pairs)
        elif message["type"] == "http.response.body":
            chunk = bytes(message.get("body", b""))
            self._chunks.append(chunk)
            self._size += len(chunk)
            if self._size > self._limit or not message.get("more_body", False):
                self.complete.set()


async def _called(
    app: AsgiApp,
    scope: MutableMapping[str, Any],
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    await app(scope, receive, send)


def _scope(request: Request, client: tuple[str, int]) -> dict[str, Any]:
    parts = urlsplit(request.url)
    headers = request.headers
    if headers.get("host") is None:
        headers = Headers((("host", parts.netloc), *headers))
    if headers.get("user-agent") is None:
        headers = headers.having(("user-agent", "AsgiFetcher"))
    if headers.get("content-length") is None and (request.body or request.method not in ("GET", "HEAD")):
        headers = headers.having(("content-length", str(len(request.body))))
    path = parts.path or "/"
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": parts.scheme,
        "path": unquote(path),
        "raw_path": path.encode("ascii"),
        "query_string": parts.query.encode("ascii"),
        "root_path": "",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers],
        "client": client,
        "server": (parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)),
        "state": {},
    }
