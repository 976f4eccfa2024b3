"""Others' relays, all of it together: connections, listening, looking for what does not lie here, and telling."""

import asyncio

from scattershot.app.apply.origin import House
from scattershot.app.signets import Signets
from scattershot.app.slips import Slips
from scattershot.app.told_at_wells import Rule, settle_rule
from scattershot.app.wells import Wells
from scattershot.domain.well import Telling as How
from scattershot.domain.wire_id import NOSTR
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database
from scattershot.ports.fetcher import Fetcher
from scattershot.ports.sockets import Dialler
from scattershot.protocols.nostr.gateway.catching_up import CatchingUp
from scattershot.protocols.nostr.gateway.listening import Listening
from scattershot.protocols.nostr.gateway.pool import Pool
from scattershot.protocols.nostr.gateway.proving import Proving
from scattershot.protocols.nostr.gateway.seeking import Seeking, Sought
from scattershot.protocols.nostr.gateway.taking import Taking, Tell
from scattershot.protocols.nostr.gateway.telling import Telling
from scattershot.protocols.nostr.wire.relay_lists import relay_address
from scattershot.settings import Settings

SPARE = 20
"""Connections besides those at which one listens: to look something up, and to tell."""


class Elsewhere:
    """What a node has to do with the relays of others."""

    def __init__(
        self, settings: Settings, database: Database, clock: Clock, bus: Bus, fetcher: Fetcher, dialler: Dialler,
        slips: Slips, signets: Signets, house: House, relay: str, own: bytes,
    ) -> None:  # fmt: skip
        """`relay` is the address of our own relay, `own` the node's key among relays."""
        plain, most = settings.insecure_http, settings.nostr_relays
        index = tuple(filter(None, (relay_address(each, plain=plain) for each in settings.nostr_index)))
        self.wells = Wells(database, clock, bus, NOSTR)
        proving = Proving(database, clock, signets, own)
        self.pool = Pool(
            dialler, fetcher, clock, self.wells, proving.prove, relay, plain=plain, most=most + SPARE
        )  # fmt: skip
        self.taking = Taking(slips, clock, relay)
        self.seeking = Seeking(self.pool, self.wells, slips, self.taking, clock, index)
        catching_up = CatchingUp(slips, self.wells, self.taking, clock)
        self.listening = Listening(self.pool, self.wells, self.taking, catching_up, clock, bus, index, most)
        self.telling = Telling(self.pool, slips, database, house)
        self._rule = Rule(How(settings.nostr_tells), self.pool.own, index)
        self._database = database
        self._looking: set[asyncio.Task[Sought]] = set()

    async def begin(self) -> None:
        """Go by the settings."""
        await settle_rule(self._database, self._rule)

    def look_for(self, people: set[str]) -> None:
        """Find out where these are met: somebody wrote to them."""
        for author in people:
            task = asyncio.create_task(self.seeking.about(author))
            self._looking.add(task)
            task.add_done_callback(self._looking.discard)

    def tell_by(self, tell: Tell) -> None:
        """Let those hear of what comes from elsewhere who listen at our own relay."""
        self.taking.tell = tell
