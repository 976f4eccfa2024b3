"""Feeds as the house sees them: what is served, and whom it tells that a feed has news."""

from urllib.parse import urlsplit

from starlette.routing import Route

from scattershot import __version__
from scattershot.app.callbacks import Callbacks
from scattershot.app.syndication import Syndication
from scattershot.app.timelines import Timelines
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database
from scattershot.ports.fetcher import Fetcher
from scattershot.protocols.feeds.gateway.cloud import RssCloud
from scattershot.protocols.feeds.gateway.feeds import OwnFeeds, Presented
from scattershot.protocols.feeds.gateway.forms import Callers
from scattershot.protocols.feeds.gateway.heralding import Heralding
from scattershot.protocols.feeds.gateway.hub import Hub, Topics
from scattershot.protocols.feeds.gateway.pages import Pages
from scattershot.settings import Settings


class Feeds:
    """All of the room: `routes` stand before the pages for people, `herald` is the couriers', `hub` has a loop."""

    def __init__(
        self, settings: Settings, timelines: Timelines, database: Database, clock: Clock, bus: Bus, fetcher: Fetcher
    ) -> None:
        """`fetcher` may go to plain http: many who wait for feeds are there."""
        presented = Presented(settings.origin, settings.title, f"Scattershot {__version__}")
        self.own = OwnFeeds(Syndication(timelines, settings.domain), presented)
        self._pages = Pages(self.own, clock)
        callbacks = Callbacks(database, clock, bus, urlsplit(presented.origin).netloc)
        callers, topics = Callers(clock, settings.trusted_proxies), Topics(self.own)
        self.hub = Hub(topics, callbacks, fetcher, bus, callers)
        self._cloud = RssCloud(topics, callbacks, fetcher, clock, callers)
        self.herald = Heralding(callbacks, self.own, fetcher, clock)

    @property
    def routes(self) -> list[Route]:
        """What is served and taken."""
        return [*self._pages.routes, *self.hub.routes, *self._cloud.routes]
