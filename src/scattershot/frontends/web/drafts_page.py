"""Drafts and what is scheduled: the page that lists them."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.drafts import Drafts, Kept
from scattershot.domain.people import Deed
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.forms import Form
from scattershot.frontends.web.visitors import Visitor

MOST = 300
_DONE = {"kept": "Your draft is kept.", "scheduled": "It will be posted by itself.", "dropped": "It is gone."}


class DraftsPage:
    """What was written and not posted yet."""

    def __init__(self, desk: Desk, drafts: Drafts) -> None:
        self._desk, self._drafts = desk, drafts

    @property
    def routes(self) -> list[Route]:
        """Its paths."""
        desk = self._desk
        return [
            Route("/drafts", desk.members(self._list, Deed.WRITE), methods=["GET"]),
            Route("/drafts/{id:int}/drop", desk.form(self._drop), methods=["POST"]),
        ]

    async def _list(self, request: Request, visitor: Visitor) -> Response:
        assert visitor.who is not None
        return await self._desk.page(
            request,
            visitor,
            "drafts.html",
            done=_DONE.get(request.query_params.get("done", ""), ""),
            scheduled=[_told(each) for each in await self._drafts.of(visitor.who, scheduled=True, limit=MOST)],
            drafts=[_told(each) for each in await self._drafts.of(visitor.who, scheduled=False, limit=MOST)],
        )

    async def _drop(self, request: Request, visitor: Visitor, _form: Form) -> Response:
        assert visitor.who is not None
        wanted: int = request.path_params["id"]
        if wanted >= 1 << 63 or not await self._drafts.drop(visitor.who, wanted):
            return await self._desk.not_found(request, visitor)
        return self._desk.to("/drafts?done=dropped")


def _told(kept: Kept) -> dict[str, Any]:
    draft = kept.planned.draft
    text = " ".join((draft.title or draft.text).split())
    return {
        "id": kept.id,
        "at": kept.at,
        "changed": kept.changed,
        "gist": text if len(text) < 140 else text[:139] + "…",
        "media": len(kept.planned.media),
        "further": len(kept.planned.further),
        "audience": draft.audience,
    }
