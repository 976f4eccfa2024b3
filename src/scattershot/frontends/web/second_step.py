"""The second step of signing in: whoever has a second factor shows it, whatever they came for."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.people import SignedIn
from scattershot.app.second_factors import SecondFactors
from scattershot.domain.reading import Refused
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.forms import Form, local_path
from scattershot.frontends.web.signing_in import SECOND_STEP
from scattershot.frontends.web.visitors import Visitor


class SecondStep:
    """The page and its two forms; the one for passkeys is there for browsers with a script."""

    def __init__(self, desk: Desk, factors: SecondFactors) -> None:
        self._desk, self._factors = desk, factors

    @property
    def routes(self) -> list[Route]:
        """Its paths."""
        desk = self._desk
        return [
            Route(SECOND_STEP, desk.open(self._show), methods=["GET"]),
            Route(SECOND_STEP, desk.open_form(self._by_code), methods=["POST"]),
            Route(f"{SECOND_STEP}/passkey", desk.open_form(self._by_passkey), methods=["POST"]),
        ]

    async def _show(self, request: Request, visitor: Visitor) -> Response:
        return await self._page(request, visitor, local_path(request.query_params.get("next", ""), "/home"))

    async def _page(
        self, request: Request, visitor: Visitor, next_: str, status: int = 200, problem: str = ""
    ) -> Response:
        ticket = self._desk.visitors.ticket(request)
        waiting = await self._factors.waiting(ticket) if ticket else None
        if waiting is None:  # too late, tried too often, or never begun
            return self._desk.to(f"/login?next={quote(next_, safe='')}")
        return await self._desk.form_page(
            request,
            visitor,
            "second_step.html",
            status,
            next=next_,
            problem=problem,
            has_codes=waiting.has_codes,
            wish=await self._factors.wish(ticket) if waiting.has_passkeys else None,
        )

    async def _by_code(self, request: Request, visitor: Visitor, form: Form) -> Response:
        ticket = self._desk.visitors.ticket(request)
        return await self._finish(
            request, visitor, form, await self._factors.finish_with_code(ticket, form.get("code"))
        )

    async def _by_passkey(self, request: Request, visitor: Visitor, form: Form) -> Response:
        ticket = self._desk.visitors.ticket(request)
        done = await self._factors.finish_with_passkey(ticket, form.get("answer"))
        return await self._finish(request, visitor, form, done)

    async def _finish(self, request: Request, visitor: Visitor, form: Form, done: SignedIn | Refused) -> Response:
        next_ = local_path(form.get("next"), "/home")
        if isinstance(done, Refused):
            return await self._page(request, visitor, next_, 429 if done.why == "often" else 422, done.detail)
        response = self._desk.to(next_)
        self._desk.visitors.sign_in(response, done.session)
        return response
