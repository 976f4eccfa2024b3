"""Sifting: lists of posts seen through their reader's filters."""

from collections.abc import Sequence

from msgspec import Struct

from scattershot.app.filters import Filters
from scattershot.app.items import Item
from scattershot.domain.filters import Action, Context
from scattershot.domain.ids import MicroblogId, PostId
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction


class Sifted(Struct, frozen=True):
    """What is left of a list: `veiled` are entries that are shown only when asked for, with the titles of the filters
    that they met, and `blurred` those whose pictures are."""

    items: list[Item]
    veiled: dict[PostId, str] = {}
    blurred: frozenset[PostId] = frozenset()


class Sifting:
    """Sees lists through filters; what one wrote oneself is never sifted."""

    def __init__(self, database: Database, clock: Clock, filters: Filters) -> None:
        self._database, self._clock, self._filters = database, clock, filters

    @property
    def filters(self) -> Filters:
        """What is seen through, for whoever alters it."""
        return self._filters

    async def sifted(self, viewer: MicroblogId | None, items: Sequence[Item], where: Context) -> Sifted:
        """The items as whoever looks wishes to see them there."""
        if viewer is None or not items:
            return Sifted(list(items))
        return await self._database.read(lambda tx: self.sifted_in(tx, viewer, items, where))

    def sifted_in(self, tx: Transaction, viewer: MicroblogId, items: Sequence[Item], where: Context) -> Sifted:
        """The same within a transaction."""
        sieve = self._filters.sieve(tx, viewer, self._clock.now())
        if sieve is None:
            return Sifted(list(items))
        kept, veiled, blurred = [], {}, set()
        for item in items:
            met = [] if item.mine else [m.filter for m in sieve.met(item.entry, item.id, item.post)]
            met = [each for each in met if where in each.contexts]
            if any(each.action is Action.HIDE for each in met):
                continue
            kept.append(item)
            titles = [each.title for each in met if each.action is Action.WARN]
            if titles:
                veiled[item.entry] = ", ".join(titles)
            if any(each.action is Action.BLUR for each in met):
                blurred.add(item.entry)
        return Sifted(kept, veiled, frozenset(blurred))
