"""Settings: the other network on which one is heard, whether one is, and the key by which one is known there."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.far_signing import FarSigning
from scattershot.app.signets import Signets
from scattershot.domain.people import Deed
from scattershot.domain.reading import Refused
from scattershot.frontends.web.account import Account
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.forms import Form
from scattershot.frontends.web.visitors import Visitor
from scattershot.ports.database import Database

_PAGE = "/settings/networks"
_DONE = {
    "on": "Saved. What you post in public from now on is read there too.",
    "off": "Saved. You say no more there.",
    "signer": "Your signer signs what you say there from now on.",
    "own": "You speak by a key of this node again.",
}
_NO_KEY = Refused("invalid", "Your microblog has no key yet.")
_NO_PASSWORD = Refused("invalid", "First set a password of your own, on the account page.")


class Networks:
    """The page and its forms; the key is shown to whoever owns the microblog and says the password."""

    def __init__(
        self, desk: Desk, account: Account, signets: Signets, database: Database, far_signing: FarSigning
    ) -> None:
        self._desk, self._account, self._signets, self._database = desk, account, signets, database
        self._far_signing = far_signing

    @property
    def routes(self) -> list[Route]:
        """Its paths."""
        desk = self._desk
        return [
            Route(_PAGE, desk.members(self._show, Deed.PRESENT), methods=["GET"]),
            Route(_PAGE, desk.form(self._settle, Deed.PRESENT), methods=["POST"]),
            Route(f"{_PAGE}/key", desk.form(self._key, Deed.END), methods=["POST"]),
            Route(f"{_PAGE}/signer", desk.form(self._signer, Deed.END), methods=["POST"]),
        ]

    async def _show(self, request: Request, visitor: Visitor) -> Response:
        return await self._page(request, visitor, done=_DONE.get(request.query_params.get("done", ""), ""))

    async def _page(
        self, request: Request, visitor: Visitor, status: int = 200, *, problem: str = "", done: str = "", key: str = ""
    ) -> Response:
        assert visitor.who is not None
        assert visitor.person is not None
        own = await self._signets.about(self._database, visitor.who)
        return await self._desk.page(
            request,
            visitor,
            "networks.html",
            status,
            speaks=own.speaks,
            name=own.name,
            key=key,
            far=await self._far_signing.about(visitor.who),
            may_end=visitor.may(Deed.END),
            has_password=bool(visitor.person.secret),
            problem=problem,
            done=done,
        )

    async def _settle(self, _: Request, visitor: Visitor, form: Form) -> Response:
        assert visitor.who is not None
        speaks = form.get("speaks") == "yes"
        await self._signets.settle(self._database, visitor.who, speaks)
        return self._desk.to(f"{_PAGE}?done={'on' if speaks else 'off'}")

    async def _signer(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Whoever owns the microblog lets a signer elsewhere sign for it, or does so no more."""
        assert visitor.who is not None
        if form.get("leave"):
            await self._far_signing.leave(visitor.who)
            return self._desk.to(f"{_PAGE}?done=own")
        refused = await self._far_signing.take_on(visitor.who, form.get("link")[:4_000].strip())
        if refused is not None:
            return await self._page(request, visitor, 422, problem=refused.detail)
        return self._desk.to(f"{_PAGE}?done=signer")

    async def _key(self, request: Request, visitor: Visitor, form: Form) -> Response:
        assert visitor.who is not None
        assert visitor.person is not None
        if not visitor.person.secret:
            return await self._page(request, visitor, 422, problem=_NO_PASSWORD.detail)
        refused = await self._account.proved(visitor, form.get("password"))
        if refused is not None:
            status = 429 if refused.why == "often" else 422
            return await self._page(request, visitor, status, problem=refused.detail)
        key = await self._signets.carried(self._database, visitor.who, form.get("lock")[:1_000])
        if key is None:
            return await self._page(request, visitor, 422, problem=_NO_KEY.detail)
        return await self._page(request, visitor, key=key)
