"""Search: posts by their words, people by their names, hashtags by how they begin. `docs/search.md`: who finds what.

The index says where to look; whether somebody may see what is there is asked of the tables, as for any list.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import NamedTuple

from scattershot.app import searchable
from scattershot.app.discover import Discover, Found
from scattershot.app.reading import readable
from scattershot.domain.ids import MicroblogId, Millis, PostId
from scattershot.domain.microblog import Handle, parse_handle
from scattershot.domain.node import Standing
from scattershot.domain.post import Audience
from scattershot.domain.reading import Refused
from scattershot.domain.search_query import By, Query, parse
from scattershot.domain.window import FROM_THE_TOP, Window
from scattershot.domain.words import fold, words_of
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import microblogs, posts, relations, search, search_names, trends

LOOKED_AT = 1_000
"""Posts that one search looks at, at most, for those that the searcher may see."""
AT_ONCE = 100
"""Posts looked at in one go, at most."""
CANDIDATES = 400
"""Names looked at for one typed beginning: beyond, a letter more must be typed."""
HISTORY = 7
"""Days of a tag's history, today included."""
_DAY = 86_400_000


class Portion(NamedTuple):
    """Which of the posts found are wanted: so many after the first so many, of a stretch, and of one author alone."""

    limit: int = 20
    offset: int = 0
    window: Window = FROM_THE_TOP
    by: MicroblogId | None = None


ALL_OF_IT = Portion()


class DayOfUse(NamedTuple):
    """How often something was used on a day (in UTC, as its first moment), and by how many."""

    day: Millis
    uses: int
    authors: int


class TagUse(NamedTuple):
    """A hashtag, in lower case, and its last days, newest first."""

    tag: str
    days: list[DayOfUse]


async def _as_it_stands() -> int:
    return 0


class Search:
    """Finds for one viewer; `domain` is the node's first. `up_to_date` takes up what was done a moment ago, so that who
    posts something finds it."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        discover: Discover,
        domain: str,
        up_to_date: Callable[[], Awaitable[int]] = _as_it_stands,
    ) -> None:
        self._database, self._clock, self._discover, self._domain = database, clock, discover, domain
        self._up_to_date = up_to_date

    # -- posts

    async def posts(self, viewer: MicroblogId, typed: str, portion: Portion = ALL_OF_IT) -> list[PostId]:
        """The newest posts that the viewer may find by what was typed."""
        query = parse(typed)
        if query.is_empty:
            return []
        await self._up_to_date()
        now = self._clock.now()
        return await self._database.read(lambda tx: self._posts(tx, viewer, query, portion, now), slow=True)

    def _posts(self, tx: Transaction, viewer: MicroblogId, query: Query, portion: Portion, now: Millis) -> list[PostId]:
        wanted = searchable.wanted(query, viewer, self._authors(tx, query, viewer))
        if wanted is None:
            return []
        if portion.by is not None:
            wanted = wanted._replace(traits=(*wanted.traits, frozenset({searchable.by(portion.by)})))
        above, below = _stretch(tx, query, portion.window)
        enough = portion.offset + portion.limit
        found: list[PostId] = []
        looked_at = 0
        while looked_at < LOOKED_AT and len(found) < enough:
            size = min(AT_ONCE, 5 + 2 * (enough - len(found)) if looked_at else enough + 5)
            hits = search.find(tx, wanted, above, below, size)
            found += visible(tx, [hit.post for hit in hits], viewer, now)
            if len(hits) < size:
                break
            looked_at, below = looked_at + size, hits[-1].number
        return found[portion.offset : enough]

    def _authors(self, tx: Transaction, query: Query, viewer: MicroblogId) -> dict[By, MicroblogId | None]:
        authors: dict[By, MicroblogId | None] = {}
        for what, _ in query.terms:
            if isinstance(what, By):
                authors[what] = viewer if what.handle is None else self._called(tx, what.handle)
        return authors

    def _called(self, tx: Transaction, handle: Handle) -> MicroblogId | None:
        wanted = Handle(handle.name.lower(), handle.domain.lower() or self._domain)
        row = microblogs.named(tx, wanted) or microblogs.by_handle(tx, wanted)
        return row.id if row is not None and not row.gone else None

    # -- people

    async def people(
        self, viewer: MicroblogId | None, typed: str, limit: int = 20, offset: int = 0, *, following: bool = False
    ) -> list[MicroblogId]:
        """Those known here whose handle or display name begins so: followed ones first, then the most followed.

        Of several words each must begin one of theirs. `following`: only those whom the viewer follows.
        """
        terms = fold(typed.strip()[:200]).removeprefix("@").split()[:8]
        if not terms:
            return []
        await self._up_to_date()

        def work(tx: Transaction) -> list[MicroblogId]:
            followed = _followed(tx, viewer, terms)
            known = followed if following else [*followed, *_known(tx, terms)]
            ranked = _ranked(tx, viewer, terms, known)
            return ranked[offset : offset + limit]

        return await self._database.read(work, slow=True)

    # -- tags

    async def tags(self, typed: str, limit: int = 20, offset: int = 0) -> list[TagUse]:
        """Hashtags of public posts that begin so: the most used of the last week first."""
        start = fold(typed.strip()[:100].removeprefix("#"))
        if not start or any(sign.isspace() for sign in start):
            return []
        await self._up_to_date()

        def work(tx: Transaction) -> list[TagUse]:
            found = trends.tags_beginning(tx, start, offset + limit)[offset:]
            return histories(tx, found, self._clock.now())

        return await self._database.read(work, slow=True)

    async def tag(self, name: str) -> TagUse:
        """A hashtag's last days, used or not."""
        [use] = await self.tags_named([name.lower()])
        return use

    async def tags_named(self, names: list[str]) -> list[TagUse]:
        """The last days of hashtags (in lower case), used or not."""
        now = self._clock.now()
        return await self._database.read(lambda tx: histories(tx, names, now), slow=True)

    # -- one thing

    async def known(self, typed: str) -> Found:
        """What a whole handle or address stands for, where that is known here; nobody else is asked."""
        handle = parse_handle(typed)
        if handle is None or "://" in typed:
            return await self._discover.known(typed) or Found()
        return Found(await self._database.read(lambda tx: self._called(tx, handle)))

    async def resolved(self, typed: str) -> Found:
        """The same, asked of its own node where it is not known."""
        found = await self._discover.find(typed)
        return Found() if isinstance(found, Refused) else found


# -- posts


def _stretch(tx: Transaction, query: Query, window: Window) -> tuple[int, int]:
    """Between which numbers of the index to look, both left out."""
    above = [search.number_at(query.first) - 1] if query.first is not None else []
    below = [search.number_at(query.last)] if query.last is not None else []
    above += [search.number_of(tx, PostId(window.above))] if window.above is not None else []
    below += [search.number_of(tx, PostId(window.below))] if window.below is not None else []
    return max(above, default=-1), min(below, default=search.END)


def visible(tx: Transaction, found: Sequence[PostId], viewer: MicroblogId, now: Millis) -> list[PostId]:
    """Those of the posts that the viewer may find: it may read them, nothing hides them, and they are in its library
    or everybody's to find."""
    rows = posts.get_many(tx, list(found)) if found else {}
    seen = readable(tx, [rows[post] for post in found if post in rows], viewer)
    authors = list({row.author for row in seen})
    if not authors:
        return []
    hidden = relations.hidden_among(tx, viewer, authors, now)
    standing = {glance.id: glance for glance in microblogs.glances(tx, authors)}
    followed = relations.followed_among(tx, viewer, authors)
    kept = []
    for row in seen:
        glance = standing.get(row.author)
        if glance is None or row.author in hidden or not _is_shown(glance):
            continue
        is_limited = Standing.LIMITED in (glance.standing, glance.node_standing)
        if (
            row.author == viewer
            or (_is_open(tx, row) and not (is_limited and row.author not in followed))
            or viewer in search.library_of(tx, row.id, row.author)
        ):
            kept.append(row.id)
    return kept


def _is_shown(glance: microblogs.Glance) -> bool:
    return not glance.gone and Standing.BLOCKED not in (glance.standing, glance.node_standing)


def _is_open(tx: Transaction, row: posts.Row) -> bool:
    return row.audience is Audience.PUBLIC and searchable.is_indexable(tx, row.author)


# -- people


def _starts(terms: Sequence[str]) -> list[str]:
    """What the words of somebody found must begin with, at least one of them: the longest of what was typed."""
    longest = max(terms, key=len)
    return list(dict.fromkeys([longest, *words_of(longest)[:1]]))


def _followed(tx: Transaction, viewer: MicroblogId | None, terms: Sequence[str]) -> list[search_names.Named]:
    if viewer is None:
        return []
    return [
        named for start in _starts(terms) for named in search_names.followed_beginning(tx, viewer, start, CANDIDATES)
    ]


def _known(tx: Transaction, terms: Sequence[str]) -> list[search_names.Named]:
    found: list[search_names.Named] = []
    for start in _starts(terms):
        found += search_names.called(tx, start, CANDIDATES // 4)
        found += search_names.beginning(tx, start, CANDIDATES)
    return found


def _ranked(
    tx: Transaction, viewer: MicroblogId | None, terms: Sequence[str], found: Iterable[search_names.Named]
) -> list[MicroblogId]:
    ranks = {named.microblog: named.rank for named in found}
    people = list(ranks)
    if not people:
        return []
    words = search_names.words_of(tx, people)
    followed = relations.followed_among(tx, viewer, people) if viewer is not None else set()
    kept = _shown(tx, viewer, [each for each in people if _fits(words.get(each, ()), terms)], followed)

    def place(each: MicroblogId) -> tuple[bool, bool, int, MicroblogId]:
        return each not in followed, not set(terms) & set(words[each]), ranks[each], each

    return sorted(kept, key=place)


def _fits(words: Sequence[str], terms: Sequence[str]) -> bool:
    """Whether everything typed begins one of the words, by itself or cut into words."""
    return all(
        _begins(words, term) or (bool(parts := words_of(term)) and all(_begins(words, part) for part in parts))
        for term in terms
    )


def _begins(words: Sequence[str], start: str) -> bool:
    return any(word.startswith(start) for word in words)


def _shown(
    tx: Transaction, viewer: MicroblogId | None, people: list[MicroblogId], followed: set[MicroblogId]
) -> list[MicroblogId]:
    """Without those who are gone, of nodes not dealt with, limited and not followed, or blocked or blocking."""
    hidden = relations.hidden_among(tx, viewer, people, Millis(0), muted=False) if viewer is not None and people else ()
    return [
        glance.id
        for glance in (microblogs.glances(tx, people) if people else ())
        if _is_shown(glance)
        and glance.id not in hidden
        and (glance.id in followed or Standing.LIMITED not in (glance.standing, glance.node_standing))
    ]


# -- tags


def histories(tx: Transaction, tags: list[str], now: Millis) -> list[TagUse]:
    """The last days of each of the tags."""
    today = now // _DAY
    days = trends.tag_days(tx, tags, today - HISTORY + 1) if tags else []
    return [TagUse(tag, _days([day for day in days if day.name == tag], today)) for tag in tags]


def page_histories(tx: Transaction, pages: list[str], now: Millis) -> list[TagUse]:
    """The same of pages that were linked to."""
    today = now // _DAY
    days = trends.page_days(tx, pages, today - HISTORY + 1) if pages else []
    return [TagUse(page, _days([day for day in days if day.name == page], today)) for page in pages]


def _days(used: list[trends.Day], today: int) -> list[DayOfUse]:
    by_day = {day.day: day for day in used}
    return [
        DayOfUse(Millis(day * _DAY), known.uses if known else 0, known.authors if known else 0)
        for day in range(today, today - HISTORY, -1)
        for known in (by_day.get(day),)
    ]
