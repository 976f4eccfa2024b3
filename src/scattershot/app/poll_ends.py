"""Polls that end: the moment one is over becomes a fact in the log, so that those who asked or voted here are told.

How one from elsewhere stands at last is asked of its own node a little later.
"""

from msgspec.structs import replace

from scattershot.app import readers
from scattershot.domain.ids import Millis
from scattershot.domain.record import Kind
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import arrivals, log, poll_ends, posts, wire_ids

AT_ONCE = 100
"""Polls dealt with in one transaction."""
LATE = 3 * 86_400_000
"""A poll that was over for so long (milliseconds) before the node noticed is no news to anybody."""
COUNTED_BY = 10_000
"""Milliseconds after its end in which a poll's own node has counted the last votes."""
SPREAD = 60_000
"""Within so many milliseconds more those who voted elsewhere ask it, each at another moment."""
LONGEST_WAIT = 30.0
"""Seconds between two looks; a poll lasts five minutes at least."""


class PollEnds:
    """Notices polls that are over."""

    def __init__(self, database: Database, clock: Clock, bus: Bus) -> None:
        self._database, self._clock, self._bus = database, clock, bus

    async def step(self) -> int:
        """Note the polls that have ended since; how many those are."""
        now = self._clock.now()
        if not await self._database.read(lambda tx: poll_ends.over(tx, now, 1)):
            return 0
        ended = await self._database.write(lambda tx: _note(tx, now))
        self._bus.nudge(readers.TOPIC)
        return ended

    async def run(self) -> None:
        """Note polls as they end."""
        while True:
            await self.step()
            end = await self._database.read(poll_ends.next_end)
            wait = (end - self._clock.now()) / 1000 if end is not None else LONGEST_WAIT
            await self._clock.sleep(min(LONGEST_WAIT, max(0.1, wait)))


def _note(tx: Transaction, now: Millis) -> int:
    over = poll_ends.over(tx, now, AT_ONCE)
    for ending in over:
        poll_ends.forget(tx, ending.post)
        row = posts.get(tx, ending.post)
        if row is not None and not row.gone and ending.ends > now - LATE:
            log.append(tx, now, Kind.POLL_ENDED, row.author, local=False, via="poll", post=row.id)
            _close(tx, row, now)
    return len(over)


def _close(tx: Transaction, row: posts.Row, now: Millis) -> None:
    """A poll of here says from now on that it is closed; of one from elsewhere the last tally is wanted."""
    post = row.post
    poll, wire_id = post.poll, wire_ids.of(tx, row.id, wire_ids.Thing.POST)
    if poll is None or poll.closed is not None or wire_id is None:
        return
    if row.local:
        posts.put_value(tx, row.id, replace(post, poll=replace(poll, closed=poll.ends)))
        return
    due = Millis(now + COUNTED_BY + (row.id * 7919) % SPREAD)
    arrivals.want(tx, wire_id, arrivals.TALLY, 0, due)
