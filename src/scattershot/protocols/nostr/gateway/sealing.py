"""Sets sealed for comparison, kept for a while: whoever compares does so again, and others compare the same."""

import asyncio
from collections import OrderedDict

from scattershot.app.slips import Slips
from scattershot.domain.slip import Want
from scattershot.protocols.nostr.wire.negentropy import Negentropy, Sealed

FRAME = 60_000
"""Bytes of one message; in hexadecimal it stays below what relays and clients take."""
_SMALL = 5_000
"""Items that are sealed as quickly as others would be found."""
MOST_ITEMS = 3_000_000
"""Items of all sealed sets that are kept: some 150 MB at most."""


class Seals:
    """The sealed sets asked for lately, as long as nothing has altered."""

    def __init__(self, slips: Slips, most: int) -> None:
        self._slips, self._most = slips, most
        self._sealed: OrderedDict[Want, tuple[tuple[int, int], Sealed]] = OrderedDict()

    async def sealed(self, want: Want) -> Negentropy | None:
        """One side of a comparison of what is wanted, or None where that is too much."""
        version = await self._slips.version()
        known = self._sealed.get(want)
        if known is not None and known[0] == version:
            self._sealed.move_to_end(want)
            return Negentropy(known[1], frame_limit=FRAME)
        sealed = await self._joined(want, known[0][1], known[1]) if known is not None else None
        sealed = sealed or await self._new(want)
        if sealed is None:
            return None
        self._sealed[want] = (version, sealed)
        while len(self._sealed) > 1 and sum(len(each) for _, each in self._sealed.values()) > MOST_ITEMS:
            self._sealed.popitem(last=False)
        return Negentropy(sealed, frame_limit=FRAME)

    async def _new(self, want: Want) -> Sealed | None:
        items = await self._slips.items(want, self._most)
        if items is None:
            return None
        return await asyncio.to_thread(Sealed, *items) if len(items[0]) > _SMALL else Sealed(*items)

    async def _joined(self, want: Want, last: int, sealed: Sealed) -> Sealed | None:
        """What was sealed, with what came since; None where something went, which is seen by how many there are."""
        newer = await self._slips.newer(want, last) if len(sealed) > _SMALL else None
        if newer is None:
            return None
        came, total = newer
        if not len(sealed) <= total <= self._most:
            return None
        joined = await asyncio.to_thread(sealed.joined, came)
        return joined if len(joined) == total else None
