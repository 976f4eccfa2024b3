"""Pages of the firehose: each made once for all who stand at the same place.

Whoever listens asks for the page behind the last one it was told: nobody can miss anything or hear it twice, and what
is slow holds up nobody and costs no memory. Those who keep up stand at the same places and share.
"""

import asyncio
from functools import cached_property

from scattershot.app.firehose import Firehose, Stretch
from scattershot.app.lately import Lately
from scattershot.domain.ids import Millis, Seq
from scattershot.frontends.firehose.lines import AT, GAP, Note, as_event, at, gap, line
from scattershot.ports.clock import Clock

FRESH = 1_000
"""Milliseconds for which a page is handed on: so long at most are words told that were taken back."""
LIVE = 200
"""Lines of one page for those who listen."""
_KEPT = 64


class Page:
    """Lines in order, as each way of listening wants them. `up_to` is the place to go on behind, `turn` is for
    `Firehose.beyond`."""

    def __init__(self, lines: list[tuple[Seq, str, bytes]], up_to: Seq, turn: int = 0) -> None:
        self.lines, self.up_to, self.turn = lines, up_to, turn

    @cached_property
    def as_events(self) -> bytes:
        """As server-sent events."""
        return b"".join(as_event(*each) for each in self.lines)

    @cached_property
    def as_frames(self) -> list[str]:
        """As messages of a WebSocket."""
        return [body.decode() for _, _, body in self.lines]

    @cached_property
    def as_lines(self) -> bytes:
        """As lines of JSON."""
        return b"".join(body + b"\n" for _, _, body in self.lines)


def silence(seq: Seq) -> Page:
    """A page that says no more than how far one is."""
    return Page([(seq, AT, at(seq))], seq)


def forgotten(before: Seq) -> Page:
    """A page that says up to where all is forgotten."""
    return Page([(before, GAP, gap(before))], before)


class Pages:
    """Makes them and hands them on."""

    def __init__(self, firehose: Firehose, clock: Clock, note: Note) -> None:
        self.firehose = firehose
        self._clock, self._note = clock, note
        self._made: Lately[tuple[Seq, int], tuple[Millis, Page]] = Lately(_KEPT)
        self._making: dict[tuple[Seq, int], asyncio.Task[Page]] = {}

    async def page(self, after: Seq, limit: int = LIVE) -> Page:
        """The page behind that place; it ends where it began when there is no more."""
        key, now = (after, limit), self._clock.now()
        known = self._made.get(key)
        if known is not None and 0 <= now - known[0] < FRESH:
            return known[1]
        making = self._making.get(key)
        if making is None:
            making = self._making[key] = asyncio.create_task(self._make(after, limit))
        return await asyncio.shield(making)  # one who leaves takes it from nobody

    async def _make(self, after: Seq, limit: int) -> Page:
        """Forgotten before it is done: who finds one that is done would not wait, and could ask for it for ever."""
        now = self._clock.now()
        try:
            page = self._written(await self.firehose.stretch(after, limit))
        finally:
            del self._making[after, limit]
        if page.up_to > after:  # an end is an end only now
            self._made[after, limit] = now, page
        return page

    def _written(self, found: Stretch) -> Page:
        lines = [(each.seq, each.word.value, line(each, self._note)) for each in found.told]
        return Page(lines, found.up_to, found.turn)

    async def full(self, after: Seq, limit: int) -> Page:
        """Up to so many lines behind that place, over stretches that tell nothing: at most some of these."""
        page = await self.page(after, limit)
        for _ in range(_STRETCHES):
            if page.lines or page.up_to == after:
                break
            after = page.up_to
            page = await self.page(after, limit)
        return page


_STRETCHES = 20
"""So many stretches that tell nothing are passed over in one answer."""
