"""The role of a node in time: it waits, serves, steps down; and whether it wishes to serve at all.

Nobody commands it: it reads from the election what it is, and says so.
"""

from typing import NamedTuple, TypeAlias

from scattershot.protocols.nostr.mesh.admission import DRAIN
from scattershot.protocols.nostr.mesh.election import DWELL, Election
from scattershot.protocols.nostr.mesh.statements import REFRESH, Role

LEAST_MEMORY = 900
"""MB below which a machine never serves unless it was told to."""
LEAST_SLOTS = 32


class Machine(NamedTuple):
    """What a node knows of where it runs; `wish` is what its people said: yes, no, or nothing."""

    wish: bool | None
    reachable: bool
    metered: bool
    on_battery: bool
    memory: int
    slots: int


def objection(machine: Machine) -> str | None:
    """Why a node does not offer to serve, in plain words; None where it does. What is metered needs a clear yes."""
    if machine.wish is False:
        return "it was told not to"
    if not machine.reachable:
        return "nobody can reach it from outside"
    if machine.slots < LEAST_SLOTS:
        return "there is room for too few leaves"
    if machine.wish:
        return None
    if machine.metered:
        return "its network is paid for by what goes through"
    if machine.on_battery:
        return "it runs on a battery"
    if machine.memory < LEAST_MEMORY:
        return "it has too little memory"
    return None


class State(NamedTuple):
    """Announce ourselves thus."""

    role: Role
    since: int
    incarnation: int


class Serve(NamedTuple):
    """Link with the other supernodes and let leaves in; or go on, where leaves are being handed over."""


class Drain(NamedTuple):
    """Let nobody in any more, and hand the leaves over until then."""

    until: float


class Close(NamedTuple):
    """All are handed over: unlink."""


Deed: TypeAlias = State | Serve | Drain | Close


class Tenure:
    """The role of this node."""

    def __init__(self, key: str, now: float, *, offers: bool, served: bool = False, incarnation: int = 0) -> None:
        """`served`: whether it did until a moment ago, and was stopped: then it is as one that stepped down."""
        self._key = key
        self.role: Role = "leaf" if not offers else "retired" if served else "candidate"
        self.since, self.incarnation = int(now), incarnation
        self._stated = float("-inf")
        self._elected_alone: float | None = None
        self._drained: float | None = None

    def step(
        self, now: float, election: Election, *, anybody: bool, cold_wait: float, chance: float, changed: bool
    ) -> list[Deed]:
        """What follows from the election.

        `anybody`: whether some other supernode is seen; `cold_wait`: how long to wait where not; `changed`: whether our
        capacity is another than was announced.
        """
        deeds: list[Deed] = []
        elected = self._key in election.supers and self.role != "leaf"
        if elected and self.role != "super" and not self._waits(now, anybody, cold_wait):
            self._become("super", now)
            self._drained = None
            deeds.append(Serve())
        elif not elected and self.role == "super":
            deeds += self.step_down(now)
        elif self.role == "retired" and now - self.since >= DWELL:
            self._become("candidate", now)
        if self._drained is not None and self._drained <= now:
            self._drained = None
            deeds.append(Close())
        if changed or self._stated + REFRESH * (0.8 + 0.4 * chance) <= now:
            self._stated = now
            deeds.append(State(self.role, self.since, self.incarnation))
        return deeds

    def step_down(self, now: float, *, for_good: bool = False) -> list[Deed]:
        """Serve no more: gracefully, with a minute for the leaves; `for_good` when the node is being stopped."""
        if self.role != "super":
            return []
        self._become("leaf" if for_good else "retired", now)
        self._drained = now + DRAIN
        return [Drain(self._drained)]

    def refute(self, accused: int, now: float) -> list[Deed]:
        """We live: say so with a higher incarnation."""
        if accused < self.incarnation:
            return []
        self.incarnation = accused + 1
        self._stated = now
        return [State(self.role, self.since, self.incarnation)]

    def _waits(self, now: float, anybody: bool, cold_wait: float) -> bool:
        if anybody:
            self._elected_alone = None
            return False
        if self._elected_alone is None:
            self._elected_alone = now
        return now < self._elected_alone + cold_wait

    def _become(self, role: Role, now: float) -> None:
        self.role, self.since = role, int(now)
        self._elected_alone = None
        self._stated = float("-inf")  # so that it is said at once
