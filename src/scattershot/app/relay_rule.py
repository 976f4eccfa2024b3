"""Rule over what lies at the node's relay: whom and what those who run the node keep away, by the wire's own names.

It is one with what the office does: whoever is kept away is shut, and a post that is kept away is taken back.
"""

from collections.abc import Callable

from scattershot.app import readers
from scattershot.app.apply.change import apply
from scattershot.app.apply.origin import House, Origin
from scattershot.app.moderating import Moderating
from scattershot.domain.change import Deleted
from scattershot.domain.ids import MicroblogId
from scattershot.domain.node import Standing
from scattershot.domain.notification import Measure
from scattershot.domain.people import Role
from scattershot.domain.reading import Refused
from scattershot.domain.wire_id import WireId
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import microblogs, moderation, slip_bans
from scattershot.storage.tables.slip_bans import Ban

__all__ = ["Ban", "RelayRule"]

MAX_REASON = 500
_LOCAL = Refused("local", "That microblog lives here: suspend it in the office.")


class RelayRule:
    """Deeds of those who run the node, on one wire of slips."""

    def __init__(
        self, database: Database, clock: Clock, bus: Bus, house: House, moderating: Moderating, protocol: str
    ) -> None:
        self._database, self._clock, self._bus, self._house = database, clock, bus, house
        self._moderating, self._protocol = moderating, protocol
        self.when_altered: Callable[[], None] = lambda: None
        """Told whenever something is taken or refused from now on that was not before."""

    async def may_rule(self, name: str) -> bool:
        """Whether that is the key of a microblog here that nobody keeps but those who run the node."""

        def work(tx: Transaction) -> bool:
            row = microblogs.by_wire_id(tx, WireId(self._protocol, name))
            if row is None or not row.local or row.gone:
                return False
            kept = moderation.keepers(tx, [row.id])
            return bool(kept) and all(each.role == Role.ADMIN and not each.disabled for each in kept)

        return await self._database.read(work)

    async def ban_author(self, name: bytes, reason: str) -> Refused | None:
        """Keep an author away, with all that lies here."""
        known = await self._known(name)
        if known is not None and known.local:
            return _LOCAL
        now = self._clock.now()
        await self._database.write(lambda tx: slip_bans.ban_author(tx, name, reason[:MAX_REASON], now), slow=True)
        if known is not None and known.standing is not Standing.BLOCKED:
            await self._moderating.judge(known.id, Measure.BLOCKED)
        self.when_altered()
        return None

    async def allow_author(self, name: bytes) -> None:
        """Let an author be heard again."""
        await self._database.write(lambda tx: slip_bans.lift(tx, name, author=True))
        known = await self._known(name)
        if known is not None and not known.local and known.standing is Standing.BLOCKED:
            await self._moderating.pardon(MicroblogId(known.id), Standing.BLOCKED)
        self.when_altered()

    async def ban_slip(self, name: bytes, reason: str) -> Refused | None:
        """Keep one event away; where it is a post here, that is taken back."""
        now = self._clock.now()
        post = WireId(self._protocol, name.hex())

        def work(tx: Transaction) -> bool:
            found = slip_bans.ban_slip(tx, name, reason[:MAX_REASON], now)
            if found:
                apply(tx, Deleted(actor=post, post=post), Origin(now, "moderation", asked_for=True), self._house)
            return found

        if not await self._database.write(work):
            return Refused("not_found", "No such event lies here.")
        self._bus.nudge(readers.TOPIC)
        self.when_altered()
        return None

    async def allow_slip(self, name: bytes) -> None:
        """Let an event be brought again."""
        await self._database.write(lambda tx: slip_bans.lift(tx, name, author=False))
        self.when_altered()

    async def banned(self, *, authors: bool) -> list[Ban]:
        """All authors, or all events, that are kept away."""
        return await self._database.read(lambda tx: slip_bans.listed(tx, authors=authors))

    async def _known(self, name: bytes) -> microblogs.Row | None:
        return await self._database.read(lambda tx: microblogs.by_wire_id(tx, WireId(self._protocol, name.hex())))
