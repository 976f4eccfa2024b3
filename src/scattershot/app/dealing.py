"""Whom the node deals with: ending everything between it and another node, and dealing with that one again."""

from scattershot.app import dispatch, notifying, readers
from scattershot.app.apply.change import apply
from scattershot.app.apply.origin import House, Origin
from scattershot.app.audience import endpoints_for
from scattershot.domain.change import FollowAnswered, Unfollowed
from scattershot.domain.ids import MicroblogId, Millis, NodeId
from scattershot.domain.node import Standing
from scattershot.domain.record import Recorded
from scattershot.domain.wire_id import WireId
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import deliveries, microblogs, nodes, relations, wire_ids


class Dealing:
    """Blocks hosts and unblocks them, each with every host below it."""

    def __init__(self, database: Database, clock: Clock, bus: Bus, house: House) -> None:
        self._database, self._clock, self._bus, self._house = database, clock, bus, house

    async def block(self, host: str) -> int:
        """Deal no more with a normalised host; how many follows that ended.

        The follows are ended on both sides: that they are is the last thing the other side hears, for else its people
        could not follow anybody here anew once it is unblocked.
        """
        now = self._clock.now()
        ended = await self._database.write(lambda tx: self._block(tx, host, now))
        self._bus.nudge(readers.TOPIC)
        self._bus.nudge(dispatch.TOPIC)
        return ended

    def _block(self, tx: Transaction, host: str, now: Millis) -> int:
        nodes.meet(tx, host)
        concerned: list[NodeId] = [node.id for node in nodes.at_or_below(tx, host)]
        ties = relations.ties_with(tx, concerned)
        _note_losses(tx, host, ties, now)
        last_words = [self._end(tx, follower, followee, now) for follower, followee in ties]
        deliveries.drop_all_to(tx, concerned)
        for recorded in filter(None, last_words):
            for owing in endpoints_for(tx, recorded):
                deliveries.add(tx, owing.endpoint, owing.node, recorded.seq, owing.actor)
        nodes.set_standing(tx, host, Standing.BLOCKED)
        return len(ties)

    def _end(self, tx: Transaction, follower: MicroblogId, followee: MicroblogId, now: Millis) -> Recorded | None:
        """End a follow in the name of the one who is kept here."""
        heard, hearer = _named(tx, followee), _named(tx, follower)
        stand = microblogs.stand_of(tx, follower)
        if heard is None or hearer is None or stand is None:
            return None
        ending = (
            Unfollowed(actor=hearer, target=heard)
            if stand.local
            else FollowAnswered(actor=heard, follower=hearer, accepted=False)
        )
        applied = apply(tx, ending, Origin(now, "block"), self._house)
        return applied if isinstance(applied, Recorded) else None

    async def unblock(self, host: str) -> None:
        """Deal with a normalised host again; whoever wishes to follow does so anew."""
        await self._database.write(lambda tx: nodes.set_standing(tx, host, Standing.NORMAL))


def _note_losses(tx: Transaction, host: str, ties: list[tuple[MicroblogId, MicroblogId]], now: Millis) -> None:
    """Those kept here who follow or are followed by somebody of the host are told whom they lose."""
    followers: dict[MicroblogId, list[MicroblogId]] = {}
    following: dict[MicroblogId, list[MicroblogId]] = {}
    for follower, followee in ties:
        if not relations.follows(tx, follower, followee):
            continue  # it was only wished for
        stand = microblogs.stand_of(tx, follower)
        if stand is not None and stand.local:
            following.setdefault(follower, []).append(followee)
        else:
            followers.setdefault(followee, []).append(follower)
    for loser in sorted(followers.keys() | following.keys()):
        notifying.note_severance(tx, loser, host, followers.get(loser, []), following.get(loser, []), now)


def _named(tx: Transaction, microblog: MicroblogId) -> WireId | None:
    return wire_ids.of(tx, microblog, wire_ids.Thing.MICROBLOG)
