"""One WebSocket of the relay: what waits to be sent, in order; who does not keep up is let go, alone."""

import asyncio
from collections import deque
from collections.abc import Iterator

from starlette.types import Send

from scattershot.ports.texts import TEXTS
from scattershot.protocols.nostr.session.session import Session

MOST_WAITING = 8_000_000
"""Characters that may wait for one connection: a few seconds of everything, or some full answers."""
MOST_UNDECIDED = 1_000
"""Events of one connection that may wait to be kept; until they are, nothing more is read from it."""
AT_ONCE = 128_000
"""Characters that are sent together; what comes after them waits until there is room."""
TOO_SLOW, ENDED, TRY_LATER = 1008, 1000, 1013
"""Reasons of closing a WebSocket (RFC 6455 section 7.4.1)."""


class Connection:
    """What waits for one client, and how much of what it brought is not decided yet."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.ended: int | None = None
        self._waiting: deque[str] = deque()
        self._size = 0
        self._undecided = 0
        self._news = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()

    def tell(self, frame: str) -> None:
        """Let it have a frame; one that is too far behind is ended."""
        if self.ended is not None:
            return
        self._waiting.append(frame)
        self._size += len(frame)
        if self._size > MOST_WAITING:
            self.end(TOO_SLOW)
        elif len(self._waiting) == 1:
            self._news.set()

    def end(self, why: int = ENDED) -> None:
        """Nothing more for it."""
        if self.ended is None:
            self.ended = why
        self._waiting.clear()
        self._news.set()
        self._room.set()

    def brought(self) -> None:
        """One more event waits to be decided."""
        self._undecided += 1

    def decided(self) -> None:
        """One was."""
        self._undecided -= 1
        self._see_room()

    async def ready(self) -> None:
        """Return when it may say more: it took most of what it was told, and what it brought is decided."""
        self._see_room()
        await self._room.wait()

    def _see_room(self) -> None:
        if self.ended is not None or (self._undecided < MOST_UNDECIDED and self._size < MOST_WAITING // 2):
            self._room.set()
        else:
            self._room.clear()

    async def pour(self, send: Send, *, together: bool) -> None:
        """Send what waits, until it is ended or the other side went away; many frames `together` where the door can."""
        try:
            while self.ended is None:
                while self._waiting:
                    if together:
                        await send({"type": TEXTS, "texts": list(self._next())})
                    else:
                        for frame in self._next(1):
                            await send({"type": "websocket.send", "text": frame})
                self._see_room()
                self._news.clear()
                if not self._waiting and self.ended is None:
                    await self._news.wait()
        except OSError:
            self.end()
            return
        await send({"type": "websocket.close", "code": self.ended})

    def _next(self, most: int = AT_ONCE) -> Iterator[str]:
        """Frames from the front of what waits: the first, and others while all are shorter than that."""
        size = 0
        while self._waiting and size < most:
            frame = self._waiting.popleft()
            self._size -= len(frame)
            size += len(frame)
            yield frame
