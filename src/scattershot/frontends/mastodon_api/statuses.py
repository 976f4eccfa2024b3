"""Posts: writing, reading and deleting them, and what one does with them."""

from collections.abc import Awaitable, Callable

from msgspec import Struct

from scattershot.app.publish import Done, Draft, Publisher
from scattershot.app.timelines import Timelines as Reads
from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.post import Audience
from scattershot.domain.reading import Refused
from scattershot.frontends.mastodon_api.calls import NOT_FOUND, Answer, Call, Problem, Reply, parse_id, refused
from scattershot.frontends.mastodon_api.endpoints import Allowance, Endpoint, Who
from scattershot.frontends.mastodon_api.entities.status import Context, Status
from scattershot.frontends.mastodon_api.params import Nothing
from scattershot.frontends.mastodon_api.statuses_as_json import StatusesAsJson
from scattershot.ports.database import Transaction

VIA = "api"
DELETIONS = Allowance("deletions", 30, 1_800)

AUDIENCES = {
    "public": Audience.PUBLIC,
    "unlisted": Audience.UNLISTED,
    "private": Audience.FOLLOWERS,
    "direct": Audience.MENTIONED,
    "local": Audience.LOCAL,
}

Deed = Callable[[MicroblogId, PostId, str], Awaitable[Done | Refused]]


class NewStatus(Struct, frozen=True):
    """A post to be made."""

    status: str = ""
    in_reply_to_id: str | None = None
    sensitive: bool = False
    spoiler_text: str = ""
    visibility: str = "public"
    language: str = ""


class ReblogParams(Struct, frozen=True):
    """For whom a post is passed on."""

    visibility: str = "public"


class Statuses:
    """The post endpoints."""

    def __init__(self, timelines: Reads, publisher: Publisher, statuses: StatusesAsJson) -> None:
        self._timelines, self._publisher, self._statuses = timelines, publisher, statuses

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        read, write, anyone = "read:statuses", "write:statuses", Who.ANYONE
        one = "/api/v1/statuses/{id}"
        deeds: list[tuple[str, str, Deed]] = [
            ("favourite", "write:favourites", self._publisher.like),
            ("unfavourite", "write:favourites", self._publisher.unlike),
            ("unreblog", write, self._publisher.unboost),
            ("pin", "write:accounts", self._publisher.pin),
            ("unpin", "write:accounts", self._publisher.unpin),
        ]
        return [
            Endpoint("POST", "/api/v1/statuses", self._create, write, takes=NewStatus, answers=Status),
            Endpoint("GET", one, self._show, read, anyone, answers=Status),
            Endpoint("DELETE", one, self._delete, write, answers=Status, allowance=DELETIONS),
            Endpoint("GET", f"{one}/context", self._context, read, anyone, answers=Context),
            Endpoint("POST", f"{one}/reblog", self._reblog, write, takes=ReblogParams, answers=Status),
            *(
                Endpoint("POST", f"{one}/{name}", self._deed(deed), scope, answers=Status)
                for name, scope, deed in deeds
            ),
        ]

    # -- writing

    async def _create(self, call: Call, params: NewStatus) -> Reply:
        audience = AUDIENCES.get(params.visibility)
        if audience is None:
            return Problem(422, "Validation failed: Visibility is not included in the list")
        parent = parse_id(params.in_reply_to_id)
        draft = Draft(
            params.status,
            audience,
            warning=params.spoiler_text,
            sensitive=params.sensitive,
            language=params.language,
            reply_to=PostId(parent) if parent is not None else None,
        )
        done = await self._publisher.post(call.who, draft, call.person, VIA)
        return await self._after(call, done)

    async def _delete(self, call: Call, _: Nothing) -> Reply:
        """The answer shows the post once more, with its text as it was typed, to be written anew."""
        item = await self._timelines.item(call.id(), call.who)
        if item is None or not item.mine:
            return NOT_FOUND
        body = await self._timelines.read(lambda tx: self._statuses.one(tx, item, call.who, call.now))
        done = await self._publisher.delete(call.who, item.id, VIA)
        return refused(done) if isinstance(done, Refused) else Answer(body)

    async def _after(self, call: Call, done: Done | Refused) -> Reply:
        if isinstance(done, Refused):
            return refused(done)
        assert done.post is not None
        return await self._answer(call, done.post)

    # -- reading

    async def _show(self, call: Call, _: Nothing) -> Reply:
        return await self._answer(call, call.id())

    async def _answer(self, call: Call, entry: int) -> Reply:
        """The post (or boost) as the caller sees it."""
        item = await self._timelines.item(entry, call.viewer)
        if item is None:
            return NOT_FOUND
        return Answer(await self._timelines.read(lambda tx: self._statuses.one(tx, item, call.viewer, call.now)))

    async def _context(self, call: Call, _: Nothing) -> Reply:
        thread = await self._timelines.thread(call.id(), call.viewer)
        if thread is None:
            return NOT_FOUND

        def work(tx: Transaction) -> bytes:
            before = self._statuses.page(tx, thread.before, call.viewer, call.now)
            after = self._statuses.page(tx, [reply.item for reply in thread.replies], call.viewer, call.now)
            return b'{"ancestors":' + before + b',"descendants":' + after + b"}"

        return Answer(await self._timelines.read(work))

    # -- what one does with them

    async def _reblog(self, call: Call, params: ReblogParams) -> Reply:
        audience = AUDIENCES.get(params.visibility)
        if audience not in (Audience.PUBLIC, Audience.UNLISTED, Audience.FOLLOWERS):
            return Problem(422, "Validation failed: Visibility is not included in the list")
        item = await self._timelines.item(call.id(), call.who)
        if item is None:
            return NOT_FOUND
        done = await self._publisher.boost(call.who, item.id, VIA, audience)
        if isinstance(done, Refused):
            return refused(done)
        boost = done.recorded.boost if done.recorded is not None else None
        return await self._answer(call, boost or await self._boost_of(call, item.id))

    async def _boost_of(self, call: Call, post: PostId) -> int:
        """The caller's boost of the post, made earlier."""
        return await self._timelines.boost_by(call.who, post) or post

    def _deed(self, deed: Deed) -> Callable[[Call, Nothing], Awaitable[Reply]]:
        """An endpoint that does something with the post, or with the post that a boost passes on."""

        async def handle(call: Call, _: Nothing) -> Reply:
            item = await self._timelines.item(call.id(), call.who)
            if item is None:
                return NOT_FOUND
            done = await deed(call.who, item.id, VIA)
            return refused(done) if isinstance(done, Refused) else await self._answer(call, item.id)

        return handle
