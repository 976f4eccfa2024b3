"""Posts that are not made yet: scheduled ones as Mastodon has them, and drafts, which are an extension of ours."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from scattershot.app.drafts import Drafts as Keeping
from scattershot.app.drafts import Kept
from scattershot.domain.ids import Millis
from scattershot.domain.reading import Refused
from scattershot.frontends.mastodon_api.calls import NOT_FOUND, Answer, Call, Problem, Reply, paged, refused
from scattershot.frontends.mastodon_api.composing import Composing, NewStatus
from scattershot.frontends.mastodon_api.endpoints import Endpoint
from scattershot.frontends.mastodon_api.entities.writing import ScheduledStatus, StatusDraft
from scattershot.frontends.mastodon_api.pages import PageParams
from scattershot.frontends.mastodon_api.params import Nothing
from scattershot.wirekit.dates import parse_rfc3339

DRAFTS = "/api/v1/scattershot/drafts"


class Moment(Struct, frozen=True):
    """When a scheduled post is to be made instead."""

    scheduled_at: str = ""


class DraftEndpoints:
    """The endpoints of scheduled posts and drafts."""

    def __init__(self, drafts: Keeping, composing: Composing) -> None:
        self._drafts, self._composing = drafts, composing

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        read, write = "read:statuses", "write:statuses"
        scheduled, one = "/api/v1/scheduled_statuses", "/api/v1/scheduled_statuses/{id}"
        draft = "posts that wait on the node for their author; the parameters are those of POST /api/v1/statuses"
        return [
            Endpoint("GET", scheduled, self._scheduled, read, takes=PageParams, answers=list[ScheduledStatus]),
            Endpoint("GET", one, self._one_scheduled, read, answers=ScheduledStatus),
            Endpoint("PUT", one, self._at_another_time, write, takes=Moment, answers=ScheduledStatus),
            Endpoint("DELETE", one, self._drop_scheduled, write, answers=dict),
            Endpoint("GET", DRAFTS, self._all, read, takes=PageParams, answers=list[StatusDraft], extension=draft),
            Endpoint("POST", DRAFTS, self._keep, write, takes=NewStatus, answers=StatusDraft, extension=draft),
            Endpoint("GET", f"{DRAFTS}/{{id}}", self._one, read, answers=StatusDraft, extension=draft),
            Endpoint("PUT", f"{DRAFTS}/{{id}}", self._change, write, takes=NewStatus, answers=StatusDraft,
                     extension=draft),
            Endpoint("DELETE", f"{DRAFTS}/{{id}}", self._drop, write, answers=dict, extension=draft),
        ]  # fmt: skip

    # -- scheduled ones

    async def _scheduled(self, call: Call, params: PageParams) -> Reply:
        found = await self._page(call, params, scheduled=True)
        return self._answer(call, params, found, [await self._composing.scheduled(each) for each in found])

    async def _page(self, call: Call, params: PageParams, *, scheduled: bool) -> list[Kept]:
        return await self._drafts.of(call.who, scheduled=scheduled, before=params.window.below, limit=params.size)

    def _answer(self, call: Call, params: PageParams, found: Sequence[Kept], entities: list[Any]) -> Reply:
        older = found[-1].id if len(found) == params.size else None
        return paged(call, entities, older, found[0].id if found else None)

    async def _one_scheduled(self, call: Call, _: Nothing) -> Reply:
        kept = await self._drafts.get(call.who, call.id())
        return NOT_FOUND if kept is None or kept.at is None else Answer(await self._composing.scheduled(kept))

    async def _at_another_time(self, call: Call, params: Moment) -> Reply:
        at = parse_rfc3339(params.scheduled_at)
        if at is None:
            return Problem(422, "Validation failed: Scheduled at is not a moment")
        known = await self._drafts.get(call.who, call.id())
        if known is None or known.at is None:
            return NOT_FOUND
        kept = await self._drafts.change(call.who, known.id, None, Millis(at))
        if isinstance(kept, Refused):
            return Problem(422, f"Validation failed: {kept.detail}")
        return NOT_FOUND if kept is None else Answer(await self._composing.scheduled(kept))

    async def _drop_scheduled(self, call: Call, _: Nothing) -> Reply:
        kept = await self._drafts.get(call.who, call.id())
        if kept is None or kept.at is None or not await self._drafts.drop(call.who, kept.id):
            return NOT_FOUND
        return Answer({})

    # -- drafts

    async def _all(self, call: Call, params: PageParams) -> Reply:
        found = await self._page(call, params, scheduled=False)
        return self._answer(call, params, found, [await self._composing.draft(each) for each in found])

    async def _keep(self, call: Call, params: NewStatus) -> Reply:
        planned = self._composing.planned(params, call.now)
        kept = planned if isinstance(planned, Problem) else await self._drafts.keep(call.who, call.person, planned)
        return await self._said(kept)

    async def _one(self, call: Call, _: Nothing) -> Reply:
        kept = await self._drafts.get(call.who, call.id())
        return NOT_FOUND if kept is None or kept.at is not None else Answer(await self._composing.draft(kept))

    async def _change(self, call: Call, params: NewStatus) -> Reply:
        planned = self._composing.planned(params, call.now)
        if isinstance(planned, Problem):
            return planned
        return await self._said(await self._drafts.change(call.who, call.id(), planned, None))

    async def _drop(self, call: Call, _: Nothing) -> Reply:
        return Answer({}) if await self._drafts.drop(call.who, call.id()) else NOT_FOUND

    async def _said(self, kept: Kept | Refused | Problem | None) -> Reply:
        match kept:
            case None:
                return NOT_FOUND
            case Problem():
                return kept
            case Refused():
                return refused(kept)
            case _:
                return Answer(await self._composing.draft(kept))
