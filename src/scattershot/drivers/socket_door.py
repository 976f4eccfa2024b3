"""The door for WebSockets: what is sent in one turn of the event loop goes to the network in one write.

An answer of twenty frames cost twenty system calls, and woke the other side twenty times.
"""

import asyncio
from typing import Any, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


class _Gathering:
    """A transport that writes once a turn; whatever else it is asked, the one below it does."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._gathered: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Keep it until the turn ends."""
        if not self._gathered:
            self._loop.call_soon(self.flush)
        self._gathered.append(data)

    def flush(self) -> None:
        """Write what was kept."""
        if self._gathered:
            data, self._gathered = b"".join(self._gathered), []
            self._transport.write(data)

    def close(self) -> None:
        """Close, once what was kept is written."""
        self.flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class SocketDoor(WebSocketsSansIOProtocol):
    """uvicorn's, with a transport that gathers."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        gathering = _Gathering(cast(asyncio.Transport, transport), self.loop)
        super().connection_made(cast(asyncio.Transport, gathering))
