"""Microblogs: looking at one or many, what they wrote, whom they follow, and how one stands to them."""

from collections.abc import Awaitable, Callable

from msgspec import Struct

from scattershot.app.authored import Authored
from scattershot.app.backfill import Backfill
from scattershot.app.featuring import Featuring
from scattershot.app.items import Face
from scattershot.app.rosters import Cut, RosterPage, Rosters
from scattershot.app.suggesting import Suggesting
from scattershot.app.ties import Ties
from scattershot.app.timelines import Page
from scattershot.app.timelines import Timelines as Reads
from scattershot.domain.authored import Which
from scattershot.domain.ids import MicroblogId
from scattershot.frontends.mastodon_api.accounts_as_json import AccountsAsJson
from scattershot.frontends.mastodon_api.calls import NOT_FOUND, Answer, Call, Reply, paged, parse_id
from scattershot.frontends.mastodon_api.endpoints import Endpoint, Who
from scattershot.frontends.mastodon_api.entities.account import Account
from scattershot.frontends.mastodon_api.entities.people import Empty, FamiliarFollowers, FeaturedTag, Relationship
from scattershot.frontends.mastodon_api.entities.status import Status
from scattershot.frontends.mastodon_api.pages import PageParams, within
from scattershot.frontends.mastodon_api.params import Nothing
from scattershot.frontends.mastodon_api.people_as_json import featured_tag, relationship
from scattershot.frontends.mastodon_api.places import RosterParams
from scattershot.frontends.mastodon_api.statuses_as_json import StatusesAsJson
from scattershot.ports.database import Transaction

MOST_AT_ONCE = 200
"""Microblogs that are asked about in one call."""


class IdsParams(Struct, frozen=True):
    """Several microblogs."""

    id: list[str] = []
    with_suspended: bool = False

    @property
    def ids(self) -> list[MicroblogId]:
        """Their ids, each once, in the order in which they were asked for."""
        found = (parse_id(text) for text in self.id)
        return [MicroblogId(each) for each in dict.fromkeys(found) if each is not None][:MOST_AT_ONCE]


class LookupParams(Struct, frozen=True):
    """A microblog by its name."""

    acct: str = ""


class StatusesParams(PageParams, frozen=True):
    """Which of a microblog's posts."""

    only_media: bool = False
    exclude_replies: bool = False
    exclude_reblogs: bool = False
    pinned: bool = False
    tagged: str = ""


class DirectoryParams(Struct, frozen=True):
    """A stretch of the directory."""

    limit: int = 40
    offset: int = 0
    order: str = "active"
    local: bool = False


Roster = Callable[[MicroblogId, MicroblogId | None, Cut], Awaitable[RosterPage]]


class Accounts:
    """The endpoints that show microblogs."""

    def __init__(
        self,
        timelines: Reads,
        authored: Authored,
        rosters: Rosters,
        ties: Ties,
        featuring: Featuring,
        suggesting: Suggesting,
        backfill: Backfill,
        accounts: AccountsAsJson,
        statuses: StatusesAsJson,
    ) -> None:
        self._timelines, self._authored, self._rosters, self._backfill = timelines, authored, rosters, backfill
        self._ties, self._featuring, self._suggesting = ties, featuring, suggesting
        self._accounts, self._statuses = accounts, statuses

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        all_, one, anyone, read = "/api/v1/accounts", "/api/v1/accounts/{id}", Who.ANYONE, "read:accounts"
        return [
            Endpoint("GET", all_, self._many, read, anyone, IdsParams, list[Account]),
            Endpoint("GET", f"{all_}/lookup", self._lookup, read, anyone, LookupParams, Account),
            Endpoint("GET", f"{all_}/relationships", self._relationships, "read:follows", takes=IdsParams,
                     answers=list[Relationship]),
            Endpoint("GET", f"{all_}/familiar_followers", self._familiar, "read:follows", takes=IdsParams,
                     answers=list[FamiliarFollowers]),
            Endpoint("GET", one, self._show, read, anyone, answers=Account),
            Endpoint("GET", f"{one}/statuses", self._posts, "read:statuses", anyone, StatusesParams, list[Status]),
            Endpoint("GET", f"{one}/followers", self._roster(self._rosters.followers), read, anyone, RosterParams,
                     list[Account]),
            Endpoint("GET", f"{one}/following", self._roster(self._rosters.following), read, anyone, RosterParams,
                     list[Account]),
            Endpoint("GET", f"{one}/endorsements", self._roster(self._rosters.endorsed), read, anyone, RosterParams,
                     list[Account]),
            Endpoint("GET", f"{one}/featured_tags", self._tags, read, anyone, answers=list[FeaturedTag]),
            Endpoint("GET", f"{one}/identity_proofs", self._no_proofs, read, anyone, answers=list[Empty]),
            Endpoint("GET", "/api/v1/directory", self._directory, "", anyone, DirectoryParams, list[Account]),
        ]  # fmt: skip

    # -- who they are

    async def _show(self, call: Call, _: Nothing) -> Reply:
        face = await self._timelines.face(call.id())
        return await self._one(call, face)

    async def _lookup(self, call: Call, params: LookupParams) -> Reply:
        """Only whom this node knows: it asks nobody."""
        return await self._one(call, await self._timelines.named(params.acct.strip().removeprefix("@").lower()))

    async def _one(self, call: Call, face: Face | None) -> Reply:
        if face is None:
            return NOT_FOUND

        def work(tx: Transaction) -> bytes:
            return self._accounts.bodies(tx, [face], call.now, fresh=True)[face.id]

        return Answer(await self._timelines.read(work))

    async def _many(self, call: Call, params: IdsParams) -> Reply:
        def work(tx: Transaction) -> bytes:
            return self._accounts.list(tx, self._timelines.faces_in(tx, params.ids), call.now)

        return Answer(await self._timelines.read(work))

    async def _directory(self, call: Call, params: DirectoryParams) -> Reply:
        limit, offset = within(params.limit, 80), max(0, min(params.offset, 10_000))
        faces = await self._suggesting.directory(
            call.viewer, limit, offset, here=params.local, newest=params.order == "new"
        )
        return Answer(await self._timelines.read(lambda tx: self._accounts.list(tx, faces, call.now)))

    # -- how one stands to them

    async def _relationships(self, call: Call, params: IdsParams) -> Reply:
        """Those who are no more are left out, whether they are asked for or not."""
        faces = await self._timelines.read(lambda tx: self._timelines.faces_in(tx, params.ids))
        found = await self._ties.between(call.who, [face.id for face in faces])
        return Answer([relationship(other, tie) for other, tie in found.items()])

    async def _familiar(self, call: Call, params: IdsParams) -> Reply:
        faces = await self._timelines.read(lambda tx: self._timelines.faces_in(tx, params.ids[:40]))
        found = await self._rosters.familiar(call.who, [face.id for face in faces])

        def work(tx: Transaction) -> bytes:
            each = (
                b'{"id":"%d","accounts":%b}' % (other, self._accounts.list(tx, known, call.now))
                for other, known in found.items()
            )
            return b"[" + b",".join(each) + b"]"

        return Answer(await self._timelines.read(work))

    def _roster(self, roster: Roster) -> Callable[[Call, RosterParams], Awaitable[Reply]]:
        """An endpoint that lists the people of a list."""

        async def handle(call: Call, params: RosterParams) -> Reply:
            face = await self._timelines.face(call.id())
            if face is None:
                return NOT_FOUND
            page = await roster(face.id, call.viewer, params.cut)
            body = await self._timelines.read(lambda tx: self._accounts.list(tx, page.faces, call.now))
            return paged(call, body, page.older, page.newer, back="min_id")

        return handle

    # -- what they show

    async def _posts(self, call: Call, params: StatusesParams) -> Reply:
        face = await self._timelines.face(call.id())
        if face is None:
            return NOT_FOUND
        if params.pinned:
            page = Page(await self._timelines.pinned(face.id, call.viewer))
        else:
            if call.viewer is not None and not face.local:
                self._backfill.microblog(face.id)
            which = Which(
                replies=not params.exclude_replies,
                boosts=not params.exclude_reblogs,
                only_media=params.only_media,
                tag=params.tagged.strip().removeprefix("#"),
            )
            page = await self._authored.by(face.id, call.viewer, which, params.window, params.size)
        body = await self._timelines.read(lambda tx: self._statuses.page(tx, page.items, call.viewer, call.now))
        newest = page.items[0].entry if page.items and not params.pinned else None
        return paged(call, body, page.next, newest)

    async def _tags(self, call: Call, _: Nothing) -> Reply:
        face = await self._timelines.face(call.id())
        if face is None:
            return NOT_FOUND
        return Answer([featured_tag(tag, call.origin) for tag in await self._featuring.featured(face.id)])

    async def _no_proofs(self, call: Call, _: Nothing) -> Reply:
        """What Keybase once proved, which Mastodon has left behind as well."""
        return Answer([]) if await self._timelines.face(call.id()) is not None else NOT_FOUND
