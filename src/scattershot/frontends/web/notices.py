"""Notifications: what somebody was told, put together, and those who wait for an answer."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.notifications import SAMPLE, Group, Listed, Notifications
from scattershot.app.timelines import PAGE, Timelines
from scattershot.domain.ids import NotificationId
from scattershot.domain.notification import Told
from scattershot.domain.window import Window
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.lists import before_of
from scattershot.frontends.web.visitors import Visitor
from scattershot.ports.database import Transaction

CHOICES = {
    "": ("All", None),
    "mentions": ("Mentions", (Told.MENTION, Told.QUOTE)),
    "follows": ("Follows", (Told.FOLLOW,)),
    "marks": ("Likes and boosts", (Told.LIKE, Told.BOOST, Told.REACTION)),
}
"""What may be looked at alone."""
_TOLD_APART = (Told.FOLLOW_REQUEST,)
"""What stands above the others, with its answers."""


class Notices:
    """The page of notifications."""

    def __init__(self, desk: Desk, timelines: Timelines, notifications: Notifications) -> None:
        self._desk, self._timelines, self._notifications = desk, timelines, notifications

    @property
    def routes(self) -> list[Route]:
        """Its paths."""
        return [
            Route("/notifications", self._desk.members(self._page)),
            Route("/notifications/untold", self._desk.members(self._untold)),
        ]

    async def _page(self, request: Request, visitor: Visitor) -> Response:
        who, before = visitor.who, before_of(request)
        assert who is not None
        chosen = request.query_params.get("only", "")
        chosen = chosen if chosen in CHOICES else ""
        sought = Notifications.sought(CHOICES[chosen][1], None, held=False)
        markers = await self._notifications.markers(who, ["notifications"])

        def work(tx: Transaction) -> Listed[Group]:
            return self._notifications.groups_in(tx, who, Window(below=before), PAGE, sought)

        found = await self._timelines.read(work)
        first = before is None and not chosen
        waiting = await self._timelines.read(lambda tx: self._notifications.knocking_in(tx, who)) if first else None
        if first and found.newest is not None:
            await self._timelines.looked_at(who, NotificationId(found.newest))
        return await self._desk.page(
            request,
            visitor,
            "notifications.html",
            groups=[_shown(group) for group in found.entries if group.newest.row.kind not in _TOLD_APART],
            older=found.older,
            waiting=waiting,
            seen_to=markers[0].place if markers else 0,
            chosen=chosen,
            choices=[{"value": value, "words": words} for value, (words, _) in CHOICES.items()],
        )

    async def _untold(self, _request: Request, visitor: Visitor) -> Response:
        """How many notifications were not looked at, for a page that is open."""
        assert visitor.who is not None
        count = await self._timelines.untold(visitor.who)
        return Response(str(count), media_type="text/plain", headers={"Cache-Control": "private, no-store"})


def _shown(group: Group) -> dict[str, Any]:
    """A group as its template takes it."""
    newest = group.newest
    return {
        "senders": group.senders,
        # A bundle counts what was done, and somebody may have done it twice; few of them are all known by name.
        "others": (len(group.senders) if group.size < SAMPLE else group.size) - 1,
        "row": newest.row._asdict(),
        "sender": newest.sender,
        "item": newest.item,
        "accused": newest.accused,
        "note": newest.warning.text if newest.warning else newest.severance.host if newest.severance else "",
    }
