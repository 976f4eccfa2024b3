"""Which relays to listen at: as few as cover everybody who is to be heard (NIP-65), each at two where they can be."""

from collections.abc import Mapping, Sequence, Set
from hashlib import sha256
from heapq import heapify, heappop, heappush

COVER = 2
"""Relays at which each author is listened to: one may be down, or keep silent about something."""


def choose(
    authors: Mapping[str, Sequence[str]], *, shy: Set[str] = frozenset(), most: int = 30, cover: int = COVER
) -> dict[str, frozenset[str]]:
    """For each relay chosen the authors who are to be heard there; `authors` says where each of them is met.

    The relay that covers most goes first, of equals one that is not `shy` (did not answer lately), so that nobody is
    left to such a one alone who is met elsewhere too. Where `most` does not suffice, all are covered once before
    anybody is twice. The same question has the same answer, whatever order it is asked in.
    """
    met: dict[str, set[str]] = {}
    for author, relays in authors.items():
        for relay in relays:
            met.setdefault(relay, set()).add(author)
    needs = {author: min(cover, len(set(relays))) for author, relays in authors.items() if relays}
    chosen: dict[str, set[str]] = {}
    for round_ in range(1, cover + 1):
        open_ = {author for author, need in needs.items() if need >= round_}
        for relays_open in (met.keys() - shy, met.keys() & shy):
            _cover(met, relays_open, open_, chosen, most, round_)
    return {relay: frozenset(heard) for relay, heard in chosen.items()}


def _cover(
    met: Mapping[str, set[str]], relays: Set[str], authors: set[str], chosen: dict[str, set[str]], most: int, times: int
) -> None:
    """Choose until each of the authors is heard so many times, as far as these relays go."""
    heard: dict[str, int] = {}
    for each in chosen.values():
        for author in each:
            heard[author] = heard.get(author, 0) + 1
    lacking = {author for author in authors if heard.get(author, 0) < times}
    # what is listened to anyway costs nothing more
    for some in (relays & chosen.keys(), relays - chosen.keys()):
        waiting = [(-len(met[relay]), _lot(relay), relay) for relay in some]
        heapify(waiting)
        while waiting and lacking:
            _, lot, best = heappop(waiting)
            news = (met[best] & lacking) - chosen.get(best, set())
            if not news:
                continue
            if waiting and (-len(news), lot) > waiting[0][:2]:
                # it would bring less than it seemed to; what the others bring can only have become less too
                heappush(waiting, (-len(news), lot, best))
                continue
            if best not in chosen and len(chosen) >= most:
                return
            chosen.setdefault(best, set()).update(news)
            lacking -= news


def _lot(relay: str) -> bytes:
    """Decides between equals, so that nodes do not all crowd at what comes first in the alphabet."""
    return sha256(relay.encode()).digest()
