"""Coming in and leaving: one-time links, sign-in by name and password, sign-out, and as whom to speak."""

import asyncio
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.passwords import MIN_PASSWORD
from scattershot.app.people import Half, People, SignedIn
from scattershot.domain.ids import MicroblogId
from scattershot.domain.people import Deed
from scattershot.domain.reading import Refused
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.forms import Form, local_path
from scattershot.frontends.web.visitors import Visitor, agent_of
from scattershot.wirekit.token_bucket import Bucket, RateLimits

BY_ADDRESS = Bucket(capacity=20, per_second=1 / 15)
"""Attempts to sign in from one address: room for a family behind one router."""
BY_NAME = Bucket(capacity=10, per_second=1 / 60)
"""Attempts to sign in as one person, from wherever."""
SECOND_STEP = "/login/second"
"""Where whoever has a second factor goes on."""
AT_ONCE = 2
"""Passwords tried side by side: each takes 64 MiB for a moment."""


class SigningIn:
    """The pages of the door."""

    def __init__(self, desk: Desk, people: People) -> None:
        self._desk, self._people = desk, people
        self._by_address, self._by_name = RateLimits(BY_ADDRESS), RateLimits(BY_NAME)
        self._at_once = asyncio.Semaphore(AT_ONCE)

    @property
    def routes(self) -> list[Route]:
        """Its paths."""
        desk = self._desk
        return [
            Route("/login", desk.open(self._login), methods=["GET"]),
            Route("/login", desk.open_form(self._sign_in), methods=["POST"]),
            Route("/logout", desk.open_form(self._sign_out), methods=["POST"]),
            Route("/welcome/{secret}", desk.open(self._welcome), methods=["GET"]),
            Route("/welcome/{secret}", desk.open_form(self._follow_link), methods=["POST"]),
            Route("/speak", desk.form(self._speak, Deed.READ), methods=["POST"]),
        ]

    async def _login(self, request: Request, visitor: Visitor) -> Response:
        next_ = local_path(request.query_params.get("next", ""), "/home")
        if visitor.person is not None:
            return self._desk.to(next_)
        return await self._desk.form_page(request, visitor, "login.html", next=next_, name="", problem="")

    async def _sign_in(self, request: Request, visitor: Visitor, form: Form) -> Response:
        name, next_ = form.get("name").strip().removeprefix("@")[:100], local_path(form.get("next"), "/home")
        signed_in: SignedIn | Half | Refused = Refused("often", "That was tried too often. Please wait a minute.")
        if self._may_try(self._desk.visitors.address(request), name.lower()):
            async with self._at_once:
                signed_in = await self._people.sign_in(name, form.get("password")[:1_000], agent_of(request))
        if isinstance(signed_in, Refused):
            status = 429 if signed_in.why == "often" else 422
            return await self._desk.form_page(
                request, visitor, "login.html", status, next=next_, name=name, problem=signed_in.detail
            )
        return self._come_in(signed_in, next_)

    def _may_try(self, address: str, name: str) -> bool:
        now = self._desk.clock.now()
        return self._by_address.take(address, now).allowed and self._by_name.take(name, now).allowed

    def _come_in(self, signed_in: SignedIn | Half, next_: str) -> Response:
        if isinstance(signed_in, Half):
            response = self._desk.to(f"{SECOND_STEP}?next={quote(next_, safe='')}")
            self._desk.visitors.half_in(response, signed_in.ticket)
            return response
        response = self._desk.to(next_)
        self._desk.visitors.sign_in(response, signed_in.session)
        return response

    async def _sign_out(self, _request: Request, visitor: Visitor, _form: Form) -> Response:
        response = self._desk.to("/")
        await self._desk.visitors.sign_out(response, visitor)
        return response

    # -- one-time links; looking at one does not spend it, for chat programs look at every link

    async def _welcome(self, request: Request, visitor: Visitor) -> Response:
        return await self._link_page(request, visitor, 200, "", "")

    async def _link_page(self, request: Request, visitor: Visitor, status: int, name: str, problem: str) -> Response:
        link = await self._people.link(request.path_params["secret"][:200])
        if link is None:
            gone = "This link was used already or is too old. Ask whoever runs this node for a new one."
            return await self._desk.problem(request, visitor, 410, gone)
        return await self._desk.form_page(
            request,
            visitor,
            "welcome.html",
            status,
            for_owner=link.person is None,
            name=name,
            problem=problem,
            least=MIN_PASSWORD,
            action=f"/welcome/{quote(request.path_params['secret'], safe='')}",
        )

    async def _follow_link(self, request: Request, visitor: Visitor, form: Form) -> Response:
        secret = request.path_params["secret"][:200]
        link = await self._people.link(secret)
        if link is None:
            return await self._link_page(request, visitor, 410, "", "")
        if not self._by_address.take(self._desk.visitors.address(request), self._desk.clock.now()).allowed:
            return await self._link_page(request, visitor, 429, "", "That was tried too often. Please wait a minute.")
        name, password = form.get("name").strip().removeprefix("@")[:100], form.get("password")
        async with self._at_once:
            if link.person is None:
                signed_in = await self._people.make_owner(secret, name, password, agent_of(request))
            else:
                signed_in = await self._people.follow_link(secret, password, agent_of(request))
        if isinstance(signed_in, Refused):
            return await self._link_page(request, visitor, 422, name, signed_in.detail)
        return self._come_in(signed_in, "/begin" if link.person is None else "/home")

    async def _speak(self, _request: Request, visitor: Visitor, form: Form) -> Response:
        chosen = form.number("microblog")
        response = self._desk.back(form, "/home")
        if chosen is not None and any(each.id == chosen for each in visitor.kept):
            self._desk.visitors.speak_as(response, MicroblogId(chosen))
        return response
