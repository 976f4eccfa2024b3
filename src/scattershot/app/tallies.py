"""Tallies: how a poll asked here stands is told to those elsewhere, every few minutes and not for every vote."""

from scattershot.domain.ids import Millis, PostId, Seq
from scattershot.domain.record import Kind
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import log, posts

EVERY = 180.0
"""Seconds between two rounds."""

VIA = "tally"
"""By which such an edit is known in the log: it is news to nobody who reads words alone."""
CURSOR = "tallies"
_AT_ONCE = 5_000


class Tallies:
    """Tells how polls stand."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def step(self) -> int:
        """Tell the standing of every poll that was voted in since the last round; how many those are."""
        now = self._clock.now()
        return await self._database.write(lambda tx: _tell(tx, now))

    async def run(self) -> None:
        """Do a round every few minutes."""
        while True:
            await self._clock.sleep(EVERY)
            await self.step()


def _tell(tx: Transaction, now: Millis) -> int:
    """An edit in the log that changes no word: whoever was told of the poll is told how it stands."""
    after = log.cursor(tx, CURSOR)
    newest = log.newest(tx)
    voted_in = log.posts_of_kind(tx, Kind.VOTED, after, _AT_ONCE)
    log.set_cursor(tx, CURSOR, Seq(voted_in[-1].seq if len(voted_in) == _AT_ONCE else newest))
    polls = list(dict.fromkeys(PostId(vote.post) for vote in voted_in))
    rows = posts.get_many(tx, polls)
    told = [row for row in rows.values() if row.local]
    for row in told:
        log.append(tx, now, Kind.EDITED, row.author, local=True, via=VIA, post=row.id)
    return len(told)
