"""A microblog's page, a post's page, and who follows whom."""

import secrets

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.backfill import Backfill
from scattershot.app.items import Face
from scattershot.app.timelines import Timelines
from scattershot.frontends.web import composer
from scattershot.frontends.web.desk import Desk, Endpoint
from scattershot.frontends.web.forms import number
from scattershot.frontends.web.visitors import Visitor
from scattershot.settings import Settings


class Profiles:
    """Pages of one microblog or one post. What is of another node has its page here for people of here alone."""

    def __init__(self, desk: Desk, settings: Settings, timelines: Timelines, backfill: Backfill) -> None:
        self._desk, self._settings, self._timelines, self._backfill = desk, settings, timelines, backfill

    @property
    def pages(self) -> dict[str, Endpoint]:
        """The paths that other servers know too, with what a browser gets there."""
        return {
            "/u/{id:int}": self._desk.open(self._microblog_by_id),
            "/p/{id:int}": self._desk.open(self._post_by_id),
            "/@{name}": self._desk.open(self._microblog),
            "/@{name}/{id:int}": self._desk.open(self._post),
        }

    @property
    def routes(self) -> list[Route]:
        """Its paths that are for browsers alone."""
        return [
            Route("/@{name}/followers", self._desk.open(self._followers)),
            Route("/@{name}/following", self._desk.open(self._following)),
            Route("/entries/{id:int}", self._desk.members(self._entry)),
        ]

    async def _face(self, request: Request, visitor: Visitor) -> Face | None:
        face = await self._timelines.named(request.path_params["name"][:400].replace("\0", ""))
        return face if face is not None and (face.local or visitor.who is not None) else None

    async def _microblog_by_id(self, request: Request, visitor: Visitor) -> Response:
        face = await self._timelines.face(_id(request))
        if face is None or not (face.local or visitor.who is not None):
            return await self._desk.not_found(request, visitor)
        return self._desk.to(face.page)

    async def _post_by_id(self, request: Request, visitor: Visitor) -> Response:
        item = await self._timelines.item(_id(request), visitor.who)
        if item is None or not (item.author.local or visitor.who is not None):
            return await self._desk.not_found(request, visitor)
        return self._desk.to(item.page)

    async def _microblog(self, request: Request, visitor: Visitor) -> Response:
        face = await self._face(request, visitor)
        if face is None:
            return await self._nobody(request, visitor)
        before = number(request.query_params.get("before"))
        replies = request.query_params.get("with") == "replies"
        first = before is None and not replies
        if first and not face.local:
            self._backfill.microblog(face.id)
        return await self._desk.page(
            request,
            visitor,
            "profile.html",
            about=await self._timelines.about(face, visitor.who),
            pinned=await self._timelines.pinned(face.id, visitor.who) if first else [],
            page=await self._timelines.by(face.id, visitor.who, before, replies=replies),
            replies=replies,
        )

    async def _nobody(self, request: Request, visitor: Visitor) -> Response:
        if await self._timelines.was_deleted(request.path_params["name"][:400].replace("\0", "")):
            return await self._desk.problem(request, visitor, 410, "This microblog was deleted by its owner.")
        return await self._desk.not_found(request, visitor)

    async def _post(self, request: Request, visitor: Visitor) -> Response:
        thread = await self._timelines.thread(_id(request), visitor.who)
        face = await self._face(request, visitor)
        if thread is None or face is None or thread.item.author.id != face.id:
            return await self._desk.not_found(request, visitor)
        if visitor.who is not None:
            self._backfill.thread(thread.item.id)
            if thread.item.post.poll is not None and await self._backfill.poll(thread.item.id, 1.0):
                thread = await self._timelines.thread(thread.item.id, visitor.who) or thread
        typed = composer.answering(thread.item, request, await self._desk.chosen_by(visitor))
        return await self._desk.page(
            request,
            visitor,
            "post.html",
            thread=thread,
            composer=composer.fields(typed, thread.item, secrets.token_urlsafe(12), self._settings.max_post_length),
            problem="",
        )

    async def _entry(self, request: Request, visitor: Visitor) -> Response:
        """One post as a piece of a list, for a page that was told of it."""
        item = await self._timelines.item(_id(request), visitor.who)
        if item is None:
            return await self._desk.not_found(request, visitor)
        return self._desk.fragment(request, visitor, "entry.html", item=item, back_to="/home")

    async def _followers(self, request: Request, visitor: Visitor) -> Response:
        return await self._graph(request, visitor, followers=True)

    async def _following(self, request: Request, visitor: Visitor) -> Response:
        return await self._graph(request, visitor, followers=False)

    async def _graph(self, request: Request, visitor: Visitor, *, followers: bool) -> Response:
        face = await self._face(request, visitor)
        if face is None or (face.profile.hides_graph and face.id != visitor.who):
            return await self._desk.not_found(request, visitor)
        after = number(request.query_params.get("after")) or 0
        faces, next_ = await self._timelines.graph(face.id, after, followers=followers)
        return await self._desk.page(
            request, visitor, "graph.html", face=face, faces=faces, next=next_, followers=followers
        )


def _id(request: Request) -> int:
    """The id in the path; one too large for any id is 0, which nothing has."""
    value: int = request.path_params["id"]
    return value if value < 1 << 63 else 0
