"""Relays: whom the node asks to pass on what many others write."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.relays import Relays
from scattershot.domain.ids import MicroblogId
from scattershot.domain.reading import Refused
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.forms import Form
from scattershot.frontends.web.visitors import Visitor

_PAGE = "/admin/relays"


class AskingRelays:
    """The page and its forms."""

    def __init__(self, desk: Desk, relays: Relays) -> None:
        self._desk, self._relays = desk, relays

    @property
    def routes(self) -> list[Route]:
        """Its paths."""
        desk = self._desk
        return [
            Route(_PAGE, desk.admins(self._show), methods=["GET"]),
            Route(_PAGE, desk.admin_form(self._add), methods=["POST"]),
            Route(f"{_PAGE}/end", desk.admin_form(self._end), methods=["POST"]),
        ]

    async def _show(self, request: Request, visitor: Visitor) -> Response:
        return await self._page(request, visitor)

    async def _page(
        self, request: Request, visitor: Visitor, status: int = 200, *, problem: str = "", address: str = ""
    ) -> Response:
        relays = [each._asdict() for each in await self._relays.every()]
        return await self._desk.page(
            request, visitor, "relays.html", status, relays=relays, problem=problem, address=address
        )

    async def _add(self, request: Request, visitor: Visitor, form: Form) -> Response:
        address = form.get("address").strip()[:2_048]
        asked = await self._relays.add(address)
        if isinstance(asked, Refused):
            return await self._page(
                request, visitor, 422, problem=asked.detail or "There is no relay at that address.", address=address
            )
        return self._desk.to(_PAGE)

    async def _end(self, request: Request, visitor: Visitor, form: Form) -> Response:
        if not await self._relays.end(MicroblogId(form.number("relay") or 0)):
            return await self._desk.not_found(request, visitor)
        return self._desk.to(_PAGE)
