"""Whether those we are linked with live: SWIM with the lessons of Lifeguard, without any I/O.

Every 0.7 seconds one neighbour is asked. Who does not answer, nor to helpers, is accused before all; the witnesses, who
are linked with it as well, try at once for themselves; the accused hears of it and refutes by a higher incarnation. Who
is still silent when the time is out gets an obituary from each witness that tried in vain. Who is slow itself (failed
probes, refutations) gives the others more time. Moments are in seconds; `chance` draws numbers from 0 up to 1.
"""

from collections.abc import Callable
from math import log
from typing import NamedTuple, TypeAlias

PERIOD = 0.7
TIMEOUT = 0.5
HELPERS = 3
SLOWEST = 8
"""Steps of our own ill health, each of which makes us more patient."""
LONGEST, SHORTEST = 6.0, 1.2
"""Seconds of suspicion with no other accuser, and with `CONFIRMED` of them."""
CONFIRMED = 3


class Ping(NamedTuple):
    """Ask a neighbour whether it is there; `accused` is its incarnation that is under suspicion, for it to refute."""

    to: str
    number: int
    accused: int | None = None


class Pong(NamedTuple):
    """Answer one that asked."""

    to: str
    number: int


class AskOf(NamedTuple):
    """Let a helper ask in our stead."""

    to: str
    subject: str
    number: int


class Accuse(NamedTuple):
    """State before all that there is no answer from that incarnation."""

    subject: str
    incarnation: int


class Refute(NamedTuple):
    """Announce ourselves anew with a higher incarnation than that."""

    accused: int


class Bury(NamedTuple):
    """State before all that we take that incarnation for gone."""

    subject: str
    incarnation: int


Deed: TypeAlias = Ping | Pong | AskOf | Accuse | Refute | Bury


class _Probe:
    __slots__ = ("ends", "for_whom", "helped", "number", "subject", "urgent")

    def __init__(self, subject: str, number: int, ends: float, for_whom: tuple[str, int] | None, urgent: bool) -> None:
        self.subject, self.number, self.ends, self.for_whom = subject, number, ends, for_whom
        self.helped = False
        self.urgent = urgent


class _Suspicion:
    __slots__ = ("accusers", "began", "buried", "incarnation", "ours")

    def __init__(self, incarnation: int, began: float) -> None:
        self.incarnation, self.began = incarnation, began
        self.accusers: set[str] = set()
        self.ours = self.buried = False


class Detector:
    """One supernode's eye on its neighbours."""

    def __init__(self, me: str, now: float, chance: Callable[[], float]) -> None:
        self._me, self._chance = me, chance
        self._order: list[str] = []
        self._place = 0
        self._neighbours: dict[str, int] = {}
        self._helpers: Callable[[str], tuple[str, ...]] = lambda _: ()
        self._probes: dict[int, _Probe] = {}
        self._suspicions: dict[str, _Suspicion] = {}
        self._number = 0
        self._ill = 0
        self._next = now + PERIOD * chance()

    # -- who is there

    def neighbours(self, incarnations: dict[str, int], helpers: Callable[[str], tuple[str, ...]]) -> None:
        """From now on these are asked, by their latest incarnations; `helpers` tells who else is linked with one."""
        self._helpers = helpers
        if incarnations.keys() != self._neighbours.keys():
            kept = [name for name in self._order if name in incarnations]
            there = set(kept)
            for name in incarnations:
                if name not in there:
                    kept.insert(int(self._chance() * (len(kept) + 1)), name)
            self._order = kept
            for gone in self._neighbours.keys() - incarnations.keys():
                self._suspicions.pop(gone, None)
        self._neighbours = dict(incarnations)
        for name, held in list(self._suspicions.items()):
            if incarnations.get(name, 0) > held.incarnation:
                del self._suspicions[name]

    @property
    def suspects(self) -> tuple[str, ...]:
        """Whom we have no answer from."""
        return tuple(name for name, held in self._suspicions.items() if held.ours)

    @property
    def patience(self) -> float:
        """By how much all takes longer because we are slow ourselves."""
        return 1 + self._ill / 4

    # -- time

    def due(self) -> float:
        """When `tick` has something to do."""
        moments = [self._next, *(probe.ends for probe in self._probes.values())]
        moments += [self._ends(held) for held in self._suspicions.values() if held.ours and not held.buried]
        return min(moments)

    def tick(self, now: float) -> list[Deed]:
        """What is to be done now."""
        deeds: list[Deed] = []
        for number in [number for number, probe in self._probes.items() if probe.ends <= now]:
            deeds += self._unanswered(self._probes.pop(number), now)
        for name, held in self._suspicions.items():
            if held.ours and not held.buried and self._ends(held) <= now:
                held.buried = True
                deeds.append(Bury(name, held.incarnation))
        if self._next <= now:
            self._next = now + PERIOD * self.patience
            if self._order:
                deeds.append(self._ask(self._turn(), now))
        return deeds

    def _turn(self) -> str:
        if self._place >= len(self._order):
            self._place = 0
            for place in range(len(self._order) - 1, 0, -1):  # each round in another order
                other = int(self._chance() * (place + 1))
                self._order[place], self._order[other] = self._order[other], self._order[place]
        self._place += 1
        return self._order[self._place - 1]

    def _ask(self, name: str, now: float, for_whom: tuple[str, int] | None = None, urgent: bool = False) -> Ping:
        self._number += 1
        self._probes[self._number] = _Probe(name, self._number, now + TIMEOUT * self.patience, for_whom, urgent)
        held = self._suspicions.get(name)
        return Ping(name, self._number, None if held is None else held.incarnation)

    def _unanswered(self, probe: _Probe, now: float) -> list[Deed]:
        if probe.for_whom is not None or probe.subject not in self._neighbours:
            return []
        if not probe.helped and not probe.urgent:
            others = [
                name for name in self._helpers(probe.subject) if name in self._neighbours and name != probe.subject
            ]
            chosen = [others.pop(int(self._chance() * len(others))) for _ in range(min(HELPERS, len(others)))]
            if chosen:
                probe.helped, probe.ends = True, now + TIMEOUT * self.patience
                self._probes[probe.number] = probe
                return [AskOf(name, probe.subject, probe.number) for name in chosen]
        held = self._suspicions.get(probe.subject)
        if held is None or not held.accusers:  # else it is not our fault: others have no answer either
            self._ill = min(SLOWEST, self._ill + 1)
        return self._suspect(probe.subject, now)

    def _suspect(self, name: str, now: float) -> list[Deed]:
        incarnation = self._neighbours[name]
        held = self._suspicions.setdefault(name, _Suspicion(incarnation, now))
        if held.ours:
            return []
        held.ours = True
        return [Accuse(name, held.incarnation)]

    def _ends(self, held: _Suspicion) -> float:
        """The more accuse it, the sooner it is over: as Lifeguard has it, by the logarithm."""
        others = min(len(held.accusers), CONFIRMED)
        length = LONGEST - (LONGEST - SHORTEST) * log(others + 1) / log(CONFIRMED + 1)
        return held.began + length * self.patience

    # -- what is heard

    def pinged(self, sender: str, number: int, accused: int | None, incarnation: int) -> list[Deed]:
        """Somebody asks whether we are there; `incarnation` is ours."""
        answer: list[Deed] = [Pong(sender, number)]
        if accused is not None and accused >= incarnation:
            answer.append(Refute(accused))
        return answer

    def ponged(self, number: int) -> list[Deed]:
        """An answer came, to us or for one that we help."""
        probe = self._probes.pop(number, None)
        if probe is None:
            return []
        if probe.for_whom is not None:
            asker, theirs = probe.for_whom
            return [Pong(asker, theirs)]
        self._ill = max(0, self._ill - 1)
        held = self._suspicions.get(probe.subject)
        if held is not None and not held.buried:
            del self._suspicions[probe.subject]  # others may accuse it for all that: we have heard it
        return []

    def asked_of(self, sender: str, subject: str, number: int, now: float) -> list[Deed]:
        """A neighbour has no answer from the subject: ask it in its stead."""
        if subject not in self._neighbours:
            return []
        return [self._ask(subject, now, (sender, number))]

    def accused(self, accuser: str, subject: str, incarnation: int, mine: int, now: float) -> list[Deed]:
        """An accusation was stated: a witness tries for itself, the accused refutes; `mine` is our incarnation."""
        if subject == self._me:
            if incarnation < mine:
                return []
            self._ill = min(SLOWEST, self._ill + 1)
            return [Refute(incarnation)]
        if incarnation < self._neighbours.get(subject, incarnation + 1):
            return []
        held = self._suspicions.get(subject)
        if held is None:
            held = self._suspicions[subject] = _Suspicion(incarnation, now)
        held.accusers.add(accuser)
        tried = held.ours or any(each.subject == subject and each.urgent for each in self._probes.values())
        return [] if tried else [self._ask(subject, now, urgent=True)]

    def lost(self, name: str, now: float) -> list[Deed]:
        """A neighbour's socket closed without a word: it is tried at once."""
        return [self._ask(name, now, urgent=True)] if name in self._neighbours else []
