"""The way out to other nodes over HTTP/1.1: sends what it is given byte for byte and brings back no more than agreed.

What was signed is sent: the URL's own spelling, each header value, Host with its port. Redirects are answers. An
address is judged after its name was resolved, at the very moment it is dialled.
"""

import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING

from scattershot.ports.fetcher import Take, Unreachable
from scattershot.wirekit.content_coding import ACCEPTED, decoded
from scattershot.wirekit.http_message import Headers, Request, Response

if TYPE_CHECKING:
    from scattershot.drivers.aiohttp_session import Session


class HttpClient:
    """The `Fetcher` of a running node; costs nothing until it first sends."""

    def __init__(
        self,
        *,
        may_dial: Callable[[str], bool],
        user_agent: str,
        schemes: frozenset[str] = frozenset({"https"}),
        tls: ssl.SSLContext | None = None,
        connections: int = 256,
        per_host: int = 4,
        connect_seconds: float = 10.0,
    ) -> None:
        """`may_dial` is asked about the text of each address before it is dialled; `tls` is for a private authority."""
        self._may_dial = may_dial
        self._user_agent = user_agent
        self._schemes = schemes
        self._tls = tls
        self._connections = connections
        self._per_host = per_host
        self._connect_seconds = connect_seconds
        self._session: Session | None = None

    def for_any_web(self) -> "HttpClient":
        """Another that goes to plain http as well, with connections of its own: feeds, and who waits for them."""
        return HttpClient(
            may_dial=self._may_dial,
            user_agent=self._user_agent,
            schemes=frozenset({"https", "http"}),
            tls=self._tls,
            connections=self._connections,
            per_host=self._per_host,
            connect_seconds=self._connect_seconds,
        )

    async def send(self, request: Request, *, limit: int = 1_000_000, seconds: float = 30.0) -> Response | Unreachable:
        """As the port says; `seconds` are for all of it, so that a server that drips is cut off too.

        A request that met a kept-alive connection just closed by the other side, before any answer, is sent once more.
        """
        if refusal := self._refusal(request.url):
            return refusal
        raw = await self._pool().exchange(
            request, self._complete(request.headers), limit, seconds, self._connect_seconds
        )
        if isinstance(raw, Unreachable):
            return raw
        coding = raw.headers.get("content-encoding")
        if coding is None or not raw.body:
            return Response(raw.status, request.url, raw.headers, raw.body)
        body = decoded(raw.body, coding, limit)
        if isinstance(body, str):
            return Unreachable(body, f"a body of {len(raw.body)} bytes, coded {coding[:40]!r}")
        plain = Headers(pair for pair in raw.headers if pair[0] not in ("content-encoding", "content-length"))
        return Response(raw.status, request.url, plain, body)

    async def pour(
        self, request: Request, take: Take, *, limit: int = 1_000_000, seconds: float = 30.0
    ) -> Response | Unreachable:
        """As the port says; no coding is asked for, and what comes coded all the same is refused."""
        if refusal := self._refusal(request.url):
            return refusal
        headers = self._complete(request.headers.having(("accept-encoding", "identity")))
        raw = await self._pool().exchange(request, headers, limit, seconds, self._connect_seconds, take)
        if isinstance(raw, Unreachable):
            return raw
        if raw.status == 200 and (raw.headers.get("content-encoding") or "identity").lower() != "identity":
            return Unreachable("protocol", "the body is coded, though none was asked for")
        return Response(raw.status, request.url, raw.headers, raw.body)

    async def close(self) -> None:
        """Hang up; the client may send again afterwards."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _refusal(self, url: str) -> Unreachable | None:
        scheme, separator, rest = url.partition("://")
        if not separator or scheme not in self._schemes:
            return Unreachable("scheme", f"{scheme[:20]!r} is not one of {sorted(self._schemes)}")
        if not url.isascii() or not url.isprintable() or " " in url:
            return Unreachable("protocol", "a URL is printable ASCII without spaces")
        authority = rest.partition("/")[0].partition("?")[0].partition("#")[0]
        if "@" in authority or not authority:
            return Unreachable("protocol", "a URL names a host and no user")
        return None

    def _complete(self, headers: Headers) -> Headers:
        names = {name for name, _ in headers}
        extra = []
        if "user-agent" not in names:
            extra.append(("user-agent", self._user_agent))
        if "accept-encoding" not in names:
            extra.append(("accept-encoding", ACCEPTED))
        return Headers((*headers, *extra)) if extra else headers

    def _pool(self) -> "Session":
        if self._session is None:
            # a third of a second that a command which sends nothing does not pay
            from scattershot.drivers.aiohttp_session import Session

            self._session = Session(self._may_dial, self._tls, self._connections, self._per_host)
        return self._session
