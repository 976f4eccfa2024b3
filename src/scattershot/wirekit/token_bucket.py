"""How often is too often: token buckets, as plain values and as a bounded table of them, one for each caller.

Moments are milliseconds and are given by the caller; a clock that steps back refills nothing and takes nothing.
"""

from collections import OrderedDict
from typing import NamedTuple


class Level(NamedTuple):
    """How full a bucket was at a moment."""

    tokens: float
    at: int


class Taken(NamedTuple):
    """What came of trying to take: where not allowed, `retry_after` is the seconds until it would be."""

    level: Level
    allowed: bool
    retry_after: float = 0.0


class Bucket(NamedTuple):
    """Holds `capacity` tokens when full and refills by `per_second`: the burst and the pace that are allowed."""

    capacity: float
    per_second: float

    def take(self, level: Level | None, now: int, cost: float = 1.0) -> Taken:
        """Take `cost` tokens if they are there; a level of None is a full bucket. What is refused costs nothing."""
        tokens = self.capacity
        if level is not None:
            elapsed = max(0, now - level.at) / 1000
            tokens = min(self.capacity, level.tokens + elapsed * self.per_second)
        if tokens >= cost:
            return Taken(Level(tokens - cost, now), True)
        missing = cost - tokens
        wait = missing / self.per_second if self.per_second > 0 and cost <= self.capacity else float("inf")
        return Taken(Level(tokens, now), False, wait)


class RateLimits:
    """One bucket for each key, the least recently seen forgotten first: a forgotten key starts anew with a full one."""

    def __init__(self, bucket: Bucket, keys: int = 10_000) -> None:
        self._bucket = bucket
        self._keys = keys
        self._levels: OrderedDict[str, Level] = OrderedDict()

    def take(self, key: str, now: int, cost: float = 1.0) -> Taken:
        """Take from the key's bucket."""
        taken = self._bucket.take(self._levels.get(key), now, cost)
        self._levels[key] = taken.level
        self._levels.move_to_end(key)
        if len(self._levels) > self._keys:
            self._levels.popitem(last=False)
        return taken

    def __len__(self) -> int:
        return len(self._levels)
