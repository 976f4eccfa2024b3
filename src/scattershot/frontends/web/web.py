"""The web for people: pages made on the server, which work without a script and are kept fresh by a small one."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.backfill import Backfill
from scattershot.app.discover import Discover
from scattershot.app.keepers import Keepers
from scattershot.app.notifications import Notifications
from scattershot.app.people import People
from scattershot.app.presenting import Presenting
from scattershot.app.programs import Programs
from scattershot.app.publish import Publisher
from scattershot.app.reports import Reports
from scattershot.app.search import Search
from scattershot.app.sign_up import SignUp
from scattershot.app.streams import Streams
from scattershot.app.timelines import Timelines
from scattershot.frontends.web.account import Account
from scattershot.frontends.web.consent import Consents
from scattershot.frontends.web.desk import Chosen, Desk, Endpoint
from scattershot.frontends.web.finding import Finding
from scattershot.frontends.web.furnishing import Furnishing
from scattershot.frontends.web.lists import Lists
from scattershot.frontends.web.live import Live
from scattershot.frontends.web.notices import Notices
from scattershot.frontends.web.own_profile import OwnProfile
from scattershot.frontends.web.profiles import Profiles
from scattershot.frontends.web.reading import reading
from scattershot.frontends.web.relating import Relating
from scattershot.frontends.web.reporting import Reporting
from scattershot.frontends.web.sessions import Sessions
from scattershot.frontends.web.shelving import Shelving
from scattershot.frontends.web.signing_in import SigningIn
from scattershot.frontends.web.signing_up import SigningUp
from scattershot.frontends.web.teams import Teams
from scattershot.frontends.web.visitors import Visitors
from scattershot.frontends.web.words import Proxied
from scattershot.frontends.web.writing import Writing
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database
from scattershot.settings import Settings


class Web:
    """All pages: `routes` are for browsers alone; `pages` are paths shared with servers, by their pattern."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        database: Database,
        people: People,
        programs: Programs,
        publisher: Publisher,
        discover: Discover,
        timelines: Timelines,
        streams: Streams,
        backfill: Backfill,
        reports: Reports,
        keepers: Keepers,
        sign_up: SignUp,
        search: Search,
        proxied: Proxied,
        notifications: Notifications,
        presenting: Presenting,
        chosen: Chosen,
    ) -> None:
        visitors = Visitors(people, keepers, settings.origin, settings.trusted_proxies)
        self._desk = desk = Desk(settings, clock, visitors, timelines, proxied, chosen)
        account = self.account = Account(desk, timelines, people, publisher, discover)
        read = reading(database, clock, timelines)
        profiles = Profiles(desk, settings, read, backfill)
        self.pages: dict[str, Endpoint] = profiles.pages
        self.routes: list[Route] = [
            Route("/static/{file}", desk.assets.serve),
            *SigningIn(desk, people).routes,
            *Consents(desk, programs).routes,
            *Furnishing(desk, settings).routes,
            *Lists(desk, settings, read).routes,
            *Shelving(desk, read, notifications).routes,
            *Notices(desk, timelines, notifications).routes,
            *Finding(desk, timelines, discover, search).routes,
            *profiles.routes,
            *Writing(desk, settings, timelines, publisher).routes,
            *Relating(desk, timelines, publisher, notifications).routes,
            *OwnProfile(desk, settings, timelines, presenting, discover).routes,
            *account.routes,
            *Teams(desk, settings, keepers, account).routes,
            *Sessions(desk, people, programs).routes,
            *SigningUp(desk, settings, people, sign_up).routes,
            *Reporting(desk, timelines, publisher, reports).routes,
            *Live(desk, streams).routes,
        ]

    @property
    def desk(self) -> Desk:
        """For pages that stand beside these."""
        return self._desk

    async def not_found(self, request: Request) -> Response:
        """The page for a path that leads nowhere."""
        return await self._desk.not_found(request, await self._desk.visitors.of(request))

    async def failed(self, request: Request) -> Response:
        """The page for what went wrong on our side; it asks nothing of the database, which may be what failed."""
        return self._desk.failed(request)
