"""The machine's own clock: the only room that asks the time."""

import asyncio
import time

from scattershot.domain.ids import Millis


class SystemClock:
    """Wall time in milliseconds, and the event loop's way of waiting."""

    __slots__ = ()

    def now(self) -> Millis:
        """May step backwards when the machine's clock is set."""
        return Millis(time.time_ns() // 1_000_000)

    async def sleep(self, seconds: float) -> None:
        """Nothing to wait for still gives the other tasks a turn."""
        await asyncio.sleep(max(seconds, 0.0))
