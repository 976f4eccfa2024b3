"""Marks: what one keeps and likes, and who likes a post or passed it on."""

from collections.abc import Callable

from scattershot.app.shelves import Roster, Shelf, Shelves
from scattershot.app.timelines import Timelines
from scattershot.domain.ids import PostId
from scattershot.frontends.mastodon_api.accounts_as_json import AccountsAsJson
from scattershot.frontends.mastodon_api.calls import NOT_FOUND, Answer, Call, Reply, paged, refused
from scattershot.frontends.mastodon_api.endpoints import Endpoint, Who
from scattershot.frontends.mastodon_api.entities.account import Account
from scattershot.frontends.mastodon_api.entities.status import Status
from scattershot.frontends.mastodon_api.pages import PageParams, PeoplePageParams
from scattershot.frontends.mastodon_api.params import Nothing
from scattershot.frontends.mastodon_api.statuses_as_json import StatusesAsJson
from scattershot.ports.database import Transaction


class Marks:
    """The endpoints of bookmarks and favourites."""

    def __init__(
        self, timelines: Timelines, shelves: Shelves, statuses: StatusesAsJson, accounts: AccountsAsJson
    ) -> None:
        self._timelines, self._shelves, self._statuses, self._accounts = timelines, shelves, statuses, accounts

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        one, anyone = "/api/v1/statuses/{id}", Who.ANYONE
        return [
            Endpoint("GET", "/api/v1/bookmarks", self._bookmarks, "read:bookmarks", takes=PageParams,
                     answers=list[Status]),
            Endpoint("GET", "/api/v1/favourites", self._favourites, "read:favourites", takes=PageParams,
                     answers=list[Status]),
            Endpoint("POST", f"{one}/bookmark", self._keep, "write:bookmarks", answers=Status),
            Endpoint("POST", f"{one}/unbookmark", self._let_go, "write:bookmarks", answers=Status),
            Endpoint("GET", f"{one}/favourited_by", self._favourited_by, "read:accounts", anyone, PeoplePageParams,
                     list[Account]),
            Endpoint("GET", f"{one}/reblogged_by", self._reblogged_by, "read:accounts", anyone, PeoplePageParams,
                     list[Account]),
        ]  # fmt: skip

    async def _bookmarks(self, call: Call, params: PageParams) -> Reply:
        return await self._shelf(call, lambda tx: self._shelves.kept_in(tx, call.who, params.window, params.size))

    async def _favourites(self, call: Call, params: PageParams) -> Reply:
        return await self._shelf(call, lambda tx: self._shelves.liked_in(tx, call.who, params.window, params.size))

    async def _shelf(self, call: Call, look: Callable[[Transaction], Shelf]) -> Reply:
        def work(tx: Transaction) -> Answer:
            found = look(tx)
            body = self._statuses.page(tx, found.items, call.who, call.now)
            return paged(call, body, None if found.is_last else found.oldest, found.newest)

        return await self._timelines.read(work)

    async def _keep(self, call: Call, _: Nothing) -> Reply:
        item = await self._timelines.item(call.id(), call.who)
        if item is None:
            return NOT_FOUND
        why = await self._shelves.keep(call.who, item.id)
        return refused(why) if why is not None else await self._answer(call, item.id)

    async def _let_go(self, call: Call, _: Nothing) -> Reply:
        """Works for a post too that one may no longer see, and is answered then as if it were not there."""
        item = await self._timelines.item(call.id(), call.who)
        await self._shelves.let_go(call.who, item.id if item is not None else PostId(call.id()))
        return NOT_FOUND if item is None else await self._answer(call, item.id)

    async def _answer(self, call: Call, post: int) -> Reply:
        item = await self._timelines.item(post, call.who)
        if item is None:
            return NOT_FOUND
        return Answer(await self._timelines.read(lambda tx: self._statuses.one(tx, item, call.who, call.now)))

    async def _favourited_by(self, call: Call, params: PeoplePageParams) -> Reply:
        return await self._roster(call, params, self._shelves.likers_in)

    async def _reblogged_by(self, call: Call, params: PeoplePageParams) -> Reply:
        return await self._roster(call, params, self._shelves.boosters_in)

    async def _roster(self, call: Call, params: PeoplePageParams, look: Callable[..., Roster | None]) -> Reply:
        item = await self._timelines.item(call.id(), call.viewer)
        if item is None:
            return NOT_FOUND

        def work(tx: Transaction) -> Reply:
            found = look(tx, item.id, call.viewer, params.window, params.size)
            if found is None:
                return NOT_FOUND
            body = self._accounts.list(tx, found.faces, call.now)
            return paged(call, body, None if found.is_last else found.oldest, found.newest, back="since_id")

        return await self._timelines.read(work)
