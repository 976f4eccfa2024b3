"""Shelves: what one keeps, likes and reads together, as pages of posts; and who liked a post or passed it on.

Pages of what was kept and liked go by the marks, whose places mean nothing outside: the newest mark comes first.
"""

from collections.abc import Sequence
from typing import NamedTuple

from scattershot.app.indexing import look_at_marks
from scattershot.app.items import ALL, Face, Item, Line, line
from scattershot.app.reading import readable, reader_of
from scattershot.app.refusals import NO_SUCH_POST
from scattershot.app.timelines import Page, Timelines
from scattershot.domain.follows import wants
from scattershot.domain.ids import MicroblogId, Millis, PostId
from scattershot.domain.lists import List, ListId
from scattershot.domain.reading import Refused
from scattershot.domain.visibility import may_see
from scattershot.domain.window import Window
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import lists, marks, posts, relations, wishes
from scattershot.storage.tables.lists import Written

ROUNDS = 8
"""How often more of a list is looked at, where most of what its members wrote is not for it."""


class Shelf(NamedTuple):
    """A page of posts, with the places of its first and last marks."""

    items: list[Item]
    newest: int | None
    oldest: int | None
    is_last: bool


class Roster(NamedTuple):
    """A page of those who marked a post, with the places of the first and last marks."""

    faces: list[Face]
    newest: int | None
    oldest: int | None
    is_last: bool


class Shelves:
    """Reads and fills shelves."""

    def __init__(self, database: Database, clock: Clock, timelines: Timelines) -> None:
        self._database, self._clock, self._timelines = database, clock, timelines

    # -- bookmarks and likes

    async def keep(self, who: MicroblogId, post: PostId) -> Refused | None:
        """Keep a post that one may see; nobody else learns of it."""

        def work(tx: Transaction) -> Refused | None:
            row = posts.get(tx, post)
            if row is None or row.gone or not may_see(row.audience, reader_of(tx, row, who)):
                return NO_SUCH_POST
            if marks.add_bookmark(tx, who, post):
                look_at_marks(tx, row)
            return None

        return await self._database.write(work)

    async def let_go(self, who: MicroblogId, post: PostId) -> None:
        """Keep a post no longer."""

        def work(tx: Transaction) -> None:
            row = posts.get(tx, post) if marks.drop_bookmark(tx, who, post) else None
            if row is not None:
                look_at_marks(tx, row)

        await self._database.write(work)

    def kept_in(self, tx: Transaction, who: MicroblogId, window: Window, limit: int) -> Shelf:
        """What it keeps, within a transaction."""
        return self._shelf(tx, who, marks.bookmarks(tx, who, window, limit), limit)

    def liked_in(self, tx: Transaction, who: MicroblogId, window: Window, limit: int) -> Shelf:
        """What it likes, within a transaction."""
        return self._shelf(tx, who, marks.liked_by(tx, who, window, limit), limit)

    def _shelf(self, tx: Transaction, who: MicroblogId, found: list[marks.Mark], limit: int) -> Shelf:
        wanted = [mark.post for mark in found]
        rows = posts.get_many(tx, wanted) if wanted else {}
        seen = {row.id: row for row in readable(tx, list(rows.values()), who)}
        items = self._timelines.made_in(tx, [line(seen[post]) for post in wanted if post in seen], who, ALL)
        return Shelf(items, *_ends(found), len(found) < limit)

    # -- who marked a post

    def likers_in(
        self, tx: Transaction, post: int, viewer: MicroblogId | None, window: Window, limit: int
    ) -> Roster | None:
        """Who likes the post; None where the viewer may not see it."""
        if not self._is_seen(tx, PostId(post), viewer):
            return None
        return self._roster(tx, marks.likers_of(tx, PostId(post), window, limit), viewer, limit)

    def boosters_in(
        self, tx: Transaction, post: int, viewer: MicroblogId | None, window: Window, limit: int
    ) -> Roster | None:
        """Who passed the post on; None where the viewer may not see it."""
        if not self._is_seen(tx, PostId(post), viewer):
            return None
        return self._roster(tx, marks.boosters_of(tx, PostId(post), window, limit), viewer, limit)

    def _is_seen(self, tx: Transaction, post: PostId, viewer: MicroblogId | None) -> bool:
        row = posts.get(tx, post)
        return row is not None and not row.gone and bool(readable(tx, [row], viewer))

    def _roster(self, tx: Transaction, found: list[marks.Marker], viewer: MicroblogId | None, limit: int) -> Roster:
        wanted = [mark.microblog for mark in found]
        hidden = relations.hidden_among(tx, viewer, wanted, self._clock.now()) if viewer is not None and wanted else ()
        faces = [face for face in self._timelines.faces_in(tx, wanted) if face.id not in hidden]
        return Roster(faces, *_ends(found), len(found) < limit)

    # -- lists

    def listed_in(self, tx: Transaction, row: List, window: Window, limit: int) -> Page:
        """What the members of a list wrote and passed on, as the list and the follows of its owner say."""
        found: list[Written] = []
        languages = wishes.languages_of(tx, row.owner)
        stretch, further = window, True
        for _ in range(ROUNDS):
            looked_at = _next(tx, row, stretch, limit)
            found += _in_their_languages(tx, [each for each in looked_at if each.shown], languages)
            further = len(looked_at) == limit
            if len(found) >= limit or not further:
                break
            stretch = _beyond(stretch, looked_at[-1].entry)
        page = found[:limit]
        reached: int | None = None
        if len(found) > limit or further:
            reached = page[-1].entry if len(found) >= limit else stretch.below
        if window.nearest:
            page.reverse()
            reached = page[-1].entry if page else None
        rows = posts.get_many(tx, [each.post for each in page]) if page else {}
        seen = {each.id: each for each in readable(tx, list(rows.values()), row.owner)}
        lines = [
            Line(each.entry, seen[each.post], None if each.entry == each.post else each.by)
            for each in page
            if each.post in seen
        ]
        return Page(self._timelines.made_in(tx, lines, row.owner), reached)


class Said(NamedTuple):
    """A post or boost: who wrote it or passed it on, and whose post it is."""

    entry: PostId
    speaker: MicroblogId
    author: MicroblogId


def is_listed(tx: Transaction, owner: MicroblogId, list_id: int, said: Said, now: Millis) -> bool:
    """Whether it stands on the timeline of the owner's list of that id."""
    row = lists.get(tx, owner, ListId(list_id))
    if row is None or not lists.members_among(tx, row.id, [said.speaker]):
        return False
    itself = Window(below=said.entry + 1, above=said.entry - 1)
    shown = [each for each in _next(tx, row, itself, 1) if each.shown]
    return bool(_in_their_languages(tx, shown, wishes.languages_of(tx, owner))) and not relations.hidden_among(
        tx, owner, [said.speaker, said.author], now
    )


def _ends(found: Sequence[marks.Mark] | Sequence[marks.Marker]) -> tuple[int | None, int | None]:
    return (found[0].place, found[-1].place) if found else (None, None)


def _next(tx: Transaction, row: List, window: Window, limit: int) -> list[Written]:
    both = lists.posted(tx, row, window, limit) + lists.boosted(tx, row, window, limit)
    both.sort(key=lambda each: each.entry, reverse=not window.nearest)
    return both[:limit]


def _beyond(window: Window, entry: int) -> Window:
    return window._replace(above=entry) if window.nearest else window._replace(below=entry)


def _in_their_languages(tx: Transaction, found: list[Written], languages: dict[MicroblogId, str]) -> list[Written]:
    """Those of the posts that are in a language in which their author is to be heard; boosts come in any."""
    doubtful = [each.post for each in found if each.entry == each.post and each.by in languages]
    if not doubtful:
        return found
    rows = posts.get_many(tx, doubtful)
    unwanted = {
        each.entry
        for each in found
        if each.entry == each.post
        and each.post in rows
        and not wants(languages.get(each.by, ""), rows[each.post].post.language)
    }
    return [each for each in found if each.entry not in unwanted]
