"""How much a microblog wrote and how many hear it, remembered a while: lists show it beside every post."""

from collections.abc import Iterable
from typing import NamedTuple

from scattershot.app.lately import Lately
from scattershot.domain.ids import MicroblogId, Millis
from scattershot.domain.relations import Counts
from scattershot.ports.database import Transaction
from scattershot.storage.tables import counts as rows

GOOD_FOR = 60_000
"""Milliseconds for which lists show what was counted; who asks for one microblog gets them as they are."""


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
        missing: list[MicroblogId] = []
        for each in ids:
            known = self._known.get(each)
            if known is None or fresh or now - known.at > GOOD_FOR:
                missing.append(each)
            else:
                found[each] = known.counts
        if missing:
            for each, counts in rows.counts(tx, missing).items():
                known = self._known.get(each)
                same = known.counts if known is not None and known.counts == counts else counts
                self._known[each] = _Counted(same, now)
                found[each] = same
        return found

    def good_until(self, ids: Iterable[MicroblogId]) -> Millis:
        """Up to when all of these are remembered as they were counted; 0 where one of them is not."""
        known = [self._known.get(each) for each in ids]
        return Millis(min((each.at + GOOD_FOR if each is not None else 0 for each in known), default=0))
