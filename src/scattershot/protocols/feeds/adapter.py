"""Feeds as the house sees them: what is served, and whom it tells that a feed has news."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot import __version__
from scattershot.app.callbacks import Callbacks
from scattershot.app.sources import Sources
from scattershot.app.syndication import Syndication
from scattershot.app.timelines import Timelines
from scattershot.domain.syndicated import Wanted, Way
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database
from scattershot.ports.fetcher import Fetcher
from scattershot.protocols.feeds.gateway.cloud import RssCloud
from scattershot.protocols.feeds.gateway.feeds import OwnFeeds, Presented
from scattershot.protocols.feeds.gateway.forms import Callers
from scattershot.protocols.feeds.gateway.heralding import Heralding
from scattershot.protocols.feeds.gateway.hub import Hub, Topics
from scattershot.protocols.feeds.gateway.linked import Linked
from scattershot.protocols.feeds.gateway.listening import Listening
from scattershot.protocols.feeds.gateway.pages import Pages
from scattershot.protocols.feeds.wire.choosing import FEEDS, GRAPHS, form_of
from scattershot.settings import Settings

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]
Choose: TypeAlias = Callable[[str], Endpoint | None]
"""What answers for that `Accept`; None leaves it to the page and to other nodes' documents."""


class Feeds:
    """All of the room: `routes` stand before the pages for people, `herald` is the couriers', `hub` has a loop."""

    def __init__(
        self,
        settings: Settings,
        timelines: Timelines,
        database: Database,
        clock: Clock,
        bus: Bus,
        fetcher: Fetcher,
        sources: Sources,
    ) -> None:
        """`fetcher` may go to plain http: many who wait for feeds are there."""
        presented = Presented(settings.origin, settings.title, f"Scattershot {__version__}", settings.hubs)
        self.own = OwnFeeds(Syndication(timelines, settings.domain), presented)
        self._pages, self._linked = Pages(self.own, clock), Linked(self.own)
        callbacks = Callbacks(database, clock, bus, urlsplit(presented.origin).netloc)
        self._callbacks, self._chosen = callbacks, _chosen(settings)
        callers, topics = Callers(clock, settings.trusted_proxies), Topics(self.own)
        self.hub = Hub(topics, callbacks, fetcher, bus, callers)
        self._cloud = RssCloud(topics, callbacks, fetcher, clock, callers, sources)
        self._listening = Listening(sources)
        self.herald = Heralding(callbacks, self.own, fetcher, clock)

    async def begin(self) -> None:
        """Tell those hubs and aggregators of news that the settings name, and no others."""
        await self._callbacks.tell_outward(self._chosen)

    @property
    def routes(self) -> list[Route]:
        """What is served and taken."""
        return [
            *self._pages.routes,
            *self._linked.routes,
            *self.hub.routes,
            *self._cloud.routes,
            *self._listening.routes,
        ]

    @property
    def forms(self) -> dict[str, Choose]:
        """What the pages at these paths are also to be had as, by `Accept`."""
        return {"/@{name}": self._form_of_microblog, "/@{name}/{id:int}": self._form_of_thread}

    def _form_of_microblog(self, accept: str) -> Endpoint | None:
        form = form_of(accept)
        if not form:
            return None
        answer = self._linked.answer if form in GRAPHS.values() else self._pages.in_form
        return lambda request: answer(request, form)

    def _form_of_thread(self, accept: str) -> Endpoint | None:
        form = form_of(accept)
        return (lambda request: self._pages.in_form(request, form)) if form in FEEDS.values() else None


def _chosen(settings: Settings) -> list[Wanted]:
    hubs = [Wanted(Way.PUBLISH, "", address) for address in settings.hubs]
    return [*hubs, *(Wanted(Way.PING, "", address) for address in settings.aggregators)]
