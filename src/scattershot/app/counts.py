"""How much a microblog wrote and how many hear it, remembered a while: lists show it beside every post."""

from collections.abc import Iterable
from typing import NamedTuple

from scattershot.app.lately import Lately
from scattershot.domain.ids import MicroblogId, Millis
from scattershot.ports.database import Transaction
from scattershot.storage.tables import microblogs, posts, relations

GOOD_FOR = 60_000
"""Milliseconds for which lists show what was counted; who asks for one microblog gets it counted anew."""


class Counts(NamedTuple):
    """Posts, followers and followed, and when it wrote last, to the hour."""

    posts: int
    followers: int
    following: int
    last_post: Millis | None


class _Counted(NamedTuple):
    counts: Counts
    at: Millis


class Tally:
    """Counts, and remembers."""

    def __init__(self, remembered: int = 10_000) -> None:
        self._known: Lately[MicroblogId, _Counted] = Lately(remembered)

    def of(
        self, tx: Transaction, ids: Iterable[MicroblogId], now: Millis, *, fresh: bool = False
    ) -> dict[MicroblogId, Counts]:
        """The counts of each; `fresh` ones hold what was written up to this moment."""
        found: dict[MicroblogId, Counts] = {}
        for each in ids:
            known = self._known.get(each)
            if known is None or fresh or now - known.at > GOOD_FOR:
                known = self._known[each] = _Counted(_count(tx, each), now)
            found[each] = known.counts
        return found


def _count(tx: Transaction, microblog: MicroblogId) -> Counts:
    return Counts(
        posts.count_by(tx, microblog),
        relations.count_followers(tx, microblog),
        relations.count_following(tx, microblog),
        microblogs.last_post(tx, microblog),
    )
