"""What was not spread is found by comparing (NIP-77): the graves first, so that nothing is brought back to life."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from scattershot.protocols.nostr.wire.filters import Filter
from scattershot.protocols.nostr.wire.kinds import DELETION, VANISH
from scattershot.protocols.nostr.wire.negentropy import Negentropy, Sealed

WINDOWS: tuple[tuple[int, int], ...] = ((3_600, 30), (86_400, 600), (30 * 86_400, 86_400))
"""Seconds back that are compared with some neighbour, and how often."""
LOST = 4
"""Every so manieth repair is tried with one that is held for gone."""
SETTLING = 5
"""Seconds: what is younger is still being spread, and not compared."""


class Step(NamedTuple):
    """What an initiator says next (None: this comparison is over), what it shall send and what it shall ask for."""

    message: bytes | None
    send: tuple[bytes, ...] = ()
    ask: tuple[bytes, ...] = ()


class Repair:
    """The initiator's side of a repair of two comparisons: graves, then the rest.

    `sealed` gives the set of a filter as it is at that moment: the rest is sealed when the graves are applied.
    """

    def __init__(
        self, since: int, until: int, sealed: Callable[[Filter], Sealed], buried: Callable[[bytes], bool]
    ) -> None:
        self._sealed, self._buried = sealed, buried
        self.filters = (
            Filter(kinds=frozenset({DELETION, VANISH}), since=since, until=until),
            Filter(since=since, until=until),
        )
        self._stage = -1
        self._side: Negentropy | None = None

    def open(self) -> tuple[Filter, bytes] | None:
        """The filter and first message of the next comparison, what the last one brought being kept; None: all done."""
        self._stage += 1
        if self._stage >= len(self.filters):
            return None
        wanted = self.filters[self._stage]
        self._side = Negentropy(self._sealed(wanted))
        return wanted, self._side.open()

    def learn(self, message: bytes) -> Step:
        """What follows from an answer; NegentropyError where it is none."""
        if self._side is None:
            return Step(None)
        answer = self._side.learn(message)
        return Step(answer.message, answer.have, tuple(name for name in answer.need if not self._buried(name)))


def due_windows(last: dict[int, float], now: float) -> list[int]:
    """The windows, by their length in seconds, that are to be compared now; `last` holds when each was."""
    return [length for length, every in WINDOWS if now - last.get(length, -every) >= every]


def span(length: int, now: float) -> tuple[int, int]:
    """From when to when a window reaches."""
    return int(now) - length, int(now) - SETTLING


def neighbour_for(linked: Iterable[str], gone: Iterable[str], turn: int, chance: float) -> str | None:
    """Whom to compare with: any neighbour, so that none can keep something from us for long.

    Every fourth time it is one that is held for gone: so the halves of a mesh find each other when they can again.
    """
    ordered = sorted(gone) if turn % LOST == LOST - 1 else []
    ordered = ordered or sorted(linked)
    return ordered[int(chance * len(ordered))] if ordered else None
