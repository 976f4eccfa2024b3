"""Complaints: the form by which somebody makes one, and the page of those who run the node."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.items import Face, Item
from scattershot.app.publish import Publisher
from scattershot.app.reports import Reports
from scattershot.app.timelines import Timelines
from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.reading import Refused
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.forms import Form, number
from scattershot.frontends.web.visitors import Visitor
from scattershot.frontends.web.writing import VIA
from scattershot.wirekit.token_bucket import Bucket, RateLimits

COMPLAINTS = Bucket(capacity=20, per_second=1 / 60)
"""How often one microblog may complain."""
OFFERED = 10
"""The latest posts of somebody that can be ticked."""


class Reporting:
    """Pages of complaints."""

    def __init__(self, desk: Desk, timelines: Timelines, publisher: Publisher, reports: Reports) -> None:
        self._desk, self._timelines, self._publisher, self._reports = desk, timelines, publisher, reports
        self._limits = RateLimits(COMPLAINTS)

    @property
    def routes(self) -> list[Route]:
        """Its paths."""
        desk = self._desk
        return [
            Route("/report/{id:int}", desk.members(self._show), methods=["GET"]),
            Route("/report/{id:int}", desk.form(self._report), methods=["POST"]),
            Route("/admin/reports", desk.admins(self._list), methods=["GET"]),
            Route("/admin/reports/{number:int}/resolve", desk.admin_form(self._resolve), methods=["POST"]),
        ]

    # -- making one

    async def _face(self, request: Request, visitor: Visitor) -> Face | None:
        wanted: int = request.path_params["id"]
        face = await self._timelines.face(wanted) if wanted < 1 << 63 else None
        return face if face is not None and face.id != visitor.who else None

    async def _show(self, request: Request, visitor: Visitor) -> Response:
        face = await self._face(request, visitor)
        if face is None:
            return await self._desk.not_found(request, visitor)
        if request.query_params.get("sent") == "yes":
            return await self._desk.page(request, visitor, "reported.html", face=face)
        chosen = number(request.query_params.get("post"))
        ticked = [chosen] if chosen is not None else []
        return await self._page(request, visitor, face, ticked, "", forward=False, status=200, problem="")

    async def _page(
        self,
        request: Request,
        visitor: Visitor,
        face: Face,
        ticked: list[int],
        comment: str,
        *,
        forward: bool,
        status: int,
        problem: str,
    ) -> Response:
        return await self._desk.page(
            request,
            visitor,
            "report.html",
            status,
            face=face,
            items=await self._offered(face.id, visitor.who, ticked),
            ticked=ticked,
            comment=comment,
            forward=forward,
            problem=problem,
        )

    async def _offered(self, target: MicroblogId, who: MicroblogId | None, ticked: list[int]) -> list[Item]:
        """Posts to tick: those already ticked, then the latest."""
        found = [await self._timelines.item(post, who) for post in ticked[:OFFERED]]
        latest = (await self._timelines.by(target, who, replies=True)).items
        own = {item.id: item for item in [*found, *latest] if item is not None and item.author.id == target}
        return list(own.values())[:OFFERED]

    async def _report(self, request: Request, visitor: Visitor, form: Form) -> Response:
        assert visitor.who is not None
        face = await self._face(request, visitor)
        if face is None:
            return await self._desk.not_found(request, visitor)
        ticked = [post for post in map(number, form.all("post")) if post is not None]
        comment, forward = form.get("comment").strip(), bool(form.get("forward"))
        if self._limits.take(str(visitor.who), self._desk.clock.now()).allowed:
            about = [PostId(post) for post in ticked]
            done = await self._publisher.report(visitor.who, face.id, about, comment, VIA, forward=forward)
            status = 422
        else:
            done, status = Refused("often", "That is a lot of reports. Please wait a minute."), 429
        if isinstance(done, Refused):
            return await self._page(
                request, visitor, face, ticked, comment, forward=forward, status=status, problem=done.detail
            )
        return self._desk.to(f"/report/{face.id}?sent=yes")

    # -- dealing with them

    async def _list(self, request: Request, visitor: Visitor) -> Response:
        return await self._desk.page(request, visitor, "reports.html", reports=await self._reports.unresolved())

    async def _resolve(self, request: Request, visitor: Visitor, _form: Form) -> Response:
        wanted: int = request.path_params["number"]
        if wanted >= 1 << 63 or not await self._reports.resolve(wanted):
            return await self._desk.not_found(request, visitor)
        return self._desk.to("/admin/reports")
