"""The way out by WebSocket: what is dialled is judged as by `http_client`, at the very address that is dialled next."""

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from scattershot.ports.fetcher import Unreachable
from scattershot.wirekit.urls import Url, parse_url

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

DNS_THREADS = 4
PING_SECONDS = 25.0
"""Between two pings, which show whether the other side is there; proxies cut off what is silent for a minute."""
CLOSE_SECONDS = 2.0
MOST_ADDRESSES = 4
"""Addresses of one name that are tried."""

_logger = logging.getLogger(f"{__name__}.lines")
_logger.setLevel(logging.WARNING)


class WebSocketClient:
    """The `Dialler` of a running node; costs nothing until it first dials."""

    def __init__(
        self,
        *,
        may_dial: Callable[[str], bool],
        user_agent: str,
        schemes: frozenset[str] = frozenset({"wss"}),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`may_dial` is asked about the text of each address before it is dialled; `tls` is for a private authority."""
        self._may_dial, self._user_agent, self._schemes, self._tls = may_dial, user_agent, schemes, tls
        self._threads: ThreadPoolExecutor | None = None

    async def dial(self, url: str, *, limit: int = 1_000_000, seconds: float = 10.0) -> "_Socket | Unreachable":
        """As the port says."""
        scheme, separator, rest = url.partition("://")
        if not separator or scheme not in self._schemes:
            return Unreachable("scheme", f"{scheme[:20]!r} is not one of {sorted(self._schemes)}")
        place = parse_url(f"{'https' if scheme == 'wss' else 'http'}://{rest}")
        if place is None or place.fragment is not None:
            return Unreachable("protocol", "this is no address of a WebSocket")
        try:
            async with asyncio.timeout(seconds):
                return await self._dial(place, scheme, limit, seconds)
        except TimeoutError:
            return Unreachable("timeout", f"no WebSocket in {seconds} s")
        except ssl.SSLError as problem:
            return Unreachable("tls", str(problem)[:200])
        except OSError as problem:
            return Unreachable("refused", str(problem)[:200])

    async def _dial(self, place: Url, scheme: str, limit: int, seconds: float) -> "_Socket | Unreachable":
        # a tenth of a second that a node which dials nobody does not pay
        from websockets.asyncio.client import connect
        from websockets.exceptions import WebSocketException

        opened = await self._connected(place)
        if isinstance(opened, Unreachable):
            return opened
        secure: dict[str, Any] = {"ssl": self._context(), "server_hostname": place.host} if scheme == "wss" else {}
        try:
            connection = await connect(
                f"{scheme}://{place.authority}{place.target}", sock=opened, proxy=None, compression=None,
                user_agent_header=self._user_agent, open_timeout=seconds, ping_interval=PING_SECONDS,
                ping_timeout=PING_SECONDS, close_timeout=CLOSE_SECONDS, max_size=limit, logger=_logger, **secure,
            )  # fmt: skip
        except (WebSocketException, ValueError) as problem:
            opened.close()
            return Unreachable("protocol", f"{type(problem).__name__}: {problem}"[:200])
        except BaseException:
            opened.close()
            raise
        return _Socket(connection)

    async def _connected(self, place: Url) -> socket.socket | Unreachable:
        """A connection to the first address of the host that may be dialled and answers."""
        loop = asyncio.get_running_loop()
        host = place.host.removeprefix("[").removesuffix("]")
        if self._threads is None:
            self._threads = ThreadPoolExecutor(DNS_THREADS, "relay-dns")
        try:
            found = await loop.run_in_executor(self._threads, _addresses, host, place.port)
        except (OSError, UnicodeError) as problem:
            return Unreachable("dns", str(problem)[:200])
        problem_met: OSError | None = None
        for family, address in found[:MOST_ADDRESSES]:
            if not self._may_dial(str(address[0])):
                return Unreachable("private_address", "the name leads to an address this node does not dial")
            opened = socket.socket(family, socket.SOCK_STREAM)
            opened.setblocking(False)
            try:
                await loop.sock_connect(opened, address)
            except OSError as problem:
                opened.close()
                problem_met = problem
                continue
            except BaseException:
                opened.close()
                raise
            return opened
        return Unreachable("refused", str(problem_met or "the name has no address")[:200])

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = ssl.create_default_context()
        return self._tls

    async def close(self) -> None:
        """Let go of the threads that look names up."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None


def _addresses(host: str, port: int) -> list[tuple[socket.AddressFamily, Any]]:
    infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys((family, address) for family, _, _, _, address in infos))


class _Socket:
    def __init__(self, connection: "ClientConnection") -> None:
        self._connection = connection

    async def send(self, text: str) -> bool:
        from websockets.exceptions import ConnectionClosed

        try:
            await self._connection.send(text)
        except (ConnectionClosed, OSError):
            return False
        return True

    async def receive(self) -> str | None:
        from websockets.exceptions import ConnectionClosed

        try:
            said: bytes = await self._connection.recv(decode=False)
        except (ConnectionClosed, OSError):
            return None
        return said.decode("utf-8", "replace")

    async def close(self) -> None:
        with contextlib.suppress(OSError):
            await self._connection.close()
