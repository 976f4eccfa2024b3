"""How long a leaf waits before it takes its supernode for gone: phi accrual (Hayashibara and others, 2004).

Silence is weighed against the silences that there were before: phi 8 is a silence that comes once in 10^8 beats.
"""

from math import erfc, log10, sqrt

PRIMARY_BEAT, STANDBY_BEAT = 30.0, 90.0
"""Seconds between two pings to the supernode that sends, and to the other. The other tells sooner what is gone."""
PHI = 8.0
LEAST_DEVIATION = 0.5
FLOOR = 3.0
"""Seconds of lateness below which nothing is suspected."""
_WEIGHT = 0.1
_FAR = 5.612
"""Deviations beyond the mean at which phi is 8."""


class Pulse:
    """The beats of one link."""

    __slots__ = ("_beat", "_last", "_mean", "_square")

    def __init__(self, now: float, beat: float) -> None:
        self._beat, self._last, self._mean, self._square = beat, now, beat, 0.0

    def heard(self, now: float) -> None:
        """It answered."""
        apart = now - self._last
        self._last = now
        off = apart - self._mean
        self._mean += _WEIGHT * off
        self._square += _WEIGHT * (off * off - self._square)

    def phi(self, now: float) -> float:
        """How improbable the silence is, in powers of ten."""
        off = (now - self._last - self._mean) / max(LEAST_DEVIATION, sqrt(self._square))
        chance = erfc(off / sqrt(2)) / 2
        return -log10(chance) if chance > 0 else 300.0

    def ends(self) -> float:
        """The moment from which it is taken for gone, if it stays silent."""
        late = _FAR * max(LEAST_DEVIATION, sqrt(self._square))
        return self._last + self._mean + max(FLOOR, late)
