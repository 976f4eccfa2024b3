"""Helpers in processes of their own, so that their work does not count as the node's: each is asked by messages."""

import asyncio
import multiprocessing
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from multiprocessing.connection import Connection
from typing import Any

_spawning = multiprocessing.get_context("spawn")

PATIENCE = 300.0
"""Seconds to wait for an answer before the benchmark gives up."""


class Child:
    """A helper process: it is told something and answers once."""

    def __init__(self, end: "Connection[Any, Any]", process: Any) -> None:
        self._end, self._process = end, process

    async def ask(self, *message: Any) -> Any:
        """What it answers; RuntimeError where it died of it."""
        self._end.send(message)
        return await self.answer()

    async def answer(self) -> Any:
        """The next thing it says."""
        if not await asyncio.to_thread(self._end.poll, PATIENCE):
            raise RuntimeError(f"{self._process.name} does not answer")
        try:
            return self._end.recv()
        except EOFError:
            raise RuntimeError(f"{self._process.name} died") from None


@asynccontextmanager
async def child(work: Callable[..., None], *arguments: Any) -> AsyncIterator[Child]:
    """Run `work(connection, *arguments)` beside this process; it is ended when the block is left."""
    ours, theirs = _spawning.Pipe()
    process = _spawning.Process(target=work, args=(theirs, *arguments), name=work.__name__, daemon=True)
    process.start()
    theirs.close()
    try:
        yield Child(ours, process)
    finally:
        process.terminate()
        process.join(5)
        ours.close()
