"""Lots: numbers that everybody draws alike from names, so that nobody need be asked who comes first."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import sha256

MOST = 1 << 64
"""A lot is below this."""


def lot(topic: str, *names: str) -> int:
    """The first eight bytes, big end first, of the SHA-256 of topic and names, each on a line of its own."""
    return int.from_bytes(sha256("\n".join((topic, *names)).encode()).digest()[:8], "big")


def share(topic: str, *names: str) -> float:
    """The same as a number between 0 and 1, of which neither is reached."""
    return ((lot(topic, *names) >> 11) + 0.5) / (1 << 53)


@lru_cache(maxsize=65_536)
def _stand(topic: str, name: str) -> int:
    """Where one stands in a circle; circles are drawn anew whenever somebody comes or goes."""
    return lot(topic, name)


class Ring:
    """Names in the order of their lots, closed to a circle."""

    def __init__(self, topic: str, names: Iterable[str]) -> None:
        ordered = sorted((_stand(topic, name), name) for name in set(names))
        self._topic = topic
        self._lots = [drawn for drawn, _ in ordered]
        self.names: Sequence[str] = [name for _, name in ordered]

    def beside(self, name: str) -> tuple[str, ...]:
        """Who stands before and behind that name, or would if it stood there."""
        others = self._from(name, 1)
        if not others:
            return ()
        place = bisect_left(self._lots, _stand(self._topic, name))
        before = self.names[place - 1]
        return (before, *others) if before != others[0] else others

    def after(self, name: str, count: int) -> tuple[str, ...]:
        """The next so many behind that name, whether or not it stands there itself."""
        return self._from(name, count)

    def _from(self, name: str, count: int) -> tuple[str, ...]:
        size = len(self.names)
        place = bisect_left(self._lots, _stand(self._topic, name))
        found = []
        for step in range(size):
            other = self.names[(place + step) % size]
            if other != name:
                found.append(other)
                if len(found) == count:
                    break
        return tuple(found)
