"""Shelves: what one keeps and likes, one's lists, private conversations, and what came while one was away."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.missed import DEFAULT, moment
from scattershot.app.notifications import Notifications
from scattershot.app.shelves import Roster, Shelf
from scattershot.app.timelines import PAGE, Page
from scattershot.domain.filters import Context
from scattershot.domain.ids import Millis, PostId
from scattershot.domain.people import Deed
from scattershot.domain.window import Window
from scattershot.frontends.web.desk import Desk, FormHandler
from scattershot.frontends.web.forms import Form, number
from scattershot.frontends.web.lists import before_of
from scattershot.frontends.web.reading import Reading
from scattershot.frontends.web.visitors import Visitor
from scattershot.ports.database import Transaction

SPANS = {"day": ("the last day", 24), "days": ("three days", 72), "week": ("a week", 168)}
"""How far back one may ask what was missed: words, and hours."""
_LIKED = "What you liked, the newest like first."
_KEPT = "What you keep, the last kept first. Nobody else learns of it."


class Shelving:
    """Pages for one reader alone."""

    def __init__(self, desk: Desk, reading: Reading, notifications: Notifications) -> None:
        self._desk, self._reading, self._notifications = desk, reading, notifications
        self._timelines, self._shelves = reading.timelines, reading.shelves

    @property
    def routes(self) -> list[Route]:
        """Its paths."""
        desk = self._desk
        return [
            Route("/kept", desk.members(self._kept)),
            Route("/liked", desk.members(self._liked)),
            Route("/lists", desk.members(self._lists)),
            Route("/lists/{id:int}", desk.members(self._list)),
            Route("/conversations", desk.members(self._conversations)),
            Route("/conversations/{id:int}", desk.members(self._conversation)),
            Route("/conversations/{id:int}/away", desk.form(self._put_away, Deed.WRITE), methods=["POST"]),
            Route("/missed", desk.members(self._missed)),
            Route("/posts/{id:int}/keep", desk.form(self._mark(keep=True)), methods=["POST"]),
            Route("/posts/{id:int}/let-go", desk.form(self._mark(keep=False)), methods=["POST"]),
            Route("/posts/{id:int}/likes", desk.members(self._likers)),
            Route("/posts/{id:int}/boosts", desk.members(self._boosters)),
            Route("/posts/{id:int}/versions", desk.members(self._versions)),
        ]

    # -- kept and liked

    def _mark(self, *, keep: bool) -> FormHandler:
        async def mark(request: Request, visitor: Visitor, form: Form) -> Response:
            assert visitor.who is not None
            post = PostId(id_of(request))
            if not keep:
                await self._shelves.let_go(visitor.who, post)
            elif refused := await self._shelves.keep(visitor.who, post):
                return await self._desk.refused(request, visitor, refused)
            return self._desk.back(form, f"/p/{post}")

        return mark

    async def _kept(self, request: Request, visitor: Visitor) -> Response:
        who, window = visitor.who, Window(below=before_of(request))
        assert who is not None
        shelf = await self._timelines.read(lambda tx: self._shelves.kept_in(tx, who, window, PAGE))
        return await self._shelf(request, visitor, shelf, "Bookmarks", _KEPT)

    async def _liked(self, request: Request, visitor: Visitor) -> Response:
        who, window = visitor.who, Window(below=before_of(request))
        assert who is not None
        shelf = await self._timelines.read(lambda tx: self._shelves.liked_in(tx, who, window, PAGE))
        return await self._shelf(request, visitor, shelf, "Likes", _LIKED)

    async def _shelf(self, request: Request, visitor: Visitor, shelf: Shelf, title: str, about: str) -> Response:
        page = Page(shelf.items, None if shelf.is_last else shelf.oldest)
        return await self._desk.page(
            request,
            visitor,
            "list.html",
            page=page,
            title=title,
            about=about,
            tag="",
            followed=False,
            veiled={},
            blurred=(),
        )

    # -- lists

    async def _lists(self, request: Request, visitor: Visitor) -> Response:
        assert visitor.who is not None
        tags = await self._reading.tags.page(visitor.who, Window(), 200)
        return await self._desk.page(
            request,
            visitor,
            "lists.html",
            lists=[row._asdict() for row in await self._reading.lists.of(visitor.who)],
            tags=[tag.tag for tag in tags],
        )

    async def _list(self, request: Request, visitor: Visitor) -> Response:
        assert visitor.who is not None
        row = await self._reading.lists.get(visitor.who, id_of(request))
        if row is None:
            return await self._desk.not_found(request, visitor)
        window = Window(below=before_of(request))
        page = await self._timelines.read(lambda tx: self._shelves.listed_in(tx, row, window, PAGE))
        seen = await self._reading.seen(visitor, page, Context.HOME)
        members = await self._reading.lists.members(row, Window(), 8)
        faces = await self._timelines.read(lambda tx: self._timelines.faces_in(tx, members))
        return await self._desk.page(request, visitor, "one_list.html", row=row._asdict(), faces=faces, **seen)

    # -- conversations

    async def _conversations(self, request: Request, visitor: Visitor) -> Response:
        who, window = visitor.who, Window(below=before_of(request))
        assert who is not None
        found = await self._timelines.read(lambda tx: self._notifications.conversations_in(tx, who, window, PAGE))
        return await self._desk.page(request, visitor, "conversations.html", found=found)

    async def _conversation(self, request: Request, visitor: Visitor) -> Response:
        """Opens where it ended, and is read from then on."""
        who, wanted = visitor.who, id_of(request)
        assert who is not None
        found = await self._timelines.read(lambda tx: self._notifications.conversation_in(tx, who, wanted))
        if found is None:
            return await self._desk.not_found(request, visitor)
        if found.unread:
            await self._notifications.read_conversation(who, found.id)
        return self._desk.to(f"{found.newest.page}#p{found.newest.entry}")

    async def _put_away(self, request: Request, visitor: Visitor, form: Form) -> Response:
        assert visitor.who is not None
        if not await self._notifications.put_away(visitor.who, id_of(request)):
            return await self._desk.not_found(request, visitor)
        return self._desk.back(form, "/conversations")

    # -- while away

    async def _missed(self, request: Request, visitor: Visitor) -> Response:
        assert visitor.who is not None
        since, span = number(request.query_params.get("since")), request.query_params.get("span", "day")
        if since is None:
            hours = SPANS.get(span, SPANS["day"])[1]
            since = moment(Millis(max(0, self._desk.clock.now() - hours * DEFAULT // 24)))
        who = visitor.who
        found = await self._reading.away.missed(who, PostId(since))
        entries = [matter.entry for matter in found.matters[:PAGE]]
        items = await self._timelines.read(lambda tx: self._timelines.entries_in(tx, entries, who))
        sifted = await self._reading.sifting.sifted(who, items, Context.HOME)
        return await self._desk.page(
            request,
            visitor,
            "missed.html",
            items=sifted.items,
            veiled=sifted.veiled,
            blurred=sifted.blurred,
            reasons={matter.entry: matter.reasons for matter in found.matters},
            spans=[{"name": name, "words": words} for name, (words, _) in SPANS.items()],
            span="" if request.query_params.get("since") else span,
        )

    # -- who did what with a post

    async def _likers(self, request: Request, visitor: Visitor) -> Response:
        post, who, window = id_of(request), visitor.who, Window(below=before_of(request))

        def work(tx: Transaction) -> Roster | None:
            return self._shelves.likers_in(tx, post, who, window, 2 * PAGE)

        return await self._roster(request, visitor, await self._timelines.read(work), "Liked by")

    async def _boosters(self, request: Request, visitor: Visitor) -> Response:
        post, who, window = id_of(request), visitor.who, Window(below=before_of(request))

        def work(tx: Transaction) -> Roster | None:
            return self._shelves.boosters_in(tx, post, who, window, 2 * PAGE)

        return await self._roster(request, visitor, await self._timelines.read(work), "Boosted by")

    async def _roster(self, request: Request, visitor: Visitor, found: Roster | None, title: str) -> Response:
        item = await self._timelines.item(id_of(request), visitor.who)
        if found is None or item is None:
            return await self._desk.not_found(request, visitor)
        older = None if found.is_last else found.oldest
        return await self._desk.page(
            request, visitor, "roster.html", title=title, item=item, faces=found.faces, older=older
        )

    async def _versions(self, request: Request, visitor: Visitor) -> Response:
        item = await self._timelines.item(id_of(request), visitor.who)
        if item is None:
            return await self._desk.not_found(request, visitor)
        versions = await self._timelines.read(lambda tx: self._timelines.versions_in(tx, item))
        return await self._desk.page(
            request, visitor, "versions.html", item=item, versions=[each._asdict() for each in versions[::-1]]
        )


def id_of(request: Request) -> int:
    """The id in the path; one too large for any id is 0, which nothing has."""
    value: int = request.path_params["id"]
    return value if value < 1 << 63 else 0
