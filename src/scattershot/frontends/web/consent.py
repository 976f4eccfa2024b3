"""Consent: where a person lets a program act for them, as one of their microblogs (RFC 6749 section 4.1)."""

from urllib.parse import quote, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from scattershot.app.programs import OUT_OF_BAND, Consent, Programs
from scattershot.domain.ids import MicroblogId
from scattershot.domain.reading import Refused
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.forms import Form
from scattershot.frontends.web.visitors import Visitor

PATH = "/oauth/authorize"

_ASKED = ("client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method", "response_mode")

WORDS = {
    "read": "read everything you can read here, direct messages too",
    "write": "post as you, and change everything of yours",
    "follow": "change whom you follow, mute and block",
    "push": "send you push notifications",
    "profile": "see your name and picture",
    "admin:read": "read what only those see who run this node",
    "admin:write": "run this node for you",
}
"""What scopes allow, in words for people."""


class Consents:
    """The page of consent and its answer."""

    def __init__(self, desk: Desk, programs: Programs) -> None:
        self._desk, self._programs = desk, programs

    @property
    def routes(self) -> list[Route]:
        """Its paths."""
        return [
            Route(PATH, self._desk.open(self._ask), methods=["GET"]),
            Route(PATH, self._desk.form(self._decide), methods=["POST"]),
        ]

    async def _asked(self, given: dict[str, str]) -> Consent | Refused:
        return await self._programs.asks(
            given["client_id"],
            given["redirect_uri"],
            given["scope"],
            challenge=given["code_challenge"],
            method=given["code_challenge_method"],
        )

    async def _ask(self, request: Request, visitor: Visitor) -> Response:
        given = {name: request.query_params.get(name, "") for name in _ASKED}
        if request.query_params.get("response_type", "code") != "code":
            return await self._desk.problem(request, visitor, 400, "Only response_type=code is known here.")
        consent = await self._asked(given)
        if isinstance(consent, Refused):
            return await self._desk.problem(request, visitor, 400, consent.detail)
        if visitor.who is None:
            return self._desk.to(f"/login?next={quote(f'{PATH}?{request.url.query}', safe='')}")
        page = await self._desk.page(
            request,
            visitor,
            "consent.html",
            program=consent.program.name,
            website=consent.program.website,
            host=urlsplit(consent.redirect).netloc,
            wishes=[WORDS.get(scope, scope) for scope in consent.scopes],
            fields=given,
        )
        # Chromium holds `form-action` against where the answer leads too, and that is the program's own address.
        policy = page.headers["Content-Security-Policy"]
        page.headers["Content-Security-Policy"] = policy.replace("form-action 'self'; ", "")
        page.headers["Cache-Control"] = "no-store"
        return page

    async def _decide(self, request: Request, visitor: Visitor, form: Form) -> Response:
        assert visitor.person is not None
        given = {name: form.get(name) for name in _ASKED}
        consent = await self._asked(given)
        if isinstance(consent, Refused):
            return await self._desk.problem(request, visitor, 400, consent.detail)
        if form.get("answer") != "yes":
            return await self._back(request, visitor, consent, given, {"error": "access_denied"})
        microblog = form.number("microblog")
        chosen = MicroblogId(microblog) if microblog is not None else visitor.who
        assert chosen is not None
        code = await self._programs.grant(consent, visitor.person.id, chosen)
        if isinstance(code, Refused):
            return await self._desk.refused(request, visitor, code)
        return await self._back(request, visitor, consent, given, {"code": code})

    async def _back(
        self, request: Request, visitor: Visitor, consent: Consent, given: dict[str, str], answer: dict[str, str]
    ) -> Response:
        """Back to the program; one that has no address is told by the person, who copies the code."""
        if consent.redirect == OUT_OF_BAND:
            page = await self._desk.page(
                request, visitor, "code.html", program=consent.program.name, code=answer.get("code", "")
            )
            page.headers["Cache-Control"] = "no-store"
            return page
        if given["state"]:
            answer["state"] = given["state"]
        joint = "#" if given["response_mode"] == "fragment" else "&" if "?" in consent.redirect else "?"
        address = f"{consent.redirect}{joint}{urlencode(answer)}"
        return RedirectResponse(address, 302, headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
