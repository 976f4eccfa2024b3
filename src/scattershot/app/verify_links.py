"""Verifying the links of profiles: a page that leads back by `rel=me` is its keeper's own.

Looked at are the profiles of those here, and of those elsewhere whom somebody here follows: when they change, and now
and then. A page that cannot be had at the moment proves nothing, either way.
"""

import asyncio
import logging
from collections.abc import Mapping
from functools import partial

from msgspec.structs import replace

from scattershot.domain.ids import MicroblogId, Millis
from scattershot.domain.microblog import Profile
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction, UnavailableError
from scattershot.ports.fetcher import Fetcher, Unreachable, followed
from scattershot.storage.tables import link_checks, microblogs, relations
from scattershot.storage.tables.link_checks import LinkCheck
from scattershot.wirekit.http_message import Headers, Request, Response
from scattershot.wirekit.rel_me import me_links, sole_link
from scattershot.wirekit.urls import normal_url, parse_url, same_origin

MAX_LINKS = 8
"""Links of one profile that are looked at."""
MAX_PAGE = 1024 * 1024
MAX_REDIRECTS = 3
PATIENCE = 10.0
"""Seconds for one request."""
AT_ONCE = 4
"""Profiles looked at side by side."""
LEASE = 15 * 60_000
"""Milliseconds after which a profile is due again whose check came to nothing, as when the node was stopped."""

_MINUTE, _HOUR, _DAY = 60_000, 3_600_000, 86_400_000
WAITS = (5 * _MINUTE, _HOUR, _DAY, 7 * _DAY)
"""How long after each look a link of somebody here is looked at again that does not lead back yet."""
SELDOM = 30 * _DAY
"""How often links are looked at of which nothing new is expected: they lead back, or are of others."""

_logger = logging.getLogger(__name__)


class VerifyLinks:
    """Looks at the links of profiles as they fall due."""

    def __init__(self, database: Database, clock: Clock, fetcher: Fetcher, user_agent: str) -> None:
        self._database, self._clock, self._fetcher = database, clock, fetcher
        self._headers = Headers((("user-agent", user_agent), ("accept", "text/html, application/xhtml+xml;q=0.9")))

    async def step(self) -> int:
        """Look at a few profiles that are due; how many they were."""
        now = self._clock.now()
        if not await self._database.read(lambda tx: link_checks.due(tx, now, 1)):
            return 0
        leased_until = Millis(now + LEASE)
        due = await self._database.write(partial(_take, now=now, until=leased_until))
        await asyncio.gather(*(self._look(check, leased_until) for check in due))
        return len(due)

    async def run(self) -> None:
        """Look as profiles fall due."""
        while True:
            if not await self.step():
                await self._clock.sleep(10.0)

    async def _look(self, check: LinkCheck, leased_until: Millis) -> None:
        try:
            await self._look_at(check, leased_until)
        except UnavailableError:
            raise
        except Exception:  # it stays leased, and is tried again when that ends
            _logger.exception("looking at the links of microblog %s failed", check.microblog)

    async def _look_at(self, check: LinkCheck, leased_until: Millis) -> None:
        row = await self._database.read(partial(_to_be_checked, microblog=check.microblog))
        links = links_of(row.profile) if row is not None else ()
        if row is None or not links:
            await self._database.write(lambda tx: link_checks.drop(tx, check.microblog))
            return
        found = {link: await self._leads_back(link, row.profile) for link in links}
        now = self._clock.now()
        is_done = all(found.values()) or not row.local
        wait = SELDOM if is_done or check.attempts >= len(WAITS) else WAITS[check.attempts]
        after = LinkCheck(check.microblog, Millis(now + wait), now, check.attempts + 1)

        def work(tx: Transaction) -> None:
            _note(tx, check.microblog, found, now)
            link_checks.put(tx, after, leased_until)

        await self._database.write(work)

    async def _leads_back(self, link: str, profile: Profile) -> bool | None:
        """Whether the page names the profile as its keeper's; None where it cannot be had now."""
        page = await self._page(link)
        match page:
            case Response(status=200) if page.media_type in ("text/html", "application/xhtml+xml"):
                return bool(addresses_of(profile) & {_compared(found) for found in await _me_links(page)})
            case Response(status=200 | 404 | 410):
                return False
            case _:
                return None

    async def _page(self, link: str) -> Response | Unreachable:
        request = Request("GET", link, self._headers)
        return await followed(self._fetcher, request, MAX_REDIRECTS, limit=MAX_PAGE, seconds=PATIENCE)


def links_of(profile: Profile) -> tuple[str, ...]:
    """The links of a profile that can be verified: lines that are one https address and nothing else."""
    links = (normal_url(sole_link(field.value)) for field in profile.fields)
    wanted = (link for link in links if link is not None and link.startswith("https://"))
    return tuple(dict.fromkeys(wanted))[:MAX_LINKS]


def addresses_of(profile: Profile) -> frozenset[str]:
    """Where a page may lead to that is the profile's: its lasting address, and its page for people where that is at its
    own node: else anybody could name somebody else's page as their own, and have what that one owns verified."""
    lasting = profile.id.value
    page = profile.url if same_origin(profile.url, lasting) else ""
    return frozenset(_compared(address) for address in (page, lasting) if address)


def _compared(address: str) -> str:
    """An address in the spelling in which two are compared, as lenient as Mastodon is about case and a last slash."""
    url = parse_url(address)
    return (url._replace(fragment=None).text if url is not None else address).rstrip("/").lower()


async def _me_links(page: Response) -> list[str]:
    html = page.body.decode("utf-8", errors="replace")  # whatever its charset, addresses are ASCII
    return await asyncio.to_thread(me_links, html, page.url)


def _take(tx: Transaction, now: Millis, until: Millis) -> list[LinkCheck]:
    due = link_checks.due(tx, now, AT_ONCE)
    for check in due:
        link_checks.lease(tx, check.microblog, until)
    return due


def _to_be_checked(tx: Transaction, microblog: MicroblogId) -> microblogs.Row | None:
    row = microblogs.get(tx, microblog)
    if row is None or row.gone or not (row.local or relations.is_heard_here(tx, microblog)):
        return None
    return row


def _note(tx: Transaction, microblog: MicroblogId, found: Mapping[str, bool | None], now: Millis) -> None:
    """Write down which lines were verified; one that the keeper changed meanwhile is left as it is."""
    row = microblogs.get(tx, microblog)
    if row is None or row.gone:
        return
    fields = []
    for field in row.profile.fields:
        leads_back = found.get(normal_url(sole_link(field.value)) or "")
        if leads_back is None:
            fields.append(field)
        else:
            verified = (field.verified or now) if leads_back else None
            fields.append(replace(field, verified=verified))
    if tuple(fields) != row.profile.fields:
        microblogs.put_verified(tx, microblog, replace(row.profile, fields=tuple(fields)))
