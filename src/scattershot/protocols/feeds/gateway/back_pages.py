"""Older entries of a feed, on request: its pages and archives (RFC 5005), and `next_url` of a JSON Feed.

What the feed itself shows now is read by `app.sources`, which passes over what is old in a feed that is new here. The
first request brings that too; each goes one page further back than the one before.
"""

from scattershot.app.lately import Lately
from scattershot.domain.change import Edited, Posted
from scattershot.domain.microblog import Profile
from scattershot.domain.reading import Changes, Refused
from scattershot.domain.source import LONGEST_ADDRESS, UNDATED_WITHIN
from scattershot.domain.wire_id import WireId
from scattershot.ports.clock import Clock
from scattershot.ports.protocol import BackPosts
from scattershot.ports.sources import Failed
from scattershot.protocols.feeds.gateway.gathering import Found, Gathering
from scattershot.protocols.feeds.translate.feeds_in import changes_of, enveloped, feed_in
from scattershot.protocols.feeds.wire.feed import Feed
from scattershot.wirekit.urls import normal_url

MOST_PAGES = 50
"""So far back one goes, until the node is started anew."""
MOST_ENTRIES = 200
"""Entries taken of one page, its newest."""
_REMEMBERED = 2_000


class BackPages:
    """Reads them."""

    def __init__(self, gathering: Gathering, clock: Clock) -> None:
        self._gathering, self._clock = gathering, clock
        self._reached: Lately[str, tuple[str, ...]] = Lately(_REMEMBERED)
        """Pages of each feed that were seen, the next one last; nothing after the last page."""

    async def further(self, profile: Profile) -> BackPosts | Refused:
        """The entries of the next older page."""
        name = profile.id.value
        seen = self._reached.get(name)
        readings = []
        if seen is None:
            front = await self._page(name)
            if isinstance(front, Failed):
                return Refused("unreachable", front.why)
            seen = self._on(name, (name, front[0].address), front[1].older)
            readings.append(self._dated(front[1], profile.id))
        if seen and len(seen) <= MOST_PAGES:
            found = await self._page(seen[-1])
            if not isinstance(found, Failed):
                self._on(name, seen, found[1].older)
                readings.append(self._dated(found[1], profile.id))
        return BackPosts(tuple(readings), None)

    def _dated(self, feed: Feed, source: WireId) -> Changes:
        """Its entries but those that do not say when they were written: they would stand where new ones do."""
        now = self._clock.now()
        read = changes_of(feed, source, now)
        dated = [
            change
            for change in read.changes
            if isinstance(change, Posted | Edited) and now - change.post.published >= UNDATED_WITHIN
        ]
        return read._replace(changes=tuple(dated[-MOST_ENTRIES:]))

    def _on(self, name: str, seen: tuple[str, ...], older: str) -> tuple[str, ...]:
        """Remember the page that comes next; a feed that leads back to where one was has come to its end."""
        address = normal_url(older, fragment=False) or ""
        ends = not address or address in seen or len(address) > LONGEST_ADDRESS
        self._reached[name] = () if ends else (*seen, address)
        return self._reached[name]

    async def _page(self, address: str) -> tuple[Found, Feed] | Failed:
        found = await self._gathering.get(address)
        if isinstance(found, Failed):
            return found
        if found.answer.status != 200:
            return Failed(f"status_{found.answer.status}")
        body = enveloped(found.answer.body, found.answer.headers.get("content-type") or "", found.answer.url)
        _, feed = feed_in(body)
        return (found, feed) if isinstance(feed, Feed) else Failed(feed.why)
