"""A WebSocket as cheap as can be, so that what is measured is the other end: frames in, frames out, nothing more."""

import asyncio
import os
import struct
from collections.abc import Callable
from typing import cast

_HELLO = (
    "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def frame(text: str) -> bytes:
    """A masked frame; by zeros, so that the payload stays as it is."""
    payload = text.encode()
    if len(payload) < 126:
        head = bytes((0x81, 0x80 | len(payload)))
    elif len(payload) < 65_536:
        head = bytes((0x81, 0xFE)) + struct.pack(">H", len(payload))
    else:
        head = bytes((0x81, 0xFF)) + struct.pack(">Q", len(payload))
    return head + bytes(4) + payload


class Line(asyncio.Protocol):
    """One connection; `hear` is called with the payload of every frame."""

    def __init__(self, hear: Callable[[bytes], None]) -> None:
        self._hear, self._left = hear, b""
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._transport: asyncio.Transport | None = None
        self._can_write = asyncio.Event()
        self._can_write.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own is none of asyncio's

    def pause_writing(self) -> None:
        self._can_write.clear()

    def resume_writing(self) -> None:
        self._can_write.set()

    async def say(self, frames: bytes) -> None:
        """Send frames, as fast as the other end reads them."""
        await self._can_write.wait()
        assert self._transport is not None
        self._transport.write(frames)

    def data_received(self, data: bytes) -> None:
        data = self._left + data if self._left else data
        if not self.opened.done():
            head, end, data = data.partition(b"\r\n\r\n")
            if not end:
                self._left = head
                return
            if not head.startswith(b"HTTP/1.1 101"):
                self.opened.set_exception(RuntimeError(head.decode(errors="replace")))
                return
            self.opened.set_result(None)
        place, hear = 0, self._hear
        while len(data) - place >= 2:
            length, start = data[place + 1], place + 2
            if length == 126:
                length, start = int.from_bytes(data[place + 2 : place + 4], "big"), place + 4
            elif length == 127:
                length, start = int.from_bytes(data[place + 2 : place + 10], "big"), place + 10
            if len(data) < start + length:
                break
            if data[place] & 15 == 1:
                hear(data[start : start + length])
            place = start + length
        self._left = data[place:]

    def connection_lost(self, _: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(RuntimeError("the connection was refused"))

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.abort()


async def a_line(port: int, hear: Callable[[bytes], None], number: int = 0, path: str = "/") -> Line:
    """Connect, each from an address of its own, as others are."""
    assert os.name == "posix"
    local = (f"127.0.4.{number % 200 + 1}", 0)
    made = Line(hear)
    transport, _ = await asyncio.get_running_loop().create_connection(lambda: made, "127.0.0.1", port, local_addr=local)
    transport.write(_HELLO.format(path=path, port=port).encode())
    await asyncio.wait_for(made.opened, 60)
    return made
