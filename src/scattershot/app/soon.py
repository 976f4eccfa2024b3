"""Work that is done soon after a nudge: never twice at once, and once more where a nudge came meanwhile."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

_logger = logging.getLogger(__name__)


class Soon:
    """Calls `step` until it has done nothing (0). Where it raises, `trouble` is logged; the next nudge tries anew."""

    def __init__(self, step: Callable[[], Awaitable[int]], trouble: str) -> None:
        self._step, self._trouble = step, trouble
        self._stepping: asyncio.Task[None] | None = None
        self._again = False

    def nudge(self) -> None:
        """There may be something to do. From the event loop."""
        if self._stepping is None or self._stepping.done():
            self._stepping = asyncio.get_running_loop().create_task(self._run())
        else:
            self._again = True

    async def _run(self) -> None:
        try:
            while await self._step() or self._again:
                self._again = False
        except Exception:
            _logger.exception(self._trouble)
