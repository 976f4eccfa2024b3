"""People: whom those who run the node look for, and what they do about somebody."""

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.items import Face
from scattershot.app.moderating import MAX_TEXT, Judged, Moderating, Sought
from scattershot.app.timelines import Timelines
from scattershot.domain.ids import MicroblogId
from scattershot.domain.node import Standing
from scattershot.domain.notification import Measure
from scattershot.domain.people import Role
from scattershot.domain.reading import Refused
from scattershot.domain.window import Window
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.forms import Form, number
from scattershot.frontends.web.visitors import Visitor
from scattershot.ports.database import Transaction

_PAGE = "/admin/microblogs"
_MOST = 40
_MEASURES = {
    "warn": Measure.NONE, "sensitive": Measure.SENSITIVE, "limit": Measure.LIMITED, "disable": Measure.DISABLED,
    "suspend": Measure.BLOCKED,
}  # fmt: skip
_ROLES = {"promote": Role.ADMIN, "demote": Role.PERSON}
_WHERE = {"here": True, "elsewhere": False}


class JudgingPeople:
    """The list, and the page of each."""

    def __init__(self, desk: Desk, timelines: Timelines, moderating: Moderating) -> None:
        self._desk, self._timelines, self._moderating = desk, timelines, moderating

    @property
    def routes(self) -> list[Route]:
        """Their paths."""
        desk, one = self._desk, f"{_PAGE}/{{id:int}}"
        return [
            Route(_PAGE, desk.admins(self._list), methods=["GET"]),
            Route(one, desk.admins(self._one), methods=["GET"]),
            Route(f"{one}/{{deed}}", desk.admin_form(self._deed), methods=["POST"]),
        ]

    async def _list(self, request: Request, visitor: Visitor) -> Response:
        asked = {name: request.query_params.get(name, "").strip()[:300] for name in ("name", "domain", "where", "how")}
        name, at, domain = asked["name"].removeprefix("@").partition("@")
        standing = next((each for each in Standing if each.value == asked["how"]), None)
        sought = Sought(
            local=_WHERE.get(asked["where"]) if asked["where"] else (None if domain or asked["domain"] else True),
            standing=standing,
            disabled=True if asked["how"] == "disabled" else None,
            staff=asked["how"] == "staff",
            email=asked["name"] if at and asked["how"] == "email" else "",
            name="" if asked["how"] == "email" else name.lower(),
            domain=asked["domain"].lower() or ("" if asked["how"] == "email" else domain.lower()),
        )
        ids = await self._moderating.look(sought, Window(below=number(request.query_params.get("before"))), _MOST)
        older = f"{_PAGE}?{urlencode({**asked, 'before': ids[-1]})}" if len(ids) == _MOST else ""
        return await self._desk.page(
            request, visitor, "microblogs_judged.html", found=await self._known(ids), asked=asked, older=older
        )

    async def _known(self, ids: list[MicroblogId]) -> list[dict[str, Any]]:
        def work(tx: Transaction) -> list[dict[str, Any]]:
            judged, faces = self._moderating.judged_in(tx, ids), self._moderating.faces_in(tx, ids)
            return [_told(judged[each], faces[each]) for each in ids if each in judged and each in faces]

        return await self._timelines.read(work)

    async def _one(self, request: Request, visitor: Visitor) -> Response:
        return await self._page(request, visitor)

    async def _page(
        self, request: Request, visitor: Visitor, status: int = 200, *, problem: str = "", text: str = ""
    ) -> Response:
        wanted: int = request.path_params["id"]
        found = await self._known([MicroblogId(wanted)]) if wanted < 1 << 63 else []
        if not found:
            return await self._desk.not_found(request, visitor)
        return await self._desk.page(
            request,
            visitor,
            "microblog_judged.html",
            status,
            one=found[0],
            problem=problem,
            text=text,
            longest=MAX_TEXT,
            done=request.query_params.get("done") == "yes",
        )

    async def _deed(self, request: Request, visitor: Visitor, form: Form) -> Response:
        wanted, deed = request.path_params["id"], request.path_params["deed"]
        if wanted >= 1 << 63:
            return await self._desk.not_found(request, visitor)
        text = form.get("text").strip()
        done = await self._do(MicroblogId(wanted), deed, text, visitor)
        if isinstance(done, Refused):
            if done.why == "not_found":
                return await self._desk.not_found(request, visitor)
            return await self._page(request, visitor, 422, problem=done.detail, text=text)
        return self._desk.to(_PAGE if deed == "delete" else f"{_PAGE}/{wanted}?done=yes")

    async def _do(self, whom: MicroblogId, deed: str, text: str, visitor: Visitor) -> Refused | None:
        assert visitor.person is not None
        moderating = self._moderating
        if deed in _MEASURES:
            if deed == "warn" and not text:
                return Refused("invalid", "Say what the matter is.")
            return await moderating.judge(whom, _MEASURES[deed], text, by=visitor.who)
        if deed in _ROLES:
            return await moderating.appoint(whom, _ROLES[deed], visitor.person.id)
        match deed:
            case "unlimit":
                return await moderating.pardon(whom, Standing.LIMITED)
            case "unsuspend":
                return await moderating.pardon(whom, Standing.BLOCKED)
            case "enable":
                return await moderating.enable(whom)
            case "unsensitive":
                return await moderating.show_as_said(whom)
            case "delete":
                return await moderating.delete(whom)
            case _:
                return Refused("not_found")


def _told(judged: Judged, face: Face) -> dict[str, Any]:
    row = judged.row
    return {
        "id": row.id,
        "face": face,
        "handle": str(row.profile.handle),
        "local": row.local,
        "standing": row.standing.value,
        "sensitive": row.sensitive,
        "is_admin": judged.is_admin,
        "disabled": judged.disabled,
        "has_keeper": judged.keeper is not None,
        "email": judged.email,
    }
