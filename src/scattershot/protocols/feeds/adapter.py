"""Feeds as the house sees them: what is served, and whom it tells that a feed has news."""

from starlette.routing import Route

from scattershot.app.syndication import Syndication
from scattershot.ports.clock import Clock
from scattershot.protocols.feeds.gateway.feeds import OwnFeeds, Presented
from scattershot.protocols.feeds.gateway.pages import Pages


class Feeds:
    """All of the room: `routes` stand before the pages for people."""

    def __init__(self, syndication: Syndication, presented: Presented, clock: Clock) -> None:
        self.own = OwnFeeds(syndication, presented)
        self._pages = Pages(self.own, clock)

    @property
    def routes(self) -> list[Route]:
        """What is served."""
        return self._pages.routes
