"""How likely it is that a leaf, or a supernode, is surrounded by those who mean ill, by their share of the supernodes.

Not by formula: the protocol's own choice is made by many leaves among supernodes of which so many are sybils.
"""

from random import Random
from typing import NamedTuple

from scattershot.protocols.nostr.mesh.assignment import Choice, beginnings, two_of
from scattershot.protocols.nostr.mesh.census import quorum
from scattershot.protocols.nostr.mesh.lots import lot
from scattershot.protocols.nostr.mesh.overlay import Overlay

SHARES = (0.05, 0.1, 0.2, 0.3, 0.5)
_LEAVES = 4_000


class Eclipse(NamedTuple):
    """The part of leaves and supernodes that are surrounded."""

    share: float
    """Of the supernodes that are sybils."""
    one_of_two: float
    """Leaves of which one supernode is a sybil: it can withhold, and an audit shows it."""
    both: float
    """Leaves of which both are: they can be kept from the mesh until they choose anew."""
    links: float
    """Supernodes all of whose links are to sybils."""
    burials: float
    """Supernodes that sybils alone could declare gone, until they refute it."""


def eclipse(share: float, supers: int, seed: int) -> Eclipse:
    """The part that is surrounded where so many of so many supernodes are sybils, all of one strength."""
    random = Random(f"{seed} {share} {supers}")
    names = [f"{random.getrandbits(256):064x}" for _ in range(supers)]
    bad = set(random.sample(names, int(share * supers)))
    choices = {name: Choice(name, f"{n // 20}", 512) for n, name in enumerate(names)}
    by_beginning: dict[str, list[Choice]] = {}
    one = both = 0
    for leaf in range(_LEAVES):
        secret = f"leaf {seed} {leaf}"
        wanted = beginnings(secret, supers)
        if not by_beginning:
            digits = 0 if wanted is None else len(wanted[0])
            for name in names:
                by_beginning.setdefault(f"{lot('leaf', name):016x}"[:digits], []).append(choices[name])
        sample = tuple(choice for start in (wanted or ("",)) for choice in by_beginning.get(start, ()))
        caught = sum(1 for choice in two_of(secret, sample) if choice.key in bad)
        one, both = one + (caught == 1), both + (caught == 2)
    overlay = Overlay(names)
    good = [name for name in names if name not in bad]
    links = sum(1 for name in good if all(other in bad for other in overlay.links(name, f"secret {name}")))
    burials = 0
    for name in good:
        beside = overlay.beside(name)
        burials += sum(1 for other in beside if other in bad) >= quorum(len(beside))
    return Eclipse(share, one / _LEAVES, both / _LEAVES, links / len(good), burials / len(good))


def table(supers: int, seed: int) -> list[Eclipse]:
    """For every share."""
    return [eclipse(share, max(supers, 10), seed) for share in SHARES]
