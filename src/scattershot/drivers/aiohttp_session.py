"""aiohttp, tamed: dials only addresses it may, decodes nothing, follows nothing, remembers no cookie.

Importing this room imports aiohttp (a third of a second): only `http_client` does, and only when it first sends.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, NamedTuple
from weakref import WeakSet

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.connector import Connection
from aiohttp.payload import BytesPayload
from yarl import URL

from scattershot.ports.fetcher import Take, Unreachable
from scattershot.wirekit.http_message import Headers, Request

HEADER_LINE_BYTES = 8190
"""The longest status line or header field read; nginx and Apache send no longer ones."""
HEADER_FIELDS = 128
"""The most header fields read."""
KEEPALIVE_SECONDS = 60.0
DNS_CACHE_SECONDS = 60
DNS_THREADS = 16
"""Names are resolved on threads of their own, so that a dead name server holds up no other work of the node."""

AddrInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[Any, ...]]

_reused: ContextVar[bool] = ContextVar("reused", default=False)


class RawResponse(NamedTuple):
    """An answer as it came, its body not yet decoded."""

    status: int
    headers: Headers
    body: bytes


class PrivateAddressError(OSError):
    """The name resolved to an address this node does not dial."""


class _Connector(aiohttp.TCPConnector):
    """Tells each task whether the connection it was given had served before."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._served: WeakSet[Any] = WeakSet()

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Any],
        timeout: aiohttp.ClientTimeout,
    ) -> Connection:
        connection = await super().connect(req, traces, timeout)
        protocol = connection.protocol
        _reused.set(protocol in self._served)
        self._served.add(protocol)
        return connection


class _Resolver(AbstractResolver):
    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(DNS_THREADS, "dns")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        def look_up() -> list[ResolveResult]:
            try:
                infos = socket.getaddrinfo(
                    host, port, family=family, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG
                )
            except UnicodeError as error:  # a label longer than 63 bytes, or an empty one
                raise OSError(f"not a host name: {error}") from error
            return [
                ResolveResult(
                    hostname=host, host=str(address[0]), port=port, family=found, proto=0, flags=socket.AI_NUMERICHOST
                )
                for found, _, _, _, address in infos
            ]

        return await asyncio.get_running_loop().run_in_executor(self._threads, look_up)

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def _guard(may_dial: Callable[[str], bool]) -> Callable[[AddrInfo], socket.socket]:
    """Judges the very address that is dialled next, so that no second look-up can say otherwise."""

    def open_socket(info: AddrInfo) -> socket.socket:
        family, kind, proto, _, address = info
        if not may_dial(str(address[0])):
            raise PrivateAddressError("the name leads to an address this node does not dial")
        return socket.socket(family, kind, proto)

    return open_socket


class Session:
    """One connection pool; made and used on one event loop."""

    def __init__(
        self, may_dial: Callable[[str], bool], tls: ssl.SSLContext | None, connections: int, per_host: int
    ) -> None:
        connector = _Connector(
            resolver=_Resolver(),
            socket_factory=_guard(may_dial),
            ssl=tls or True,
            limit=connections,
            limit_per_host=per_host,
            keepalive_timeout=KEEPALIVE_SECONDS,
            ttl_dns_cache=DNS_CACHE_SECONDS,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            max_line_size=HEADER_LINE_BYTES,
            max_field_size=HEADER_LINE_BYTES,
            max_headers=HEADER_FIELDS,
        )

    async def exchange(
        self,
        request: Request,
        headers: Headers,
        limit: int,
        seconds: float,
        connect_seconds: float,
        take: Take | None = None,
    ) -> RawResponse | Unreachable:
        """One request, one answer; sent anew only where a kept-alive connection was gone before any answer. The body of
        a 200 is handed to `take` where there is one."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        try:
            try:
                return await self._once(request, headers, limit, _timeouts(seconds, connect_seconds), take)
            except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
                left = deadline - loop.time()
                if left <= 0 or not _was_gone_before(error):
                    raise
                return await self._once(request, headers, limit, aiohttp.ClientTimeout(total=left), take)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return _unreachable(error)

    async def _once(
        self,
        request: Request,
        headers: Headers,
        limit: int,
        deadline: aiohttp.ClientTimeout,
        take: Take | None,
    ) -> RawResponse | Unreachable:
        _reused.set(False)
        response = await self._session.request(
            request.method,
            _exact_url(request.url),
            headers=headers,
            data=BytesPayload(request.body) if request.body else None,
            allow_redirects=False,
            timeout=deadline,
        )
        try:
            body = await _read(response, limit, take if response.status == 200 else None)
        except BaseException:
            response.close()
            raise
        if body is None:
            response.close()
            return Unreachable("too_large", f"more than {limit} bytes")
        response.release()
        answered = Headers(
            (name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in response.raw_headers
        )
        return RawResponse(response.status, answered, body)

    async def close(self) -> None:
        """Close every connection, the idle and the busy."""
        await self._session.close()


async def _read(response: aiohttp.ClientResponse, limit: int, take: Take | None) -> bytes | None:
    """The body, nothing of it where it was taken, or None as soon as it is known to be more than `limit` bytes."""
    length = response.content_length
    if length is not None and length > limit and response.method != "HEAD":
        return None
    chunks: list[bytes] = []
    size = 0
    while chunk := await response.content.readany():
        size += len(chunk)
        if size > limit:
            return None
        if take is not None:
            await take(chunk)
        else:
            chunks.append(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


@lru_cache(64)
def _timeouts(total: float, connect: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=total, sock_connect=min(total, connect))


def _exact_url(url: str) -> URL:
    """The URL whose path and query go out as they are spelled, percent-encoding and all."""
    exact = URL(url, encoded=True)
    if "?" in url and not exact.raw_query_string:  # yarl drops an empty query, and a signature over it would break
        path = exact.raw_path + "?"
        return URL.build(scheme=exact.scheme, host=exact.raw_host or "", port=exact.port, path=path, encoded=True)
    return exact


def _was_gone_before(error: aiohttp.ClientError) -> bool:
    """Whether a kept-alive connection ended before a byte of answer, as when a server tires of idling just then.

    RFC 9110 section 9.2.2 lets a POST be repeated where it does no harm: deliveries are told apart by their id. A
    fresh connection that ends so is reported instead, and so is a connection that could not be made.
    """
    if isinstance(error, aiohttp.ClientConnectorError) or not _reused.get():
        return False
    return not isinstance(error, aiohttp.ServerDisconnectedError) or isinstance(error.message, str)


def _unreachable(error: Exception) -> Unreachable:
    match error:
        case aiohttp.ClientConnectorDNSError():
            why = "dns"
        case aiohttp.ClientSSLError() | ssl.SSLError():
            why = "tls"
        case aiohttp.ClientConnectorError(os_error=PrivateAddressError()):
            why = "private_address"
        case TimeoutError():
            why = "timeout"
        case aiohttp.ClientOSError() | aiohttp.ServerDisconnectedError():
            why = "refused"
        case aiohttp.ClientError() | ValueError():
            why = "protocol"
        case _:
            why = "refused"
    return Unreachable(why, f"{type(error).__name__}: {error}"[:200])
