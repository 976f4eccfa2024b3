"""Whom one may wish to follow, in an order that can be told: first whom the node recommends, then whom most of those
one follows follow, then whom most follow at all. And the directory of those who wish to be found.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from scattershot.app.items import Face, Items
from scattershot.app.lately import Lately
from scattershot.domain.ids import MicroblogId, Millis
from scattershot.domain.microblog import Voice, parse_handle
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import directory, microblogs, relations

WIDELY = 200
"""So many of those whom one followed last are asked whom they follow."""
CANDIDATES = 100
"""How many are looked at from each source."""
FRESH = 10 * 60_000
"""Milliseconds for which what was added up for somebody is good."""


class Source(StrEnum):
    """Why somebody is suggested."""

    RECOMMENDED = "recommended"
    FOLLOWED_BY_FOLLOWS = "followed_by_follows"
    MOST_FOLLOWED = "most_followed"


class Suggestion(NamedTuple):
    """Somebody, and every reason for which they are suggested, the first being what put them where they stand."""

    face: Face
    sources: tuple[Source, ...]


_Sources = dict[MicroblogId, tuple[Source, ...]]


class Suggesting:
    """Suggests microblogs; `recommended` are handles that the node's settings name."""

    def __init__(
        self, database: Database, clock: Clock, items: Items, domain: str, recommended: tuple[str, ...]
    ) -> None:
        self._database, self._clock, self._items, self._domain = database, clock, items, domain
        self._recommended = recommended
        self._added_up: Lately[MicroblogId, tuple[Millis, _Sources]] = Lately(1_000)

    async def suggestions(self, viewer: MicroblogId, limit: int) -> list[Suggestion]:
        """Whom the viewer may wish to follow: none whom it follows, dismissed or hides, nor who would not be found."""
        now = self._clock.now()
        known = self._added_up.get(viewer)
        if known is None or known[0] <= now - FRESH:
            known = now, await self._database.read(lambda tx: self._sources(tx, viewer), slow=True)
            self._added_up[viewer] = known
        sources = known[1]

        def work(tx: Transaction) -> list[Suggestion]:
            among = list(sources)
            without = directory.not_to_suggest(tx, viewer, among) | relations.hidden_among(tx, viewer, among, now)
            faces = self._items.faces(tx, (each for each in among if each not in without and each != viewer))
            shown = (Suggestion(faces[each], sources[each]) for each in among if each in faces)
            return [one for one in shown if _may_be_suggested(one)][:limit]

        return await self._database.read(work)

    async def dismiss(self, viewer: MicroblogId, suggested: MicroblogId) -> None:
        """Suggest somebody no more."""
        await self._database.write(lambda tx: directory.dismiss(tx, viewer, suggested))

    def _sources(self, tx: Transaction, viewer: MicroblogId) -> _Sources:
        found: _Sources = {}
        for source, ids in (
            (Source.RECOMMENDED, self._named(tx)),
            (
                Source.FOLLOWED_BY_FOLLOWS,
                (known.id for known in directory.followed_by_follows(tx, viewer, WIDELY, CANDIDATES)),
            ),
            (Source.MOST_FOLLOWED, (known.id for known in directory.most_followed(tx, CANDIDATES))),
        ):
            for each in ids:
                found[each] = (*found.get(each, ()), source)
        return found

    def _named(self, tx: Transaction) -> Iterable[MicroblogId]:
        for name in self._recommended:
            handle = parse_handle(name)
            if handle is None:
                continue
            here = handle if handle.domain else handle._replace(domain=self._domain)
            row = microblogs.named(tx, here) or microblogs.by_handle(tx, here)
            if row is not None:
                yield row.id

    # -- the directory

    async def directory(
        self, viewer: MicroblogId | None, limit: int, offset: int, *, here: bool, newest: bool
    ) -> list[Face]:
        """Those who wish to be found, of here or of anywhere: the last met first, or who wrote last."""
        now = self._clock.now()

        def work(tx: Transaction) -> list[Face]:
            ids = (directory.newest if newest else directory.liveliest)(tx, limit, offset, here=here)
            hidden = relations.hidden_among(tx, viewer, ids, now, muted=False) if viewer is not None else set()
            faces = self._items.faces(tx, ids)
            return [faces[each] for each in ids if each in faces and not faces[each].limited and each not in hidden]

        return await self._database.read(work)


def _may_be_suggested(suggestion: Suggestion) -> bool:
    """Who moved away or is limited by the node is not; who does not wish to be found only where the node says so."""
    face, sources = suggestion
    profile = face.profile
    if face.limited or profile.moved_to or profile.voice is Voice.APPLICATION:
        return False
    return profile.discoverable or Source.RECOMMENDED in sources
