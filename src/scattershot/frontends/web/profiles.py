"""A microblog's page, a post's page, and who follows whom."""

import secrets
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.backfill import Backfill
from scattershot.app.items import Face
from scattershot.app.open_lists import OpenLists
from scattershot.app.timelines import PAGE
from scattershot.domain.authored import Which
from scattershot.domain.filters import Context
from scattershot.domain.window import Window
from scattershot.frontends.web import composer
from scattershot.frontends.web.desk import Desk, Endpoint
from scattershot.frontends.web.forms import number
from scattershot.frontends.web.lists import before_of
from scattershot.frontends.web.meta import of_microblog, of_post, with_lists
from scattershot.frontends.web.reading import Reading
from scattershot.frontends.web.shelving import id_of
from scattershot.frontends.web.visitors import Visitor
from scattershot.settings import Settings


class Tab(NamedTuple):
    """What of somebody's writing is shown."""

    words: str
    which: Which


TABS = {
    "": Tab("Posts", Which(replies=False)),
    "replies": Tab("Replies", Which()),
    "media": Tab("Media", Which(only_media=True, boosts=False)),
}


class Profiles:
    """Pages of one microblog or one post. What is of another node has its page here for people of here alone."""

    def __init__(self, desk: Desk, settings: Settings, reading: Reading, backfill: Backfill) -> None:
        self._desk, self._settings, self._reading, self._backfill = desk, settings, reading, backfill
        self._timelines = reading.timelines

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
        face = await self._timelines.face(id_of(request))
        if face is None or not (face.local or visitor.who is not None):
            return await self._desk.not_found(request, visitor)
        return self._desk.to(face.page)

    async def _post_by_id(self, request: Request, visitor: Visitor) -> Response:
        item = await self._timelines.item(id_of(request), visitor.who)
        if item is None or not (item.author.local or visitor.who is not None):
            return await self._desk.not_found(request, visitor)
        return self._desk.to(item.page)

    async def _microblog(self, request: Request, visitor: Visitor) -> Response:
        face = await self._face(request, visitor)
        if face is None:
            return await self._nobody(request, visitor)
        window = Window(below=before_of(request))
        tab = request.query_params.get("with", "")
        tab = tab if tab in TABS else ""
        first = window.below is None and not tab
        if first and not face.local:
            self._backfill.microblog(face.id)
        page = await self._reading.authored.by(face.id, visitor.who, TABS[tab].which, window, PAGE)
        seen = await self._reading.seen(visitor, page, Context.ACCOUNT)
        open_lists = await OpenLists(self._timelines).of(face.id) if face.local else []
        return await self._desk.page(
            request,
            visitor,
            "profile.html",
            about=await self._timelines.about(face, visitor.who),
            meta=with_lists(of_microblog(face, self._desk.proxied), face.page, open_lists),
            open_lists=[{"path": f"{face.page}/lists/{row.id}", "title": row.title} for row in open_lists],
            pinned=await self._timelines.pinned(face.id, visitor.who) if first else [],
            tab=tab,
            tabs=[{"value": value, "words": each.words} for value, each in TABS.items()],
            **seen,
        )

    async def _nobody(self, request: Request, visitor: Visitor) -> Response:
        if await self._timelines.was_deleted(request.path_params["name"][:400].replace("\0", "")):
            return await self._desk.problem(request, visitor, 410, "This microblog was deleted by its owner.")
        return await self._desk.not_found(request, visitor)

    async def _post(self, request: Request, visitor: Visitor) -> Response:
        thread = await self._timelines.thread(id_of(request), visitor.who)
        face = await self._face(request, visitor)
        if thread is None or face is None or thread.item.author.id != face.id:
            return await self._desk.not_found(request, visitor)
        if visitor.who is not None:
            self._backfill.thread(thread.item.id)
            if thread.item.post.poll is not None and await self._backfill.poll(thread.item.id, 1.0):
                thread = await self._timelines.thread(thread.item.id, visitor.who) or thread
        typed = composer.answering(thread.item, request, await self._desk.chosen_by(visitor))
        others = [*thread.before, *(reply.item for reply in thread.replies)]
        sifted = await self._reading.sifting.sifted(visitor.who, others, Context.THREAD)
        return await self._desk.page(
            request,
            visitor,
            "post.html",
            thread=thread,
            meta=of_post(thread.item, self._desk.proxied),
            shown=[item.entry for item in sifted.items],
            veiled=sifted.veiled,
            blurred=sifted.blurred,
            composer=composer.fields(typed, thread.item, secrets.token_urlsafe(12), self._settings.max_post_length),
            problem="",
        )

    async def _entry(self, request: Request, visitor: Visitor) -> Response:
        """One post as a piece of a list, for a page that was told of it."""
        item = await self._timelines.item(id_of(request), visitor.who)
        sifted = await self._reading.sifting.sifted(visitor.who, [item] if item is not None else [], Context.HOME)
        if not sifted.items:
            return await self._desk.not_found(request, visitor)
        veiled, blurred = sifted.veiled, sifted.blurred
        return self._desk.fragment(
            request, visitor, "one_entry.html", item=item, back_to="/home", veiled=veiled, blurred=blurred
        )

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
