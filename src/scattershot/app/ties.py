"""What a microblog's keepers want of others: how they stand to them, remarks, endorsements, domains shunned."""

from collections.abc import Sequence

from scattershot.app import notifying, readers
from scattershot.app.apply.change import apply
from scattershot.app.apply.origin import House, Origin
from scattershot.app.refusals import NO_SUCH_MICROBLOG
from scattershot.domain.change import FollowAnswered, Unfollowed
from scattershot.domain.ids import MicroblogId
from scattershot.domain.notification import Cause
from scattershot.domain.reading import Refused
from scattershot.domain.relations import Relationship
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import microblogs, regards, relations, relationships, shunned, wire_ids
from scattershot.wirekit.urls import normal_host

MAX_REMARK = 2_000
"""Characters of a remark on somebody."""
MAX_ENDORSED = 100
"""Microblogs that one shows on its page."""


class Ties:
    """How microblogs kept here stand to others; `domains` are the node's own."""

    def __init__(self, database: Database, clock: Clock, bus: Bus, house: House, domains: tuple[str, ...]) -> None:
        self._database, self._clock, self._bus, self._house, self._domains = database, clock, bus, house, domains

    async def between(self, viewer: MicroblogId, others: Sequence[MicroblogId]) -> dict[MicroblogId, Relationship]:
        """How the viewer stands to each of the others."""
        now = self._clock.now()
        return await self._database.read(lambda tx: relationships.between(tx, viewer, list(others), now))

    # -- remarks and endorsements

    async def remark(self, who: MicroblogId, about: MicroblogId, text: str) -> Refused | None:
        """Note something of another for one's own eyes; an empty text forgets it."""
        if len(text) > MAX_REMARK:
            return Refused("invalid", f"A remark has at most {MAX_REMARK:,} characters.")

        def work(tx: Transaction) -> Refused | None:
            if who == about or not _is_there(tx, about):
                return NO_SUCH_MICROBLOG
            regards.put_remark(tx, who, about, text.strip())
            return None

        return await self._database.write(work)

    async def endorse(self, who: MicroblogId, whom: MicroblogId) -> Refused | None:
        """Show somebody whom one follows on one's page."""
        now = self._clock.now()

        def work(tx: Transaction) -> Refused | None:
            if not _is_there(tx, whom):
                return NO_SUCH_MICROBLOG
            if not relations.follows(tx, who, whom):
                return Refused("invalid", "Follow them first: you recommend those whom you read.")
            if regards.count_endorsed(tx, who) >= MAX_ENDORSED:
                return Refused("invalid", f"A page shows at most {MAX_ENDORSED} others.")
            regards.endorse(tx, who, whom, now)
            return None

        return await self._database.write(work)

    async def unendorse(self, who: MicroblogId, whom: MicroblogId) -> None:
        """Show somebody on one's page no more."""
        await self._database.write(lambda tx: regards.unendorse(tx, who, whom))

    # -- domains

    async def shun(self, who: MicroblogId, domain: str, via: str) -> Refused | None:
        """Hear no more of whoever lives at a domain: follows end both ways, what they did is untold, and what they do
        is not shown. They hear that the follows ended, as they must, and not why."""
        named = normal_host(domain.strip().lstrip("@"))
        if named is None:
            return Refused("invalid", f"{domain[:100]!r} is no domain.")
        if named in self._domains:
            return Refused("invalid", "That is this node's own domain. Mute or block whom you do not wish to hear.")
        origin = Origin(self._clock.now(), via, asked_for=True)

        def work(tx: Transaction) -> None:
            shunned.add(tx, who, named, origin.now)
            shunned.drop_notifications(tx, who, named)
            ties = shunned.ties(tx, who, named)
            notifying.note_losses(tx, ties, named, origin.now, Cause.SHUNNED)
            for follower, followee in ties:
                self._end(tx, follower, followee, origin, is_own=follower == who)

        await self._database.write(work, slow=True)
        self._bus.nudge(readers.TOPIC)
        return None

    def _end(
        self, tx: Transaction, follower: MicroblogId, followee: MicroblogId, origin: Origin, *, is_own: bool
    ) -> None:
        hearer, heard = (wire_ids.main(tx, each, wire_ids.Thing.MICROBLOG) for each in (follower, followee))
        if hearer is None or heard is None:
            return
        ending = (
            Unfollowed(actor=hearer, target=heard)
            if is_own
            else FollowAnswered(actor=heard, follower=hearer, accepted=False)
        )
        apply(tx, ending, origin, self._house)

    async def with_domain(self, who: MicroblogId, domain: str) -> tuple[int, int]:
        """How many of those who live at a domain it follows (or asked to), and how many follow it (or asked to)."""
        named = normal_host(domain.strip().lstrip("@")) or ""
        ties = await self._database.read(lambda tx: shunned.ties(tx, who, named), slow=True)
        following = sum(follower == who for follower, _ in ties)
        return following, len(ties) - following

    async def unshun(self, who: MicroblogId, domain: str) -> None:
        """Hear a domain again; whoever wishes to follow does so anew."""
        named = normal_host(domain.strip().lstrip("@")) or ""
        await self._database.write(lambda tx: shunned.drop(tx, who, named))


def _is_there(tx: Transaction, microblog: MicroblogId) -> bool:
    stand = microblogs.stand_of(tx, microblog)
    return stand is not None and not stand.gone
