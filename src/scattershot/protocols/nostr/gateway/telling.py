"""Bringing what is said here to others' relays; implements `ports.protocol.Herald`.

What is brought is the event as it lies at our relay when it is brought, so that one who took it back meanwhile is not
told of again. Whoever meets a relay for the first time introduces themselves.
"""

import logging
from collections.abc import Awaitable, Callable

from msgspec import json

from scattershot.app.apply.origin import House
from scattershot.app.lately import Lately
from scattershot.app.slips import Slips
from scattershot.app.told_at_wells import Said, said_of, was_said
from scattershot.domain.delivery import Busy, Delivered, Outcome, Unwanted
from scattershot.domain.node import Endpoint
from scattershot.domain.record import Kind, Recorded
from scattershot.domain.slip import Kept, Want, key
from scattershot.domain.wire_id import NOSTR
from scattershot.ports.database import Database
from scattershot.ports.fetcher import Unreachable
from scattershot.protocols.nostr.gateway.line import Line
from scattershot.protocols.nostr.gateway.pool import Pool
from scattershot.protocols.nostr.translate.notes_out import is_place
from scattershot.protocols.nostr.wire import kinds
from scattershot.protocols.nostr.wire.event import Event
from scattershot.protocols.nostr.wire.relay_frames import prefix

SLOWER = 60.0
"""Seconds until a relay is tried again that says that we are too fast."""
SAID_BY = ("uttering", "letters")
"""The readers of the log that put into events what is done here."""
_INTRODUCTION = (kinds.PROFILE, kinds.RELAYS, kinds.MESSAGE_RELAYS)
_KNOWN_THERE = 20_000

_decode = json.Decoder(Event).decode
_logger = logging.getLogger(__name__)


def outcome_of(taken: bool, why: str) -> Outcome:
    """What a relay's answer to an event means for its delivery, by the prefixes of NIP-01."""
    word = prefix(why)
    if taken or word == "duplicate":
        return Delivered()
    if why == "timeout":
        return Busy("timeout", doubtful=True)
    if word == "rate-limited":
        return Busy("rate_limited", after=SLOWER)
    if word == "error" or not why:
        return Busy("error", doubtful=True)
    return Unwanted(word.replace("-", "_") or "refused")


class Telling:
    """Tells others' relays what microblogs of here say there."""

    name = NOSTR

    def __init__(self, pool: Pool, slips: Slips, database: Database, house: House) -> None:
        self._pool, self._slips, self._database, self._house = pool, slips, database, house
        self._introduced: Lately[tuple[str, str], frozenset[bytes]] = Lately(_KNOWN_THERE)
        self._bring_on: Callable[[str], Awaitable[int]] | None = None

    def when_not_said(self, bring_on: Callable[[str], Awaitable[int]]) -> None:
        """Have whoever says what is done here brought on, where a courier was quicker."""
        self._bring_on = bring_on

    async def tell(self, endpoint: Endpoint, recorded: Recorded) -> Outcome:
        """Let the relay have what the change was said by."""
        for reader in SAID_BY:
            if not await was_said(self._database, recorded, reader) and self._bring_on is not None:
                await self._bring_on(reader)
        said = await self._database.read(lambda tx: said_of(tx, recorded, endpoint.address, self._house))
        wanted = _wanted(recorded, said) if said is not None else None
        if said is None or wanted is None:
            return Delivered()
        found = await self._find(wanted)
        if not found:
            return Delivered()
        line = await self._pool.line(endpoint.address, insist=True)
        if isinstance(line, Unreachable):
            return Busy(line.why)
        if not said.letters and recorded.kind is not Kind.VANISHED:
            await self._introduce(line, said.author)
        for slip in found:
            outcome = outcome_of(*await line.give(_decode(slip.body)))
            if not isinstance(outcome, Delivered):
                _logger.info("the relay %s does not take an event: %s", endpoint.address, outcome.why)
                return outcome
        return Delivered()

    async def _introduce(self, line: Line, author: str) -> None:
        """Who they are, and where they are met; whether the relay takes that does not matter to what is told."""
        places = tuple(key("place", f"{kind}:{author}:") for kind in _INTRODUCTION)
        found = await self._find(Want(places=places, limit=len(places)))
        known = self._introduced.get((line.address, author), frozenset())
        for slip in found:
            if slip.id not in known:
                await line.give(_decode(slip.body))
        self._introduced[line.address, author] = frozenset(slip.id for slip in found)

    async def _find(self, want: Want) -> list[Kept]:
        found, _ = await self._slips.find([want])
        return found


def _wanted(recorded: Recorded, said: Said) -> Want | None:
    """The events by which the change was said."""
    author = bytes.fromhex(said.author)
    if said.letters:
        return Want(ids=said.letters, limit=len(said.letters))
    match recorded.kind:
        case Kind.PROFILE_CHANGED:
            return _in_place(kinds.PROFILE, said.author)
        case Kind.FOLLOWED | Kind.UNFOLLOWED:
            return _in_place(kinds.CONTACTS, said.author)
        case Kind.VANISHED:
            return Want(authors=(author,), kinds=(kinds.VANISH,), limit=1)
        case _ if not said.name:
            return None
        case Kind.DELETED | Kind.UNBOOSTED | Kind.UNLIKED:
            named = key("a" if is_place(said.name) else "e", said.name)
            return Want(authors=(author,), kinds=(kinds.DELETION,), keys=((named,),), limit=1)
        case _ if is_place(said.name):
            return Want(places=(key("place", said.name),), limit=1)
        case Kind.EDITED:
            return None
        case _:
            return Want(ids=(bytes.fromhex(said.name),), limit=1)


def _in_place(kind: int, author: str) -> Want:
    return Want(places=(key("place", f"{kind}:{author}:"),), limit=1)
