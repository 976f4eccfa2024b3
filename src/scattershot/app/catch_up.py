"""Catching up: followed authors who were silent are asked for what came after the last post surely received.

A push does not prove that nothing before it was missed, so only a completed question moves `complete_to` on.
"""

import asyncio
import logging
from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from scattershot.app import readers
from scattershot.app.apply.follows import NEVER_ASKED
from scattershot.app.discover import Discover
from scattershot.domain.catch_up import poll_wait
from scattershot.domain.change import Boosted, Posted
from scattershot.domain.ids import MicroblogId, Millis
from scattershot.domain.reading import Changes, Needs, Reading, Refused
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction, UnavailableError
from scattershot.ports.protocol import Signer, Tongue
from scattershot.storage.tables import microblogs, relations, watches
from scattershot.storage.tables.watches import Watch
from scattershot.wirekit.urls import host_of

FIRST_PAGES = 2
"""Pages of back posts read of an author who is newly followed."""

PAGES = 25
"""Pages read in one go; a longer absence goes on where it stopped."""

AT_ONCE = 8
"""Authors asked side by side."""

MARGIN = 60_000
"""Read back so much further (milliseconds): two posts of one moment must not hide each other."""

START_SPREAD = 30_000
"""At a start the questions are spread over at most so many milliseconds; fifty a second where they are few."""

_logger = logging.getLogger(__name__)


class _Asked(NamedTuple):
    """What asking brought: readings newest first, where to go on, the newest moment seen; or why it failed."""

    readings: list[Reading]
    next: str
    newest: Millis
    failed: str = ""


class CatchUp:
    """Asks followed authors for what may have been missed."""

    def __init__(
        self, database: Database, clock: Clock, bus: Bus, tongues: Mapping[str, Tongue], discover: Discover
    ) -> None:
        self._database, self._clock, self._bus = database, clock, bus
        self._tongues, self._discover = tongues, discover

    async def begin(self) -> int:
        """At a start everybody followed is to be asked soon, staggered; how many that are."""
        now = self._clock.now()

        def work(tx: Transaction) -> int:
            return watches.all_due_within(tx, now, min(START_SPREAD, watches.count(tx) * 20))

        return await self._database.write(work)

    async def step(self) -> int:
        """Ask everybody who is due; how many were asked."""
        now = self._clock.now()
        due = await self._database.read(lambda tx: watches.due(tx, now, AT_ONCE))
        await asyncio.gather(*(self._ask(watch) for watch in due))
        return len(due)

    async def run(self) -> None:
        """Ask authors as they fall due."""
        while True:
            if not await self.step():
                await self._clock.sleep(1.0)

    async def _ask(self, watch: Watch) -> None:
        try:
            await self._ask_author(watch)
        except UnavailableError:
            raise
        except Exception:  # nor must it be asked all the time, nor keep others from being asked
            _logger.exception("asking microblog %s failed", watch.microblog)
            due = Millis(self._clock.now() + poll_wait(None, self._clock.now(), answered=False, spread=0.5))
            failed = watch._replace(due=due, failures=watch.failures + 1)
            await self._database.write(partial(watches.put, watch=failed))

    async def _ask_author(self, watch: Watch) -> None:
        author = await self._database.read(partial(_load, microblog=watch.microblog))
        if author is None:
            await self._database.write(lambda tx: watches.stop(tx, watch.microblog))
            return
        asked = await self._read_pages(watch, author)
        if not asked.failed:
            problems = [await self._take(reading, author) for reading in reversed(asked.readings)]
            asked = asked._replace(failed=next(filter(None, problems), ""))
        await self._database.write(partial(watches.put, watch=self._after(watch, asked, author)))
        self._bus.nudge(readers.TOPIC)

    async def _read_pages(self, watch: Watch, author: "_Author") -> _Asked:
        tongue = self._tongues[author.row.profile.id.protocol]
        readings: list[Reading] = []
        newest, page = watch.page_newest, watch.page or None
        for _ in range(FIRST_PAGES if watch.complete_to == NEVER_ASKED else PAGES):
            answer = await tongue.back_posts(author.row.profile, page, author.signer)
            if isinstance(answer, Refused):
                return _Asked(readings, page or "", newest, answer.why)
            readings += answer.readings
            moments = [moment for moment in map(_moment, answer.readings) if moment is not None]
            newest = max([newest, *moments])
            page = answer.next
            if page is None or (moments and min(moments) < watch.complete_to - MARGIN):
                return _Asked(readings, "", newest)
        return _Asked(readings, "" if watch.complete_to == NEVER_ASKED else page or "", newest)

    async def _take(self, reading: Reading, author: "_Author") -> str:
        """Apply one entry; a word only where it should be asked for again."""
        match reading:
            case Changes(changes):
                for change in changes:
                    why = await self._discover.apply(change, "catch_up")
                    if why in ("unreachable", "busy") and isinstance(change, Posted):
                        return why
            case Needs(wire_ids):
                for wire_id in wire_ids:
                    why = await self._discover.fetch(wire_id)
                    if why in ("unreachable", "busy") and host_of(wire_id.value) == host_of(
                        author.row.profile.id.value
                    ):
                        return why
            case _:
                pass
        return ""

    def _after(self, watch: Watch, asked: _Asked, author: "_Author") -> Watch:
        now = self._clock.now()
        spread = (watch.microblog % 97) / 97
        last_post = author.row.last_post
        if asked.failed:
            _logger.info("%s could not be asked: %s", author.row.profile.handle, asked.failed)
            wait = poll_wait(last_post, now, answered=False, spread=spread)
            return watch._replace(due=Millis(now + wait), failures=watch.failures + 1)
        if asked.next:
            return watch._replace(page=asked.next, page_newest=asked.newest, due=now, failures=0)
        last_seen = max(asked.newest, last_post or Millis(0)) or None
        wait = poll_wait(last_seen, now, answered=True, spread=spread)
        complete_to = max(watch.complete_to, asked.newest, Millis(0))
        return Watch(watch.microblog, min(complete_to, now), Millis(now + wait), 0, "", Millis(0))


class _Author(NamedTuple):
    row: microblogs.Row
    signer: Signer


def _load(tx: Transaction, microblog: MicroblogId) -> _Author | None:
    """The author, and a follower of theirs here to sign for: so followers-only posts are shown too."""
    row = microblogs.get(tx, microblog)
    followers = relations.local_followers(tx, microblog, 1)
    signer = microblogs.signer(tx, followers[0]) if followers else None
    return _Author(row, signer) if row is not None and signer is not None and not row.gone else None


def _moment(reading: Reading) -> Millis | None:
    """When the entry was published, where it says so."""
    if isinstance(reading, Changes):
        for change in reading.changes:
            if isinstance(change, Posted):
                return change.post.published
            if isinstance(change, Boosted):
                return change.at
    return None
