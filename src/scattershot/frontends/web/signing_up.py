"""Signing up as the node is set up, the invitations people give out, and those who wait for a yes."""

from typing import get_args
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.passwords import MIN_PASSWORD
from scattershot.app.people import People
from scattershot.app.sign_up import (
    DAYS_BY_ONE,
    MOST_BY_ONE,
    Entered,
    Faults,
    Field,
    Invited,
    Offer,
    SignUp,
    Waits,
    Wish,
)
from scattershot.domain.people import Deed, Role
from scattershot.domain.reading import Refused
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.forms import Form, local_path, number
from scattershot.frontends.web.visitors import Visitor, agent_of
from scattershot.settings import Settings

INVITATIONS = "/settings/invitations"
WAITING = "/admin/people"


class SigningUp:
    """The pages for those who are new, and of those who let them in."""

    def __init__(self, desk: Desk, settings: Settings, people: People, sign_up: SignUp) -> None:
        self._desk, self._settings, self._people, self._sign_up = desk, settings, people, sign_up

    @property
    def routes(self) -> list[Route]:
        """Its paths."""
        desk = self._desk
        return [
            Route("/signup", desk.open(self._show), methods=["GET"]),
            Route("/signup", desk.open_form(self._send), methods=["POST"]),
            Route("/invite/{code}", desk.open(self._by_code), methods=["GET"]),
            Route(INVITATIONS, desk.members(self._invitations), methods=["GET"]),
            Route(INVITATIONS, desk.form(self._invite, Deed.READ), methods=["POST"]),
            Route(f"{INVITATIONS}/take-back", desk.form(self._take_back, Deed.READ), methods=["POST"]),
            Route(WAITING, desk.admins(self._waiting), methods=["GET"]),
            Route(f"{WAITING}/{{number:int}}/{{answer}}", desk.admin_form(self._decide), methods=["POST"]),
        ]

    # -- coming

    async def _show(self, request: Request, visitor: Visitor) -> Response:
        next_ = local_path(request.query_params.get("next", ""), "/home")
        if visitor.person is not None:
            return self._desk.to(next_)
        if not self._sign_up.is_open:
            closed = "Nobody can sign up here by themselves. Ask whoever runs this node."
            return await self._desk.problem(request, visitor, 403, closed)
        wish = Wish("", "", invitation=request.query_params.get("invitation", "")[:100])
        return await self._page(request, visitor, 200, wish, {}, next_)

    async def _by_code(self, request: Request, visitor: Visitor) -> Response:
        code = request.path_params["code"][:100]
        if await self._sign_up.invited(code) is None:
            gone = "This invitation is too old, or was used already. Ask for a new one."
            return await self._desk.problem(request, visitor, 410, gone)
        return self._desk.to(f"/signup?invitation={quote(code, safe='')}")

    async def _page(
        self, request: Request, visitor: Visitor, status: int, wish: Wish, problems: dict[str, str], next_: str
    ) -> Response:
        invitation = await self._sign_up.invited(wish.invitation) if wish.invitation else None
        return await self._desk.form_page(
            request,
            visitor,
            "signup.html",
            status,
            wish=wish._replace(password="")._asdict(),
            invitation=invitation,
            mode=self._sign_up.mode,
            message=self._sign_up.message,
            asks_why=self._sign_up.asks_why and invitation is None,
            least=MIN_PASSWORD,
            problems=dict.fromkeys(("", *get_args(Field)), "") | problems,
            domain=self._settings.domain,
            next=next_,
        )

    async def _send(self, request: Request, visitor: Visitor, form: Form) -> Response:
        next_ = local_path(form.get("next"), "/home")
        wish = Wish(
            form.get("name")[:200],
            form.get("password")[:2_000],
            form.get("email").strip()[:1_000],
            form.get("reason")[:10_000],
            form.get("invitation").strip()[:100],
            bool(form.get("agreed")),
        )
        done = await self._sign_up.sign_up(wish, self._desk.visitors.address(request))
        match done:
            case Entered():
                response = self._desk.to("/begin" if next_ == "/home" else next_)
                session = await self._people.begin_session(done.person.id, agent_of(request))
                self._desk.visitors.sign_in(response, session)
                return response
            case Waits():
                return await self._desk.page(request, visitor, "waiting.html", 202)
            case Faults(faults):
                problems: dict[str, str] = {fault.field: fault.words for fault in reversed(faults)}
                return await self._page(request, visitor, 422, wish, problems, next_)
            case Refused("closed" as why, detail):
                return await self._desk.refused(request, visitor, Refused(why, detail))
            case Refused(why, detail):
                return await self._page(request, visitor, 429 if why == "often" else 422, wish, {"": detail}, next_)

    # -- inviting

    async def _invitations(self, request: Request, visitor: Visitor) -> Response:
        return await self._invitations_page(request, visitor, 200)

    async def _invitations_page(
        self, request: Request, visitor: Visitor, status: int, *, problem: str = "", link: str = ""
    ) -> Response:
        assert visitor.person is not None
        if not (visitor.runs_node or self._sign_up.may_invite(visitor.person)):
            return await self._desk.not_found(request, visitor)
        found: list[Invited] = await self._sign_up.invitations(visitor.person)
        response = await self._desk.page(
            request,
            visitor,
            "invitations.html",
            status,
            invitations=found,
            may_invite=self._sign_up.may_invite(visitor.person),
            most=None if visitor.runs_node else MOST_BY_ONE,
            days=None if visitor.runs_node else DAYS_BY_ONE,
            problem=problem,
            link=link,
        )
        if link:
            response.headers["Cache-Control"] = "no-store"
        return response

    async def _invite(self, request: Request, visitor: Visitor, form: Form) -> Response:
        offer = Offer(
            number(form.get("most")) if form.get("most") else None,
            number(form.get("days")) if form.get("days") else None,
            Role.ADMIN if form.get("admin") else Role.PERSON,
            bool(form.get("follow")),
            form.get("note")[:1_000],
        )
        code = await self._sign_up.invite(visitor.person, offer)
        if isinstance(code, Refused):
            status = 403 if code.why in ("not_allowed", "closed") else 422
            return await self._invitations_page(request, visitor, status, problem=code.detail)
        return await self._invitations_page(request, visitor, 200, link=f"{self._settings.origin}/invite/{code}")

    async def _take_back(self, request: Request, visitor: Visitor, form: Form) -> Response:
        refused = await self._sign_up.take_back(visitor.person, form.number("invitation") or 0)
        if refused is not None:
            return await self._invitations_page(request, visitor, 404, problem=refused.detail)
        return self._desk.to(INVITATIONS)

    # -- saying yes

    async def _waiting(self, request: Request, visitor: Visitor) -> Response:
        return await self._desk.page(
            request, visitor, "people.html", waiting=await self._sign_up.waiting(), mode=self._sign_up.mode
        )

    async def _decide(self, request: Request, visitor: Visitor, _form: Form) -> Response:
        wanted, answer = request.path_params["number"], request.path_params["answer"]
        if wanted >= 1 << 63 or answer not in ("approve", "reject"):
            return await self._desk.not_found(request, visitor)
        done = await (self._sign_up.approve(wanted) if answer == "approve" else self._sign_up.reject(wanted))
        if isinstance(done, Refused):
            return await self._desk.refused(request, visitor, done)
        return self._desk.to(WAITING)
