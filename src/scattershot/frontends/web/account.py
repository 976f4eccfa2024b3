"""One's account: the password, moving away, and deleting everything."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.discover import Discover
from scattershot.app.passwords import MIN_PASSWORD
from scattershot.app.people import People
from scattershot.app.publish import Done, Publisher
from scattershot.app.timelines import Timelines
from scattershot.domain.people import Deed
from scattershot.domain.reading import Refused
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.forms import Form
from scattershot.frontends.web.visitors import Visitor, agent_of
from scattershot.frontends.web.writing import VIA
from scattershot.wirekit.token_bucket import Bucket, RateLimits

TRIES = Bucket(capacity=10, per_second=1 / 60)
"""How often one person may say a password here."""

_PAGE = "/settings/account"
_DONE = {
    "password": "Your password is changed. Every other browser was signed out.",
    "email": "Saved.",
    "moved": "You have moved. Your followers are being told.",
    "back": "You are back. Followers who were led away do not come back by themselves.",
}
_WRONG = Refused("wrong", "The password is not right.")
_OFTEN = Refused("often", "That was tried too often. Please wait a minute.")


class Account:
    """The account page and its forms; what cannot be taken back asks for the password."""

    def __init__(
        self, desk: Desk, timelines: Timelines, people: People, publisher: Publisher, discover: Discover
    ) -> None:
        self._desk, self._timelines, self._people = desk, timelines, people
        self._publisher, self._discover = publisher, discover
        self._tries = RateLimits(TRIES)
        self._one_at_a_time = asyncio.Lock()  # each password tried takes 64 MiB for a moment

    @property
    def routes(self) -> list[Route]:
        """Its paths."""
        desk = self._desk
        return [
            Route(_PAGE, desk.members(self._show), methods=["GET"]),
            Route(f"{_PAGE}/password", desk.form(self._password, Deed.READ), methods=["POST"]),
            Route(f"{_PAGE}/email", desk.form(self._email, Deed.READ), methods=["POST"]),
            Route(f"{_PAGE}/move", desk.form(self._move, Deed.END), methods=["POST"]),
            Route(f"{_PAGE}/back", desk.form(self._come_back, Deed.END), methods=["POST"]),
            Route(f"{_PAGE}/delete", desk.form(self._delete, Deed.READ), methods=["POST"]),
        ]

    async def _show(self, request: Request, visitor: Visitor) -> Response:
        return await self._page(request, visitor, 200, done=_DONE.get(request.query_params.get("done", ""), ""))

    async def _page(
        self, request: Request, visitor: Visitor, status: int, *, problem: str = "", done: str = "", target: str = ""
    ) -> Response:
        assert visitor.person is not None
        assert visitor.who is not None
        face = await self._timelines.face(visitor.who)
        about = await self._timelines.about(face, visitor.who) if face is not None else None
        return await self._desk.page(
            request,
            visitor,
            "account.html",
            status,
            name=visitor.person.name,
            has_password=bool(visitor.person.secret),
            email=await self._people.email(visitor.person.id),
            may_end=visitor.may(Deed.END),
            least=MIN_PASSWORD,
            moved_to=about.moved_to if about is not None else None,
            problem=problem,
            done=done,
            target=target,
        )

    async def _again(self, request: Request, visitor: Visitor, why: Refused, target: str = "") -> Response:
        status = {"often": 429}.get(why.why, 422)
        return await self._page(request, visitor, status, problem=why.detail, target=target)

    async def proved(self, visitor: Visitor, password: str) -> Refused | None:
        """Why the visitor is not believed to be the person itself, or None."""
        assert visitor.person is not None
        if not self._tries.take(str(visitor.person.id), self._desk.clock.now()).allowed:
            return _OFTEN
        async with self._one_at_a_time:
            return None if await self._people.is_password_of(visitor.person.id, password[:1_000]) else _WRONG

    async def _password(self, request: Request, visitor: Visitor, form: Form) -> Response:
        assert visitor.person is not None
        if not self._tries.take(str(visitor.person.id), self._desk.clock.now()).allowed:
            return await self._again(request, visitor, _OFTEN)
        async with self._one_at_a_time:
            changed = await self._people.change_password(
                visitor.person.id, form.get("password")[:1_000], form.get("new_password"), agent_of(request)
            )
        if isinstance(changed, Refused):
            return await self._again(request, visitor, changed)
        response = self._desk.to(f"{_PAGE}?done=password")
        self._desk.visitors.sign_in(response, changed.session)
        return response

    async def _email(self, request: Request, visitor: Visitor, form: Form) -> Response:
        assert visitor.person is not None
        refused = await self._people.set_email(visitor.person.id, form.get("email").strip()[:1_000])
        if refused is not None:
            return await self._again(request, visitor, refused)
        return self._desk.to(f"{_PAGE}?done=email")

    async def _move(self, request: Request, visitor: Visitor, form: Form) -> Response:
        target = form.get("target").strip()[:1_000]
        done = await self.proved(visitor, form.get("password")) or await self._moved(visitor, target)
        if isinstance(done, Refused):
            return await self._again(request, visitor, done, target)
        return self._desk.to(f"{_PAGE}?done=moved")

    async def _moved(self, visitor: Visitor, target: str) -> Done | Refused:
        assert visitor.who is not None
        found = await self._discover.find(target)
        if isinstance(found, Refused):
            return found if found.detail else Refused(found.why, f"{target} was not found.")
        if found.microblog is None:
            return Refused("invalid", "That is a post. Name the microblog that you move to.")
        return await self._publisher.move(visitor.who, found.microblog, VIA)

    async def _come_back(self, request: Request, visitor: Visitor, _form: Form) -> Response:
        assert visitor.who is not None
        done = await self._publisher.come_back(visitor.who, VIA)
        if isinstance(done, Refused):
            return await self._again(request, visitor, done)
        return self._desk.to(f"{_PAGE}?done=back")

    async def _delete(self, request: Request, visitor: Visitor, form: Form) -> Response:
        assert visitor.person is not None
        if form.get("name").strip().removeprefix("@").lower() != visitor.person.name:
            return await self._again(request, visitor, Refused("invalid", "Type your name to say that you mean it."))
        refused = await self.proved(visitor, form.get("password"))
        vanished = refused or await self._people.vanish(visitor.person.name, VIA)
        if isinstance(vanished, Refused):
            return await self._again(request, visitor, vanished)
        response = self._desk.to("/")
        await self._desk.visitors.sign_out(response, visitor)
        return response
