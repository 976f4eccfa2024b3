"""Previews: the page that a post links to first is asked once for the whole node what it says of itself.

`Indexing` notes which page a post shows; `step` asks those that are due. Everything goes through the guarded way out,
and pictures are shown by the proxy, so that nobody's browser asks the page.
"""

import asyncio
import logging
import zlib
from collections.abc import Iterable, Sequence
from functools import partial

from msgspec import json
from msgspec.structs import replace

from scattershot.app.discover import Discover, Found
from scattershot.app.page_previews import oembed_of, page_of, preview_of, with_oembed
from scattershot.domain.ids import MicroblogId, Millis, PostId
from scattershot.domain.microblog import parse_handle
from scattershot.domain.node import Standing
from scattershot.domain.preview import FRESH_FOR, NEWS_FOR, WAITS, Preview, may_ask
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction, UnavailableError
from scattershot.ports.fetcher import Fetcher, Unreachable, followed
from scattershot.storage.tables import posts, previews, rules
from scattershot.storage.tables.previews import Wanted
from scattershot.wirekit.http_message import Headers, Request, Response
from scattershot.wirekit.page_head import Head, head_of, text_of
from scattershot.wirekit.urls import host_of

MAX_PAGE = 3_000_000
MAX_OEMBED = 200_000
MAX_REDIRECTS = 4
PATIENCE = 10.0
"""Seconds for one request."""
AT_ONCE = 8
"""Pages asked side by side; those of one host one after the other."""
LEASE = 15 * 60_000
"""Milliseconds after which a page is due again whose asking came to nothing, as when the node was stopped."""
SPREAD = 60_000
"""Within so many milliseconds nodes ask about a post from elsewhere, each at another moment: the page of one that goes
to a thousand nodes is not asked by all of them at once."""
REST = 2.0

_PAGES = ("text/html", "application/xhtml+xml")
_FOR_NOW = frozenset({"dns", "refused", "timeout", "tls", "protocol"})
_decode = json.Decoder(Preview).decode
_encode = json.Encoder().encode
_logger = logging.getLogger(__name__)


class Previews:
    """Asks pages, and keeps what they say; `own` are the hosts of this node, whose pages are not asked."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        fetcher: Fetcher,
        discover: Discover,
        own: tuple[str, ...],
        *,
        on: bool,
        insecure_http: bool = False,
    ) -> None:
        self._database, self._clock, self._fetcher, self._discover = database, clock, fetcher, discover
        self._own, self._on, self._insecure_http = own, on, insecure_http
        self._headers = Headers((("accept", "text/html, application/xhtml+xml;q=0.9"),))

    # -- which post shows which

    def note(self, tx: Transaction, rows: Iterable[posts.Row], now: Millis) -> None:
        """These posts read so from now on: have their pages asked where that is due."""
        for row in rows:
            if row.may_have_links:
                previews.attach(tx, row.id, self._shown_by(tx, row, now))
            elif row.edited is not None:
                previews.attach(tx, row.id, None)

    def _shown_by(self, tx: Transaction, row: posts.Row, now: Millis) -> int | None:
        quoted = posts.get(tx, row.quote) if row.quote is not None else None
        page = page_of(row.post, self._own, quoted.post.url if quoted is not None and not quoted.gone else "")
        if not page:
            return None
        if not self._on or not may_ask(row.audience) or row.published < now - NEWS_FOR:
            return previews.known(tx, page)
        spread = 0 if row.local else zlib.crc32(f"{self._own[0]} {page}".encode()) % SPREAD
        return previews.want(tx, page, Millis(now + spread), Millis(now - FRESH_FOR))

    # -- asking

    async def step(self) -> int:
        """Ask some of the pages that are due; how many."""
        now = self._clock.now()
        if not self._on or not await self._database.read(lambda tx: previews.due(tx, now, 1)):
            return 0
        due = await self._database.write(partial(_take, now=now))
        by_host: dict[str, list[Wanted]] = {}
        for wanted in due:
            by_host.setdefault(host_of(wanted.url) or "", []).append(wanted)
        await asyncio.gather(*(self._ask_one_by_one(of_host) for of_host in by_host.values()))
        return len(due)

    async def run(self) -> None:
        """Ask pages as they fall due."""
        while True:
            if not await self.step():
                await self._clock.sleep(REST)

    async def _ask_one_by_one(self, of_host: Sequence[Wanted]) -> None:
        for wanted in of_host:
            try:
                await self._ask(wanted)
            except UnavailableError:
                raise
            except Exception:  # it stays leased, and is tried again when that ends
                _logger.exception("asking for preview %s failed", wanted.id)

    async def _ask(self, wanted: Wanted) -> None:
        host = host_of(wanted.url) or ""
        is_shut = await self._database.read(lambda tx: _is_shut(tx, host))
        answer = await self._page(wanted.url) if not is_shut else Unreachable("refused", "a host not dealt with")
        now = self._clock.now()
        if isinstance(answer, Response) and answer.status == 200 and answer.media_type in _PAGES:
            said = await self._said(answer)
            value = _encode(said).decode() if said.title or said.embed else ""
            await self._database.write(lambda tx: previews.put(tx, wanted, value, now))
            return
        wait = WAITS[wanted.attempts] if wanted.attempts < len(WAITS) and not is_shut and _may_come(answer) else None
        again = Millis(now + wait) if wait is not None else None
        await self._database.write(lambda tx: previews.failed(tx, wanted.id, now, again))

    async def _said(self, page: Response) -> Preview:
        head = await asyncio.to_thread(_read, page)
        said = preview_of(head, page.url)
        if oembed := oembed_of(head, page.url):
            told = await self._page(oembed, "application/json", MAX_OEMBED)
            if isinstance(told, Response) and told.status == 200:
                said = with_oembed(said, told.body, told.url)
        creator = head.said("fediverse:creator")
        return replace(said, creator=await self._creator(creator)) if creator else said

    async def _creator(self, name: str) -> MicroblogId | None:
        handle = parse_handle(name)
        if handle is None or not handle.domain:
            return None
        found = await self._discover.find(str(handle))
        return found.microblog if isinstance(found, Found) else None

    async def _page(self, url: str, accept: str = "", limit: int = MAX_PAGE) -> Response | Unreachable:
        """What is at the address; a page of plain http is asked by https, for it is mostly there as well."""
        if url.startswith("http://") and not self._insecure_http:
            url = "https://" + url.removeprefix("http://")
        headers = self._headers.having(("accept", accept)) if accept else self._headers
        return await followed(
            self._fetcher, Request("GET", url, headers), MAX_REDIRECTS, limit=limit, seconds=PATIENCE,
            too_many=Unreachable("protocol", "too many redirects"),
        )  # fmt: skip


def of_post(tx: Transaction, post: PostId) -> Preview | None:
    """The preview that the post shows."""
    value = previews.of_post(tx, post)
    return _decode(value) if value else None


def of_pages(tx: Transaction, pages: list[str]) -> dict[str, Preview]:
    """The previews of those pages that have one."""
    found = previews.of_pages(tx, pages) if pages else {}
    return {page: _decode(value) for page, value in found.items()}


def _take(tx: Transaction, now: Millis) -> list[Wanted]:
    due = previews.due(tx, now, AT_ONCE)
    for wanted in due:
        previews.lease(tx, wanted.id, Millis(now + LEASE))
    return due


def _is_shut(tx: Transaction, host: str) -> bool:
    return any(rule.standing is Standing.BLOCKED for rule in rules.concerning(tx, host))


def _may_come(answer: Response | Unreachable) -> bool:
    """Whether the page may be had at another time."""
    if isinstance(answer, Unreachable):
        return answer.why in _FOR_NOW
    return answer.status >= 500 or answer.status in (408, 425, 429)


def _read(page: Response) -> Head:
    return head_of(text_of(page.body, page.headers.get("content-type") or ""))
