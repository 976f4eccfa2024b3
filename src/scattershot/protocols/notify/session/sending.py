"""Sending hints: what was said and not heard yet is said again, until it is heard or our patience ends."""

from collections.abc import Iterable
from typing import NamedTuple

from scattershot.domain.hint import DOUBTS, PATIENCE
from scattershot.ports.datagrams import Place

REPEATS = (250, 750, 1_750, 3_500)
"""Milliseconds after the first time when a hint is said again. They double, as in CoAP (RFC 7252 section 4.2), but
begin sooner: who is near answers within a few milliseconds."""
MOST_WAITING = 20_000
"""Hints that wait to be heard, one for each listener; beyond, nothing is said again."""
MANY = 4
"""Members of a group that did not hear: from so many on it is said to the group again, else to each alone."""


class Out(NamedTuple):
    """A datagram to be sent."""

    data: bytes
    to: Place


class Hearer(NamedTuple):
    """Who is to hear a hint, and the datagram that repeats it; `group` where it was said to a group first."""

    name: bytes
    out: Out
    group: Place | None = None


class Due(NamedTuple):
    """What is to be said again; how many hints were in vain; and who heard none for so long that it is doubted."""

    again: list[Out]
    in_vain: int
    doubted: list[bytes]


class _Waiting:
    """One hint and who has not heard it."""

    def __init__(self, hearers: Iterable[Hearer], groups: dict[Place, Out], now: int) -> None:
        self.hearers = {each.name: each for each in hearers}
        self.groups, self.said, self.times = groups, now, 0

    @property
    def next_at(self) -> int:
        return self.said + (REPEATS[self.times] if self.times < len(REPEATS) else PATIENCE)

    def again(self) -> list[Out]:
        by_group: dict[Place | None, list[Hearer]] = {}
        for each in self.hearers.values():
            by_group.setdefault(each.group, []).append(each)
        outs: list[Out] = []
        for group, hearers in by_group.items():
            if group is not None and len(hearers) >= MANY:
                outs.append(self.groups[group])
            else:
                outs += [each.out for each in hearers]
        return outs


class Sending:
    """All hints of one node that wait to be heard. Moments are milliseconds."""

    def __init__(self) -> None:
        self._waiting: dict[int, _Waiting] = {}
        self._count = 0
        self._misses: dict[bytes, int] = {}

    def said(self, serial: int, hearers: list[Hearer], groups: dict[Place, Out], now: int) -> None:
        """A hint was said to these for the first time."""
        if self._count + len(hearers) <= MOST_WAITING and hearers:
            self._waiting[serial] = _Waiting(hearers, groups, now)
            self._count += len(hearers)

    def heard(self, name: bytes, up_to: int, serials: Iterable[int] = ()) -> bool:
        """The listener has these; whether any of them had been waiting for it."""
        self._misses.pop(name, None)
        which = {*serials, *(serial for serial in self._waiting if serial <= up_to)}
        found = False
        for serial in which:
            waiting = self._waiting.get(serial)
            if waiting is not None and waiting.hearers.pop(name, None) is not None:
                found = True
                self._count -= 1
                if not waiting.hearers:
                    del self._waiting[serial]
        return found

    def due(self, now: int) -> Due:
        """What is to be done now."""
        again: list[Out] = []
        doubted: list[bytes] = []
        in_vain = 0
        for serial, waiting in list(self._waiting.items()):
            if waiting.said > now:  # the clock was set back
                waiting.said = now
            if waiting.next_at > now:
                continue
            if now - waiting.said >= PATIENCE:
                del self._waiting[serial]
                self._count -= len(waiting.hearers)
                in_vain += len(waiting.hearers)
                doubted += [name for name in waiting.hearers if self._missed(name)]
            else:
                again += waiting.again()
                while waiting.next_at <= now:
                    waiting.times += 1
        return Due(again, in_vain, doubted)

    def _missed(self, name: bytes) -> bool:
        self._misses[name] = self._misses.get(name, 0) + 1
        return self._misses[name] == DOUBTS

    def next_at(self) -> int | None:
        """When something is due next."""
        return min((waiting.next_at for waiting in self._waiting.values()), default=None)

    @property
    def waiting(self) -> int:
        """How many wait to be heard."""
        return self._count
