"""Turns: waiting until the change log may have grown, for those who are told of it by its places."""

import asyncio


class Turns:
    """Have `nudge` called after every step of the readers; `now` is the turn that it is."""

    def __init__(self) -> None:
        self.now = 0
        self._turned = asyncio.Event()

    def nudge(self) -> None:
        """The log has grown. From the event loop."""
        self.now += 1
        self._turned.set()
        self._turned = asyncio.Event()

    async def beyond(self, turn: int, seconds: float) -> bool:
        """Wait until there may be more than there was in that turn; False where there was none for so long."""
        if self.now != turn:
            return True
        try:
            async with asyncio.timeout(seconds):  # `wait_for` of Python 3.11 may swallow that one is cancelled
                await self._turned.wait()
        except TimeoutError:
            return False
        return True
