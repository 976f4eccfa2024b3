"""Comparing with another node who here follows somebody there, and mending what differs (FEP-8fcf).

Their list is the truth of who is told; ours of who wishes to be. Where they tell nobody here any more, the follow ends;
where they took a wish that we still think open, it is granted; where they tell somebody who never asked, they are told.
"""

import logging
from collections.abc import Collection
from functools import partial
from typing import NamedTuple

from scattershot.app import readers
from scattershot.app.apply.change import apply
from scattershot.app.apply.origin import House, Origin
from scattershot.domain.change import FollowAnswered, Unfollowed
from scattershot.domain.record import Kind, Recorded
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import log, microblogs, relations, wire_ids

MOST = 5_000
"""Larger lists are not compared: at some point the figures alone would cost more than they mend."""

_logger = logging.getLogger(__name__)


class Mended(NamedTuple):
    """What was done: follows ended, wishes granted, and how many tell the other side again that they do not follow."""

    ended: int = 0
    granted: int = 0
    told_again: int = 0


class FollowersSync:
    """Knows who here follows whom, and mends it by what the other side says."""

    def __init__(self, database: Database, clock: Clock, bus: Bus, house: House) -> None:
        self._database, self._clock, self._bus, self._house = database, clock, bus, house

    async def ours(self, followee: WireId) -> tuple[str, ...] | None:
        """Ids of those here who follow somebody elsewhere; None where they are too many to compare."""
        found = await self._database.read(partial(_ours, followee=followee))
        return tuple(found) if len(found) <= MOST else None

    async def mend(self, followee: WireId, told: Collection[str]) -> Mended:
        """Make our list agree with the ids that the other side tells, as far as they are of people here."""
        mended = await self._database.write(lambda tx: self._mend(tx, followee, told))
        if any(mended):
            _logger.info("follows of %s: %s", followee.value, mended)
            self._bus.nudge(readers.TOPIC)
        return mended

    def _mend(self, tx: Transaction, followee: WireId, told: Collection[str]) -> Mended:
        origin = Origin(self._clock.now(), "followers_sync")
        target = microblogs.stand(tx, followee)
        if target is None or target.local:
            return Mended()
        ours = set(_ours(tx, followee))
        ended = [Unfollowed(actor=WireId(ACTIVITYPUB, name), target=followee) for name in ours.difference(told)]
        granted = told_again = 0
        for name in sorted(set(told) - ours)[:MOST]:
            stand = microblogs.stand(tx, WireId(ACTIVITYPUB, name))
            if stand is None or not stand.local or stand.gone:
                continue
            if relations.follow(tx, stand.id, target.id) is not None:
                answer = FollowAnswered(actor=followee, follower=WireId(ACTIVITYPUB, name), accepted=True)
                granted += isinstance(apply(tx, answer, origin, self._house), Recorded)
            else:
                log.append(tx, origin.now, Kind.UNFOLLOWED, stand.id, local=True, via=origin.via, target=target.id)
                told_again += 1
        done = sum(isinstance(apply(tx, change, origin, self._house), Recorded) for change in ended)
        return Mended(done, granted, told_again)


def _ours(tx: Transaction, followee: WireId) -> list[str]:
    target = microblogs.stand(tx, followee)
    if target is None or target.local:
        return []
    names = (
        wire_ids.of(tx, follower, wire_ids.Thing.MICROBLOG)
        for follower in relations.local_followers(tx, target.id, MOST + 1)
    )
    return [name.value for name in names if name is not None]
