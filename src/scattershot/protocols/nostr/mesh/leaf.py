"""A leaf's links to its two supernodes, without any I/O: one sends, the other stands by.

What happens goes in; what is to be done comes out. Whoever lost one of two has time, whoever lost both has less, and
nobody comes at once with all the others. Moments are in seconds.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from scattershot.protocols.nostr.mesh.admission import DRAIN, STANDBY_WAIT, wait_before
from scattershot.protocols.nostr.mesh.assignment import Choice, in_order

AVOIDED_FOR = 60.0
"""Seconds for which a supernode is not tried again that refused or failed."""

DISTRUSTED_FOR = 6 * 3_600.0
"""And one that withheld."""


class Dial(NamedTuple):
    """Open a link at that moment; `urgent` where there is no other."""

    key: str
    at: float
    urgent: bool


class Listen(NamedTuple):
    """From now on this supernode sends: subscribe there, and catch up."""

    key: str


class HangUp(NamedTuple):
    """Close that link."""

    key: str


class Look(NamedTuple):
    """Ask for supernodes at that moment, and tell us of them: we know none that we could try."""

    at: float


Deed: TypeAlias = Dial | Listen | HangUp | Look


class Leaf:
    """The links of one leaf. `secret` is its own."""

    __slots__ = ("_avoided", "_chance", "_choices", "_secret", "attempts", "dialling", "primary", "standby")

    def __init__(self, secret: str, chance: Callable[[], float]) -> None:
        self._secret, self._chance = secret, chance
        self._choices: tuple[Choice, ...] = ()
        self._avoided: dict[str, float] | None = None
        self.primary: Choice | None = None
        self.standby: Choice | None = None
        self.dialling: Choice | None = None
        self.attempts = 0

    def learned(self, choices: tuple[Choice, ...], now: float) -> list[Deed]:
        """These supernodes there are."""
        self._choices = choices
        return self._seek(now)

    def opened(self, key: str, now: float) -> list[Deed]:
        """A link is open."""
        choice = self.dialling
        if choice is None or choice.key != key:
            return [HangUp(key)]
        self.dialling, self.attempts = None, 0
        if self.primary is None:
            self.primary = choice
            return [Listen(key), *self._seek(now)]
        self.standby = choice
        return []

    def refused(self, key: str, now: float) -> list[Deed]:
        """They turned us away, or could not be reached."""
        if self.dialling is None or self.dialling.key != key:
            return []
        self.dialling = None
        self.attempts += 1
        self._avoid(key, now)
        return self._seek(now)

    def lost(self, key: str, now: float) -> list[Deed]:
        """A link broke, or its other end is taken for gone."""
        self._avoid(key, now)
        if self.standby is not None and self.standby.key == key:
            self.standby = None
            return self._seek(now)
        if self.primary is None or self.primary.key != key:
            return self.refused(key, now)
        self.primary, self.standby = self.standby, None
        deeds: list[Deed] = [] if self.primary is None else [Listen(self.primary.key)]
        return deeds + self._seek(now)

    def distrusted(self, key: str, now: float) -> list[Deed]:
        """An audit showed more than once that it withholds: another is sought, and this one left alone for hours."""
        deeds = self.lost(key, now)
        self._avoid(key, now, DISTRUSTED_FOR)
        return [HangUp(key), *deeds]

    def dismissed(self, key: str, now: float) -> list[Deed]:
        """They step down and ask us to leave within a minute: another is sought before that link is closed."""
        self._avoid(key, now)
        if self.standby is not None and self.standby.key == key:
            self.standby = None
            return [HangUp(key), *self._seek(now)]
        if self.primary is not None and self.primary.key == key and self.standby is not None:
            self.primary, self.standby = self.standby, None
            return [Listen(self.primary.key), HangUp(key), *self._seek(now)]
        return self._seek(now)

    def _avoid(self, key: str, now: float, how_long: float = AVOIDED_FOR) -> None:
        kept = {name: until for name, until in (self._avoided or {}).items() if until > now}
        self._avoided = kept | {key: now + how_long}

    def _seek(self, now: float) -> list[Deed]:
        """Dial whoever is best, as soon as it is fair."""
        if self.dialling is not None or (self.primary is not None and self.standby is not None):
            return []
        urgent = self.primary is None
        if self.attempts:
            wait = wait_before(self.attempts, self._chance())
        else:
            wait = self._chance() * (1.0 if urgent else STANDBY_WAIT)
        choice = self._best(now)
        if choice is None:
            self.attempts += 1
            return [Look(now + wait)]
        self.dialling = choice
        return [Dial(choice.key, now + wait, urgent)]

    def _best(self, now: float) -> Choice | None:
        avoided = self._avoided or {}
        held = self.primary.key if self.primary is not None else None
        free = tuple(each for each in self._choices if each.key != held and avoided.get(each.key, 0.0) <= now)
        ordered = in_order(self._secret, free)
        if self.primary is not None:
            network = self.primary.network
            elsewhere = next((choice for choice in ordered if choice.network != network), None)
            if elsewhere is not None:
                return elsewhere
        return ordered[0] if ordered else None


def hand_over(leaves: int, chance: Callable[[], float]) -> list[float]:
    """Seconds after which each of its leaves is dismissed by a supernode that steps down."""
    return [chance() * DRAIN for _ in range(leaves)]
