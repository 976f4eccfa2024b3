"""Following, answering those who ask, muting and blocking."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.notifications import Notifications
from scattershot.app.publish import Done, Publisher
from scattershot.app.timelines import Timelines
from scattershot.domain.ids import MicroblogId
from scattershot.domain.people import Deed
from scattershot.domain.reading import Refused
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.forms import Form
from scattershot.frontends.web.visitors import Visitor
from scattershot.frontends.web.writing import VIA


class Relating:
    """Forms that alter how two microblogs stand to each other."""

    def __init__(self, desk: Desk, timelines: Timelines, publisher: Publisher, notifications: Notifications) -> None:
        self._desk, self._timelines, self._publisher = desk, timelines, publisher
        self._notifications = notifications

    @property
    def routes(self) -> list[Route]:
        """Its paths."""
        return [Route("/microblogs/{id:int}/{deed}", self._desk.form(self._deed, Deed.RELATE), methods=["POST"])]

    async def _deed(self, request: Request, visitor: Visitor, form: Form) -> Response:
        assert visitor.who is not None
        wanted: int = request.path_params["id"]
        face = await self._timelines.face(wanted) if wanted < 1 << 63 else None
        if face is None:
            return await self._desk.not_found(request, visitor)
        done = await self._do(visitor.who, face.id, request.path_params["deed"])
        if done is None:
            return await self._desk.not_found(request, visitor)
        if isinstance(done, Refused):
            return await self._desk.refused(request, visitor, done)
        return self._desk.back(form, face.page)

    async def _do(self, who: MicroblogId, whom: MicroblogId, deed: str) -> Done | Refused | None:
        publisher = self._publisher
        match deed:
            case "follow":
                return await publisher.follow(who, whom, VIA)
            case "unfollow":
                return await publisher.unfollow(who, whom, VIA)
            case "accept":
                return await publisher.answer(who, whom, VIA, accepted=True)
            case "reject":
                return await publisher.answer(who, whom, VIA, accepted=False)
            case "block":
                return await publisher.block(who, whom, VIA)
            case "unblock":
                return await publisher.unblock(who, whom, VIA)
            case "mute":
                await publisher.mute(who, whom, None)
                return Done(None)
            case "unmute":
                await publisher.unmute(who, whom)
                return Done(None)
            case "let-in":
                await self._notifications.let_in_senders(who, [whom])
                return Done(None)
            case "turn-away":
                await self._notifications.turn_away_senders(who, [whom])
                return Done(None)
            case _:
                return None
