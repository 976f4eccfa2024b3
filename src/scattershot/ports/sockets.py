"""The way out by WebSocket: connections that last, guarded and capped as the requests of `Fetcher` are."""

from typing import Protocol

from scattershot.ports.fetcher import Unreachable


class Socket(Protocol):
    """One connection that was made."""

    async def send(self, text: str) -> bool:
        """Send a message; False where the other side is gone."""
        ...

    async def receive(self) -> str | None:
        """The next message, of bytes read as text; None where the other side is gone, or sent one that is too large."""
        ...

    async def close(self) -> None:
        """Hang up, without waiting long for the other side."""
        ...


class Dialler(Protocol):
    """Makes connections."""

    async def dial(self, url: str, *, limit: int = 1_000_000, seconds: float = 10.0) -> Socket | Unreachable:
        """A connection to a `ws` or `wss` address; redirects are not followed. `limit` is the most bytes of a message,
        `seconds` are for all of it: name, address, TLS and handshake."""
        ...
