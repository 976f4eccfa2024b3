"""Settings: what one shows besides the password when one signs in. Every change asks for the password."""

import io
from typing import Any

import minijinja
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scattershot.app.second_factors import SecondFactors
from scattershot.domain.people import Deed
from scattershot.domain.reading import Refused
from scattershot.frontends.web.account import Account
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.forms import Form
from scattershot.frontends.web.visitors import Visitor

_PAGE = "/settings/second-factor"


class SecondFactor:
    """The page and its forms; the one for passkeys is there for browsers with a script."""

    def __init__(self, desk: Desk, factors: SecondFactors, account: Account) -> None:
        self._desk, self._factors, self._account = desk, factors, account

    @property
    def routes(self) -> list[Route]:
        """Its paths."""
        desk = self._desk
        forms = {
            "begin": self._begin, "prove": self._prove, "end": self._end, "recovery": self._recovery,
            "passkey/wish": self._wish, "passkey/add": self._add_passkey, "passkey/drop": self._drop_passkey,
        }  # fmt: skip
        return [
            Route(_PAGE, desk.members(self._show), methods=["GET"]),
            *(Route(f"{_PAGE}/{name}", desk.form(form, Deed.READ), methods=["POST"]) for name, form in forms.items()),
        ]

    async def _show(self, request: Request, visitor: Visitor) -> Response:
        return await self._page(request, visitor)

    async def _page(
        self, request: Request, visitor: Visitor, status: int = 200, *, problem: str = "", at: str = "", **more: Any
    ) -> Response:
        """`at` is the form that the problem is with; codes and secrets are kept by no browser."""
        assert visitor.person is not None
        factors = await self._factors.of(visitor.person.id)
        page = await self._desk.page(
            request,
            visitor,
            "second_factor.html",
            status,
            **{
                "factors": {
                    "codes_since": factors.codes_since,
                    "recovery_left": factors.recovery_left,
                    "passkeys": [
                        {"id": each.id, "name": each.name, "at": each.at, "used": each.used}
                        for each in factors.passkeys
                    ],
                },
                "is_on": factors.is_on,
                "has_password": bool(visitor.person.secret),
                "problem": problem,
                "at": at,
                "secret": "",
                "qr": "",
                "fresh": (),
                **more,
            },
        )
        page.headers["Cache-Control"] = "no-store"
        if "ETag" in page.headers:
            del page.headers["ETag"]
        return page

    async def _again(self, request: Request, visitor: Visitor, why: Refused, at: str) -> Response:
        status = 429 if why.why == "often" else 422
        return await self._page(request, visitor, status, problem=why.detail, at=at)

    # -- codes of an app

    async def _begin(self, request: Request, visitor: Visitor, form: Form) -> Response:
        assert visitor.person is not None
        refused = await self._account.proved(visitor, form.get("password"))
        if refused is not None:
            return await self._again(request, visitor, refused, "begin")
        await self._factors.begin_codes(visitor.person)
        return await self._to_prove(request, visitor)

    async def _to_prove(self, request: Request, visitor: Visitor, status: int = 200, problem: str = "") -> Response:
        assert visitor.person is not None
        unproved = await self._factors.unproved(visitor.person)
        if unproved is None:
            return self._desk.to(_PAGE)
        secret, address = unproved
        return await self._page(
            request, visitor, status, secret=secret, qr=_qr(address), problem=problem, at="prove" if problem else ""
        )

    async def _prove(self, request: Request, visitor: Visitor, form: Form) -> Response:
        assert visitor.person is not None
        proved = await self._factors.prove_codes(visitor.person.id, form.get("code"))
        if isinstance(proved, Refused):
            return await self._to_prove(request, visitor, 422, proved.detail)
        return await self._page(request, visitor, fresh=proved)

    async def _end(self, request: Request, visitor: Visitor, form: Form) -> Response:
        assert visitor.person is not None
        refused = await self._account.proved(visitor, form.get("password"))
        if refused is not None:
            return await self._again(request, visitor, refused, "end")
        await self._factors.end_codes(visitor.person.id)
        return self._desk.to(_PAGE)

    async def _recovery(self, request: Request, visitor: Visitor, form: Form) -> Response:
        assert visitor.person is not None
        made = await self._account.proved(visitor, form.get("password")) or await self._factors.renew_recovery(
            visitor.person.id
        )
        if isinstance(made, Refused):
            return await self._again(request, visitor, made, "recovery")
        return await self._page(request, visitor, fresh=made)

    # -- passkeys

    async def _wish(self, _request: Request, visitor: Visitor, form: Form) -> Response:
        """For our script: what the browser is to be asked, or what is the matter."""
        assert visitor.person is not None
        headers = {"Cache-Control": "no-store"}
        refused = await self._account.proved(visitor, form.get("password"))
        if refused is not None:
            return JSONResponse({"problem": refused.detail}, 422, headers=headers)
        wish = await self._factors.wish_for_passkey(visitor.person)
        return Response(wish, media_type="application/json", headers=headers)

    async def _add_passkey(self, request: Request, visitor: Visitor, form: Form) -> Response:
        assert visitor.person is not None
        added = await self._factors.add_passkey(visitor.person.id, form.get("answer"), form.get("name"))
        if isinstance(added, Refused):
            return await self._again(request, visitor, added, "passkey")
        return await self._page(request, visitor, fresh=added)

    async def _drop_passkey(self, request: Request, visitor: Visitor, form: Form) -> Response:
        assert visitor.person is not None
        refused = await self._account.proved(visitor, form.get("password"))
        if refused is not None:
            return await self._again(request, visitor, refused, "passkeys")
        if not await self._factors.drop_passkey(visitor.person.id, form.number("passkey") or 0):
            return await self._desk.not_found(request, visitor)
        return self._desk.to(_PAGE)


def _qr(address: str) -> Any:
    """A picture of the address for a phone's camera: dark on light by day and by night, or no camera reads it."""
    import segno  # a tenth of a second that no start should spend

    out = io.BytesIO()
    code = segno.make(address, error="m", micro=False)
    code.save(
        out, kind="svg", scale=5, border=4, dark="#000", light="#fff", xmldecl=False, svgns=False, nl=False,
        svgclass="qr", lineclass=None, title="The same as a QR code",
    )  # fmt: skip
    return minijinja.safe(out.getvalue().decode())
