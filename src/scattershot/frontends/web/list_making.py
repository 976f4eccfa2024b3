"""Making lists: named, filled with those one follows, altered and dropped."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.discover import Discover
from scattershot.app.lists import IN_IT_ALREADY, NOT_FOLLOWED
from scattershot.domain.ids import MicroblogId
from scattershot.domain.lists import MAX_TITLE, Replies
from scattershot.domain.people import Deed
from scattershot.domain.reading import Refused
from scattershot.domain.window import Window
from scattershot.frontends.web import one_box
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.forms import Form
from scattershot.frontends.web.reading import Reading
from scattershot.frontends.web.shelving import id_of
from scattershot.frontends.web.visitors import Visitor

SHOWN = 500
"""Members on the page at most."""
_REPLIES = {
    Replies.LIST: "to others in the list",
    Replies.FOLLOWED: "to anybody I follow",
    Replies.NONE: "none but to themselves",
}
_NO_TITLE = "A list needs a name."
_TOO_LONG = f"A name has at most {MAX_TITLE} characters."


class ListMaking:
    """The forms of one's lists."""

    def __init__(self, desk: Desk, reading: Reading, discover: Discover) -> None:
        self._desk, self._lists, self._timelines, self._discover = desk, reading.lists, reading.timelines, discover

    @property
    def routes(self) -> list[Route]:
        """Its paths."""
        desk, one = self._desk, "/lists/{id:int}"
        return [
            Route("/lists/new", desk.members(self._new), methods=["GET"]),
            Route("/lists", desk.form(self._make, Deed.RELATE), methods=["POST"]),
            Route(f"{one}/edit", desk.members(self._show), methods=["GET"]),
            Route(f"{one}/edit", desk.form(self._change, Deed.RELATE), methods=["POST"]),
            Route(f"{one}/add", desk.form(self._add, Deed.RELATE), methods=["POST"]),
            Route(f"{one}/remove", desk.form(self._remove, Deed.RELATE), methods=["POST"]),
            Route(f"{one}/drop", desk.form(self._drop, Deed.RELATE), methods=["POST"]),
        ]

    async def _new(self, request: Request, visitor: Visitor) -> Response:
        return await self._desk.page(request, visitor, "new_list.html", problem="", title="")

    async def _make(self, request: Request, visitor: Visitor, form: Form) -> Response:
        assert visitor.who is not None
        title = form.get("title").strip()
        made = await self._lists.make(visitor.who, title)
        if isinstance(made, Refused):
            words = _words(title, made)
            return await self._desk.page(request, visitor, "new_list.html", 422, problem=words, title=title[:1_000])
        return self._desk.to(f"/lists/{made.id}/edit")

    async def _show(self, request: Request, visitor: Visitor) -> Response:
        return await self._page(request, visitor, 200)

    async def _page(
        self, request: Request, visitor: Visitor, status: int, *, problem: str = "", unfound: str = "", whom: str = ""
    ) -> Response:
        assert visitor.who is not None
        row = await self._lists.get(visitor.who, id_of(request))
        if row is None:
            return await self._desk.not_found(request, visitor)
        me = await self._timelines.face(visitor.who)
        members = await self._lists.members(row, Window(), SHOWN)
        followed, _ = await self._timelines.graph(visitor.who, 0, followers=False)
        return await self._desk.page(
            request,
            visitor,
            "edit_list.html",
            status,
            row=row._asdict(),
            address=f"{me.page}/lists/{row.id}" if me is not None else "",
            faces=await self._timelines.read(lambda tx: self._timelines.faces_in(tx, members)),
            others=[face for face in followed if face.id not in set(members)][:20],
            replies=[{"value": each.value, "words": words} for each, words in _REPLIES.items()],
            problem=problem,
            unfound=unfound,
            whom=whom,
        )

    async def _change(self, request: Request, visitor: Visitor, form: Form) -> Response:
        assert visitor.who is not None
        wanted, title = id_of(request), form.get("title").strip()
        replies = form.get("replies")
        changed = await self._lists.change(
            visitor.who,
            wanted,
            title=title,
            replies=Replies(replies) if replies in list(Replies) else None,
            exclusive=bool(form.get("exclusive")),
            open_=bool(form.get("open")),
        )
        if isinstance(changed, Refused):
            return await self._page(request, visitor, 422, problem=_words(title, changed))
        return self._desk.to(f"/lists/{wanted}")

    async def _add(self, request: Request, visitor: Visitor, form: Form) -> Response:
        assert visitor.who is not None
        wanted, whom = id_of(request), one_box.tidied(form.get("whom"))
        found = await self._meant(form, whom)
        if isinstance(found, str):
            return await self._page(request, visitor, 422, unfound=found, whom=whom)
        refused = await self._lists.add(visitor.who, wanted, [found])
        if refused is not None and refused is not IN_IT_ALREADY:
            words = "Only those whom you follow can be put into a list." if refused is NOT_FOLLOWED else refused.detail
            return await self._page(request, visitor, 422, unfound=words, whom=whom)
        return self._desk.to(f"/lists/{wanted}/edit")

    async def _meant(self, form: Form, whom: str) -> MicroblogId | str:
        """Whom the form names, by a button or in words; or what to say."""
        number = form.number("microblog")
        if number is not None:
            face = await self._timelines.face(number)
            return face.id if face is not None else "That microblog is not known here."
        if not whom:
            return "Say whom, as @name@where."
        found = await self._discover.find(whom)
        if isinstance(found, Refused) or found.microblog is None:
            return one_box.not_found(whom, found if isinstance(found, Refused) else None)
        return found.microblog

    async def _remove(self, request: Request, visitor: Visitor, form: Form) -> Response:
        assert visitor.who is not None
        refused = await self._lists.remove(visitor.who, id_of(request), [MicroblogId(form.number("microblog") or 0)])
        if refused is not None:
            return await self._desk.not_found(request, visitor)
        return self._desk.to(f"/lists/{id_of(request)}/edit")

    async def _drop(self, request: Request, visitor: Visitor, _form: Form) -> Response:
        assert visitor.who is not None
        if await self._lists.drop(visitor.who, id_of(request)) is not None:
            return await self._desk.not_found(request, visitor)
        return self._desk.to("/lists")


def _words(title: str, refused: Refused) -> str:
    if not title:
        return _NO_TITLE
    return _TOO_LONG if len(title) > MAX_TITLE else refused.detail
