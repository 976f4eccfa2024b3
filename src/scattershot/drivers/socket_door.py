"""The door for WebSockets: what is sent in one turn of the event loop goes to the network in one write.

An answer of twenty frames cost twenty system calls, and woke the other side twenty times.
"""

import asyncio
from collections.abc import Iterable, Iterator
from struct import pack
from typing import Any, cast

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from scattershot.ports.texts import TEXTS


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
    """uvicorn's, with a transport that gathers, and with `ports.texts`."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        gathering = _Gathering(cast(asyncio.Transport, transport), self.loop)
        super().connection_made(cast(asyncio.Transport, gathering))

    def handle_connect(self, event: Any) -> None:
        """Say to the application that it may say many things at once."""
        super().handle_connect(event)
        if not self.close_sent:
            self.scope["extensions"][TEXTS] = {}

    async def send(self, message: Any) -> None:
        """See ASGI, and `ports.texts`."""
        if message["type"] != TEXTS:
            await super().send(message)
            return
        await self.writable.wait()
        if self.disconnected:
            raise ClientDisconnected
        if not self.close_sent:
            self.transport.write(b"".join(_frames(message["texts"])))


def _frames(texts: Iterable[str]) -> Iterator[bytes]:
    """Each as an unmasked text frame, head and payload (RFC 6455 section 5.2)."""
    for text in texts:
        payload = text.encode()
        size = len(payload)
        if size < 126:
            yield pack("!BB", 0x81, size)
        elif size < 65_536:
            yield pack("!BBH", 0x81, 126, size)
        else:
            yield pack("!BBQ", 0x81, 127, size)
        yield payload
