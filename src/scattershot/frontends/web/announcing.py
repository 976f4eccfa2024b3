"""Announcements: the page by which those who run the node say something to everybody."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.announcements import Announcements, Row
from scattershot.domain.announcement import MAX_TEXT, Span
from scattershot.domain.ids import Millis
from scattershot.domain.reading import Refused
from scattershot.frontends.web.desk import Desk, FormHandler
from scattershot.frontends.web.forms import Form
from scattershot.frontends.web.visitors import Visitor
from scattershot.wirekit.dates import parse_rfc3339

_PAGE = "/admin/announcements"
_NO_TIME = Refused("invalid", "That is no time. Write it like 2026-11-21T18:00.")
_BIGGEST = 1 << 63


class Announcing:
    """The page and its forms; times are UTC."""

    def __init__(self, desk: Desk, announcements: Announcements) -> None:
        self._desk, self._announcements = desk, announcements

    @property
    def routes(self) -> list[Route]:
        """Its paths."""
        desk, one = self._desk, f"{_PAGE}/{{number:int}}"
        return [
            Route(_PAGE, desk.admins(self._show), methods=["GET"]),
            Route(_PAGE, desk.admin_form(self._add), methods=["POST"]),
            Route(f"{one}/publish", desk.admin_form(self._set(published=True)), methods=["POST"]),
            Route(f"{one}/hide", desk.admin_form(self._set(published=False)), methods=["POST"]),
            Route(f"{one}/remove", desk.admin_form(self._remove), methods=["POST"]),
        ]

    async def _show(self, request: Request, visitor: Visitor) -> Response:
        return await self._page(request, visitor)

    async def _page(
        self, request: Request, visitor: Visitor, status: int = 200, problem: str = "", **typed: Any
    ) -> Response:
        rows = await self._announcements.every()
        return await self._desk.page(
            request,
            visitor,
            "announcements.html",
            status,
            announcements=[_told(row) for row in reversed(rows)],
            longest=MAX_TEXT,
            problem=problem,
            typed={"text": "", "starts": "", "ends": "", "all_day": False, "draft": False, **typed},
        )

    async def _add(self, request: Request, visitor: Visitor, form: Form) -> Response:
        text, starts, ends = form.get("text"), form.get("starts").strip(), form.get("ends").strip()
        all_day, draft = bool(form.get("all_day")), bool(form.get("draft"))
        moments = [_moment(each) if each else None for each in (starts, ends)]
        made: int | Refused = _NO_TIME
        if (moments[0] is not None or not starts) and (moments[1] is not None or not ends):
            made = await self._announcements.add(text, Span(moments[0], moments[1], all_day), published=not draft)
        if isinstance(made, Refused):
            return await self._page(
                request, visitor, 422, made.detail, text=text, starts=starts, ends=ends, all_day=all_day, draft=draft
            )
        return self._desk.to(_PAGE)

    def _set(self, *, published: bool) -> FormHandler:
        async def handle(request: Request, visitor: Visitor, _: Form) -> Response:
            number: int = request.path_params["number"]
            if number >= _BIGGEST or await self._announcements.publish(number, published=published) is not None:
                return await self._desk.not_found(request, visitor)
            return self._desk.to(_PAGE)

        return handle

    async def _remove(self, request: Request, visitor: Visitor, _: Form) -> Response:
        number: int = request.path_params["number"]
        if number >= _BIGGEST or not await self._announcements.drop(number):
            return await self._desk.not_found(request, visitor)
        return self._desk.to(_PAGE)


def _moment(text: str) -> Millis | None:
    """What a field for a time or a day gives."""
    found = parse_rfc3339(text if "T" in text else f"{text}T00:00")
    return Millis(found) if found is not None else None


def _told(row: Row) -> dict[str, Any]:
    return {
        "number": row.id,
        "text": row.said.text,
        "published": row.published,
        "starts": row.span.starts,
        "ends": row.span.ends,
        "all_day": row.span.all_day,
    }
