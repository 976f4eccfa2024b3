"""Complaints as those who run the node see them."""

from msgspec import Struct

from scattershot.app.items import Face, Items
from scattershot.domain.ids import MicroblogId, Millis, PostId
from scattershot.domain.post import Post
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import microblogs, posts
from scattershot.storage.tables import reports as rows

LISTED = 100
"""Complaints on the page; the oldest come first."""


class Party(Struct, frozen=True):
    """Somebody in a complaint; without a page where nothing of them is shown here any more."""

    handle: str
    page: str = ""


class Accused(Struct, frozen=True):
    """A post complained of, whoever may read it otherwise; None where it was deleted."""

    id: PostId
    post: Post | None


class Complaint(Struct, frozen=True, kw_only=True):
    """An open complaint. `reporter` is another node's own voice where it came from there."""

    number: int
    reporter: Party
    target: Party
    target_is_here: bool
    posts: tuple[Accused, ...]
    comment: str
    at: Millis
    forwarded: bool


class Reports:
    """Lists and resolves complaints; `domain` is the node's first."""

    def __init__(self, database: Database, clock: Clock, domain: str) -> None:
        self._database, self._clock = database, clock
        self._items = Items(domain)

    async def unresolved(self) -> list[Complaint]:
        """Open complaints, oldest first."""

        def work(tx: Transaction) -> list[Complaint]:
            found = rows.unresolved(tx, LISTED)
            concerned = list({party for each in found for party in (each.reporter, each.target)})
            known = microblogs.get_many(tx, concerned)
            faces = self._items.faces(tx, concerned)
            about = posts.get_many(tx, [post for each in found for post in each.posts])
            return [_complaint(each, known, faces, about) for each in found]

        return await self._database.read(work)

    async def filed(self, number: int) -> rows.Report | None:
        """A complaint as it was filed."""
        return await self._database.read(lambda tx: rows.get(tx, number))

    async def resolve(self, number: int) -> bool:
        """The complaint was dealt with; False where it was not open."""
        now = self._clock.now()
        return await self._database.write(lambda tx: rows.resolve(tx, number, now))


def _complaint(
    filed: rows.Report,
    known: dict[MicroblogId, microblogs.Row],
    faces: dict[MicroblogId, Face],
    about: dict[PostId, posts.Row],
) -> Complaint:
    def party(microblog: MicroblogId) -> Party:
        face, row = faces.get(microblog), known.get(microblog)
        return Party(str(row.profile.handle) if row is not None else "?", face.page if face is not None else "")

    return Complaint(
        number=filed.id,
        reporter=party(filed.reporter),
        target=party(filed.target),
        target_is_here=known[filed.target].local if filed.target in known else False,
        posts=tuple(Accused(post, about[post].post if post in about else None) for post in filed.posts),
        comment=filed.comment,
        at=filed.at,
        forwarded=filed.forwarded,
    )
