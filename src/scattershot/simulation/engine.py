"""The virtual clock: what happens is a heap of moments, and all chance comes from one seed."""

from collections.abc import Callable
from heapq import heappop, heappush
from random import Random
from typing import Any

_SAMPLES = 8_192
MEDIAN_LATENCY = 0.05
"""Seconds one way, lognormal with sigma 0.5: a tenth take 95 ms or more."""


class Engine:
    """Runs what was put down for a moment, in order. Seconds since the beginning."""

    def __init__(self, seed: int) -> None:
        self.now = 0.0
        self.random = Random(seed)
        self.happened = 0
        self._heap: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._number = 0
        self._latencies = [MEDIAN_LATENCY * self.random.lognormvariate(0.0, 0.5) for _ in range(_SAMPLES)]
        self._turn = 0

    def at(self, when: float, what: Callable[..., None], *arguments: Any) -> None:
        """Let it happen then; what is due already happens next."""
        self._number += 1
        heappush(self._heap, (when, self._number, what, arguments))

    def later(self, wait: float, what: Callable[..., None], *arguments: Any) -> None:
        """Let it happen after so many seconds."""
        self._number += 1
        heappush(self._heap, (self.now + wait, self._number, what, arguments))

    def latency(self) -> float:
        """Seconds that a message takes."""
        self._turn = (self._turn + 1) % _SAMPLES
        return self._latencies[self._turn]

    def run(self, until: float) -> None:
        """Go on to that moment."""
        heap = self._heap
        while heap and heap[0][0] <= until:
            when, _, what, arguments = heappop(heap)
            if when > self.now:
                self.now = when
            self.happened += 1
            what(*arguments)
        self.now = until


class Cpu:
    """One core that works off what it was given, in order."""

    __slots__ = ("_free", "_slowness")

    def __init__(self, slowness: float) -> None:
        self._free, self._slowness = 0.0, slowness

    def work(self, now: float, cost: float) -> float:
        """When that will be done, which takes so many seconds where nothing is slow."""
        self._free = max(self._free, now) + cost * self._slowness
        return self._free

    def debt(self, now: float) -> float:
        """By how many seconds it is behind."""
        return max(0.0, self._free - now)
