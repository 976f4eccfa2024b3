"""Intake: what a protocol has read is applied, kept until it can be, or refused; the same stair for every protocol.

Nothing answered as taken is lost: it is applied in the transaction that answers, or its bytes are kept in one.
"""

import logging
from collections.abc import Mapping
from typing import NamedTuple

from scattershot.app import counters, dispatch, readers
from scattershot.app.apply.change import apply
from scattershot.app.apply.origin import Applied, Declined, House, Lacks, Origin
from scattershot.app.discover import Discover
from scattershot.app.lately import Lately
from scattershot.domain.catch_up import poll_wait
from scattershot.domain.change import Change, Vanished
from scattershot.domain.ids import ArrivalId, MicroblogId, Millis
from scattershot.domain.reading import Arrival, Changes, Ignored, Needs, Refused
from scattershot.domain.record import Kind, Recorded
from scattershot.domain.wire_id import WireId
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction, UnavailableError
from scattershot.ports.protocol import Tongue
from scattershot.storage.tables import arrivals, nodes, watches

TOPIC = "arrivals"
"""Nudged whenever an arrival was kept."""

MAX_KEPT = 1_000
"""Arrivals of one host kept at a time; beyond, it is told to come again later."""

MAX_ATTEMPTS = 6
"""How often an arrival is read anew before it is refused: over about half a day."""

_FIRST_WAIT = 30_000
_POSTPONE_AGAIN = 600_000
"""A lively author's next question is put off at most so often (milliseconds)."""

_logger = logging.getLogger(__name__)


class Taken(NamedTuple):
    """What became of an arrival: `new`, `known`, `kept`, `declined`, `busy`, with why."""

    what: str
    why: str = ""


class Intake:
    """Takes readings in, and reads kept arrivals again once what they lacked may be here."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        bus: Bus,
        tongues: Mapping[str, Tongue],
        house: House,
        discover: Discover,
    ) -> None:
        self._database, self._clock, self._bus = database, clock, bus
        self._tongues, self._house, self._discover = tongues, house, discover
        self._postponed: Lately[MicroblogId, Millis] = Lately(20_000)

    async def admit(self, arrival: Arrival, reading: Changes | Needs, *, proven: bool = False) -> Taken:
        """Apply what was read, or keep the arrival until what it speaks of is known; on disk when this returns.

        `proven`: the author's own proof was in it, so that it may be passed on as it is.
        """
        taken, ended_silence = await self._database.write(
            lambda tx: (
                self._take(tx, arrival, reading, proven),
                _heard_from(tx, arrival.host, self._clock.now()),
            ),
            slow=isinstance(reading, Changes) and any(isinstance(change, Vanished) for change in reading.changes),
        )
        if ended_silence:
            self._bus.nudge(dispatch.TOPIC)
        counters.arrived(arrival.protocol, taken.what).inc()
        self._bus.nudge(TOPIC if taken.what == "kept" else readers.TOPIC)
        return taken

    def _take(self, tx: Transaction, arrival: Arrival, reading: Changes | Needs, proven: bool) -> Taken:
        now = self._clock.now()
        if isinstance(reading, Needs):
            return self._keep(tx, arrival, proven, now)
        if arrivals.was_seen(tx, arrival.protocol, reading.name):
            return Taken("known")
        applied = [self._apply(tx, arrival, change, now) for change in reading.changes]
        if any(isinstance(outcome, Lacks) for outcome in applied):
            return self._keep(tx, arrival, proven, now)
        _see(tx, arrival, reading, applied, now, proven=proven)
        return _summary(applied)

    def _apply(self, tx: Transaction, arrival: Arrival, change: Change, now: Millis) -> Applied:
        applied = apply(tx, change, Origin(now, arrival.protocol), self._house)
        if isinstance(applied, Recorded):
            counters.changed(applied.kind, "no").inc()
            if applied.kind is Kind.POSTED and self._postponed.get(applied.actor, 0) < now - _POSTPONE_AGAIN:
                self._postponed[applied.actor] = now
                wait = poll_wait(now, now, answered=True, spread=(applied.actor % 97) / 97)
                watches.postpone(tx, applied.actor, Millis(now + wait), Millis(now + wait // 2))
        elif isinstance(applied, Declined):
            counters.DECLINED.labels(applied.why).inc()
        return applied

    def _keep(self, tx: Transaction, arrival: Arrival, proven: bool, now: Millis) -> Taken:
        if arrivals.count_from(tx, arrival.host) >= MAX_KEPT:
            return Taken("busy", "too_many_kept")
        arrivals.keep(tx, arrival, proven=proven, due=now)
        return Taken("kept")

    async def heard_from(self, host: str) -> None:
        """Somebody at the host showed that it is up, as by a signed request: it need not be waited for any more."""
        now = self._clock.now()
        if await self._database.write(lambda tx: _heard_from(tx, host, now)):
            self._bus.nudge(dispatch.TOPIC)

    # -- arrivals kept

    async def step(self) -> int:
        """Read what was kept again; how many arrivals were dealt with."""
        now = self._clock.now()
        due = await self._database.read(lambda tx: arrivals.due(tx, now, 50))
        for kept in due:
            try:
                await self._read_again(kept)
            except UnavailableError:
                raise
            except Exception:  # it must not hold up those behind it
                _logger.exception("an arrival from %s cannot be read", kept.arrival.host)
                await self._try_later(kept, "failed")
        if due:
            self._bus.nudge(readers.TOPIC)
        return len(due)

    async def run(self) -> None:
        """Read what is kept as it falls due."""
        while True:
            if not await self.step():
                await self._bus.wait(TOPIC, 10.0)

    async def _read_again(self, kept: arrivals.Kept) -> None:
        arrival = kept.arrival
        assert arrival.id is not None
        match self._tongues[arrival.protocol].read(arrival, proven=kept.proven):
            case Changes() as reading:
                await self._apply_kept(kept, reading)
            case Needs(wire_ids):
                problems = [await self._discover.fetch(wire_id) for wire_id in wire_ids]
                if not any(problems):
                    await self._database.write(lambda tx: arrivals.drop(tx, _id(arrival)))
                else:
                    await self._try_later(kept, next(filter(None, problems)))
            case Refused(why) | Ignored(why):
                await self._database.write(lambda tx: arrivals.refuse(tx, _id(arrival), why))

    async def _apply_kept(self, kept: arrivals.Kept, reading: Changes) -> None:
        arrival = kept.arrival

        def work(tx: Transaction) -> list[Applied]:
            now = self._clock.now()
            applied = [self._apply(tx, arrival, change, now) for change in reading.changes]
            if not any(isinstance(outcome, Lacks) for outcome in applied):
                _see(tx, arrival, reading, applied, now, proven=kept.proven)
                arrivals.drop(tx, _id(arrival))
            return applied

        lacking = _lacking(await self._database.write(work))
        if not lacking:
            return
        for wire_id in lacking:
            await self._discover.fetch(wire_id)
        if _lacking(await self._database.write(work)):
            await self._try_later(kept, "lacks")

    async def _try_later(self, kept: arrivals.Kept, why: str) -> None:
        arrival = _id(kept.arrival)
        if kept.attempts + 1 >= MAX_ATTEMPTS:
            _logger.info("an arrival from %s was refused at last: %s", kept.arrival.host, why)
            await self._database.write(lambda tx: arrivals.refuse(tx, arrival, why))
            return
        due = Millis(self._clock.now() + _FIRST_WAIT * 4**kept.attempts)
        await self._database.write(lambda tx: arrivals.postpone(tx, arrival, due))


def _see(
    tx: Transaction, arrival: Arrival, reading: Changes, applied: list[Applied], now: Millis, *, proven: bool
) -> None:
    """It was taken; with its author's own proof it is kept as it came, to be passed on."""
    arrivals.see(tx, arrival.protocol, reading.name, now)
    if proven and any(isinstance(outcome, Recorded) for outcome in applied):
        arrivals.keep_signed_copy(tx, reading.name, arrival.body, now)


def _heard_from(tx: Transaction, host: str, now: Millis) -> bool:
    """Note that somebody at the host is up; what is owed to it may go at once."""
    if not nodes.heard_from(tx, host, now):
        return False
    nodes.reopen_endpoints(tx, host)
    return True


def _id(arrival: Arrival) -> ArrivalId:
    assert arrival.id is not None
    return arrival.id


def _lacking(applied: list[Applied]) -> list[WireId]:
    return [wire_id for outcome in applied if isinstance(outcome, Lacks) for wire_id in outcome.wire_ids]


def _summary(applied: list[Applied]) -> Taken:
    if any(isinstance(outcome, Recorded) for outcome in applied):
        return Taken("new")
    declined = next((outcome for outcome in applied if isinstance(outcome, Declined)), None)
    return Taken("declined", declined.why) if declined is not None else Taken("known")
