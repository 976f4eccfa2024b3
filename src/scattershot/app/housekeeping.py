"""Housekeeping: now and then what is no longer good for anything is dropped, a little at a time."""

import logging
from functools import partial

from scattershot.app import counters
from scattershot.app.apply.quoting import STAMP
from scattershot.domain.ids import Millis
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import (
    arrivals,
    deliveries,
    imports,
    keepers,
    log,
    microblogs,
    people,
    programs,
    pushes,
    quotes,
    relations,
    sent,
    sign_ups,
    timelines,
)

EVERY = 900.0
"""Seconds between two rounds."""

_DAY = 86_400_000
SEEN_FOR = 30 * _DAY
"""Names of changes taken are kept far beyond the half day for which a signature is good."""
REFUSED_FOR = 7 * _DAY
"""What was refused at last may be looked at for a week."""
LOG_FOR = 60 * _DAY
"""The log reaches back twice as long as a silent node is waited for."""

TIMES_FOR = 3 * _DAY
"""When a delivery or a reader's step was done is remembered so long, for tracing."""

STAMP_FOR = 7 * _DAY
"""A quote's stamp is believed so long before it is looked at again."""
STAMPS_AT_ONCE = 50

SENT_FOR = _DAY
"""Within a day a program that got no answer has sent its post again."""

IMPORTS_FOR = 30 * _DAY
"""So long it can be read what became of a file that was given in."""

_logger = logging.getLogger(__name__)


class Housekeeping:
    """Keeps the store small."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def step(self) -> int:
        """One round; how many rows were dropped."""
        now = self._clock.now()
        dropped = await self._database.write(lambda tx: _drop_old(tx, now), slow=True)
        await self._database.write(lambda tx: _look_again(tx, now))
        for row in await self._database.read(microblogs.here):
            dropped += await self._database.write(partial(timelines.trim, owner=row.id), slow=True)
        counters.OWED.set(await self._database.read(deliveries.count))
        return dropped

    async def run(self) -> None:
        """Do a round now and then."""
        while True:
            try:
                await self.step()
            except Exception:
                _logger.exception("housekeeping failed; trying again later")
            await self._clock.sleep(EVERY)


def _look_again(tx: Transaction, now: Millis) -> None:
    """Want the stamps seen longest ago once more: that one was taken back may not have reached us (FEP-044f)."""
    for quote in quotes.unchecked(tx, Millis(now - STAMP_FOR), STAMPS_AT_ONCE):
        quotes.put_stamp(tx, quote.post, quote.stamp, now)
        arrivals.want(tx, WireId(ACTIVITYPUB, quote.stamp), STAMP, 0, now)


def _drop_old(tx: Transaction, now: Millis) -> int:
    return (
        people.drop_expired(tx, now)
        + keepers.drop_expired(tx, now)
        + sign_ups.drop_expired(tx, now)
        + programs.drop_expired_grants(tx, now)
        + sent.forget(tx, Millis(now - SENT_FOR))
        + arrivals.forget_seen(tx, Millis(now - SEEN_FOR))
        + arrivals.drop_refused(tx, Millis(now - REFUSED_FOR))
        + log.forget(tx, Millis(now - LOG_FOR))
        + log.forget_steps(tx, Millis(now - TIMES_FOR))
        + deliveries.forget_struck_off(tx, Millis(now - TIMES_FOR))
        + relations.drop_ended_mutes(tx, now)
        + pushes.forget(tx, Millis(now - TIMES_FOR))
        + imports.drop_ended(tx, Millis(now - IMPORTS_FOR))
    )
