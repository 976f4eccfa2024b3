"""Backfill: somebody here looks at a thread or microblog from elsewhere, and some of what is missing is fetched.

Nothing is asked twice within a while, and never more than a page or two at a time: looking must not become crawling.
"""

import asyncio
import logging
from collections.abc import Mapping

from scattershot.app.discover import Discover
from scattershot.app.lately import Lately
from scattershot.domain.ids import MicroblogId, Millis, PostId
from scattershot.domain.reading import Changes, Needs, Refused
from scattershot.domain.wire_id import WireId
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.ports.protocol import Signer, Tongue
from scattershot.storage.tables import arrivals, microblogs, posts, wire_ids

COOLDOWN = 15 * 60_000
"""Milliseconds before the same thread or microblog is asked about again."""
MOST_REPLIES = 200
"""Posts of a conversation fetched because somebody looks at it."""
TOPIC = "backfill"
POLL_COOLDOWN = 3 * 60_000
"""Milliseconds before it is asked again how a poll stands."""
POLL_OVER = 86_400_000
"""A poll that was over for so long (milliseconds) is not asked about: nothing in it changes any more."""
PATIENCE = 5.0
"""Seconds for which somebody who looks at a poll is kept waiting for it; it comes all the same."""

_DEPTH = 20
_logger = logging.getLogger(__name__)


class Backfill:
    """Fetches what is missing around what people here look at."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        bus: Bus,
        tongues: Mapping[str, Tongue],
        discover: Discover,
        speaker: Signer,
    ) -> None:
        self._database, self._clock, self._bus = database, clock, bus
        self._tongues, self._discover, self._speaker = tongues, discover, speaker
        self._tallied: Lately[PostId, Millis] = Lately(10_000)
        self._asked: Lately[int, Millis] = Lately(10_000)
        self._waiting: dict[int, bool] = {}
        self._under_way: set[int] = set()

    def is_under_way(self, post: PostId) -> bool:
        """Whether the thread of the post is being asked about: what comes of it may come a little later still."""
        return post in self._waiting or post in self._under_way

    def was_asked(self, post: PostId) -> bool:
        """Whether the thread of the post was asked about lately."""
        return self._asked.get(post, 0) > self._clock.now() - COOLDOWN

    def thread(self, post: PostId) -> bool:
        """Somebody looks at the thread of a post; True where more of it may come soon."""
        return self._want(post, is_post=True)

    def microblog(self, microblog: MicroblogId) -> bool:
        """Somebody looks at a microblog; True where more of it may come soon."""
        return self._want(microblog, is_post=False)

    async def poll(self, post: PostId, patience: float = PATIENCE) -> bool:
        """Somebody looks at a poll: its own node is asked how it stands, which is waited for a moment. False where it
        was not asked, as when it was a while ago or the poll is over and counted."""
        now = self._clock.now()
        if self._tallied.get(post, 0) > now - POLL_COOLDOWN:
            return False
        wire_id = await self._database.read(lambda tx: _poll_name(tx, post, now))
        if wire_id is None:
            return False
        self._tallied[post] = now
        asking = asyncio.create_task(self._tally(wire_id))
        await asyncio.wait({asking}, timeout=patience)
        return True

    async def _tally(self, wire_id: WireId) -> None:
        try:
            await self._discover.refresh(wire_id)
        except Exception:
            _logger.exception("asking how poll %s stands failed", wire_id.value)

    def _want(self, thing: int, *, is_post: bool) -> bool:
        now = self._clock.now()
        if self._asked.get(thing, 0) > now - COOLDOWN or len(self._waiting) > 1_000:
            return False
        self._asked[thing] = now
        self._waiting[thing] = is_post
        self._bus.nudge(TOPIC)
        return True

    async def step(self) -> int:
        """Ask about what was looked at since; how many things were asked about."""
        waiting, self._waiting = self._waiting, {}
        self._under_way = set(waiting)
        for thing, is_post in waiting.items():
            try:
                await (self._thread(PostId(thing)) if is_post else self._microblog(MicroblogId(thing)))
            except Exception:
                _logger.exception("backfill of %s failed", thing)
            self._under_way.discard(thing)
        return len(waiting)

    async def run(self) -> None:
        """Ask as people look."""
        while True:
            if not await self.step():
                await self._bus.wait(TOPIC, 60.0)

    async def _thread(self, post: PostId) -> None:
        wire_id = await self._database.read(lambda tx: _thread_name(tx, post))
        tongue = self._tongues.get(wire_id.protocol) if wire_id is not None else None
        if wire_id is None or tongue is None:
            return
        listed = await tongue.conversation(wire_id, self._speaker)
        if isinstance(listed, Refused):
            return
        now = self._clock.now()
        await self._database.write(lambda tx: _want_unknown(tx, listed[:MOST_REPLIES], now))

    async def _microblog(self, microblog: MicroblogId) -> None:
        row = await self._database.read(lambda tx: microblogs.get(tx, microblog))
        tongue = self._tongues.get(row.profile.id.protocol) if row is not None else None
        if row is None or row.local or row.gone or tongue is None:
            return
        page = await tongue.back_posts(row.profile, None, self._speaker)
        if isinstance(page, Refused):
            return
        for reading in reversed(page.readings):
            match reading:
                case Changes(changes):
                    for change in changes:
                        await self._discover.apply(change, "backfill", depth=_DEPTH)
                case Needs(needed):
                    await asyncio.gather(*(self._discover.fetch(wire_id, _DEPTH) for wire_id in needed))
                case _:
                    pass


def _thread_name(tx: Transaction, post: PostId) -> WireId | None:
    """What to ask about: the first post of the thread where it is from elsewhere, else the post looked at."""
    row = posts.get(tx, post)
    if row is None or row.gone:
        return None
    root = posts.get(tx, row.thread)
    asked = root if root is not None and not root.gone and not root.local else row
    return wire_ids.main(tx, asked.id, wire_ids.Thing.POST) if not asked.local else None


def _poll_name(tx: Transaction, post: PostId, now: Millis) -> WireId | None:
    """What to ask about: the post where it is from elsewhere and its poll may stand otherwise by now."""
    row = posts.get(tx, post)
    poll = row.post.poll if row is not None and not row.gone and not row.local else None
    if poll is None or poll.closed is not None or (poll.ends is not None and poll.ends < now - POLL_OVER):
        return None
    return wire_ids.of(tx, post, wire_ids.Thing.POST)


def _want_unknown(tx: Transaction, listed: tuple[WireId, ...], now: Millis) -> None:
    for wire_id in listed:
        if wire_ids.find(tx, wire_id) is None:
            arrivals.want(tx, wire_id, "thread", _DEPTH, now)
