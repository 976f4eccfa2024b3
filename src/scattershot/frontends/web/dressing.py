"""The look of the node: its colour, and the picture on its first page."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.livery import COLOURS, Livery
from scattershot.app.media import Media
from scattershot.domain.reading import Refused
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.forms import BadForm
from scattershot.frontends.web.given_files import read_given
from scattershot.frontends.web.visitors import Visitor

_PAGE = "/admin/look"
MAX_PICTURE = 16_000_000
"""Bytes of the picture as it is given."""


class Dressing:
    """The page and its form."""

    def __init__(self, desk: Desk, livery: Livery, media: Media) -> None:
        self._desk, self._livery, self._media = desk, livery, media

    @property
    def routes(self) -> list[Route]:
        """Its path."""
        return [
            Route(_PAGE, self._desk.admins(self._show), methods=["GET"]),
            Route(_PAGE, self._desk.admins(self._choose), methods=["POST"]),
        ]

    async def _show(self, request: Request, visitor: Visitor) -> Response:
        return await self._page(request, visitor, saved=request.query_params.get("saved") == "yes")

    async def _page(
        self, request: Request, visitor: Visitor, status: int = 200, *, problem: str = "", saved: bool = False
    ) -> Response:
        return await self._desk.page(
            request, visitor, "look.html", status, colours=COLOURS, problem=problem, saved=saved
        )

    async def _choose(self, request: Request, visitor: Visitor) -> Response:
        given = await read_given(request, visitor, MAX_PICTURE)
        if isinstance(given, BadForm):
            if given.status == 413:
                return await self._page(request, visitor, 413, problem=given.words)
            return await self._desk.problem(request, visitor, given.status, given.words)
        form, body = given
        picture = self._media.receiving() if body is not None else None
        try:
            if picture is not None and body is not None:
                await picture.add(body)
                await picture.end()
            done = await self._livery.choose(
                form.get("colour"), picture, alt=form.get("alt").strip(), no_picture=bool(form.get("no_picture"))
            )
        finally:
            if picture is not None:
                picture.discard()
        if isinstance(done, Refused):
            return await self._page(request, visitor, 422, problem=done.detail)
        return self._desk.to(f"{_PAGE}?saved=yes")
