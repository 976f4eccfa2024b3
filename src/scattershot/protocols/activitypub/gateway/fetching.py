"""Fetching things from their own nodes: signed, following a few redirects, believed only at their own address."""

from typing import NamedTuple

from msgspec.structs import replace

from scattershot.domain.change import ProfileChanged
from scattershot.domain.microblog import Profile
from scattershot.domain.reading import Changes, Reading, Refused
from scattershot.domain.wire_id import WireId
from scattershot.ports.clock import Clock
from scattershot.ports.fetcher import Fetcher, Unreachable
from scattershot.ports.protocol import BackPosts, Signer
from scattershot.protocols.activitypub.gateway.names import Names
from scattershot.protocols.activitypub.gateway.signing import DIALECTS, signed
from scattershot.protocols.activitypub.translate.documents_in import read_document, read_page
from scattershot.protocols.activitypub.wire.media_types import ACCEPT, is_activity_type
from scattershot.protocols.activitypub.wire.signatures import Dialect
from scattershot.wirekit.http_message import Headers, Request, Response
from scattershot.wirekit.redirects import next_hop
from scattershot.wirekit.urls import normal_url, same_origin

MAX_REDIRECTS = 3
MAX_DOCUMENT = 1024 * 1024
PATIENCE = 20.0
"""Seconds for one request."""


class Document(NamedTuple):
    """What an address holds in the end: `url` is the one it was found at, without a fragment."""

    url: str
    content_type: str
    body: bytes
    links: str = ""
    """The `Link` header, for the page that names its document there."""


class Fetching:
    """Gets documents in somebody's name."""

    def __init__(self, fetcher: Fetcher, clock: Clock, names: Names, user_agent: str) -> None:
        self._fetcher, self._clock, self._names, self._user_agent = fetcher, clock, names, user_agent

    async def fetch(self, wire_id: WireId, signer: Signer) -> Reading:
        """As `ports.protocol.Tongue.fetch` says; a profile's name is the one that WebFinger confirms."""
        document = await self.activity(wire_id.value, signer)
        if isinstance(document, Refused):
            return document
        reading = read_document(document.body, document.url, at=self._clock.now())
        if isinstance(reading, Changes) and isinstance(reading.changes[0], ProfileChanged):
            [change] = reading.changes
            assert isinstance(change, ProfileChanged)
            profile = await self._named(change.profile)
            return reading._replace(changes=(replace(change, profile=profile),))
        return reading

    async def _named(self, profile: Profile) -> Profile:
        handle = await self._names.confirmed(profile)
        return replace(profile, name=handle.name, domain=handle.domain)

    async def back_posts(self, profile: Profile, page: str | None, signer: Signer) -> BackPosts | Refused:
        """As `ports.protocol.Tongue.back_posts` says; an outbox that only names its first page leads on to it."""
        url = page or profile.doors.get("outbox")
        if not url:
            return Refused("no_outbox", f"{profile.id.value} names no outbox.")
        found = await self._page(profile, url, signer)
        if page is None and isinstance(found, BackPosts) and found.next is not None and not found.readings:
            return await self._page(profile, found.next, signer)
        return found

    async def _page(self, profile: Profile, url: str, signer: Signer) -> BackPosts | Refused:
        if not same_origin(url, profile.id.value):
            return Refused("other_origin", url)
        document = await self.activity(url, signer)
        if isinstance(document, Refused):
            return document
        return read_page(document.body, document.url, profile.id, at=self._clock.now())

    async def activity(self, url: str, signer: Signer) -> Document | Refused:
        """The ActivityPub document at the address; anything labelled otherwise is refused, whatever it holds."""
        document = await self.get(url, signer)
        if isinstance(document, Document) and not is_activity_type(document.content_type):
            return Refused("not_a_document", f"{document.url} is {document.content_type[:80] or 'nothing known'}")
        return document

    async def get(self, url: str, signer: Signer, accept: str = ACCEPT) -> Document | Refused:
        """Whatever is at the address; a refusal is worded for counters, its detail for people."""
        start = normal_url(url, fragment=False)
        if start is None:
            return Refused("not_a_name", f"{url[:200]!r} is no address")
        request: Request | None = Request("GET", start, Headers([("user-agent", self._user_agent), ("accept", accept)]))
        for _ in range(MAX_REDIRECTS + 1):
            assert request is not None
            answer = await self._knock(request, signer)
            if isinstance(answer, Unreachable):
                why = "unreachable" if answer.why != "too_large" else "too_large"
                return Refused(why, f"{request.url}: {answer.said}")
            request = next_hop(request, answer)
            if request is None:
                return _document(answer)
        return Refused("unreachable", f"{url} redirects too often")

    async def _knock(self, request: Request, signer: Signer) -> Response | Unreachable:
        """The answer in the first dialect, or in the second where the first was not believed."""
        answer: Response | Unreachable | None = None
        for dialect in DIALECTS:
            second = await self._once(request, signer, dialect)
            if answer is None or (isinstance(second, Response) and second.status < 400):
                answer = second
            if isinstance(second, Unreachable) or second.status not in (400, 401):
                break
        assert answer is not None
        return answer

    async def _once(self, request: Request, signer: Signer, dialect: Dialect) -> Response | Unreachable:
        try:
            ready = signed(request, signer, self._clock.now(), dialect)
        except ValueError as problem:
            return Unreachable("protocol", str(problem))
        answer = await self._fetcher.send(ready, limit=MAX_DOCUMENT, seconds=PATIENCE)
        return answer if isinstance(answer, Unreachable) else answer._replace(url=ready.url)


def _document(answer: Response) -> Document | Refused:
    match answer.status:
        case 200:
            kind, links = answer.headers.get("content-type") or "", answer.headers.get("link") or ""
            return Document(answer.url, kind, answer.body, links)
        case 410:
            return Refused("gone", f"{answer.url} is gone")
        case 404:
            return Refused("not_found", f"{answer.url} was not found")
        case 401 | 403:
            return Refused("not_allowed", f"{answer.url} may not be read by us ({answer.status})")
        case 408 | 429 | 500 | 502 | 503 | 504:
            return Refused("busy", f"{answer.url} answered {answer.status}")
        case status:
            return Refused("refused", f"{answer.url} answered {status}")
