"""Discovery: from a name that a person typed, or a post speaks of, to the thing itself, fetched from its own node."""

import asyncio
import logging
import re
from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from scattershot.app import counters, readers
from scattershot.app.apply.change import apply
from scattershot.app.apply.origin import Applied, Declined, House, Lacks, Origin
from scattershot.app.apply.quoting import STAMP, adopted
from scattershot.domain.change import Change, Deleted, Edited, Posted
from scattershot.domain.ids import MicroblogId, Millis, PostId
from scattershot.domain.microblog import MAX_LOCAL_NAME, Handle, parse_handle
from scattershot.domain.node import Standing
from scattershot.domain.reading import Changes, Ignored, Needs, Refused
from scattershot.domain.wire_id import ACTIVITYPUB, FEEDS, WireId
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction, UnavailableError
from scattershot.ports.protocol import Signer, Tongue
from scattershot.storage.tables import arrivals, microblogs, nodes, posts, quotes, wire_ids
from scattershot.wirekit.urls import host_of, normal_host

MAX_STEPS = 5
"""How far one thing may lead to another within one fetch: a boost to a post to its author is two."""

MAX_WANTED_DEPTH = 25
"""How far one wanted thing leads to the next."""

AT_ONCE = 8
"""Wanted things fetched side by side."""

_RETRY = 60_000
_MAX_ATTEMPTS = 4
_FRESH = 86_400_000

_OWN_PAGE = re.compile(r"/@(?P<name>[^/@?#]+)(?:@(?P<domain>[^/@?#]+))?(?:/(?P<post>[0-9]{1,18}))?/?(?:[?#].*)?")

NOT_A_NAME = "not_a_name"
"""What a tongue answers that does not know names of that sort at all."""

_logger = logging.getLogger(__name__)


class Found(NamedTuple):
    """What a text stood for: one of the two."""

    microblog: MicroblogId | None = None
    post: PostId | None = None


class Discover:
    """Finds and fetches; `speaker` is who signs for the node itself."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        bus: Bus,
        tongues: Mapping[str, Tongue],
        house: House,
        speaker: Signer,
        domains: tuple[str, ...],
    ) -> None:
        self._database, self._clock, self._bus = database, clock, bus
        self._tongues, self._house, self._speaker, self._domains = tongues, house, speaker, domains
        self._under_way: dict[WireId, asyncio.Task[str]] = {}

    async def find(self, text: str) -> Found | Refused:
        """What a handle (`@who@where`), a profile's or post's address stands for; fetched where it is not known."""
        handle = parse_handle(text)
        if handle is not None and "://" not in text:
            return await self._find_handle(handle, text)
        return await self.known(text) or await self._look_up(text.strip())

    async def known(self, address: str) -> Found | None:
        """What an address stands for, a page of this node's too, where that is known; nobody else is asked."""
        address = address.strip()
        own = address.removeprefix(self._house.addresses.origin)
        page = _OWN_PAGE.fullmatch(own) if own != address else None
        if page is not None:
            return await self._database.read(lambda tx: self._on_page(tx, page))
        return await self._database.read(
            lambda tx: _known(tx, WireId(ACTIVITYPUB, address)) or _known(tx, WireId(FEEDS, address))
        )

    def _on_page(self, tx: Transaction, page: re.Match[str]) -> Found | None:
        if page["post"] is not None:
            row = posts.get(tx, PostId(int(page["post"])))
            return Found(post=row.id) if row is not None and not row.gone else None
        handle = Handle(page["name"].lower(), (page["domain"] or self._domains[0]).lower())
        found = microblogs.named(tx, handle) or microblogs.by_handle(tx, handle)
        return Found(found.id) if found is not None and not found.gone else None

    async def _find_handle(self, handle: Handle, text: str) -> Found | Refused:
        domain = normal_host(handle.domain) if handle.domain else self._domains[0]
        if domain is None:
            return Refused("not_a_name", f"{text!r} is not a name like @who@where.")
        wanted = Handle(handle.name.lower(), domain)
        if not handle.domain and len(handle.name) > MAX_LOCAL_NAME:
            return await self._look_up(text.strip())  # nobody here is called so: it is a key or an id of some wire
        if domain in self._domains:
            row = await self._database.read(lambda tx: microblogs.named(tx, wanted))
            if row is None and not handle.domain and "." in handle.name and normal_host(handle.name):
                return await self._look_up(f"https://{handle.name}/")  # the name of a site, as people type it
            return (
                Found(row.id) if row and not row.gone else Refused("not_found", f"Nobody here is called {handle.name}.")
            )
        row = await self._database.read(lambda tx: microblogs.by_handle(tx, wanted))
        if row is not None and row.fetched_at > self._clock.now() - _FRESH and row.profile.id.protocol != FEEDS:
            return Found(row.id)  # what a feed is called was made up here, so that whoever has the name comes first
        found = await self._look_up(f"{handle.name}@{domain}")
        return Found(row.id) if isinstance(found, Refused) and row is not None else found

    async def _look_up(self, text: str) -> Found | Refused:
        handle = parse_handle(text)
        if await self._is_blocked(host_of(text) if "://" in text else handle.domain if handle is not None else None):
            return Refused("blocked", "This node does not deal with that one.")
        refusals: list[Refused] = []
        for tongue in self._tongues.values():
            match await tongue.find(text, self._speaker):
                case Refused() as refused:
                    refusals.append(refused)
                case wire_id:
                    why = await self.fetch(wire_id)
                    known = await self._database.read(partial(_known, wire_id=wire_id))
                    if known is not None:
                        return known
                    refusals.append(Refused(why or "not_found", f"{text} cannot be had: {why}."))
        telling = [refused for refused in refusals if refused.why != NOT_A_NAME]
        # Who keeps handles says best why one is none; of an address, who looked at the page the longest.
        best = telling[-1:] if "://" in text else telling[:1]
        return (best or refusals[:1] or [Refused("not_found", f"{text} was not found.")])[0]

    async def fetch(self, wire_id: WireId, depth: int = 0) -> str:
        """Fetch a thing and apply it; an empty word where it is here now, otherwise why not.

        Those who ask for the same thing at the same time share one fetch.
        """
        task = self._under_way.get(wire_id)
        if task is None:
            task = asyncio.create_task(self._fetch(wire_id, depth, 0))
            self._under_way[wire_id] = task
            task.add_done_callback(lambda _: self._under_way.pop(wire_id, None))
        return await asyncio.shield(task)

    async def refresh(self, wire_id: WireId) -> str:
        """Fetch a post that is here once more, for what it says now, such as how its poll stands; empty, or why not."""
        tongue = self._tongues.get(wire_id.protocol)
        if tongue is None or await self._is_blocked(host_of(wire_id.value)):
            return "blocked"
        match await tongue.fetch(wire_id, self._speaker):
            case Changes(changes):
                for change in changes:
                    again = Edited(actor=change.actor, post=change.post) if isinstance(change, Posted) else change
                    if why := await self.apply(again, wire_id.protocol, MAX_WANTED_DEPTH):
                        return why
                return ""
            case Refused("gone"):
                await self.apply(Deleted(actor=wire_id, post=wire_id), wire_id.protocol)
                return "gone"
            case Refused(why) | Ignored(why):
                return why
            case Needs():
                return "needs"

    async def _is_blocked(self, host: str | None) -> bool:
        return host is not None and await self._database.read(lambda tx: nodes.standing(tx, host) == Standing.BLOCKED)

    async def _fetch(self, wire_id: WireId, depth: int, step: int) -> str:
        if wire_id.uri.startswith(f"{self._house.addresses.origin}/"):
            return "not_found"  # we would know of it
        if await self._is_blocked(host_of(wire_id.value)):
            return "blocked"
        tongue = self._tongues.get(wire_id.protocol)
        if tongue is None or step > MAX_STEPS:
            return "too_far" if tongue else "no_such_protocol"
        reading = await tongue.fetch(wire_id, self._speaker)
        counters.FETCHES.labels(type(reading).__name__.lower()).inc()
        match reading:
            case Changes(changes):
                for change in changes:
                    if why := await self.apply(change, wire_id.protocol, depth, step):
                        return why
                return ""
            case Needs(wire_ids):
                for needed in wire_ids:
                    if needed == wire_id:
                        return "id_mismatch"
                    if why := await self._fetch(needed, depth, step + 1):
                        return why
                return ""
            case Refused("gone"):
                await self.apply(Deleted(actor=wire_id, post=wire_id), wire_id.protocol, depth, step)
                return "gone"
            case Refused("not_found") if await self._is_stamp(wire_id):
                await self.apply(Deleted(actor=wire_id, post=wire_id), wire_id.protocol, depth, step)
                return "not_found"
            case Refused(why) | Ignored(why):
                return why

    async def _is_stamp(self, wire_id: WireId) -> bool:
        """Whether quotes stand by it: such a thing need not say that it is gone, as a post must."""
        return await self._database.read(lambda tx: bool(quotes.stamped(tx, wire_id.value)))

    async def apply(self, change: Change, via: str, depth: int = 0, step: int = 0) -> str:
        """Apply what was fetched on purpose, fetching what it lacks first; empty, or why it was not taken."""
        for _ in range(2):
            applied = await self._database.write(partial(self._apply, change=change, via=via, depth=depth))
            self._bus.nudge(readers.TOPIC)
            match applied:
                case Lacks(wire_ids):
                    for lacking in wire_ids:
                        if why := await self._fetch(lacking, depth, step + 1):
                            return why
                case Declined(why):
                    counters.DECLINED.labels(why).inc()
                    return why
                case _:
                    return ""
        return "lacks"

    def _apply(self, tx: Transaction, change: Change, via: str, depth: int) -> Applied:
        return apply(tx, change, Origin(self._clock.now(), via, asked_for=True, depth=depth), self._house)

    # -- things wanted

    async def step(self) -> int:
        """Fetch what is wanted; how many things were tried."""
        now = self._clock.now()
        due = await self._database.read(lambda tx: arrivals.wanted(tx, now, AT_ONCE))
        await asyncio.gather(*(self._get(wanted) for wanted in due))
        return len(due)

    async def run(self) -> None:
        """Fetch what is wanted as it falls due."""
        while True:
            if not await self.step():
                await self._clock.sleep(2.0)

    async def _get(self, wanted: arrivals.Wanted) -> None:
        if wanted.depth > MAX_WANTED_DEPTH or wanted.attempts >= _MAX_ATTEMPTS:
            await self._database.write(lambda tx: arrivals.got(tx, wanted.wire_id))
            return
        is_here = await self._database.read(lambda tx: wire_ids.find(tx, wanted.wire_id)) is not None
        why = "" if is_here and wanted.why not in (arrivals.ANEW, arrivals.TALLY) else await self._fetch_wanted(wanted)
        if wanted.why == STAMP and why and why not in ("unreachable", "busy", "not_allowed", "gone", "not_found"):
            await self.apply(Deleted(actor=wanted.wire_id, post=wanted.wire_id), wanted.protocol)
        if why in ("unreachable", "busy"):
            later = Millis(self._clock.now() + _RETRY * 8**wanted.attempts)
            await self._database.write(lambda tx: arrivals.want_later(tx, wanted.wire_id, later))
            return
        await self._database.write(lambda tx: _join(tx, wanted))

    async def _fetch_wanted(self, wanted: arrivals.Wanted) -> str:
        try:
            if wanted.why == arrivals.TALLY:
                return await self.refresh(wanted.wire_id)
            return await self.fetch(wanted.wire_id, wanted.depth)
        except UnavailableError:
            raise
        except Exception:  # nor must it be fetched all the time
            _logger.exception("fetching %s failed", wanted.value)
            return "busy"


def _join(tx: Transaction, wanted: arrivals.Wanted) -> None:
    """What was wanted has come or never will: those that spoke of it are joined to it."""
    arrivals.got(tx, wanted.wire_id)
    post = wire_ids.find_as(tx, wanted.wire_id, wire_ids.Thing.POST)
    row = posts.get(tx, PostId(post)) if post is not None else None
    if row is not None:
        posts.adopt_orphans(tx, wanted.value, row.id, row.author, row.thread)
        adopted(tx, wanted.wire_id, row.id, row.author)


def _known(tx: Transaction, wire_id: WireId) -> Found | None:
    named = wire_ids.find(tx, wire_id)
    if named is None:
        return None
    if named.kind == wire_ids.Thing.MICROBLOG:
        row = microblogs.get(tx, MicroblogId(named.thing))
        return Found(row.id) if row is not None and not row.gone else None
    if named.kind == wire_ids.Thing.POST:
        post = posts.get(tx, PostId(named.thing))
        return Found(post=post.id) if post is not None and not post.gone else None
    return None
