"""Marks: what is done with a post."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.publish import Done, Publisher
from scattershot.app.quotes import Quotes
from scattershot.app.reactions import Reactions
from scattershot.app.timelines import Timelines
from scattershot.domain.ids import MicroblogId, PersonId, PostId
from scattershot.domain.reading import Refused
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.forms import Form
from scattershot.frontends.web.visitors import Visitor

VIA = "web"
Doing: TypeAlias = Callable[[MicroblogId, PostId, str], Awaitable[Done | Refused]]


class Writing:
    """Forms that mark posts, or delete one's own."""

    def __init__(self, desk: Desk, timelines: Timelines, publisher: Publisher) -> None:
        self._desk, self._publisher = desk, publisher
        self._quotes, self._reactions = Quotes(publisher, timelines), Reactions(publisher, timelines)

    @property
    def routes(self) -> list[Route]:
        """Its paths."""
        desk = self._desk
        return [
            Route("/posts/{id:int}/{deed}", desk.form(self._deed), methods=["POST"]),
        ]

    # -- marks

    async def _deed(self, request: Request, visitor: Visitor, form: Form) -> Response:
        post, deed = PostId(_id(request)), request.path_params["deed"]
        done = await self._do(visitor, post, deed, form)
        if done is None:
            return await self._desk.not_found(request, visitor)
        if isinstance(done, Refused):
            return await self._desk.refused(request, visitor, done)
        return self._desk.back(form, "/home" if deed == "delete" else f"/p/{post}")

    async def _do(self, visitor: Visitor, post: PostId, deed: str, form: Form) -> Done | Refused | None:
        publisher, who = self._publisher, visitor.who
        assert who is not None
        plain: dict[str, Doing] = {
            "like": publisher.like,
            "unlike": publisher.unlike,
            "boost": publisher.boost,
            "unboost": publisher.unboost,
            "pin": publisher.pin,
            "unpin": publisher.unpin,
        }
        if deed in plain:
            return await plain[deed](who, post, VIA)
        match deed:
            case "delete":
                return await publisher.delete(who, post, VIA, _keeper(visitor))
            case "vote":
                return await publisher.vote(who, post, form.all("choice"), VIA)
            case "react":
                return await self._reactions.react(who, post, form.get("emoji"), VIA)
            case "unreact":
                return await self._reactions.unreact(who, post, form.get("emoji"), VIA)
            case "allow-quote":
                return await self._quotes.answer(who, post, VIA, accepted=True)
            case "refuse-quote":
                return await self._quotes.answer(who, post, VIA, accepted=False)
            case _:
                return None


def _keeper(visitor: Visitor) -> PersonId | None:
    return visitor.person.id if visitor.person is not None else None


def _id(request: Request) -> int:
    value: int = request.path_params["id"]
    return value if value < 1 << 63 else 0
