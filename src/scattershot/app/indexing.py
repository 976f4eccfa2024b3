"""Indexing: what was posted, edited and taken back becomes searchable, or ceases to be; so do names, tags and links.

A post is looked at anew whenever something about it changed, and what is to be found of it follows from what the
tables say then: whatever is done twice does no harm. What was there before, and the posts of an author who changed
their mind about being found, are taken up a slice at a time beside everything else.
"""

import logging
from collections.abc import Callable, Sequence
from typing import TypeAlias

from scattershot.app import counters, searchable
from scattershot.domain.ids import MicroblogId, Millis, PostId
from scattershot.domain.microblog import Voice
from scattershot.domain.node import Standing
from scattershot.domain.post import Audience
from scattershot.domain.record import Kind, Recorded
from scattershot.domain.words import VERSION
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction, UnavailableError
from scattershot.storage.tables import facts, microblogs, posts, previews, search, search_names, trends

SLICE = 100
"""Posts or microblogs taken up in one transaction: some milliseconds during which other writers wait."""
PAUSE = 0.02
"""Seconds left to others between two slices."""
REST = 5.0
"""Seconds between two looks for something to take up."""

_CUT = "search_words"
"""The fact that says by which version words were cut."""
_DAY = 86_400_000
TAGS_FOR = 8 * _DAY
"""Who used a tag is remembered so long: a week, and today."""
LINKS_FOR = 30 * _DAY
"""Which posts link to a page is remembered so long."""

_MARKS = frozenset({Kind.LIKED, Kind.UNLIKED, Kind.BOOSTED, Kind.UNBOOSTED})
"""What puts a post into somebody's library, or takes it out."""

Note: TypeAlias = Callable[[Transaction, Sequence[posts.Row], Millis], None]

_logger = logging.getLogger(__name__)


class Indexing:
    """The reader that keeps the index of what is searched; `take_up` does what no change tells of."""

    name = "search"

    def __init__(self, database: Database, clock: Clock, note: Note | None = None) -> None:
        """`note` is told what posts read now, for whatever else follows from their words."""
        self._database, self._clock, self._note = database, clock, note

    def step(self, tx: Transaction, batch: Sequence[Recorded], now: Millis) -> None:
        """Look anew at every post and microblog that the changes are about."""
        written, marked, stirred = set[PostId](), set[PostId](), set[PostId]()
        for recorded in batch:
            _microblogs_of(tx, recorded)
            if recorded.post is None:
                continue
            match recorded.kind:
                case Kind.POSTED | Kind.EDITED | Kind.DELETED:
                    written.add(recorded.post)
                case Kind.LIKED | Kind.BOOSTED:
                    stirred.add(recorded.post)
                case _:
                    pass
            if recorded.local and recorded.kind in _MARKS:
                marked.add(recorded.post)
        if written or marked:
            rows = _look_at(tx, written | marked, written, now)
            if self._note is not None:
                self._note(tx, [rows[post] for post in written if post in rows], now)
        if stirred:
            _stir(tx, stirred)

    # -- what was there before

    async def begin(self) -> bool:
        """At a start: where words were cut otherwise when the index was made, it is emptied and made anew."""
        known = await self._database.read(lambda tx: facts.get(tx, _CUT))
        if known == str(VERSION):
            return False

        def work(tx: Transaction) -> None:
            if known is not None:
                search.clear(tx)
            facts.put(tx, _CUT, str(VERSION))

        await self._database.write(work, slow=True)
        return known is not None

    async def take_up(self) -> int:
        """Take a slice up of what is still to be; about how much that was, 0 where nothing is left."""
        if await self._database.read(search.todo) is None:
            return 0
        try:
            return await self._slice(SLICE)
        except UnavailableError:
            raise
        except Exception:
            _logger.exception("something cannot be indexed; going on one by one")
            return await self._one_by_one()

    async def _slice(self, size: int) -> int:
        return await self._database.write(lambda tx: _take_up(tx, self._clock.now(), size), slow=True)

    async def _one_by_one(self) -> int:
        """Get past what cannot be indexed, so that the rest is."""
        for done in range(SLICE):
            try:
                if not await self._slice(1):
                    return done
            except UnavailableError:
                raise
            except Exception:
                counters.READER_FAILURES.labels(self.name).inc()
                passed = await self._database.write(_pass_over)
                _logger.exception("indexing passed over %s", passed)
        return SLICE

    async def run(self) -> None:
        """Take up what is to be, slice by slice."""
        await self.begin()
        while True:
            done = await self.take_up()
            await self._clock.sleep(PAUSE if done else REST)


def _look_at(tx: Transaction, touched: set[PostId], written: set[PostId], now: Millis) -> dict[PostId, posts.Row]:
    """Index each of the posts as it stands, oldest first, as FTS5 likes it; `written` are those that may read anew."""
    rows = posts.get_many(tx, list(touched))
    for post in sorted(touched):
        row = rows.get(post)
        if row is None:
            _forget(tx, post)
        elif post in written:
            index(tx, row, now)
        else:
            look_at_marks(tx, row)
    return rows


def _stir(tx: Transaction, stirred: set[PostId]) -> None:
    for row in posts.get_many(tx, list(stirred)).values():
        if row.audience is Audience.PUBLIC:
            trends.stir(tx, row.id)


def index(tx: Transaction, row: posts.Row, now: Millis) -> None:
    """Have the post found by what it says now, and note the tags and links of a public one that is not old."""
    look_at_marks(tx, row)
    if row.audience is not Audience.PUBLIC or row.published < now - LINKS_FOR:
        return
    seen = searchable.used_by(row.post)
    if (seen.tags or seen.pages) and _stands_well(tx, row.author):
        trends.put(tx, row.id, row.author, seen)
    else:
        trends.drop(tx, row.id)


def look_at_marks(tx: Transaction, row: posts.Row) -> None:
    """Have the post found by what it says, and by those in whose library it is now."""
    document = searchable.document(tx, row)
    if document is not None:
        search.put(tx, row.id, document)
    else:
        search.drop(tx, row.id)


def _forget(tx: Transaction, post: PostId) -> None:
    search.drop(tx, post)
    trends.drop(tx, post)
    trends.calm(tx, post)
    previews.attach(tx, post, None)


def _stands_well(tx: Transaction, author: MicroblogId) -> bool:
    stand = microblogs.stand_of(tx, author)
    return stand is not None and {stand.standing, stand.node_standing} <= {Standing.NORMAL, None}


# -- microblogs


def _microblogs_of(tx: Transaction, recorded: Recorded) -> None:
    match recorded.kind:
        case Kind.PROFILE_CHANGED | Kind.VANISHED:
            meet(tx, recorded.actor)
        case Kind.FOLLOW_ACCEPTED | Kind.FOLLOW_REJECTED:
            _count(tx, recorded.actor)
        case Kind.UNFOLLOWED if recorded.target is not None:
            _count(tx, recorded.target)
        case Kind.BLOCKED if recorded.target is not None:
            _count(tx, recorded.actor)
            _count(tx, recorded.target)
        case _:
            pass


def meet(tx: Transaction, microblog: MicroblogId) -> None:
    """Have the microblog found by the names it has now; where it is gone, or changed its mind about being found, all
    its posts are to be looked at."""
    before = search_names.known(tx, microblog)
    row = microblogs.get(tx, microblog)
    if row is None or row.gone or row.profile.voice is Voice.APPLICATION:
        search_names.drop(tx, microblog)
        if row is not None and row.gone:
            search.again(tx, "posts", microblog)
        return
    rank = search_names.rank(search_names.count_followers(tx, microblog))
    profile = row.profile
    known = search_names.Known(profile.indexable, profile.discoverable, profile.voice is Voice.SERVICE, rank)
    search_names.put(tx, microblog, known, searchable.names_of(profile))
    if before is not None and before.indexable is not known.indexable:
        search.again(tx, "posts", microblog)


def _count(tx: Transaction, microblog: MicroblogId) -> None:
    known = search_names.known(tx, microblog)
    if known is not None:
        rank = search_names.rank(search_names.count_followers(tx, microblog))
        if rank != known.rank:
            search_names.move(tx, microblog, rank)


# -- slices


def _take_up(tx: Transaction, now: Millis, size: int) -> int:
    todo = search.todo(tx)
    if todo is None:
        return 0
    found = _next(tx, todo, size)
    if todo.kind == "microblogs":
        for microblog in found:
            meet(tx, MicroblogId(microblog))
    else:
        found_posts = {PostId(post) for post in found}
        _look_at(tx, found_posts, found_posts, now)
    is_end = todo.kind == "post" or len(found) < size
    search.came_to(tx, todo, None if is_end else found[-1])
    return max(1, len(found))


def _next(tx: Transaction, todo: search.Todo, size: int) -> Sequence[int]:
    match todo.kind:
        case "microblogs":
            return search.microblogs_below(tx, todo.below, size)
        case "posts":
            return search.posts_below(tx, todo.thing, todo.below, size)
        case _:
            return [todo.thing]


def _pass_over(tx: Transaction) -> str:
    todo = search.todo(tx)
    found = _next(tx, todo, 1) if todo is not None else ()
    if todo is None or not found:
        return "nothing"
    search.came_to(tx, todo, None if todo.kind == "post" else found[0])
    return f"{todo.kind} {found[0]}"
