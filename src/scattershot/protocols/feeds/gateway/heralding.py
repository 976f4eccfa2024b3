"""Telling subscribers that a feed has news: by WebSub what is new itself, by rssCloud that there is something."""

from urllib.parse import urlencode, urlsplit

from scattershot.app.callbacks import Callbacks
from scattershot.app.lately import Lately
from scattershot.domain.delivery import Busy, Delivered, Outcome, Unwanted
from scattershot.domain.ids import Seq
from scattershot.domain.node import Endpoint
from scattershot.domain.record import Recorded
from scattershot.domain.syndicated import OUTWARD, Callback, Wanted, Way
from scattershot.ports.clock import Clock
from scattershot.ports.fetcher import Fetcher, Unreachable
from scattershot.protocols.feeds.gateway.addresses import FORMATS, asked_for, subject_of
from scattershot.protocols.feeds.gateway.feeds import OwnFeeds
from scattershot.protocols.feeds.wire.rss_cloud import is_fault, rpc_call
from scattershot.protocols.feeds.wire.websub import signature
from scattershot.wirekit.dates import retry_after
from scattershot.wirekit.http_message import Headers, Request, Response

PATIENCE = 15.0
"""Seconds that a subscriber has for its answer."""
_MAX_ANSWER = 64 * 1024
_FORM = "application/x-www-form-urlencoded"


class Heralding:
    """Implements `ports.protocol.Herald`."""

    name = "feeds"

    def __init__(self, callbacks: Callbacks, own: OwnFeeds, fetcher: Fetcher, clock: Clock) -> None:
        self._callbacks, self._own, self._fetcher, self._clock = callbacks, own, fetcher, clock
        self._bodies: Lately[tuple[Seq, str], tuple[int, bytes | None]] = Lately(200)
        self._told: Lately[tuple[Seq, Wanted], bool] = Lately(1_000)

    async def tell(self, endpoint: Endpoint, recorded: Recorded) -> Outcome:
        """Tell it of each of its feeds in which the change is news; the worst outcome counts for all."""
        outcome: Outcome = Delivered()
        for callback in await self._callbacks.told(endpoint, recorded):
            key = recorded.seq, callback.wanted
            if key in self._told:  # only another feed's news did not arrive
                continue
            told = await self._tell_one(callback, recorded)
            if isinstance(told, Delivered):
                self._told[key] = True
            if isinstance(told, Unwanted) and told.gone:  # this subscription alone; others may have the same callback
                await self._callbacks.drop(callback.wanted)
            elif not isinstance(told, Delivered):
                outcome = told
        return outcome

    async def _tell_one(self, callback: Callback, recorded: Recorded) -> Outcome:
        wanted = callback.wanted
        if wanted.way in OUTWARD:
            return await self._tell_outward(wanted, recorded)
        body = await self._body(wanted.topic, recorded)
        if body is None:
            return Delivered()
        request = self._pushed(wanted, body) if wanted.way is Way.WEBSUB else cloud_request(wanted)
        answer = await self._fetcher.send(request, limit=_MAX_ANSWER, seconds=PATIENCE)
        return _outcome(answer, wanted.way, self._clock.now())

    async def _tell_outward(self, wanted: Wanted, recorded: Recorded) -> Outcome:
        """What a hub or aggregator says of it is its own affair, once it has heard us."""
        face = await self._own.syndication.author(recorded.post) if recorded.post is not None else None
        if face is None:
            return Delivered()
        page = f"{self._own.presented.origin}{face.page}"
        request = publish_request(wanted, page) if wanted.way is Way.PUBLISH else ping(wanted, face.profile.title, page)
        answer = await self._fetcher.send(request, limit=_MAX_ANSWER, seconds=PATIENCE)
        if wanted.way is Way.PING and isinstance(answer, Response) and is_fault(answer.body.decode("utf-8", "replace")):
            answer = await self._fetcher.send(
                short_ping(wanted, face.profile.title, page), limit=_MAX_ANSWER, seconds=PATIENCE
            )
        return _outcome(answer, wanted.way, self._clock.now())

    async def _body(self, topic: str, recorded: Recorded) -> bytes | None:
        """The document with what is new alone, made once for all subscribers of the topic for a moment."""
        key, now = (recorded.seq, topic), self._clock.now()
        known = self._bodies.get(key)
        if known is not None and 0 <= now - known[0] < 1_000:
            return known[1]
        parts = urlsplit(topic)
        asked = asked_for(parts.path, parts.query)
        subject = await subject_of(asked, self._own.syndication) if asked is not None else None
        body = None
        if asked is not None and subject is not None and recorded.post is not None:
            body = await self._own.news(asked, subject, recorded.post)
        self._bodies[key] = now, body
        return body

    def _pushed(self, wanted: Wanted, body: bytes) -> Request:
        asked = asked_for(urlsplit(wanted.topic).path)
        kind = FORMATS[asked.format] if asked is not None else "application/octet-stream"
        links = f'<{self._own.presented.hub}>; rel="hub", <{wanted.topic}>; rel="self"'
        fields = [("content-type", f"{kind}; charset=utf-8"), ("link", links)]
        if wanted.secret:
            fields.append(("x-hub-signature", signature(wanted.secret, body)))
        return Request("POST", wanted.address, Headers(fields), body)


def cloud_request(wanted: Wanted) -> Request:
    """How one is told by rssCloud that there is news in a feed: no more than its address."""
    if wanted.way is Way.CLOUD_RPC:
        body = rpc_call(wanted.method, wanted.topic)
        return Request("POST", wanted.address, Headers([("content-type", "text/xml")]), body)
    return Request("POST", wanted.address, Headers([("content-type", _FORM)]), _form([("url", wanted.topic)]))


def publish_request(wanted: Wanted, page: str) -> Request:
    """How a hub of others is told to fetch the feeds of a page, in the words hubs have had since PubSubHubbub."""
    feeds = [("hub.url", f"{page}.{form}{which}") for form in FORMATS for which in ("", "?with=replies")]
    return Request("POST", wanted.address, Headers([("content-type", _FORM)]), _form([("hub.mode", "publish"), *feeds]))


def ping(wanted: Wanted, title: str, page: str) -> Request:
    """How an aggregator is told that a page has news (weblogUpdates): its name, its address, what changed, its feed."""
    body = rpc_call("weblogUpdates.extendedPing", title, page, page, f"{page}.rss")
    return Request("POST", wanted.address, Headers([("content-type", "text/xml")]), body)


def short_ping(wanted: Wanted, title: str, page: str) -> Request:
    """The same for one that knows no more than the name and the address."""
    body = rpc_call("weblogUpdates.ping", title, page)
    return Request("POST", wanted.address, Headers([("content-type", "text/xml")]), body)


def _form(fields: list[tuple[str, str]]) -> bytes:
    return urlencode(fields).encode()


def _outcome(answer: Response | Unreachable, way: Way, now: int) -> Outcome:
    if isinstance(answer, Unreachable):
        return Busy(answer.why)
    if 200 <= answer.status < 300:
        faulty = way is Way.CLOUD_RPC and is_fault(answer.body.decode("utf-8", "replace"))
        return Unwanted("fault", gone=True) if faulty else Delivered()
    if answer.status == 410:
        return Unwanted("gone", gone=True)
    after = retry_after(answer.headers.get("retry-after"), now)
    return Busy(f"status_{answer.status}", after, doubtful=answer.status not in (429, 503))
