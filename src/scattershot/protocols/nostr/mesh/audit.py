"""What a leaf notices of its supernodes: who keeps something back is found out by comparing it with the other.

A supernode cannot forge, for all is signed; it can withhold. The leaf compares both over what it listens to, and what
one has and the other lacks is a miss of the other's. It is the leaf's own opinion, and never a vote.
"""

from typing import NamedTuple

FIRST, EVERY = 60, 600
"""Seconds from a new link to its first audit, and in the end between two: each wait is twice the one before."""
STRANGER = 3
"""Every so manieth audit compares with a stranger: the two of a leaf could be of one mind."""
SETTLED = 60
"""Seconds: what is younger may still be on its way."""
PATIENCE = 2
"""Audits with misses, of the last `REMEMBERED`, after which a leaf looks for another."""
REMEMBERED = 6
TOLERANCE = 0.001
"""The part that may be missing: a supernode that was away for a moment is no thief."""


class Sight(NamedTuple):
    """One comparison, as to one supernode: what it had, and what it lacked that the other had."""

    had: int
    lacked: int


def wait_for(turn: int) -> int:
    """Seconds before the audit of that turn, from 0."""
    return min(EVERY, FIRST << min(turn, 10))


class Ledger:
    """What was noticed of each supernode."""

    __slots__ = ("_sights",)

    def __init__(self) -> None:
        self._sights: dict[str, tuple[Sight, ...]] = {}

    def compared(self, first: str, second: str, both: int, only_first: int, only_second: int) -> None:
        """Of what both should have, so much had both, and so much only one."""
        self._note(first, Sight(both + only_first, only_second))
        self._note(second, Sight(both + only_second, only_first))

    def _note(self, key: str, sight: Sight) -> None:
        self._sights[key] = (*self._sights.get(key, ()), sight)[-REMEMBERED:]

    def distrusts(self, key: str) -> bool:
        """Whether it withheld more than once: look for another."""
        sights = self._sights.get(key, ())
        return sum(1 for each in sights if each.lacked > TOLERANCE * (each.had + each.lacked)) >= PATIENCE
