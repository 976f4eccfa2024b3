"""Visits: how far somebody read their home timeline, and when, so that they can be told what they missed since."""

from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, Millis, PostId
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import markers

AWAY = Millis(3 * 3_600_000)
"""Whoever was not here for so long was away."""


class Visit(NamedTuple):
    """The newest entry that was seen, and when that was; nothing where nobody ever looked."""

    newest: PostId = PostId(0)
    at: Millis = Millis(0)


class Visits:
    """Remembers the last look at a home timeline: the same marker that apps set."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def last_in(self, tx: Transaction, owner: MicroblogId) -> Visit:
        """The last look, within a transaction."""
        found = markers.get(tx, owner, [markers.HOME])
        return Visit(PostId(found[0].place), found[0].at) if found else Visit()

    async def seen(self, owner: MicroblogId, newest: PostId) -> None:
        """The owner has seen its home timeline up to there; a look at older posts alters nothing."""
        now = self._clock.now()
        await self._database.write(lambda tx: markers.advance(tx, owner, markers.HOME, newest, now))

    def was_away(self, visit: Visit) -> bool:
        """Whether that look was long enough ago that something will have been missed."""
        return 0 < visit.at < self._clock.now() - AWAY
