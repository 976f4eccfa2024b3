"""Time, asked for in one place so that tests may own it."""

from typing import Protocol

from scattershot.domain.ids import Millis


class Clock(Protocol):
    """Says what time it is and waits."""

    def now(self) -> Millis:
        """The moment, as the world's clocks have it."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Come back after so many seconds."""
        ...
