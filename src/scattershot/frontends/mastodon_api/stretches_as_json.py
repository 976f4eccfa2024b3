"""Stretches of the home timeline and of the public ones as JSON: the hottest room of the API.

A line that looks the same to everybody is rendered once and kept whole, beside the glimpse that it was made from; a
page of such lines is one statement and one join of bytes. Every other line goes the ordinary way, through
`statuses_as_json`.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

from scattershot.app.filters import Filters
from scattershot.app.glimpses import Glimpse, looks_the_same_to_all
from scattershot.app.items import Item
from scattershot.app.lately import Lately
from scattershot.domain.ids import MicroblogId, Millis, PostId
from scattershot.frontends.mastodon_api.accounts_as_json import AccountsAsJson
from scattershot.frontends.mastodon_api.statuses_as_json import StatusesAsJson
from scattershot.ports.database import Transaction

Look: TypeAlias = Callable[[Sequence[Glimpse]], list[Item]]
"""Makes the items of glimpsed lines, without those that are not shown."""


class _Kept(NamedTuple):
    """A line as bytes: right while its glimpse is the same, and until its people are counted anew."""

    glimpse: Glimpse
    until: Millis
    body: bytes
    item: Item


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
    ) -> bytes:
        """The lines as the viewer sees them; `look` is asked for those that are not known by their glimpse."""
        known = self._for_anyone if viewer is None else self._for_viewers
        sieve = self._filters.sieve(tx, viewer, now) if viewer is not None else None
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
            else:
                places[glimpse[0]] = len(bodies)
                bodies.append(b"")
                unknown.append(glimpse)
        if unknown:
            items = look(unknown)
            glimpsed = {glimpse[0]: glimpse for glimpse in unknown}
            for item, body in zip(items, self._statuses.each(tx, items, viewer, now), strict=True):
                bodies[places[item.entry]] = body
                filtered = sieve is not None and sieve.met(item.entry, item.id, item.post)
                if not filtered:
                    self._keep(known, glimpsed[item.entry], item, body)
            bodies = [body for body in bodies if body]
        return b"[" + b",".join(bodies) + b"]"

    def _keep(self, known: Lately[PostId, _Kept], glimpse: Glimpse, item: Item, body: bytes) -> None:
        if glimpse[3] or not looks_the_same_to_all(item):
            return
        people = [item.author.id] if item.boosted_by is None else [item.author.id, item.boosted_by.id]
        known[item.entry] = _Kept(glimpse, self._accounts.good_until(people), body, item)
