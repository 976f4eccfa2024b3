"""How far one has heard a sender: which serials came, which of them are kept, and whether something is missing."""

from enum import Enum

WIDTH = 1_024
"""Serials that the window against replays goes back (RFC 4303 section 3.4.3)."""
MOST_AHEAD = 1_024
"""Hints beyond a gap that are remembered; what is beyond these is fetched."""
FARTHEST = 1 << 20
"""A serial so far beyond what was heard moves nothing before the sender's log has said that it is true."""


class Seen(Enum):
    """What the window says of a serial."""

    FRESH = "fresh"
    AGAIN = "again"
    OLD = "old"


class Window:
    """The last serials that came, as bits below the highest."""

    def __init__(self, top: int = 0) -> None:
        self.top, self._bits = top, 0

    def look(self, serial: int) -> Seen:
        """Whether the serial came before."""
        behind = self.top - serial
        if behind < 0:
            return Seen.FRESH
        if behind >= WIDTH:
            return Seen.OLD
        return Seen.AGAIN if behind == 0 or self._bits >> behind & 1 else Seen.FRESH

    def note(self, serial: int) -> None:
        """The serial came."""
        ahead = serial - self.top
        if ahead > 0:
            self._bits = ((self._bits | 1) << ahead if ahead < WIDTH else 0) & (1 << WIDTH) - 1
            self.top = serial
        elif -ahead < WIDTH:
            self._bits |= 1 << -ahead


class Chain:
    """Hints hang together by the serial before: `position` is up to where all is kept here, `announced` the highest
    serial that is said to be there."""

    def __init__(self, position: int) -> None:
        self.position = self.announced = position
        self._previous: dict[int, int] = {}
        self._kept: set[int] = set()

    def heard(self, serial: int, previous: int) -> None:
        """A hint came."""
        self.announced = max(self.announced, serial)
        if 0 < serial - self.position < FARTHEST and previous < serial and len(self._previous) < MOST_AHEAD:
            self._previous[serial] = previous

    def kept(self, serial: int) -> None:
        """What a hint spoke of is on disk."""
        if serial in self._previous:
            self._kept.add(serial)
            for each in sorted(self._previous):
                if self._previous[each] > self.position or each not in self._kept:
                    break
                self._move(each)

    def is_kept(self, serial: int) -> bool:
        """Whether what a hint of that serial spoke of is on disk."""
        return serial <= self.position or serial in self._kept

    def reached(self, position: int) -> None:
        """The sender's log was read up to there."""
        if position > self.position:
            self._move(position)

    def truth(self, newest: int) -> None:
        """The sender's log ends there, whatever hints said."""
        self.announced = self.position = newest
        self._previous.clear()
        self._kept.clear()

    def _move(self, position: int) -> None:
        self.position = position
        self.announced = max(self.announced, position)
        for each in [each for each in self._previous if each <= position]:
            del self._previous[each]
            self._kept.discard(each)

    @property
    def has_gap(self) -> bool:
        """Whether something is missing of which no hint came."""
        reach = self.position
        for each in sorted(self._previous):
            if self._previous[each] > reach:
                return True
            reach = each
        return self.announced > reach

    @property
    def beyond(self) -> tuple[int, ...]:
        """What is kept here beyond the position."""
        return tuple(sorted(self._kept))
