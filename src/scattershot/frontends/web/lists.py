"""Timelines: the front page, home, what is written here and everywhere, and hashtags."""

import secrets
from typing import Any

from msgspec import structs
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.announcements import Announcements
from scattershot.app.open_lists import OpenLists
from scattershot.app.timelines import Page
from scattershot.app.visits import Visit
from scattershot.domain.choosing import HERE
from scattershot.domain.filters import Context
from scattershot.domain.ids import MicroblogId
from scattershot.domain.people import Deed
from scattershot.domain.reading import Refused
from scattershot.domain.window import Window
from scattershot.frontends.web import composer
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.forms import Form, number
from scattershot.frontends.web.meta import NOTHING, Meta, feeds_at, of_the_node
from scattershot.frontends.web.reading import Reading
from scattershot.frontends.web.told import Told
from scattershot.frontends.web.visitors import Visitor
from scattershot.settings import Settings


class Lists:
    """Pages that show many posts of many."""

    def __init__(self, desk: Desk, settings: Settings, reading: Reading, announcements: Announcements) -> None:
        self._desk, self._settings, self._reading = desk, settings, reading
        self._timelines = reading.timelines
        self._told = Told(desk.clock, announcements)

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
            Route("/@{name}/lists/{id:int}", desk.open(self._open_list)),
            Route("/tags/{tag}/{deed}", desk.form(self._follow_tag, Deed.RELATE), methods=["POST"]),
        ]

    async def _front(self, request: Request, visitor: Visitor) -> Response:
        if visitor.who is not None:
            return self._desk.to("/home")
        return await self._desk.page(
            request,
            visitor,
            "front.html",
            meta=of_the_node(self._settings, self._desk.look, "/"),
            description=self._settings.description,
            contact=self._settings.contact,
            faces=await self._timelines.people_here(),
            page=await self._timelines.public(None, which=HERE),
        )

    async def _home(self, request: Request, visitor: Visitor) -> Response:
        assert visitor.who is not None
        before = before_of(request)
        page, sifted, last = await self._reading.home(visitor.who, Window(below=before))
        away = await self._away(visitor.who, page, last) if before is None else None
        typed = composer.blank(request, await self._desk.chosen_by(visitor))
        return await self._desk.page(
            request,
            visitor,
            "home.html",
            first=before is None,
            told=await self._told.to(visitor.who) if before is None else [],
            away=away._asdict() if away is not None else None,
            composer=composer.fields(typed, None, secrets.token_urlsafe(12), self._settings.max_post_length),
            problem="",
            **self._reading.shown(page, sifted),
        )

    async def _away(self, who: MicroblogId, page: Page, last: Visit) -> Visit | None:
        """The last visit, where more came since than the page shows; and that this is one."""
        visits = self._reading.visits
        if not page.items:
            return None
        if page.items[0].entry > last.newest:
            await visits.seen(who, page.items[0].entry)
        return last if visits.was_away(last) and page.items[-1].entry > last.newest else None

    async def _local(self, request: Request, visitor: Visitor) -> Response:
        page = await self._timelines.public(visitor.who, Window(below=before_of(request)), which=HERE)
        return await self._list(
            request, visitor, page, "Here", "What people of this node tell everyone.", Meta(path="/local")
        )

    async def _public(self, request: Request, visitor: Visitor) -> Response:
        page = await self._timelines.public(visitor.who, Window(below=before_of(request)))
        return await self._list(
            request, visitor, page, "Everywhere", "Public posts of every node that reached this one."
        )

    async def _tag(self, request: Request, visitor: Visitor) -> Response:
        tag = request.path_params["tag"].lower()[:100]
        page = await self._timelines.tagged(tag, visitor.who, Window(below=before_of(request)))
        followed = bool(await self._reading.tags.among(visitor.who, [tag])) if visitor.who is not None else False
        return await self._list(
            request,
            visitor,
            page,
            f"#{tag}",
            "Public posts with this tag that reached this node.",
            Meta(path=request.url.path, alternates=feeds_at(f"/tags/{tag}")),
            tag=tag,
            followed=followed,
        )

    async def _open_list(self, request: Request, visitor: Visitor) -> Response:
        open_lists = OpenLists(self._timelines)
        found = await open_lists.named(request.path_params["name"][:400].replace("\0", ""), request.path_params["id"])
        if found is None:
            return await self._desk.not_found(request, visitor)
        face, row = found
        page = await open_lists.page(row, visitor.who, Window(below=before_of(request)))
        path = f"{face.page}/lists/{row.id}"
        meta = Meta(path=path, alternates=feeds_at(path), noindex=not face.profile.indexable)
        about = f"A list of {face.profile.title} ({face.handle}): what those in it tell everybody."
        return await self._list(request, visitor, page, row.title, about, meta)

    async def _follow_tag(self, request: Request, visitor: Visitor, form: Form) -> Response:
        assert visitor.who is not None
        tag, deed = request.path_params["tag"], request.path_params["deed"]
        doing = {"follow": self._reading.tags.follow, "unfollow": self._reading.tags.unfollow}.get(deed)
        if doing is None:
            return await self._desk.not_found(request, visitor)
        done = await doing(visitor.who, tag)
        if isinstance(done, Refused):
            return await self._desk.refused(request, visitor, done)
        return self._desk.back(form, f"/tags/{done}")

    async def _list(
        self,
        request: Request,
        visitor: Visitor,
        page: Page,
        title: str,
        about: str,
        meta: Meta | None = None,
        **more: Any,
    ) -> Response:
        seen = await self._reading.seen(visitor, page, Context.PUBLIC)
        given = {"tag": "", "followed": False, **more}
        meta = structs.replace(meta or NOTHING, title=title, about=about)
        return await self._desk.page(
            request, visitor, "list.html", title=title, about=about, meta=meta, **seen, **given
        )


def before_of(request: Request) -> int | None:
    """Where the page begins that is asked for."""
    return number(request.query_params.get("before"))
