"""How an event reaches every supernode: eager along a tree, lazy along all others (Plumtree, Leitão et al., 2007).

The tree grows by itself: whoever hears a thing twice prunes the second way, whoever hears of a thing and does not
get it grafts one. Nothing is sent back to whom it came from. Moments are in seconds.
"""

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from scattershot.protocols.nostr.wire.kinds import DELETION, VANISH

GATHER = 0.2
"""Seconds for which names are gathered before neighbours are told of them."""
PATIENCE, AGAIN = 0.6, 0.3
"""Seconds until a thing that was only heard of is asked for, and until the next neighbour is asked for it."""
MAX_SEEN = 200_000
"""Names remembered; what is older is found in the store."""
MAX_MISSING = 10_000
"""Things heard of and awaited: a neighbour that makes up names fills no more than this."""
MAX_NAMES = 1_000
"""Names in one message."""
TOLD = 6
"""Lazy neighbours that are told of a thing, by turns: where each has many, that is enough for all to hear."""


class Push(NamedTuple):
    """Send the event itself."""

    to: str
    name: str


class Have(NamedTuple):
    """Say that we have these."""

    to: str
    names: tuple[str, ...]


class Graft(NamedTuple):
    """Ask for one, and for all that follow."""

    to: str
    name: str


class Prune(NamedTuple):
    """Ask to be told of things only."""

    to: str


Deed: TypeAlias = Push | Have | Graft | Prune


class _Missing:
    __slots__ = ("due", "holders")

    def __init__(self, due: float, holder: str) -> None:
        self.due, self.holders = due, [holder]


class Spread:
    """One supernode's part in the tree."""

    def __init__(self) -> None:
        self.eager: dict[str, None] = {}
        self.lazy: dict[str, None] = {}
        self._seen: dict[str, None] = {}
        self._missing: dict[str, _Missing] = {}
        self._untold: dict[str, list[str]] = {}
        self._told_at = float("inf")
        self._turn = 0

    def __contains__(self, name: str) -> bool:
        return name in self._seen

    def neighbours(self, names: Iterable[str]) -> None:
        """From now on these are linked with us; who is new is sent everything until one of us has it twice."""
        wanted = dict.fromkeys(names)
        for shelf in (self.eager, self.lazy):
            for gone in [name for name in shelf if name not in wanted]:
                del shelf[gone]
                self._untold.pop(gone, None)
        for name in wanted:
            if name not in self.lazy:
                self.eager.setdefault(name)

    def published(self, name: str, now: float) -> list[Deed]:
        """An event came to us from a leaf or was made here."""
        return self._pass_on(name, None, now) if self._note(name) else []

    def received(self, name: str, sender: str, now: float) -> tuple[bool, list[Deed]]:
        """A neighbour sent an event, which proved genuine: whether it was new, and what follows."""
        if not self._note(name):
            self._make(sender, self.lazy, self.eager)
            return False, [Prune(sender)]
        self._missing.pop(name, None)
        self._make(sender, self.eager, self.lazy)
        return True, self._pass_on(name, sender, now)

    def repaired(self, name: str) -> None:
        """It came by a repair: the neighbours are repaired by themselves."""
        self._note(name)
        self._missing.pop(name, None)

    def flooded(self, name: str, sender: str | None) -> list[Deed]:
        """Something small that cannot wait, an accusation or obituary: at once to all, for the tree may be broken."""
        if not self._note(name):
            return []
        self._missing.pop(name, None)
        return [Push(to, name) for to in (*self.eager, *self.lazy) if to != sender]

    def told(self, sender: str, names: Iterable[str], now: float) -> None:
        """A neighbour has these."""
        for name in names:
            if name in self._seen:
                continue
            missing = self._missing.get(name)
            if missing is not None:
                missing.holders.append(sender)
            elif len(self._missing) < MAX_MISSING:
                self._missing[name] = _Missing(now + PATIENCE, sender)

    def grafted(self, sender: str, name: str) -> list[Deed]:
        """A neighbour wants that one, and all that follow."""
        self._make(sender, self.eager, self.lazy)
        return [Push(sender, name)] if name in self._seen else []

    def pruned(self, sender: str) -> None:
        """A neighbour wishes to be told only."""
        self._make(sender, self.lazy, self.eager)

    def due(self) -> float:
        """When `tick` has something to do."""
        return min([self._told_at, *(missing.due for missing in self._missing.values())])

    def tick(self, now: float) -> list[Deed]:
        """What is to be done now."""
        deeds: list[Deed] = []
        if self._told_at <= now:
            self._told_at = float("inf")
            for to, names in self._untold.items():
                if to in self.lazy:
                    parts = range(0, len(names), MAX_NAMES)
                    deeds += [Have(to, tuple(names[start : start + MAX_NAMES])) for start in parts]
            self._untold = {}
        for name in [name for name, missing in self._missing.items() if missing.due <= now]:
            missing = self._missing[name]
            holders = [holder for holder in missing.holders if holder in self.eager or holder in self.lazy]
            if not holders:
                del self._missing[name]  # the next repair brings it
                continue
            holder = holders.pop(0)
            missing.holders, missing.due = holders, now + AGAIN
            self._make(holder, self.eager, self.lazy)
            deeds.append(Graft(holder, name))
        return deeds

    def _note(self, name: str) -> bool:
        if name in self._seen:
            return False
        self._seen[name] = None
        if len(self._seen) > MAX_SEEN:
            del self._seen[next(iter(self._seen))]
        return True

    def _pass_on(self, name: str, sender: str | None, now: float) -> list[Deed]:
        for to in self._some_lazy():
            if to != sender:
                self._untold.setdefault(to, []).append(name)
        if self._untold:
            self._told_at = min(self._told_at, now + GATHER)
        return [Push(to, name) for to in self.eager if to != sender]

    def _some_lazy(self) -> list[str]:
        names = list(self.lazy)
        if len(names) <= TOLD:
            return names
        self._turn = (self._turn + TOLD) % len(names)
        return (names[self._turn :] + names[: self._turn])[:TOLD]

    def _make(self, name: str, into: dict[str, None], out_of: dict[str, None]) -> None:
        if name in out_of:
            del out_of[name]
            into[name] = None


def goes_first(kind: int) -> bool:
    """Whether an event is sent before all that waits: what is deleted shall not be spread any more."""
    return kind in (DELETION, VANISH)


class Outbox:
    """What waits to be written to one neighbour: deletions before the rest, each in its order."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._first: list[str] = []
        self._rest: list[str] = []

    def put(self, frame: str, *, first: bool) -> bool:
        """Whether there was room; where there was none the link is to be cut, and repair brings what was lost."""
        if len(self._first) + len(self._rest) >= self._most:
            return False
        (self._first if first else self._rest).append(frame)
        return True

    def take(self) -> list[str]:
        """All of it, in the order to be written."""
        taken, self._first, self._rest = self._first + self._rest, [], []
        return taken
