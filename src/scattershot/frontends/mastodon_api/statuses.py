"""Posts: writing, reading and deleting them, and what one does with them."""

from collections.abc import Awaitable, Callable

from msgspec import Struct, json

from scattershot.app.drafts import Drafts, Planned
from scattershot.app.featuring import Featuring
from scattershot.app.programs import Programs
from scattershot.app.publish import Done, Publisher
from scattershot.app.timelines import Timelines as Reads
from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.people import Deed
from scattershot.domain.post import Audience
from scattershot.domain.reading import Refused
from scattershot.frontends.mastodon_api.calls import NOT_FOUND, Answer, Call, Problem, Reply, parse_id, refused
from scattershot.frontends.mastodon_api.composing import AUDIENCES, Composing, NewStatus, as_usual, moment
from scattershot.frontends.mastodon_api.endpoints import Allowance, Endpoint, Who
from scattershot.frontends.mastodon_api.entities.status import Status
from scattershot.frontends.mastodon_api.params import Nothing
from scattershot.frontends.mastodon_api.statuses_as_json import StatusesAsJson
from scattershot.ports.database import Transaction
from scattershot.wirekit.html import plain_text

VIA = "api"
MOST = 20
"""Posts that can be asked for by their ids at a time."""
MAX_KEY = 200
DELETIONS = Allowance("deletions", 30, 1_800)

Doing = Callable[[MicroblogId, PostId, str], Awaitable[Done | Refused]]


class ManyParams(Struct, frozen=True):
    """Which posts."""

    id: tuple[str, ...] = ()


class Deletion(Struct, frozen=True):
    """How a post is deleted: with what it shows, or so that this can be shown by another."""

    delete_media: bool = False


class ReblogParams(Struct, frozen=True):
    """For whom a post is passed on."""

    visibility: str = "public"


class Statuses:
    """The post endpoints."""

    def __init__(
        self,
        timelines: Reads,
        publisher: Publisher,
        statuses: StatusesAsJson,
        composing: Composing,
        drafts: Drafts,
        featuring: Featuring,
        programs: Programs,
    ) -> None:
        self._timelines, self._publisher, self._statuses = timelines, publisher, statuses
        self._composing, self._drafts, self._featuring, self._programs = composing, drafts, featuring, programs

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        read, write, anyone = "read:statuses", "write:statuses", Who.ANYONE
        one = "/api/v1/statuses/{id}"
        deeds: list[tuple[str, str, Doing]] = [
            ("favourite", "write:favourites", self._publisher.like),
            ("unfavourite", "write:favourites", self._publisher.unlike),
            ("unreblog", write, self._publisher.unboost),
            ("pin", "write:accounts", self._publisher.pin),
            ("unpin", "write:accounts", self._publisher.unpin),
        ]
        return [
            Endpoint("POST", "/api/v1/statuses", self._create, write, takes=NewStatus, answers=Status),
            Endpoint("GET", "/api/v1/statuses", self._many, read, anyone, ManyParams, list[Status]),
            Endpoint("PUT", one, self._edit, write, takes=NewStatus, answers=Status),
            Endpoint("GET", one, self._show, read, anyone, answers=Status),
            Endpoint("DELETE", one, self._delete, write, takes=Deletion, answers=Status, allowance=DELETIONS),
            Endpoint("POST", f"{one}/reblog", self._reblog, write, takes=ReblogParams, answers=Status),
            *(
                Endpoint("POST", f"{one}/{name}", self._deed(deed), scope, answers=Status, deed=Deed.WRITE)
                for name, scope, deed in deeds
            ),
        ]

    # -- writing

    async def _create(self, call: Call, params: NewStatus) -> Reply:
        """Posted now, or kept until its moment; what is sent again under one `Idempotency-Key` is posted once."""
        params = as_usual(params, await self._featuring.preferences(call.who))
        planned, at = self._composing.planned(params, call.now), moment(params.scheduled_at)
        if isinstance(planned, Problem):
            return planned
        if isinstance(at, Problem):
            return at
        planned = await self._signed(call, planned)
        if at is not None:
            kept = await self._drafts.keep(call.who, call.person, planned, at)
            return refused(kept) if isinstance(kept, Refused) else Answer(await self._composing.scheduled(kept))
        once = call.request.headers.get("idempotency-key", "")[:MAX_KEY]
        done = await self._publisher.post(call.who, planned.draft, call.person, VIA, once and f"{VIA} {once}")
        return await self._after(call, done)

    async def _signed(self, call: Call, planned: Planned) -> Planned:
        """The post to be, with the name of the program that sends it."""
        made_with = await self._programs.named(call.caller.program if call.caller is not None else None)
        return planned._replace(draft=planned.draft._replace(made_with=made_with))

    async def _edit(self, call: Call, params: NewStatus) -> Reply:
        """A poll with other answers begins anew; the audience stays."""
        planned = self._composing.planned(params, call.now)
        if isinstance(planned, Problem):
            return planned
        done = await self._publisher.edit(call.who, PostId(call.id()), planned.draft, VIA, call.person)
        return refused(done) if isinstance(done, Refused) else await self._answer(call, call.id())

    async def _delete(self, call: Call, params: Deletion) -> Reply:
        """The answer shows the post once more, with its text as it was typed, to be written anew."""
        item = await self._timelines.item(call.id(), call.who)
        if item is None or not item.mine:
            return NOT_FOUND
        body = await self._timelines.read(lambda tx: self._statuses.one(tx, item, call.who, call.now))
        keep = not params.delete_media
        done = await self._publisher.delete(call.who, item.id, VIA, call.person, keep_media=keep)
        if isinstance(done, Refused):
            return refused(done)
        typed = json.encode(item.post.source or plain_text(item.post.html))
        return Answer(body[:-1] + b',"text":' + typed + b"}")

    async def _after(self, call: Call, done: Done | Refused) -> Reply:
        if isinstance(done, Refused):
            return refused(done)
        assert done.post is not None
        return await self._answer(call, done.post)

    # -- reading

    async def _show(self, call: Call, _: Nothing) -> Reply:
        return await self._answer(call, call.id())

    async def _many(self, call: Call, params: ManyParams) -> Reply:
        """Those of up to twenty posts that the caller may see."""
        wanted = list(dict.fromkeys(filter(None, map(parse_id, params.id))))[:MOST]

        def work(tx: Transaction) -> bytes:
            found = [self._timelines.item_in(tx, entry, call.viewer) for entry in wanted]
            shown = [item for item in found if item is not None]
            return self._statuses.page(tx, shown, call.viewer, call.now)

        return Answer(await self._timelines.read(work))

    async def _answer(self, call: Call, entry: int) -> Reply:
        """The post (or boost) as the caller sees it."""
        item = await self._timelines.item(entry, call.viewer)
        if item is None:
            return NOT_FOUND
        return Answer(await self._timelines.read(lambda tx: self._statuses.one(tx, item, call.viewer, call.now)))

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

    def _deed(self, deed: Doing) -> Callable[[Call, Nothing], Awaitable[Reply]]:
        """An endpoint that does something with the post, or with the post that a boost passes on."""

        async def handle(call: Call, _: Nothing) -> Reply:
            item = await self._timelines.item(call.id(), call.who)
            if item is None:
                return NOT_FOUND
            done = await deed(call.who, item.id, VIA)
            return refused(done) if isinstance(done, Refused) else await self._answer(call, item.id)

        return handle
