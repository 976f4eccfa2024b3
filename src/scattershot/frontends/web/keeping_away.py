"""Settings: whom one blocks and mutes, and the domains one shuns."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.discover import Discover
from scattershot.app.publish import Publisher
from scattershot.app.rosters import Cut, RosterPage, Rosters
from scattershot.app.ties import Ties
from scattershot.domain.ids import MicroblogId
from scattershot.domain.people import Deed
from scattershot.domain.reading import Refused
from scattershot.frontends.web.desk import Desk, Handler
from scattershot.frontends.web.forms import Form
from scattershot.frontends.web.visitors import Visitor
from scattershot.frontends.web.writing import VIA

_PAGE = "/settings/away"
_MOST = 40
_DIGITS = 40
"""Digits of a place in a list: a moment and an id."""


class KeepingAway:
    """Three lists, each with a way in and out."""

    def __init__(self, desk: Desk, rosters: Rosters, ties: Ties, publisher: Publisher, discover: Discover) -> None:
        self._desk, self._rosters, self._ties = desk, rosters, ties
        self._publisher, self._discover = publisher, discover

    @property
    def routes(self) -> list[Route]:
        """Their paths."""
        desk = self._desk
        return [
            Route(_PAGE, desk.members(self._list("blocked", self._rosters.blocked), Deed.RELATE), methods=["GET"]),
            Route(f"{_PAGE}/muted", desk.members(self._list("muted", self._rosters.muted), Deed.RELATE)),
            Route(f"{_PAGE}/domains", desk.members(self._domains, Deed.RELATE), methods=["GET"]),
            Route(f"{_PAGE}/domains", desk.form(self._shun, Deed.RELATE), methods=["POST"]),
            Route(f"{_PAGE}/domains/again", desk.form(self._unshun, Deed.RELATE), methods=["POST"]),
            Route(f"{_PAGE}/{{which}}/add", desk.form(self._add, Deed.RELATE), methods=["POST"]),
        ]

    def _list(self, which: str, read: Callable[[MicroblogId, Cut], Awaitable[RosterPage]]) -> Handler:
        async def show(request: Request, visitor: Visitor) -> Response:
            assert visitor.who is not None
            page = await read(visitor.who, Cut(_MOST, below=_below(request)))
            return await self._page(request, visitor, which, page)

        return show

    async def _page(
        self, request: Request, visitor: Visitor, which: str, page: RosterPage, status: int = 200, *,
        problem: str = "", typed: str = "",
    ) -> Response:  # fmt: skip
        return await self._desk.page(
            request, visitor, "away.html", status, which=which, faces=page.faces, domains=[], older=page.older,
            problem=problem, typed=typed,
        )  # fmt: skip

    async def _add(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Block or mute whoever is named."""
        assert visitor.who is not None
        which, named = request.path_params["which"], form.get("who").strip()[:1_000]
        if which not in ("blocked", "muted"):
            return await self._desk.not_found(request, visitor)
        found = await self._discover.find(named)
        whom = None if isinstance(found, Refused) else found.microblog
        why = Refused("not_found", f"{named or 'Nobody'} was not found. Write it as @name@where or as an address.")
        if whom == visitor.who:
            why, whom = Refused("invalid", "That is you."), None
        if whom is not None:
            done = await self._keep_away(visitor.who, whom, which)
            if not isinstance(done, Refused):
                return self._desk.to(_PAGE if which == "blocked" else f"{_PAGE}/{which}")
            why = done
        read = self._rosters.blocked if which == "blocked" else self._rosters.muted
        page = await read(visitor.who, Cut(_MOST))
        return await self._page(request, visitor, which, page, 422, problem=why.detail, typed=named)

    async def _keep_away(self, who: MicroblogId, whom: MicroblogId, which: str) -> Refused | None:
        if which == "blocked":
            done = await self._publisher.block(who, whom, VIA)
            return done if isinstance(done, Refused) else None
        await self._publisher.mute(who, whom, None)
        return None

    # -- domains

    async def _domains(self, request: Request, visitor: Visitor) -> Response:
        return await self._shunned(request, visitor)

    async def _shunned(
        self, request: Request, visitor: Visitor, status: int = 200, problem: str = "", typed: str = ""
    ) -> Response:
        assert visitor.who is not None
        found = await self._rosters.shunned(visitor.who, Cut(_MOST, below=_below(request)))
        return await self._desk.page(
            request, visitor, "away.html", status, which="domains", faces=[], domains=found.domains, older=found.older,
            problem=problem, typed=typed,
        )  # fmt: skip

    async def _shun(self, request: Request, visitor: Visitor, form: Form) -> Response:
        assert visitor.who is not None
        typed = form.get("domain").strip()[:1_000]
        refused = await self._ties.shun(visitor.who, typed, VIA)
        if refused is not None:
            return await self._shunned(request, visitor, 422, refused.detail, typed)
        return self._desk.to(f"{_PAGE}/domains")

    async def _unshun(self, _request: Request, visitor: Visitor, form: Form) -> Response:
        assert visitor.who is not None
        await self._ties.unshun(visitor.who, form.get("domain")[:1_000])
        return self._desk.to(f"{_PAGE}/domains")


def _below(request: Request) -> int | None:
    """Where the list goes on."""
    text = request.query_params.get("before", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None
