"""How the node is doing: a page for everybody, and the first page of those who run it."""

import time
from typing import Any

import minijinja
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot import __version__
from scattershot.app.condition import Condition, Inside
from scattershot.app.house_rules import HouseRules
from scattershot.frontends.web import charts
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.meta import of_the_node
from scattershot.frontends.web.visitors import Visitor
from scattershot.settings import Settings

_HOUR = 3_600_000


class Overseeing:
    """Both pages."""

    def __init__(self, desk: Desk, settings: Settings, condition: Condition, rules: HouseRules) -> None:
        self._desk, self._settings, self._condition, self._rules = desk, settings, condition, rules

    @property
    def routes(self) -> list[Route]:
        """Their paths."""
        return [
            Route("/about", self._desk.open(self._about)),
            Route("/admin", self._desk.admins(self._office)),
        ]

    async def _about(self, request: Request, visitor: Visitor) -> Response:
        inside = await self._condition.inside() if visitor.runs_node else None
        settings = self._settings
        return await self._desk.page(
            request,
            visitor,
            "about.html",
            meta=of_the_node(settings, self._desk.look, "/about"),
            description=settings.description,
            contact=settings.contact,
            contact_address=_address(settings.contact),
            version=__version__,
            domains=settings.domains,
            doing=await self._condition.outline(),
            rules=[each._asdict() for each in await self._rules.every()],
            hosts=inside.hosts if inside is not None else [],
            chart=_hosts(inside) if inside is not None else "",
        )

    async def _office(self, request: Request, visitor: Visitor) -> Response:
        inside = await self._condition.inside()
        now = self._desk.clock.now()
        hour = now // _HOUR
        first, last = (_hour_of((hour - back) * _HOUR) for back in (len(inside.pace) - 1, 0))
        return await self._desk.page(
            request,
            visitor,
            "office.html",
            doing=await self._condition.outline(),
            inside=inside,
            today=sum(inside.pace),
            pace=minijinja.safe(charts.columns("Changes by the hour", inside.pace, first, last)),
            hosts=_hosts(inside),
            sizes=minijinja.safe(
                charts.bars(
                    "Storage in megabytes",
                    [
                        ("Database", inside.database_bytes // 1_000_000),
                        ("Uploads of here", inside.kept_bytes // 1_000_000),
                        ("Copies from afar", inside.cached_bytes // 1_000_000),
                    ],
                )
            ),
            set_up=self._set_up(),
            version=__version__,
        )

    def _set_up(self) -> list[dict[str, Any]]:
        """What the node calls itself: settings, so that one file says all of how a node is set up."""
        settings = self._settings
        return [
            {"name": name, "value": value}
            for name, value in (
                ("title", settings.title),
                ("description", settings.description),
                ("contact", settings.contact),
                ("origin", settings.origin),
                ("domains", ", ".join(settings.domains)),
                ("sign_up", settings.sign_up),
            )
        ]


def _hosts(inside: Inside) -> Any:
    rows = [(each.host, each.deliveries) for each in inside.hosts]
    return minijinja.safe(charts.bars("Deliveries waiting", rows)) if rows else ""


def _hour_of(moment: int) -> str:
    return time.strftime("%H:00 UTC", time.gmtime(moment / 1000))


def _address(contact: str) -> str:
    """Where a contact leads: an e-mail address, a handle here or there, or (empty) nowhere."""
    if contact.startswith("@"):
        return f"/{contact}"
    name, at, domain = contact.partition("@")
    if contact.startswith("https://"):
        return contact
    return f"mailto:{contact}" if name and at and "." in domain and " " not in contact else ""
