"""Which supernodes are linked with which: a pure function of who they are, so that nobody need negotiate it.

Up to `FULL` of them, each with every other. Beyond, all stand in several circles, each in another order, drawn by lot;
who stands next to each other in any is linked. One circle alone connects them all; several make a graph in which a
third may fall at once and the rest still hang together. When one comes or goes, only the links beside it change.
"""

from collections.abc import Iterable
from functools import lru_cache

from scattershot.protocols.nostr.mesh.lots import Ring

FULL = 24
"""Supernodes up to which each is linked with every other."""
OWN = 2
"""Links that each draws by a secret of its own: nobody can make keys that come to stand all around it."""


def circles(supers: int) -> int:
    """In how many circles so many supernodes stand: a link for each doubling, and one more."""
    return ((supers - 1).bit_length() + 2) // 2


class Overlay:
    """The links among some supernodes."""

    def __init__(self, supers: Iterable[str]) -> None:
        self.supers = tuple(sorted(set(supers)))
        self._members = frozenset(self.supers)
        self.is_full = len(self.supers) <= FULL
        self._rings = [] if self.is_full else [_ring(n, self.supers) for n in range(circles(len(self.supers)))]
        self._beside: dict[str, tuple[str, ...]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def __len__(self) -> int:
        return len(self.supers)

    def beside(self, name: str) -> tuple[str, ...]:
        """Who is linked with that name, or would be: the witnesses of whether it lives."""
        if self.is_full:
            return tuple(other for other in self.supers if other != name)
        found = self._beside.get(name)
        if found is None:
            found = self._beside[name] = tuple(
                dict.fromkeys(other for ring in self._rings for other in ring.beside(name))
            )
        return found

    def links(self, name: str, secret: str) -> tuple[str, ...]:
        """Whom that name links to: who stands beside it, and a few that only it can foretell."""
        beside = self.beside(name)
        if self.is_full:
            return beside
        own = (self._rings[0].after(f"own {secret} {turn}", 2) for turn in range(OWN))
        return tuple(dict.fromkeys((*beside, *(other for two in own for other in two[:1] if other != name))))


@lru_cache(maxsize=64)
def _ring(number: int, supers: tuple[str, ...]) -> Ring:
    return Ring(f"circle {number}", supers)
