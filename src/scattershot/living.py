"""What goes on by itself in a node that lives: its loops, kept alive, and the watch over how late they run."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, NamedTuple, Protocol

from scattershot.app import counters

_logger = logging.getLogger(__name__)


class Lively(Protocol):
    """Whatever goes on by itself for as long as the node lives."""

    async def run(self) -> None:
        """Go on until cancelled."""
        ...


class Stepper(Lively, Protocol):
    """Whatever goes on by itself, and can be moved on once."""

    async def step(self) -> int:
        """Do what there is to do now; how much that was."""
        ...


class Moving(NamedTuple):
    """A stepper of two functions, for what calls its step otherwise."""

    run: Callable[[], Coroutine[Any, Any, None]]
    step: Callable[[], Coroutine[Any, Any, int]]


class LagWatch:
    """How late the loop runs is the first sign of trouble: something holds up everything else."""

    async def run(self) -> None:
        """Look once a second."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + 1.0
            await asyncio.sleep(1.0)
            counters.LOOP_LAG.set(max(0.0, loop.time() - due))


def let_live(parts: Iterable[Lively]) -> list[asyncio.Task[None]]:
    """A task for each."""
    return [asyncio.create_task(_kept_alive(part)) for part in parts]


async def _kept_alive(part: Lively) -> None:
    """Run it for ever: what it stumbles over is logged, and a moment later it goes on."""
    while True:
        try:
            await part.run()
        except Exception:
            _logger.exception("a loop of the node stumbled; it goes on")
            await asyncio.sleep(1.0)
