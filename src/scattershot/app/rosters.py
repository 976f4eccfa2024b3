"""Lists of microblogs for people, page by page, the newest first; each place in a list has an opaque number."""

from typing import NamedTuple

from scattershot.app.items import Face, Items
from scattershot.app.reading import turns_away
from scattershot.domain.ids import MicroblogId, Millis
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import relations
from scattershot.storage.tables import rosters as rows
from scattershot.storage.tables.rosters import Place, Roster, Stretch

FAMILIAR = 40
"""Familiar followers that are named."""

_ID_DIGITS = 10**19
_MOST = 1 << 62


class Cut(NamedTuple):
    """Which part of a list is asked for: at most so many, below or above places; `above` is its oldest part upwards,
    `since` the newest part that is above."""

    limit: int
    below: int | None = None
    since: int | None = None
    above: int | None = None


class RosterPage(NamedTuple):
    """Those to be shown; `older` and `newer` are where the list goes on below and above, None where it does not."""

    faces: list[Face]
    older: int | None = None
    newer: int | None = None


class Shunned(NamedTuple):
    """Domains, and where the list goes on below and above."""

    domains: list[str]
    older: int | None = None
    newer: int | None = None


class Rosters:
    """Reads lists of microblogs; what the asker may not see is left out."""

    def __init__(self, database: Database, clock: Clock, items: Items) -> None:
        self._database, self._clock, self._items = database, clock, items

    async def followers(self, of: MicroblogId, viewer: MicroblogId | None, cut: Cut) -> RosterPage:
        """Those who follow it, unless it hides them."""
        return await self._graph(rows.FOLLOWERS, of, viewer, cut)

    async def following(self, of: MicroblogId, viewer: MicroblogId | None, cut: Cut) -> RosterPage:
        """Those whom it follows, unless it hides them."""
        return await self._graph(rows.FOLLOWING, of, viewer, cut)

    async def requests(self, owner: MicroblogId, cut: Cut) -> RosterPage:
        """Those who wish to follow it and wait for an answer."""
        return await self._database.read(lambda tx: self._page(tx, rows.REQUESTS, owner, cut))

    async def blocked(self, owner: MicroblogId, cut: Cut) -> RosterPage:
        """Those whom it blocks."""
        return await self._database.read(lambda tx: self._page(tx, rows.BLOCKED, owner, cut))

    async def muted(self, owner: MicroblogId, cut: Cut) -> RosterPage:
        """Those whom it mutes now."""
        return await self._database.read(lambda tx: self._page(tx, rows.MUTED, owner, cut))

    async def endorsed(self, of: MicroblogId, viewer: MicroblogId | None, cut: Cut) -> RosterPage:
        """Those whom it shows on its page."""
        return await self._database.read(
            lambda tx: self._without_hidden(tx, self._page(tx, rows.ENDORSED, of, cut), of, viewer)
        )

    async def shunned(self, owner: MicroblogId, cut: Cut) -> Shunned:
        """The domains it shuns."""

        def work(tx: Transaction) -> Shunned:
            after = cut.above if cut.above is not None else cut.since
            found = rows.shunned(tx, owner, cut.below, after, cut.limit, upwards=cut.above is not None)
            older = found[-1].at if found and (len(found) == cut.limit or cut.above is not None) else None
            return Shunned([shun.domain for shun in found], older, found[0].at if found else None)

        return await self._database.read(work)

    async def familiar(self, viewer: MicroblogId, others: list[MicroblogId]) -> dict[MicroblogId, list[Face]]:
        """For each of the others, those of its followers whom the viewer follows and who do not hide that."""

        def work(tx: Transaction) -> dict[MicroblogId, list[Face]]:
            found: dict[MicroblogId, list[Face]] = {}
            for other in others:
                ids = rows.familiar(tx, viewer, other, FAMILIAR)
                faces = self._items.faces(tx, ids)
                found[other] = [faces[each] for each in ids if each in faces and not faces[each].profile.hides_graph]
            return found

        return await self._database.read(work)

    async def count_requests(self, owner: MicroblogId) -> int:
        """How many wait for an answer."""
        return await self._database.read(lambda tx: rows.count_requests(tx, owner))

    async def _graph(self, roster: Roster, of: MicroblogId, viewer: MicroblogId | None, cut: Cut) -> RosterPage:
        def work(tx: Transaction) -> RosterPage:
            face = self._items.faces(tx, [of]).get(of)
            if face is None or (viewer != of and face.profile.hides_graph):
                return RosterPage([])
            if viewer is not None and viewer != of and turns_away(tx, of, viewer):
                return RosterPage([])
            return self._without_hidden(tx, self._page(tx, roster, of, cut), of, viewer)

        return await self._database.read(work)

    def _without_hidden(
        self, tx: Transaction, page: RosterPage, of: MicroblogId, viewer: MicroblogId | None
    ) -> RosterPage:
        if viewer is None or viewer == of:
            return page
        ids = [face.id for face in page.faces]
        hidden = relations.hidden_among(tx, viewer, ids, self._clock.now(), muted=False)
        return page._replace(faces=[face for face in page.faces if face.id not in hidden])

    def _page(self, tx: Transaction, roster: Roster, owner: MicroblogId, cut: Cut) -> RosterPage:
        upwards = cut.above is not None
        after = cut.above if upwards else cut.since
        stretch = Stretch(cut.limit, _place(cut.below), _place(after), upwards)
        found = rows.page(tx, roster, owner, stretch, self._clock.now())
        faces = self._items.faces(tx, [place.id for place in found])
        is_full = len(found) == cut.limit
        return RosterPage(
            [faces[place.id] for place in found if place.id in faces],
            _number(found[-1]) if found and (is_full or upwards) else None,
            _number(found[0]) if found else None,
        )


def _number(place: Place) -> int:
    """A place as one number that sorts as places do; opaque to whoever is given it."""
    return place.at * _ID_DIGITS + place.id


def _place(number: int | None) -> Place | None:
    if number is None:
        return None
    at, microblog = divmod(max(number, 0), _ID_DIGITS)
    return Place(Millis(min(at, _MOST)), MicroblogId(min(microblog, _MOST)))
