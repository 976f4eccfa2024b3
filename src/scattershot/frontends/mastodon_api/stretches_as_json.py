"""Stretches of the home timeline and of the public ones as JSON: the hottest room of the API.

A page is kept whole while nothing was written that could alter it. Where something was, a line that looks the same to
everybody is kept beside the glimpse that it was made from: a page of such lines is one statement and one join of bytes.
Every other line goes the ordinary way, through `statuses_as_json`.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple, TypeAlias

from scattershot.app.filters import GOOD_FOR as FILTERS_GOOD_FOR
from scattershot.app.filters import Filters
from scattershot.app.glimpses import Glimpse, goes_by_the_clock, looks_the_same_to_all
from scattershot.app.items import Item
from scattershot.app.lately import Lately
from scattershot.domain.ids import MicroblogId, Millis, PostId
from scattershot.frontends.mastodon_api.accounts_as_json import AccountsAsJson
from scattershot.frontends.mastodon_api.calls import Answer
from scattershot.frontends.mastodon_api.statuses_as_json import StatusesAsJson
from scattershot.ports.database import Transaction

Look: TypeAlias = Callable[[Sequence[Glimpse]], list[Item]]
"""Makes the items of glimpsed lines, without those that are not shown."""


MUTES_GOOD_FOR = 60_000
"""Milliseconds after which a page is made anew though nothing was written, since a mute may have ended."""


class _Kept(NamedTuple):
    """A line as bytes: right while its glimpse is the same, and until its people are counted anew."""

    glimpse: Glimpse
    until: Millis
    body: bytes
    item: Item


class Page(NamedTuple):
    """A page as bytes, and until when it is right while nothing is written."""

    body: bytes
    until: Millis


class _KeptPage(NamedTuple):
    stamp: int
    until: Millis
    answer: Answer


class KeptPages:
    """What was answered lately, by who asked for what; `stamp` tells whether anything was written since."""

    def __init__(self, stamp: Callable[[], int | None], remembered: int = 200) -> None:
        self.stamp = stamp
        self._kept: Lately[Hashable, _KeptPage] = Lately(remembered)

    def get(self, key: Hashable, now: Millis) -> Answer | None:
        """What would be answered again."""
        kept = self._kept.get(key)
        return kept.answer if kept is not None and now < kept.until and kept.stamp == self.stamp() else None

    def keep(self, key: Hashable, stamp: int | None, until: Millis, answer: Answer) -> None:
        """Remember what was read after the stamp was taken."""
        if stamp is not None:
            self._kept[key] = _KeptPage(stamp, until, answer)


class StretchesAsJson:
    """Renders pages of glimpses."""

    def __init__(
        self, statuses: StatusesAsJson, accounts: AccountsAsJson, filters: Filters, remembered: int = 4_000
    ) -> None:
        self._statuses, self._accounts, self._filters = statuses, accounts, filters
        self._for_viewers: Lately[PostId, _Kept] = Lately(remembered)
        self._for_anyone: Lately[PostId, _Kept] = Lately(remembered)

    def page(
        self, tx: Transaction, seen: Sequence[Glimpse], look: Look, viewer: MicroblogId | None, now: Millis
    ) -> Page:
        """The lines as the viewer sees them; `look` is asked for those that are not known by their glimpse."""
        known = self._for_anyone if viewer is None else self._for_viewers
        sieve = self._filters.sieve(tx, viewer, now) if viewer is not None else None
        until = Millis(now + (MUTES_GOOD_FOR if sieve is None else FILTERS_GOOD_FOR))
        bodies: list[bytes] = []
        unknown: list[Glimpse] = []
        places: dict[PostId, int] = {}
        for glimpse in seen:
            kept = known.get(glimpse[0])
            if (
                kept is not None
                and kept.glimpse == glimpse
                and now < kept.until
                and (sieve is None or not sieve.met(glimpse[0], glimpse[1], kept.item.post))
            ):
                bodies.append(kept.body)
                if kept.until < until:
                    until = kept.until
            else:
                places[glimpse[0]] = len(bodies)
                bodies.append(b"")
                unknown.append(glimpse)
        if unknown:
            items = look(unknown)
            glimpsed = {glimpse[0]: glimpse for glimpse in unknown}
            for item, body in zip(items, self._statuses.each(tx, items, viewer, now), strict=True):
                bodies[places[item.entry]] = body
                people = [item.author.id] if item.boosted_by is None else [item.author.id, item.boosted_by.id]
                lasts = now if goes_by_the_clock(item) else self._accounts.good_until(people)
                until = min(until, lasts)
                filtered = sieve is not None and sieve.met(item.entry, item.id, item.post)
                if not filtered:
                    _keep(known, glimpsed[item.entry], item, body, lasts)
            bodies = [body for body in bodies if body]
        return Page(b"[" + b",".join(bodies) + b"]", until)


def _keep(known: Lately[PostId, _Kept], glimpse: Glimpse, item: Item, body: bytes, until: Millis) -> None:
    if not glimpse[3] and looks_the_same_to_all(item):
        known[item.entry] = _Kept(glimpse, until, body, item)
