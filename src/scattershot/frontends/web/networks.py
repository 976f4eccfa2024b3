"""Settings: the other network on which one is heard, whether one is, and the key by which one is known there.

A browser that holds the key signs, by our script, what waits for it: that script speaks with the last two paths.
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scattershot.app.browser_signing import BrowserSigning
from scattershot.app.far_signing import FarSigning
from scattershot.app.signets import Signets
from scattershot.domain.ids import MicroblogId
from scattershot.domain.people import Deed, may
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
    "browser": "This browser signs what you say there from now on, whenever a page of this site is open in it.",
    "own": "You speak by a key of this node again.",
}
_NO_KEY = Refused("invalid", "Your microblog has no key yet.")
_NO_STORE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_NO_PASSWORD = Refused("invalid", "First set a password of your own, on the account page.")


class Networks:
    """The page and its forms; the key is shown to whoever owns the microblog and says the password."""

    def __init__(
        self, desk: Desk, account: Account, signets: Signets, database: Database, far_signing: FarSigning,
        browser_signing: BrowserSigning,
    ) -> None:  # fmt: skip
        self._desk, self._account, self._signets, self._database = desk, account, signets, database
        self._far_signing, self._browser_signing = far_signing, browser_signing

    @property
    def routes(self) -> list[Route]:
        """Its paths."""
        desk = self._desk
        return [
            Route(_PAGE, desk.members(self._show, Deed.PRESENT), methods=["GET"]),
            Route(_PAGE, desk.form(self._settle, Deed.PRESENT), methods=["POST"]),
            Route(f"{_PAGE}/key", desk.form(self._key, Deed.END), methods=["POST"]),
            Route(f"{_PAGE}/signer", desk.form(self._signer, Deed.END), methods=["POST"]),
            Route(f"{_PAGE}/browser", desk.form(self._browser, Deed.END), methods=["POST"]),
            Route(f"{_PAGE}/challenge", desk.form(self._challenge, Deed.END), methods=["POST"]),
            Route(f"{_PAGE}/waiting", desk.members(self._waiting), methods=["GET"]),
            Route(f"{_PAGE}/signed", desk.form(self._signed, Deed.READ), methods=["POST"]),
        ]

    async def _show(self, request: Request, visitor: Visitor) -> Response:
        return await self._page(request, visitor, done=_DONE.get(request.query_params.get("done", ""), ""))

    async def _page(
        self, request: Request, visitor: Visitor, status: int = 200, *, problem: str = "", done: str = "", key: str = ""
    ) -> Response:
        assert visitor.who is not None
        assert visitor.person is not None
        own = await self._signets.about(self._database, visitor.who)
        far = await self._far_signing.about(visitor.who)
        return await self._desk.page(
            request,
            visitor,
            "networks.html",
            status,
            speaks=own.speaks,
            name=own.name,
            key=key,
            far=far._asdict() if far is not None else None,
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

    # -- a key that the browser holds

    async def _challenge(self, _: Request, visitor: Visitor, __: Form) -> Response:
        """For our script: what the browser is to sign."""
        assert visitor.speaker is not None
        words = f"Let {visitor.speaker.profile.handle} speak by this key."
        asked = self._browser_signing.challenge(visitor.secret, visitor.speaker.id, words)
        return Response(asked, media_type="application/json", headers=_NO_STORE)

    async def _browser(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Whoever owns the microblog lets the browser sign for it by the key that it proved."""
        assert visitor.who is not None
        refused = await self._browser_signing.take_on(visitor.secret, visitor.who, form.get("answer"))
        if refused is not None:
            return await self._page(request, visitor, 422, problem=refused.detail)
        return self._desk.to(f"{_PAGE}?done=browser")

    async def _waiting(self, _: Request, visitor: Visitor) -> Response:
        """For our script: what waits for whoever asks; with their token, which only our own pages can read."""
        names = {each.id: str(each.profile.handle) for each in visitor.kept}
        found = await self._browser_signing.waiting(_writes_as(visitor))
        waiting = [
            {"number": str(each.id), "as": names[each.microblog], "key": each.public, "what": each.what}
            for each in found or ()
        ]
        told = {"speaks": found is not None, "token": visitor.token, "waiting": waiting}
        return JSONResponse(told, headers=_NO_STORE)

    async def _signed(self, _: Request, visitor: Visitor, form: Form) -> Response:
        """From our script: something that was signed."""
        number = form.number("number") or 0
        refused = await self._browser_signing.give(_writes_as(visitor), number, form.get("signed"))
        if refused is not None:
            return JSONResponse({"problem": refused.detail}, 422, headers=_NO_STORE)
        return JSONResponse({"problem": ""}, headers=_NO_STORE)


def _writes_as(visitor: Visitor) -> list[MicroblogId]:
    """All that the visitor may write as, whichever it speaks as at the moment: any may wait for the key it holds."""
    return [each.id for each in visitor.kept if may(each.role, Deed.WRITE)]
