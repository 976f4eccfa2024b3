"""Timelines of posts."""

from msgspec import Struct

from scattershot.app.timelines import Page
from scattershot.app.timelines import Timelines as Reads
from scattershot.domain.ids import MicroblogId
from scattershot.domain.window import Window
from scattershot.frontends.mastodon_api.calls import Answer, Call, Reply, paged, window
from scattershot.frontends.mastodon_api.endpoints import Endpoint, Who
from scattershot.frontends.mastodon_api.entities.status import Status
from scattershot.frontends.mastodon_api.statuses_as_json import StatusesAsJson
from scattershot.ports.database import Transaction

MOST = 40
"""Posts on a page, whatever is asked for."""


class PageParams(Struct, frozen=True):
    """Which stretch of a list, and how many of it."""

    max_id: str | None = None
    since_id: str | None = None
    min_id: str | None = None
    limit: int = 20

    @property
    def window(self) -> Window:
        """The stretch."""
        return window(self.max_id, self.since_id, self.min_id)

    @property
    def size(self) -> int:
        """How many, within bounds."""
        return max(1, min(self.limit, MOST))


class PublicParams(PageParams, frozen=True):
    """Public posts, perhaps only those of here."""

    local: bool = False


class Timelines:
    """The home timeline, the public ones and those of tags."""

    def __init__(self, timelines: Reads, statuses: StatusesAsJson) -> None:
        self._timelines, self._statuses = timelines, statuses

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        anyone = Who.ANYONE
        return [
            Endpoint("GET", "/api/v1/timelines/home", self._home, "read:statuses", takes=PageParams,
                     answers=list[Status]),
            Endpoint("GET", "/api/v1/timelines/public", self._public, "read:statuses", anyone, PublicParams,
                     list[Status]),
            Endpoint("GET", "/api/v1/timelines/tag/{tag}", self._tag, "read:statuses", anyone, PublicParams,
                     list[Status]),
        ]  # fmt: skip

    async def _home(self, call: Call, params: PageParams) -> Reply:
        def work(tx: Transaction) -> Answer:
            found = self._timelines.home_in(tx, call.who, params.window, params.size)
            return self._answer(tx, call, found, call.who)

        return await self._timelines.read(work)

    async def _public(self, call: Call, params: PublicParams) -> Reply:
        found = await self._timelines.public(call.viewer, params.window.below, here=params.local)
        return await self._timelines.read(lambda tx: self._answer(tx, call, found, call.viewer))

    async def _tag(self, call: Call, params: PublicParams) -> Reply:
        found = await self._timelines.tagged(call.path["tag"], call.viewer, params.window.below)
        return await self._timelines.read(lambda tx: self._answer(tx, call, found, call.viewer))

    def _answer(self, tx: Transaction, call: Call, found: Page, viewer: MicroblogId | None) -> Answer:
        newest = found.items[0].entry if found.items else None
        return paged(call, self._statuses.page(tx, found.items, viewer, call.now), found.next, newest)
