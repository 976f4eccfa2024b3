"""Asking feeds elsewhere: what is new alone, a few redirects, and what the answer says of when to come again."""

import re
from hashlib import blake2b
from typing import NamedTuple

from scattershot.app.lately import Lately
from scattershot.domain.source import LONGEST_ADDRESS, Offer, Pace, Push, Source
from scattershot.ports.clock import Clock
from scattershot.ports.fetcher import Fetcher, Unreachable
from scattershot.ports.sources import Ended, Failed, Gathered, News, NoNews
from scattershot.protocols.feeds.translate.feeds_in import enveloped, feed_in
from scattershot.protocols.feeds.wire.feed import Cloud, Feed, NotAFeed
from scattershot.protocols.feeds.wire.links import header_links
from scattershot.protocols.feeds.wire.reading import MAX_BYTES, read_page
from scattershot.protocols.feeds.wire.rss_cloud import REGISTER
from scattershot.wirekit.dates import retry_after
from scattershot.wirekit.http_message import Headers, Request, Response
from scattershot.wirekit.redirects import next_hop
from scattershot.wirekit.urls import host_of, parse_url

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, text/html;q=0.6, */*;q=0.1"
)
MAX_REDIRECTS = 5
PATIENCE = 20.0
"""Seconds for one request."""
MAX_OFFERS = 3
_HELD = 8
"""Feeds that were read to see what they say of themselves, and are about to be read for their entries."""
_FOR_GOOD = (301, 308)
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?([0-9]{1,9})", re.IGNORECASE)
_NOT_KEPT = re.compile(r"\b(?:no-store|no-cache)\b", re.IGNORECASE)


class Found(NamedTuple):
    """An answer, and where what is there lives: `address` follows redirects that are for good, and no others."""

    answer: Response
    address: str


class Gathering:
    """Asks feeds. `own` are our hosts, which are not asked."""

    def __init__(self, fetcher: Fetcher, clock: Clock, user_agent: str, own: tuple[str, ...]) -> None:
        self._fetcher, self._clock, self._user_agent, self._own = fetcher, clock, user_agent, own
        self._gathered: Lately[bytes, Feed] = Lately(_HELD)

    def is_ours(self, address: str) -> bool:
        """Whether that is at this node itself."""
        return host_of(address) in self._own

    async def get(self, address: str, *further: tuple[str, str]) -> Found | Failed:
        """Whatever is there in the end."""
        headers = Headers([("user-agent", self._user_agent), ("accept", ACCEPT), *further])
        request: Request | None = Request("GET", address, headers)
        lives = address
        is_for_good = True
        for _ in range(MAX_REDIRECTS + 1):
            assert request is not None
            if self.is_ours(request.url):
                return Failed("loop")
            answer = await self._fetcher.send(request, limit=MAX_BYTES, seconds=PATIENCE)
            if isinstance(answer, Unreachable):
                return Failed(answer.why)
            here = request.url
            request = next_hop(request, answer)
            if request is None:
                return Found(answer._replace(url=here), lives)
            is_for_good = is_for_good and answer.status in _FOR_GOOD
            if is_for_good and len(request.url) <= LONGEST_ADDRESS:
                lives = request.url
        return Failed("redirects")

    async def gather(self, source: Source) -> Gathered:
        """What is new in the feed (RFC 9110 section 13, RFC 3229)."""
        conditions = []
        if source.tag:
            conditions += [("if-none-match", source.tag), ("a-im", "feed")]
        if source.modified:
            conditions.append(("if-modified-since", source.modified))
        found = await self.get(source.address, *conditions)
        if isinstance(found, Failed):
            return found
        answer, now = found.answer, self._clock.now()
        if answer.status == 410:
            return Ended()
        if answer.status == 304:
            return NoNews(_holds(answer))
        if answer.status not in (200, 226):
            after = retry_after(answer.headers.get("retry-after"), now)
            return Failed(f"status_{answer.status}", int(after * 1000) if after is not None else 0)
        body = enveloped(answer.body, answer.headers.get("content-type") or "", found.address)
        digest = blake2b(body, digest_size=16).hexdigest()
        if digest == source.digest:
            return NoNews(_holds(answer))
        return self._news(found, body, digest, source)

    def gathered(self, body: bytes) -> Feed | None:
        """What is in that body of an arrival, where it was gathered a moment ago."""
        return self._gathered.pop(body, None)

    def _news(self, found: Found, body: bytes, digest: str, source: Source) -> News | Failed:
        _, feed = feed_in(body)
        if isinstance(feed, NotAFeed):
            return Failed(feed.why)
        self._gathered[body] = feed
        answer = found.answer
        return News(
            body=body,
            digest=digest if answer.status == 200 else source.digest,
            address=found.address,
            tag=(answer.headers.get("etag") or "")[:500],
            modified=(answer.headers.get("last-modified") or "")[:100],
            rest=_holds(answer),
            pace=Pace(min(feed.ttl, 1440), tuple(sorted(feed.skip_hours)), tuple(sorted(feed.skip_days))),
            offers=self.offers(feed, found),
            ended=feed.ended,
        )

    def offers(self, feed: Feed, found: Found) -> tuple[Offer, ...]:
        """Who would tell of the feed: hubs named in the answer's header or in the feed, then an rssCloud; but none of
        ours."""
        links = header_links([found.answer.headers.get("link") or ""], found.answer.url)
        hubs = [link.address for link in links if "hub" in link.rels] or list(feed.hubs)
        itself = [link.address for link in links if "self" in link.rels]
        if feed.format == "html" and not hubs:
            page = read_page(found.answer.body, found.answer.headers.get("content-type") or "", found.answer.url)
            hubs, itself = list(page.hubs), [page.address] if page.address else []
        topic = (itself or [feed.address or found.address])[0]
        safest = sorted(dict.fromkeys(hubs), key=lambda hub: not hub.startswith("https:"))
        wanted = [Offer(Push.WEBSUB, hub, topic) for hub in safest[:MAX_OFFERS]]
        if feed.cloud is not None:
            wanted.append(_of_cloud(feed.cloud, feed.address or found.address))
        return tuple(
            offer
            for offer in wanted
            if parse_url(offer.hub) is not None
            and parse_url(offer.topic) is not None
            and not self.is_ours(offer.hub)
            and not self.is_ours(offer.topic)
            and max(len(offer.hub), len(offer.topic)) <= LONGEST_ADDRESS
        )


def _of_cloud(cloud: Cloud, topic: str) -> Offer:
    secure = cloud.protocol == "https-post" or cloud.port == 443
    port = "" if cloud.port in (80, 443) else f":{cloud.port}"
    address = f"{'https' if secure else 'http'}://{cloud.domain}{port}/{cloud.path.lstrip('/')}"
    if cloud.protocol == "xml-rpc":
        return Offer(Push.CLOUD_RPC, address, topic, cloud.procedure or REGISTER)
    return Offer(Push.CLOUD, address, topic)


def _holds(answer: Response) -> int:
    """The milliseconds for which the answer says that it holds."""
    said = answer.headers.get("cache-control") or ""
    found = _MAX_AGE.search(said)
    return int(found[1]) * 1000 if found is not None and not _NOT_KEPT.search(said) else 0
