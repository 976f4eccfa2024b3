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
from scattershot.app.second_factors import SecondFactors
from scattershot.app.sign_up import SignUp
from scattershot.app.streams import Streams
from scattershot.app.timelines import Timelines
from scattershot.frontends.web.account import Account
from scattershot.frontends.web.beginning import Beginning
from scattershot.frontends.web.consent import Consents
from scattershot.frontends.web.desk import Chosen, Desk, Endpoint
from scattershot.frontends.web.drafts_page import DraftsPage
from scattershot.frontends.web.filtering import Filtering
from scattershot.frontends.web.finding import Finding
from scattershot.frontends.web.furnishing import Furnishing
from scattershot.frontends.web.list_making import ListMaking
from scattershot.frontends.web.lists import Lists
from scattershot.frontends.web.live import Live
from scattershot.frontends.web.notices import Notices
from scattershot.frontends.web.own_profile import OwnProfile
from scattershot.frontends.web.posting import Posting, Workshop
from scattershot.frontends.web.profiles import Profiles
from scattershot.frontends.web.reading import reading
from scattershot.frontends.web.relating import Relating
from scattershot.frontends.web.reporting import Reporting
from scattershot.frontends.web.revising import Revising
from scattershot.frontends.web.second_factor import SecondFactor
from scattershot.frontends.web.second_step import SecondStep
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
        workshop: Workshop,
    ) -> None:
        visitors = Visitors(people, keepers, settings.origin, settings.trusted_proxies)
        self._desk = desk = Desk(settings, clock, visitors, timelines, proxied, chosen)
        account = self.account = Account(desk, timelines, people, publisher, discover)
        read = reading(database, clock, timelines)
        beginning = Beginning(desk, timelines, discover, presenting, workshop, settings.max_post_length)
        posting = Posting(desk, settings, timelines, publisher, workshop)
        profiles = Profiles(desk, settings, read, backfill)
        self.pages: dict[str, Endpoint] = profiles.pages
        factors = SecondFactors(database, clock, settings.origin, settings.title)
        self.routes: list[Route] = [
            Route("/static/{file}", desk.assets.serve),
            *SigningIn(desk, people).routes,
            *SecondStep(desk, factors).routes,
            *Consents(desk, programs).routes,
            *Furnishing(desk, settings).routes,
            *Lists(desk, settings, read, workshop.announcements).routes,
            *ListMaking(desk, read, discover).routes,
            *Shelving(desk, read, notifications).routes,
            *Notices(desk, timelines, notifications).routes,
            *Finding(desk, timelines, discover, search).routes,
            *profiles.routes,
            *posting.routes,
            *DraftsPage(desk, workshop.drafts).routes,
            *Revising(desk, settings, timelines, publisher, workshop.drafts, posting).routes,
            *Writing(desk, timelines, publisher).routes,
            *Relating(desk, timelines, publisher, notifications).routes,
            *OwnProfile(desk, settings, timelines, presenting, discover).routes,
            *beginning.routes,
            *account.routes,
            *Filtering(desk, read.sifting.filters).routes,
            *SecondFactor(desk, factors, account).routes,
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
