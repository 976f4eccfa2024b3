"""Lists: the front page, the home timeline, public lists, tags and notifications."""

import secrets

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.timelines import Page, Timelines
from scattershot.domain.choosing import HERE
from scattershot.domain.window import Window
from scattershot.frontends.web import composer
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.forms import number
from scattershot.frontends.web.visitors import Visitor
from scattershot.settings import Settings


class Lists:
    """Pages that show many posts."""

    def __init__(self, desk: Desk, settings: Settings, timelines: Timelines) -> None:
        self._desk, self._settings, self._timelines = desk, settings, timelines

    @property
    def routes(self) -> list[Route]:
        """Its paths."""
        desk = self._desk
        return [
            Route("/", desk.open(self._front)),
            Route("/home", desk.members(self._home)),
            Route("/local", desk.open(self._local)),
            Route("/public", desk.members(self._public)),
            Route("/tags/{tag}", desk.open(self._tag)),
            Route("/notifications", desk.members(self._notifications)),
            Route("/notifications/untold", desk.members(self._untold)),
        ]

    async def _front(self, request: Request, visitor: Visitor) -> Response:
        if visitor.who is not None:
            return self._desk.to("/home")
        return await self._desk.page(
            request,
            visitor,
            "front.html",
            description=self._settings.description,
            contact=self._settings.contact,
            faces=await self._timelines.people_here(),
            page=await self._timelines.public(None, which=HERE),
        )

    async def _home(self, request: Request, visitor: Visitor) -> Response:
        assert visitor.who is not None
        before = _before(request)
        page = await self._timelines.home(visitor.who, Window(below=before))
        typed = composer.blank(request, await self._desk.chosen_by(visitor))
        return await self._desk.page(
            request,
            visitor,
            "home.html",
            page=page,
            first=before is None,
            composer=composer.fields(typed, None, secrets.token_urlsafe(12), self._settings.max_post_length),
            problem="",
        )

    async def _local(self, request: Request, visitor: Visitor) -> Response:
        page = await self._timelines.public(visitor.who, Window(below=_before(request)), which=HERE)
        return await self._list(request, visitor, page, "Written here", "What people of this node tell everyone.")

    async def _public(self, request: Request, visitor: Visitor) -> Response:
        page = await self._timelines.public(visitor.who, Window(below=_before(request)))
        return await self._list(
            request, visitor, page, "Everywhere", "Public posts of every node that reached this one."
        )

    async def _tag(self, request: Request, visitor: Visitor) -> Response:
        tag = request.path_params["tag"].lower()[:100]
        page = await self._timelines.tagged(tag, visitor.who, Window(below=_before(request)))
        return await self._list(request, visitor, page, f"#{tag}", "Public posts with this tag that reached this node.")

    async def _list(self, request: Request, visitor: Visitor, page: Page, title: str, about: str) -> Response:
        return await self._desk.page(request, visitor, "list.html", page=page, title=title, about=about)

    async def _notifications(self, request: Request, visitor: Visitor) -> Response:
        assert visitor.who is not None
        before = _before(request)
        found = await self._timelines.notices(visitor.who, before)
        if before is None and found.newest is not None:
            await self._timelines.looked_at(visitor.who, found.newest)
        return await self._desk.page(request, visitor, "notifications.html", found=found)

    async def _untold(self, _request: Request, visitor: Visitor) -> Response:
        """How many notifications were not looked at, for a page that is open."""
        assert visitor.who is not None
        count = await self._timelines.untold(visitor.who)
        return Response(str(count), media_type="text/plain", headers={"Cache-Control": "private, no-store"})


def _before(request: Request) -> int | None:
    return number(request.query_params.get("before"))
