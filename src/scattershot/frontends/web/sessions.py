"""Where one is signed in, which programs act for one, and ending that."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.people import People
from scattershot.app.programs import Programs
from scattershot.domain.ids import TokenId
from scattershot.domain.people import Deed
from scattershot.frontends.web.consent import WORDS
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.forms import Form
from scattershot.frontends.web.visitors import Visitor

_PAGE = "/settings/sessions"


class Sessions:
    """The page of one's browsers and programs."""

    def __init__(self, desk: Desk, people: People, programs: Programs) -> None:
        self._desk, self._people, self._programs = desk, people, programs

    @property
    def routes(self) -> list[Route]:
        """Its paths."""
        return [
            Route(_PAGE, self._desk.members(self._show), methods=["GET"]),
            Route(f"{_PAGE}/end", self._desk.form(self._end, Deed.READ), methods=["POST"]),
            Route(f"{_PAGE}/end-program", self._desk.form(self._end_program, Deed.READ), methods=["POST"]),
            Route(f"{_PAGE}/end-others", self._desk.form(self._end_others, Deed.READ), methods=["POST"]),
        ]

    async def _show(self, request: Request, visitor: Visitor) -> Response:
        assert visitor.person is not None
        sessions = await self._people.sessions(visitor.person.id, visitor.secret)
        handles = {each.id: str(each.profile.handle) for each in visitor.kept}
        programs = [
            {"token": each.token, "name": each.program, "website": each.website, "created": each.created,
             "may": [WORDS.get(scope, scope) for scope in each.scopes.split()],
             "handle": handles.get(each.microblog, "")}
            for each in await self._programs.tokens_of(visitor.person.id)
        ]  # fmt: skip
        return await self._desk.page(request, visitor, "sessions.html", sessions=sessions, programs=programs)

    async def _end(self, request: Request, visitor: Visitor, form: Form) -> Response:
        assert visitor.person is not None
        if not await self._people.end_session(visitor.person.id, form.get("session")):
            return await self._desk.not_found(request, visitor)
        return self._desk.to(_PAGE)

    async def _end_program(self, request: Request, visitor: Visitor, form: Form) -> Response:
        assert visitor.person is not None
        if not await self._programs.end(visitor.person.id, TokenId(form.number("program") or 0)):
            return await self._desk.not_found(request, visitor)
        return self._desk.to(_PAGE)

    async def _end_others(self, _request: Request, visitor: Visitor, _form: Form) -> Response:
        assert visitor.person is not None
        await self._people.end_other_sessions(visitor.person.id, visitor.secret)
        return self._desk.to(_PAGE)
