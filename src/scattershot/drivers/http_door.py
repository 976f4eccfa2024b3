"""The HTTP/1.1 door with two limits that uvicorn lacks: how long a request's head may be, and how long it may take."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD = 64 * 1024
"""Bytes of request line and headers; what one read brings beyond it does not count."""
HEAD_SECONDS = 20.0
"""How long a head may dawdle, so that nobody holds connections open for nothing."""

_TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class HttpDoor(HttpToolsProtocol):
    """uvicorn's protocol, which hangs up on endless heads."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._head: int | None = 0
        """Bytes of the head so far; None while a body is read."""
        self._late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A connection that says nothing is late too."""
        super().connection_made(transport)  # type: ignore[arg-type]
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing more to wait for."""
        self._unwatch()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Refuse what comes after a head that is long enough."""
        if self._head is not None:
            if self._head > MAX_HEAD:
                self.transport.write(_TOO_LONG)
                self.transport.close()
                return
            if self._late is None:  # the first bytes after an idle time
                self._watch()
            self._head += len(data)
        super().data_received(data)

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._unwatch()
        self._head = None
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The next thing to come is a head."""
        super().on_message_complete()
        self._head = 0

    def _watch(self) -> None:
        self._late = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _unwatch(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
