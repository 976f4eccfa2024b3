"""Feeds elsewhere as a tongue of the house."""

from scattershot.domain.microblog import Profile
from scattershot.domain.reading import Arrival, Reading, Refused
from scattershot.domain.source import Offer, Source
from scattershot.domain.wire_id import FEEDS, WireId
from scattershot.ports.clock import Clock
from scattershot.ports.fetcher import Fetcher
from scattershot.ports.protocol import BackPosts, Signer, Silent
from scattershot.ports.sources import Gathered
from scattershot.protocols.feeds.gateway.back_pages import BackPages
from scattershot.protocols.feeds.gateway.finding import Finding
from scattershot.protocols.feeds.gateway.gathering import Gathering
from scattershot.protocols.feeds.gateway.listening import Asker
from scattershot.protocols.feeds.translate.feeds_in import read_arrival


class FeedTongue(Silent):
    """Reads feeds elsewhere; implements `ports.protocol.Tongue` and `ports.sources.Gatherer`. Feeds are told nothing:
    whoever follows one is nobody's business, and there is nobody to answer."""

    name = FEEDS

    def __init__(
        self, fetcher: Fetcher, clock: Clock, *, origin: str, domains: tuple[str, ...], user_agent: str
    ) -> None:
        """`fetcher` may go to plain http: many feeds are there. `domains` are ours."""
        self._gathering = Gathering(fetcher, clock, user_agent, domains)
        self._back_pages = BackPages(self._gathering, clock)
        self._finding = Finding(self._gathering, clock)
        self._asker = Asker(fetcher, origin)

    def read(self, arrival: Arrival, *, proven: bool = False) -> Reading:
        """What the feed says; nobody proves anything by this wire."""
        del proven
        return read_arrival(arrival, self._gathering.gathered(arrival.body))

    async def fetch(self, wire_id: WireId, signer: Signer) -> Reading:
        """The feed or entry of that name; asked for in nobody's name."""
        del signer
        return await self._finding.fetch(wire_id)

    async def find(self, text: str, signer: Signer) -> WireId | Refused:
        """The feed at an address, or that the page there names."""
        del signer
        return await self._finding.find(text)

    async def back_posts(self, profile: Profile, page: str | None, signer: Signer) -> BackPosts | Refused:
        """The next older page of the feed, one further each time; what it shows now is read by `app.sources`."""
        del signer
        return await self._back_pages.further(profile) if page is None else BackPosts((), None)

    async def conversation(self, post: WireId, signer: Signer) -> tuple[WireId, ...] | Refused:
        """Feeds have no word for conversations."""
        del post, signer
        return ()

    async def gather(self, source: Source) -> Gathered:
        """What is new in a feed."""
        return await self._gathering.gather(source)

    async def leave(self, source: Source, offer: Offer) -> bool:
        """Ask somebody not to tell us of it any more."""
        return await self._asker.leave(source, offer)

    async def subscribe(self, source: Source, offer: Offer) -> int | None:
        """Ask somebody to tell us of it."""
        return await self._asker.subscribe(source, offer)
