"""Trends: what is talked about is reckoned every few minutes and kept, so that reading it costs nothing.

The rules are those of `domain.trending`; `docs/search.md` tells them to people.
"""

import logging
from collections.abc import Callable
from typing import NamedTuple

from scattershot.app.indexing import LINKS_FOR, TAGS_FOR
from scattershot.app.search import TagUse, histories, page_histories
from scattershot.domain.ids import MicroblogId, Millis, PostId, moment_of
from scattershot.domain.node import Standing
from scattershot.domain.post import Post
from scattershot.domain.trending import BEFORE_DAYS, OLDEST, Voices, shared_page, surprise, warmth
from scattershot.domain.window import Window
from scattershot.domain.words import fold
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import microblogs, posts, trends
from scattershot.storage.tables.trends import Heard, Trend, Use

EVERY = 300.0
"""Seconds between two rounds."""
MOST = 100
"""Trends kept of each sort."""
REMEMBERED = 60_000
"""Milliseconds for which what was told is told again."""
_DAY = 86_400_000

_logger = logging.getLogger(__name__)


class _Reckoned(NamedTuple):
    tags: list[Trend]
    pages: list[Trend]
    posts: list[Trend]
    uses: list[Use]


class Trends:
    """Reckons and tells; where the node shows no trends (`on`), only how often tags are used is reckoned."""

    def __init__(self, database: Database, clock: Clock, *, on: bool) -> None:
        self._database, self._clock, self._on = database, clock, on
        self._memory: dict[str, tuple[Millis, list[TagUse]]] = {}

    async def step(self) -> int:
        """One round; how many things are talked about."""
        now = self._clock.now()
        reckoned = await self._database.read(lambda tx: _reckon(tx, now), slow=True)

        def work(tx: Transaction) -> None:
            for kind, found in (("tag", reckoned.tags), ("link", reckoned.pages), ("post", reckoned.posts)):
                trends.put_trends(tx, kind, found if self._on else [])
            trends.note_uses(tx, reckoned.uses)
            trends.forget(tx, Millis(now - TAGS_FOR), Millis(now - LINKS_FOR), Millis(now - OLDEST))

        await self._database.write(work, slow=True)
        self._memory.clear()
        return len(reckoned.tags) + len(reckoned.pages) + len(reckoned.posts)

    async def run(self) -> None:
        """Do a round every few minutes."""
        while True:
            try:
                await self.step()
            except Exception:
                _logger.exception("reckoning trends failed; trying again later")
            await self._clock.sleep(EVERY)

    # -- reading

    async def tags(self, limit: int, offset: int = 0) -> list[TagUse]:
        """Hashtags that are talked about, with their last days."""
        return (await self._told("tag", histories))[offset : offset + limit]

    async def pages(self, limit: int, offset: int = 0) -> list[TagUse]:
        """Addresses of pages that are talked about, with their last days."""
        return (await self._told("link", page_histories))[offset : offset + limit]

    async def _told(self, kind: str, days: Callable[[Transaction, list[str], Millis], list[TagUse]]) -> list[TagUse]:
        """All of that sort as they were within the last minute: what everybody is told is looked up once."""
        now = self._clock.now()
        at, told = self._memory.get(kind, (Millis(0), []))
        if not 0 <= now - at < REMEMBERED:

            def work(tx: Transaction) -> list[TagUse]:
                return days(tx, [trend.name for trend in trends.trends(tx, kind, 0, MOST)], now)

            told = await self._database.read(work, slow=True)
            self._memory[kind] = (now, told)
        return told

    async def posts(self, limit: int, offset: int = 0) -> list[PostId]:
        """Public posts that are talked about; whoever shows them leaves out what the viewer may not see."""
        found = await self._database.read(lambda tx: trends.trends(tx, "post", offset, limit))
        return [trend.post for trend in found]

    async def linking(self, url: str, window: Window, limit: int) -> list[PostId]:
        """The newest public posts that link to the page, of authors whom strangers may find."""
        page = shared_page(url)
        if not page:
            return []

        def work(tx: Transaction) -> list[PostId]:
            found = _of_the_found(tx, trends.linking(tx, page, window, 4 * limit))
            return found[-limit:] if window.nearest else found[:limit]

        return await self._database.read(work)


def _of_the_found(tx: Transaction, found: list[PostId]) -> list[PostId]:
    rows = posts.get_many(tx, found) if found else {}
    authors = _discoverable(tx, list({row.author for row in rows.values()}))
    return [post for post in found if post in rows and rows[post].author in authors]


def _discoverable(tx: Transaction, authors: list[MicroblogId]) -> set[MicroblogId]:
    """Those who wish to be found by strangers, and whose node is in good standing."""
    if not authors:
        return set()
    well = {
        glance.id
        for glance in microblogs.glances(tx, authors)
        if not glance.gone and {glance.standing, glance.node_standing} <= {Standing.NORMAL, None}
    }
    return (
        {row.id for row in microblogs.get_many(tx, list(well)).values() if row.profile.discoverable} if well else set()
    )


# -- reckoning


def _reckon(tx: Transaction, now: Millis) -> _Reckoned:
    since = Millis(now - (BEFORE_DAYS + 1) * _DAY)
    tags = trends.voices_of_tags(tx, now, since)
    noted = trends.noted_uses(tx)
    uses = [Use(fold(heard.name), heard.name, heard.uses) for heard in tags]
    unused = [use._replace(week=0) for use in noted.values() if use.tag not in {heard.name for heard in tags}]
    changed = [use for use in uses if noted.get(use.tag) != use]
    pages = trends.voices_of_pages(tx, now, since)
    return _Reckoned(_talked_about(tags), _talked_about(pages), _stirring(tx, now), changed + unused)


def _talked_about(found: list[Heard]) -> list[Trend]:
    scored = ((surprise(Voices(heard.now, heard.before)), heard.name) for heard in found)
    best = sorted(((score, name) for score, name in scored if score), key=lambda each: (-each[0], each[1]))
    return [Trend(name, PostId(0), score) for score, name in best[:MOST]]


def _stirring(tx: Transaction, now: Millis) -> list[Trend]:
    """The warmest posts that nothing veils, of each author the warmest one."""
    found = [
        (warmth(each.likes, each.boosts, moment_of(each.post), now), each)
        for each in trends.stirring(tx, Millis(now - OLDEST))
    ]
    found = sorted((each for each in found if each[0]), key=lambda each: (-each[0], -each[1].post))[: 10 * MOST]
    authors = _discoverable(tx, list({each.author for _, each in found}))
    rows = posts.get_many(tx, [each.post for _, each in found if each.author in authors]) if authors else {}
    best: dict[MicroblogId, Trend] = {}
    for score, each in found:
        row = rows.get(each.post)
        if row is not None and row.author not in best and not _is_veiled(row.post):
            best[row.author] = Trend("", row.id, score)
    return list(best.values())[:MOST]


def _is_veiled(post: Post) -> bool:
    return post.sensitive or bool(post.warning)
