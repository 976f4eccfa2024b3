"""Threads: the rest of a conversation, what of it is still being fetched, and being told of it no more."""

from msgspec import Struct

from scattershot.app.backfill import Backfill
from scattershot.app.quiet import Quiet
from scattershot.app.timelines import Thread
from scattershot.app.timelines import Timelines as Reads
from scattershot.domain.ids import PostId
from scattershot.domain.people import Deed
from scattershot.frontends.mastodon_api.calls import NOT_FOUND, Answer, Call, Reply, parse_id
from scattershot.frontends.mastodon_api.endpoints import Endpoint, Who
from scattershot.frontends.mastodon_api.entities.status import Context, Status
from scattershot.frontends.mastodon_api.params import Nothing
from scattershot.frontends.mastodon_api.statuses_as_json import StatusesAsJson
from scattershot.ports.database import Transaction

RETRY = 3
"""Seconds after which a program is to ask whether more has come."""
_PREFIX = "thread-"


class AsyncRefresh(Struct, frozen=True, kw_only=True):
    """How something that goes on in the background stands."""

    id: str
    status: str
    result_count: int | None = None


class Refreshing(Struct, frozen=True, kw_only=True):
    """It, under its name."""

    async_refresh: AsyncRefresh


class Threads:
    """The endpoints of conversations."""

    def __init__(self, timelines: Reads, backfill: Backfill, quiet: Quiet, statuses: StatusesAsJson) -> None:
        self._timelines, self._backfill, self._quiet, self._statuses = timelines, backfill, quiet, statuses

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        one = "/api/v1/statuses/{id}"
        return [
            Endpoint("GET", f"{one}/context", self._context, "read:statuses", Who.ANYONE, answers=Context),
            Endpoint("POST", f"{one}/mute", self._mute, "write:mutes", answers=Status, deed=Deed.WRITE),
            Endpoint("POST", f"{one}/unmute", self._unmute, "write:mutes", answers=Status, deed=Deed.WRITE),
            Endpoint("GET", "/api/v1_alpha/async_refreshes/{id}", self._refresh, "read:statuses", answers=Refreshing),
        ]

    async def _context(self, call: Call, _: Nothing) -> Reply:
        thread = await self._timelines.thread(call.id(), call.viewer)
        if thread is None:
            return NOT_FOUND
        body = await self._timelines.read(lambda tx: self._body(tx, thread, call))
        post = thread.item.id
        more = call.viewer is not None and (self._backfill.thread(post) or self._backfill.is_under_way(post))
        header = f'id="{_PREFIX}{post}", retry={RETRY}'.encode()
        return Answer(body, headers=((b"mastodon-async-refresh", header),) if more else ())

    def _body(self, tx: Transaction, thread: Thread, call: Call) -> bytes:
        before = self._statuses.page(tx, thread.before, call.viewer, call.now)
        after = self._statuses.page(tx, [reply.item for reply in thread.replies], call.viewer, call.now)
        return b'{"ancestors":' + before + b',"descendants":' + after + b"}"

    async def _refresh(self, call: Call, _: Nothing) -> Reply:
        name = call.path["id"]
        post = parse_id(name.removeprefix(_PREFIX)) if name.startswith(_PREFIX) else None
        if post is None or not self._backfill.was_asked(PostId(post)):
            return NOT_FOUND
        status = "running" if self._backfill.is_under_way(PostId(post)) else "finished"
        return Answer(Refreshing(async_refresh=AsyncRefresh(id=name, status=status)))

    async def _mute(self, call: Call, _: Nothing) -> Reply:
        return await self._let_be(call, quiet=True)

    async def _unmute(self, call: Call, _: Nothing) -> Reply:
        return await self._let_be(call, quiet=False)

    async def _let_be(self, call: Call, *, quiet: bool) -> Reply:
        item = await self._timelines.item(call.id(), call.who)
        if item is None:
            return NOT_FOUND
        await self._quiet.put(call.who, item.id, quiet=quiet)
        after = await self._timelines.item(item.id, call.who)
        if after is None:
            return NOT_FOUND
        return Answer(await self._timelines.read(lambda tx: self._statuses.one(tx, after, call.who, call.now)))
