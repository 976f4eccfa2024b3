"""Asking one relay for what was missed: by comparing sets where it can (NIP-77), else page by page, with an overlap."""

import asyncio
import logging
from collections.abc import Sequence
from typing import NamedTuple

from scattershot.app.slips import Slips
from scattershot.app.wells import Wells
from scattershot.ports.clock import Clock
from scattershot.protocols.nostr.gateway.line import Found, Line
from scattershot.protocols.nostr.gateway.sealing import FRAME
from scattershot.protocols.nostr.gateway.taking import Taking
from scattershot.protocols.nostr.session.theirs import cut
from scattershot.protocols.nostr.translate.slips import to_want
from scattershot.protocols.nostr.wire import kinds
from scattershot.protocols.nostr.wire.event import Event
from scattershot.protocols.nostr.wire.filters import Filter
from scattershot.protocols.nostr.wire.negentropy import Negentropy, Sealed

OVERLAP = 3_600
"""Seconds before the place that are asked for again: clocks differ, and what is written need not come at once."""
COMPARED = 3 * 86_400
"""Seconds before the place that are compared: that costs next to nothing, and finds what was brought there late."""
FIRST = 40
"""Posts of somebody newly followed that are asked for at each relay; what is older comes when it is looked for."""
PAGES = 200
"""Pages of one question; what a relay still has beyond them is left."""
MOST_COMPARED = 200_000
"""Events of one comparison; where there are more of them, pages are asked for instead."""
LARGE = 5_000
"""Events of a comparison that are sealed aside: some 3 ms of work."""
AT_ONCE = 400
"""Events that are asked for by their names at a time."""

OF_AUTHORS = frozenset(
    {
        kinds.PROFILE, kinds.NOTE, kinds.DELETION, kinds.REPOST, kinds.GENERIC_REPOST, kinds.VANISH, kinds.COMMENT,
        kinds.POLL,
        kinds.RELAYS, kinds.MESSAGE_RELAYS, kinds.ARTICLE,
    }
)  # fmt: skip
"""What is heard of those who are followed."""
TO_US = frozenset(
    {
        kinds.NOTE, kinds.CONTACTS, kinds.REPOST, kinds.REACTION, kinds.GENERIC_REPOST, kinds.COMMENT,
        kinds.POLL_RESPONSE,
    }
)  # fmt: skip
"""What is heard of anybody that names somebody here."""
ABOUT = frozenset({kinds.PROFILE, kinds.RELAYS, kinds.MESSAGE_RELAYS})
"""What somebody says of themselves."""
_LETTERS = frozenset({kinds.GIFT_WRAP})

_logger = logging.getLogger(__name__)


class Heard(NamedTuple):
    """Whom one listens to at a relay: authors, whoever speaks to `own`, and letters to `readers`."""

    authors: frozenset[str]
    own: frozenset[str]
    readers: frozenset[str]

    def beyond(self, before: "Heard") -> "Heard | None":
        """Who came to those; None where somebody left."""
        if before.authors - self.authors or before.own - self.own or before.readers - self.readers:
            return None
        return Heard(self.authors - before.authors, self.own - before.own, self.readers - before.readers)

    def joined_by(self, others: "Heard") -> "Heard":
        """All of both."""
        return Heard(self.authors | others.authors, self.own | others.own, self.readers | others.readers)

    def live(self, now: int) -> tuple[Filter, ...]:
        """What is asked for from now on. Letters bear a moment of long ago: of them none may be asked for by time."""
        return (*self.posts(now - OVERLAP), *(each._replace(limit=1) for each in self.letters()))

    def posts(self, since: int) -> tuple[Filter, ...]:
        """What is said by these and to ours."""
        found = []
        if self.authors:
            found.append(Filter(authors=self.authors, kinds=OF_AUTHORS, since=since))
        if self.own:
            found.append(Filter(kinds=TO_US, tags=(("p", self.own),), since=since))
        return tuple(found)

    def letters(self) -> tuple[Filter, ...]:
        """All letters, whatever moment they bear."""
        return tuple(Filter(kinds=_LETTERS, tags=(("p", frozenset({reader})),)) for reader in sorted(self.readers))


NOBODY = Heard(frozenset(), frozenset(), frozenset())


class CatchingUp:
    """Asks for what was missed, and keeps it."""

    def __init__(self, slips: Slips, wells: Wells, taking: Taking, clock: Clock) -> None:
        self._slips, self._wells, self._taking, self._clock = slips, wells, taking, clock

    async def catch_up(self, line: Line, heard: Heard) -> bool:
        """Whether all was had that the relay has; then it is on disk."""
        reached, known = await self._wells.reached(line.address)
        now = self._clock.now() // 1000
        newly, before = frozenset(heard.authors - known), heard._replace(authors=heard.authors & known)
        went_well = await self._first(line, newly) if newly else True
        reached = reached or now
        for wanted in before.posts(0):
            went_well = await self._missed(line, wanted, reached) and went_well
        for wanted in heard.letters():
            went_well = await self._missed(line, wanted, None) and went_well
        return went_well

    async def _first(self, line: Line, authors: frozenset[str]) -> bool:
        """The last posts of those newly followed: each asked for apart, so that nobody crowds out another. Of those who
        were listened to elsewhere before, all since then."""
        heard = await self._wells.heard_up_to(authors)
        newly = sorted(authors - heard.keys())
        each = [Filter(authors=frozenset({author}), kinds=OF_AUTHORS, limit=FIRST) for author in newly]
        found = await line.fetch([Filter(authors=authors, kinds=ABOUT), *each])
        await self._taking.take(found.events)
        went_well = self._is_well(line, found.why)
        if heard:
            since = Filter(authors=frozenset(heard), kinds=OF_AUTHORS)
            went_well = await self._missed(line, since, min(heard.values())) and went_well
        return went_well

    async def _missed(self, line: Line, wanted: Filter, reached: int | None) -> bool:
        """All of that since a while before the place; None: all there is."""
        if line.compares:
            since = None if reached is None else max(reached - COMPARED, 0)
            outcomes = [await self._compared(line, piece) for piece in _singly(wanted._replace(since=since), line)]
            if all(outcome is not None for outcome in outcomes):
                return all(outcomes)
        since = None if reached is None else max(reached - OVERLAP, 0)
        paged = [await self._paged(line, piece) for piece in _singly(wanted._replace(since=since), line)]
        return all(paged)

    # -- comparing

    async def _compared(self, line: Line, wanted: Filter) -> bool | None:
        """None where it cannot be compared, so that it must be asked for."""
        if not line.compares:
            return None
        try:
            items = await self._slips.items(to_want(wanted, MOST_COMPARED), MOST_COMPARED)
        except TimeoutError:
            return None
        if items is None:
            return None
        large = len(items[0]) > LARGE
        sealed = await asyncio.to_thread(Sealed, *items) if large else Sealed(*items)
        compared = await line.compare(wanted, Negentropy(sealed, frame_limit=FRAME))
        if compared.why and not line.ended:
            _logger.info("%s does not compare: %s", line.address, compared.why)
            return None
        lacking = [name.hex() for name in compared.need]
        for start in range(0, len(lacking), AT_ONCE):
            names = frozenset(lacking[start : start + AT_ONCE])
            # with its kinds and readers: relays that keep letters give nothing out by id alone
            named = wanted._replace(authors=None, since=None)
            found = await line.fetch([named._replace(ids=piece) for piece in _portions(names, line.theirs.limit)])
            await self._taking.take(found.events)
            if found.why:
                return self._is_well(line, found.why)
        return self._is_well(line, compared.why)

    # -- asking page by page

    async def _paged(self, line: Line, wanted: Filter) -> bool:
        """Newest first, each page from the oldest moment of the one before on, until one brings nothing new."""
        seen: set[str] = set()
        until: int | None = None
        for _ in range(PAGES):
            found = await line.fetch([wanted._replace(until=until, limit=line.theirs.limit)])
            fresh = [event for event in found.events if event.id not in seen]
            await self._taking.take(fresh)
            if found.why:
                return self._is_well(line, found.why)
            until = _next_page(found, fresh)
            if until is None:
                return True
            seen.update(event.id for event in fresh)
        return True

    def _is_well(self, line: Line, why: str) -> bool:
        if not why:
            return True
        _logger.info("%s cannot be asked for what was missed: %s", line.address, why)
        # what a relay refuses for good will not come the next time either; what was cut short will
        return not line.ended and not why.startswith(("timeout", "error", "rate-limited"))


def _next_page(found: Found, fresh: Sequence[Event]) -> int | None:
    """Up to which moment the next page goes, or None where there is none.

    The oldest second is asked for again, since the page may have ended within it. Where that brings nothing new, the
    page is full of that second, or there is no more.
    """
    if found.complete is True or not found.events:
        return None
    oldest = min(event.created_at for event in found.events)
    return oldest if fresh else oldest - 1 if oldest else None


def _singly(wanted: Filter, line: Line) -> list[Filter]:
    """The filter in pieces that fit, one a question."""
    return [piece for (piece,) in cut((wanted,), line.theirs._replace(filters=1))]


def _portions(names: frozenset[str], most: int) -> list[frozenset[str]]:
    ordered = sorted(names)
    return [frozenset(ordered[start : start + most]) for start in range(0, len(ordered), most)]
