"""Sets sealed for comparison, kept for a while: whoever compares does so again, and others compare the same."""

import asyncio
from collections import OrderedDict

from scattershot.app.slips import Slips
from scattershot.domain.slip import Want
from scattershot.protocols.nostr.wire.negentropy import Negentropy, Sealed

FRAME = 60_000
"""Bytes of one message; in hexadecimal it stays below what relays and clients take."""
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
        items = await self._slips.items(want, self._most)
        if items is None:
            return None
        large = len(items[0]) > 5_000
        sealed = await asyncio.to_thread(Sealed, *items) if large else Sealed(*items)
        self._sealed[want] = (version, sealed)
        while len(self._sealed) > 1 and sum(len(each) for _, each in self._sealed.values()) > MOST_ITEMS:
            self._sealed.popitem(last=False)
        return Negentropy(sealed, frame_limit=FRAME)
