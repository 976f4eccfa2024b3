"""Nudges inside one process: the bus of a node that is one asyncio loop and its threads.

A task that waits on a topic again and again misses nothing between its waits, however many others wait there too: the
bus remembers, for as long as the task lives, up to which nudge it was told. A task that waits for the first time is
told of a nudge that nobody was there to hear.
"""

import asyncio
import threading
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

V = TypeVar("V")

TOPICS_REMEMBERED = 10_000
"""Nudges on topics nobody waits for are forgotten, oldest first, beyond so many: the reader is late, never wrong."""


class LocalBus:
    """Made anywhere, waited on from one event loop, nudged from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0
        self._nudged_at: dict[str, int] = {}
        self._unheard: dict[str, None] = {}
        self._told: WeakKeyDictionary[asyncio.Task[Any], dict[str, int]] = WeakKeyDictionary()
        self._waiting: dict[str, set[asyncio.Future[None]]] = {}
        self._to_wake: set[str] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def nudge(self, topic: str) -> None:
        """Many nudges before the loop gets round to it cost it one wake-up."""
        with self._lock:
            self._count += 1
            _remember(self._nudged_at, topic, self._count)
            if topic not in self._waiting:
                _remember(self._unheard, topic, None)
                return
            if topic in self._to_wake:
                return
            self._to_wake.add(topic)
            loop = self._loop
            must_ring = len(self._to_wake) == 1
        if must_ring and loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._wake)

    async def wait(self, topic: str, seconds: float) -> bool:
        """As the port says; `seconds` of 0 asks without waiting."""
        loop = asyncio.get_running_loop()
        task = asyncio.current_task()
        assert task is not None
        with self._lock:
            news = self._has_news(task, topic)
            self._tell(task, topic)
            if news or seconds <= 0:
                return news
            self._loop = loop
            woken: asyncio.Future[None] = loop.create_future()
            self._waiting.setdefault(topic, set()).add(woken)
        timer = loop.call_later(seconds, _resolve, woken)
        try:
            await woken
        except asyncio.CancelledError:
            with self._lock:
                self._leave(topic, woken)
                if self._has_news(task, topic):
                    _remember(self._unheard, topic, None)
            raise
        finally:
            timer.cancel()
        with self._lock:
            self._leave(topic, woken)
            news = self._has_news(task, topic)
            self._tell(task, topic)
        return news

    def _has_news(self, task: "asyncio.Task[Any]", topic: str) -> bool:
        told = self._told.get(task, {}).get(topic)
        if told is None:
            return topic in self._unheard
        return self._nudged_at.get(topic, 0) > told

    def _tell(self, task: "asyncio.Task[Any]", topic: str) -> None:
        self._unheard.pop(topic, None)
        _remember(self._told.setdefault(task, {}), topic, self._count)

    def _leave(self, topic: str, woken: "asyncio.Future[None]") -> None:
        waiting = self._waiting.get(topic)
        if waiting is not None:
            waiting.discard(woken)
            if not waiting:
                del self._waiting[topic]

    def _wake(self) -> None:
        with self._lock:
            woken = [future for topic in self._to_wake for future in self._waiting.get(topic, ())]
            self._to_wake.clear()
        for future in woken:
            _resolve(future)


def _resolve(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


def _remember(memory: dict[str, V], topic: str, value: V) -> None:
    memory.pop(topic, None)
    memory[topic] = value
    if len(memory) > TOPICS_REMEMBERED:
        del memory[next(iter(memory))]
