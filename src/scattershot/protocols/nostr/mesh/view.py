"""What a node knows of the mesh: the newest of each statement, and nothing that another could not be told.

A view is a CRDT: whichever way and however often the same statements come, the same is known in the end. What is gone
from it by age is gone by the statement's own word, so that it is gone everywhere.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias, TypeVar

from scattershot.protocols.nostr.mesh.statements import (
    ATTESTED_FOR,
    LIFE,
    Accusation,
    Admission,
    Announcement,
    Attestation,
    Obituary,
    Statement,
)

Kept: TypeAlias = Announcement | Attestation | Admission | Obituary
K = TypeVar("K", Attestation, Admission, Obituary)

MAX_NODES = 20_000
"""Nodes known at once; a mesh of ten million needs a third of it. Beyond, the others with the highest ids go."""


class Known(NamedTuple):
    """How a statement was taken: whether it was new, and whether it could alter who is elected."""

    new: bool
    matters: bool


class View:
    """The newest of what was stated."""

    def __init__(self) -> None:
        self.announcements: dict[str, Announcement] = {}
        self.attestations: dict[str, dict[str, Attestation]] = {}
        """By subject, then by witness."""
        self.admissions: dict[str, Admission] = {}
        self.obituaries: dict[str, dict[str, Obituary]] = {}
        """By subject, then by witness."""
        self.digest = 0
        """Two views of the same process with the same digest elect the same at the same moment."""

    def take(self, what: Statement) -> Known:
        """Keep it if it is newer than what is known."""
        match what:
            case Announcement():
                old = self.announcements.get(what.key)
                if old is not None and not _newer(what, old):
                    return Known(False, False)
                self.announcements[what.key] = what
                return self._turned(old and _gist(old), _gist(what))
            case Attestation():
                return self._put(self.attestations.setdefault(what.subject, {}), what.witness, what)
            case Obituary():
                return self._put(self.obituaries.setdefault(what.subject, {}), what.witness, what)
            case Admission():
                return self._put(self.admissions, what.key, what)
            case Accusation():
                return Known(False, False)

    def _put(self, shelf: dict[str, K], name: str, what: K) -> Known:
        old = shelf.get(name)
        if old is not None and _order(what) <= _order(old):
            return Known(False, False)
        shelf[name] = what
        return self._turned(old and _gist(old), _gist(what))

    def _turned(self, old: object, new: object) -> Known:
        if old == new:
            return Known(True, False)
        self.digest ^= hash(new) ^ (hash(old) if old is not None else 0)
        return Known(True, True)

    def merge(self, others: "View | Iterable[Kept]") -> bool:
        """Take all of another view; whether that could alter who is elected."""
        before = self.digest
        for each in others.all() if isinstance(others, View) else others:
            self.take(each)
        return self.digest != before

    def all(self) -> Iterator[Kept]:
        """Every statement."""
        yield from self.announcements.values()
        yield from self.admissions.values()
        for shelf in self.attestations.values():
            yield from shelf.values()
        for graves in self.obituaries.values():
            yield from graves.values()

    def expire(self, now: float) -> bool:
        """Forget what holds no more; whether anything was."""
        before = self.digest
        for key in [key for key, each in self.announcements.items() if each.expires <= now]:
            self.digest ^= hash(_gist(self.announcements.pop(key)))
        for shelf in (self.attestations, self.obituaries):
            life = ATTESTED_FOR if shelf is self.attestations else LIFE
            for subject in [name for name, each in shelf.items() if any(one.at + life <= now for one in each.values())]:
                for witness in [name for name, one in shelf[subject].items() if one.at + life <= now]:
                    self.digest ^= hash(_gist(shelf[subject].pop(witness)))
                if not shelf[subject]:
                    del shelf[subject]
        return self.digest != before

    def trim(self, most: int = MAX_NODES) -> None:
        """Let go of so many nodes as are too many: a flood costs no more memory than that."""
        if len(self.announcements) <= most:
            return
        best = sorted((each.role != "super", each.id, key) for key, each in self.announcements.items())
        kept = {key for _, _, key in best[:most]}
        for key in [key for key in self.announcements if key not in kept]:
            self.digest ^= hash(_gist(self.announcements.pop(key)))
            for gone in (self.attestations.pop(key, {}), self.obituaries.pop(key, {})):
                for each in gone.values():
                    self.digest ^= hash(_gist(each))

    def copy(self) -> "View":
        """Another that knows the same."""
        other = View()
        other.merge(self)
        return other


def _newer(one: Announcement, other: Announcement) -> bool:
    """As NIP-01 says of addressable events: the later, and of two at once the one with the lowest id."""
    return one.at > other.at or (one.at == other.at and one.id < other.id)


def _order(what: Kept) -> tuple[object, ...]:
    match what:
        case Obituary():
            return what.incarnation, what.at
        case Admission():
            return what.day, what.bits
        case Attestation():
            return what.at, what.network, what.address
        case Announcement():
            return (what.at,)


def _gist(what: Kept) -> object:
    """What of it can alter an election, so that being stated anew is no news."""
    match what:
        case Announcement():
            return ("here", *what[0:1], *what[3:13])
        case Attestation():
            return "seen", what.witness, what.subject, what.network, what.address
        case Admission():
            return "work", what.key, what.day, what.bits
        case Obituary():
            return "gone", what.witness, what.subject, what.incarnation
