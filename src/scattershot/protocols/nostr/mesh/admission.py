"""Who is let in when many come at once, and when those come again who were not: so that no failure becomes a cascade.

A supernode spends only a part of its time on those who come; the rest is for those who are there. Whoever is turned
away is so before the handshake, which costs next to nothing, and comes again at a
moment drawn from a span that doubles.
"""

from typing import NamedTuple

BUDGET = 0.5
"""The part of a processor that arrivals may take."""
BURST = 2.0
"""Seconds of that which may be spent at once."""
RESERVED = 0.5
"""The part of the burst that is kept for those who have no other link."""
MAX_DEBT = 0.5
"""Seconds by which the loop may be late and somebody is still let in."""
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
STANDBY_WAIT = 30.0
"""Seconds over which those spread who have one link and look for another."""
DRAIN = 60.0
"""Seconds over which a supernode that steps down hands its leaves over."""


class Welcome(NamedTuple):
    """Come in."""


class Elsewhere(NamedTuple):
    """Not now: `rate-limited:`, and try another."""

    why: str


class Door:
    """One supernode's door. `cost` is what an arrival takes of a processor, in seconds, as it measures it itself."""

    def __init__(self, slots: int, cost: float, now: float) -> None:
        self.slots, self.cost = slots, cost
        self._purse, self._at = BURST * BUDGET, now

    def knock(self, now: float, leaves: int, debt: float, *, urgent: bool) -> Welcome | Elsewhere:
        """Whether one more may come; `debt` is by how many seconds the loop is late, `urgent` who has no other link."""
        self._purse = min(BURST * BUDGET, self._purse + max(0.0, now - self._at) * BUDGET)
        self._at = now
        if leaves >= self.slots:
            return Elsewhere("there is no room")
        kept = 0.0 if urgent else RESERVED * BURST * BUDGET
        if debt > MAX_DEBT or self._purse - self.cost < kept - 1e-9:
            return Elsewhere("too many come at once")
        self._purse -= self.cost
        return Welcome()


def wait_before(attempt: int, chance: float) -> float:
    """Seconds until the next try: anywhere up to a span that doubles with each (full jitter); `chance` is drawn."""
    return chance * min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(attempt, 10))
