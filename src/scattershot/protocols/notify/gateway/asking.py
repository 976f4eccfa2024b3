"""Asking another node by HTTPS: who it is, to be told by it, and for its log."""

from scattershot.domain.ids import Millis
from scattershot.ports.clock import Clock
from scattershot.ports.fetcher import Fetcher, Unreachable
from scattershot.protocols.notify.gateway.identity import Identity
from scattershot.protocols.notify.wire import cose, documents, words
from scattershot.protocols.notify.wire.cbor import Malformed
from scattershot.protocols.notify.wire.cose import Purpose
from scattershot.protocols.notify.wire.documents import COSE, LOG, PATH, SCHEME, Accepted, Page, Presented, text_of
from scattershot.protocols.notify.wire.words import LogAsked, Subscribe
from scattershot.wirekit.http_message import Headers, Request, Response

PATIENCE = 15.0
"""Seconds that the other side has for an answer."""
LARGEST_PAGE = 4_000_000
"""Bytes of a page of a log."""
LINES = 100
"""Lines asked for at once."""


class Asking:
    """Asks; `scheme` is https but in test networks."""

    def __init__(self, fetcher: Fetcher, clock: Clock, identity: Identity, user_agent: str, scheme: str) -> None:
        self._fetcher, self._clock, self._identity = fetcher, clock, identity
        self._user_agent, self._scheme = user_agent, scheme

    def origin(self, host: str) -> str:
        """Where the node of that host is asked."""
        return f"{self._scheme}://{host}"

    async def presented(self, host: str) -> Presented | str:
        """Who the node says that it is; a word where it does not."""
        answer = await self._send("GET", self.origin(host) + PATH, limit=documents.LARGEST_DOCUMENT)
        if isinstance(answer, str):
            return answer
        found = documents.read_document(answer.body)
        if isinstance(found, Malformed):
            return found.why
        return found if found.node == self.origin(host) else "other_origin"

    async def subscribe(self, host: str, key: bytes, wish: Subscribe) -> Accepted | str:
        """Ask to be told; a word where that is refused."""
        body = cose.mac0(words.encode(wish), key, self._identity.name, Purpose.SUBSCRIBE)
        answer = await self._send("POST", self.origin(host) + PATH, body=body, limit=documents.LARGEST_DOCUMENT)
        if isinstance(answer, str):
            return answer
        found = documents.read_accepted(answer.body)
        return found.why if isinstance(found, Malformed) else found

    async def log(self, host: str, key: bytes, epoch: bytes, after: int) -> Page | str:
        """The page of its log behind that serial; a word where there is none."""
        now: Millis = self._clock.now()
        asked = words.encode(LogAsked(self._identity.name, epoch, after, now))
        said = f"{SCHEME} {text_of(cose.mac0(asked, key, self._identity.name, Purpose.LOG))}"
        address = f"{self.origin(host)}{LOG}{epoch.hex()}?after={after}&limit={LINES}"
        answer = await self._send("GET", address, limit=LARGEST_PAGE, authorization=said)
        if isinstance(answer, str):
            return answer
        found = documents.read_page(answer.body, after)
        return found.why if isinstance(found, Malformed) else found

    async def _send(
        self, method: str, url: str, *, limit: int, body: bytes = b"", authorization: str = ""
    ) -> Response | str:
        fields = [("user-agent", self._user_agent)]
        if body:
            fields.append(("content-type", COSE))
        if authorization:
            fields.append(("authorization", authorization))
        answer = await self._fetcher.send(Request(method, url, Headers(fields), body), limit=limit, seconds=PATIENCE)
        if isinstance(answer, Unreachable):
            return answer.why
        return answer if 200 <= answer.status < 300 else f"status_{answer.status}"
