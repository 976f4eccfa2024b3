"""Which supernodes a leaf chooses: weighted rendezvous hashing by a secret of its own, two in different networks.

Because the secret is its own, nobody can make a key that a given leaf will choose. And a leaf need not know all
supernodes: it asks for those whose lots begin with a few digits, which its secret draws too.
"""

from math import log
from typing import NamedTuple

from scattershot.protocols.nostr.mesh.lots import lot, share

SAMPLE = 24
"""Supernodes that a leaf wishes to know."""


class Choice(NamedTuple):
    """A supernode as a leaf knows it; `room` is its free slots, as a power of two."""

    key: str
    network: str
    room: int


def score(secret: str, choice: Choice) -> float:
    """How much a leaf likes a supernode: of two, the one with twice the room wins twice as often."""
    return -max(1, choice.room) / log(share(secret, choice.key))


def in_order(secret: str, choices: tuple[Choice, ...]) -> list[Choice]:
    """The choices, best first."""
    return sorted(choices, key=lambda choice: (-score(secret, choice), choice.key))


def standby_of(first: Choice, ordered: list[Choice]) -> Choice | None:
    """The best besides, in another network; in the same where there is none elsewhere."""
    others = [choice for choice in ordered if choice.key != first.key]
    return next((choice for choice in others if choice.network != first.network), others[0] if others else None)


def two_of(secret: str, choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """The supernode that sends and the one that stands by, or as many as there are."""
    ordered = in_order(secret, choices)
    if not ordered:
        return ()
    other = standby_of(ordered[0], ordered)
    return (ordered[0],) if other is None else (ordered[0], other)


def beginnings(secret: str, supers: int) -> tuple[str, ...] | None:
    """The digits by which a leaf asks for a sample (`#b`) where there are so many supernodes; None: for all of them."""
    if supers <= 2 * SAMPLE:
        return None
    digits = 1 if supers <= 16 * SAMPLE else 2 if supers <= 256 * SAMPLE else 3
    each = supers / 16**digits
    count = max(2, -(-SAMPLE // max(1, int(each))))
    found: list[str] = []
    turn = 0
    while len(found) < min(count, 16**digits):
        drawn = f"{lot('sample', secret, str(turn)):016x}"[:digits]
        turn += 1
        if drawn not in found:
            found.append(drawn)
    return tuple(found)
