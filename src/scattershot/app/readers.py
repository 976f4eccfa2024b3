"""Readers tail the change log, each at its own pace, and never ask who wrote it."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from scattershot.app import counters
from scattershot.domain.ids import Millis, Seq
from scattershot.domain.record import Recorded
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction, UnavailableError
from scattershot.storage.tables import log

BATCH = 200
"""Changes dealt with in one transaction: enough to share a commit, few enough not to hold up other writers."""

TOPIC = "log"
"""Nudged whenever the log has grown."""

_logger = logging.getLogger(__name__)


class Reader(Protocol):
    """Deals with changes in their order, in one transaction with its own cursor."""

    name: str

    def step(self, tx: Transaction, batch: Sequence[Recorded], now: Millis) -> None:
        """Do what follows from these changes; doing it twice must do no harm."""
        ...


class Progress(NamedTuple):
    """How far a step came: how many changes it dealt with, and the last one's place."""

    dealt_with: int
    seq: Seq


class Readers:
    """All readers of one node; `step` brings each one batch on."""

    def __init__(self, database: Database, clock: Clock, bus: Bus, readers: Sequence[Reader]) -> None:
        self._database, self._clock, self._bus, self._readers = database, clock, bus, readers
        self._after_step: list[Callable[[], None]] = []

    def after_step(self, call: Callable[[], None]) -> None:
        """Have something told whenever a step dealt with changes."""
        self._after_step.append(call)

    async def step(self) -> int:
        """Bring every reader one batch on; how many changes were dealt with in all."""
        counts = await asyncio.gather(*(self._advance(reader) for reader in self._readers))
        if sum(counts):
            for call in self._after_step:
                call()
        return sum(counts)

    async def bring_on(self, name: str) -> int:
        """Bring the reader of that name one batch on at once, for whoever asks for what follows from what was done."""
        return sum([await self._advance(reader) for reader in self._readers if reader.name == name])

    async def run(self) -> None:
        """Keep all readers at the end of the log."""
        while True:
            if not await self.step():
                await self._bus.wait(TOPIC, 5.0)

    async def _advance(self, reader: Reader) -> int:
        if not await self._database.read(lambda tx: bool(log.after(tx, log.cursor(tx, reader.name), 1))):
            return 0
        try:
            progress = await self._database.write(lambda tx: self._work(tx, reader, BATCH))
        except UnavailableError:  # no change is at fault: all of them wait
            raise
        except Exception:
            _logger.exception("reader %s failed on a batch; going on one by one", reader.name)
            return await self._one_by_one(reader)
        return progress.dealt_with

    async def _one_by_one(self, reader: Reader) -> int:
        """Get past a change that a reader cannot deal with: it is counted and left, so that the rest goes on."""
        for done in range(BATCH):
            try:
                if not (await self._database.write(lambda tx: self._work(tx, reader, 1))).dealt_with:
                    return done
            except UnavailableError:
                raise
            except Exception:
                counters.READER_FAILURES.labels(reader.name).inc()
                seq = await self._database.write(lambda tx: self._skip(tx, reader))
                _logger.exception("reader %s passed over change %s", reader.name, seq)
        return BATCH

    def _work(self, tx: Transaction, reader: Reader, limit: int) -> Progress:
        tx.lock(f"reader {reader.name}")  # two who bring it on at once do so one after the other
        after = log.cursor(tx, reader.name)
        batch = log.after(tx, after, limit)
        if not batch:
            return Progress(0, after)
        reader.step(tx, batch, self._clock.now())
        log.set_cursor(tx, reader.name, batch[-1].seq)
        log.note_step(tx, reader.name, batch[-1].seq, self._clock.now())
        return Progress(len(batch), batch[-1].seq)

    def _skip(self, tx: Transaction, reader: Reader) -> Seq:
        tx.lock(f"reader {reader.name}")
        [first] = log.after(tx, log.cursor(tx, reader.name), 1)
        log.set_cursor(tx, reader.name, first.seq)
        return first.seq
