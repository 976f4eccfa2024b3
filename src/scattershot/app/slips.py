"""Slips: taken in and handed out for whatever protocol they belong to, in the transaction that answers for them.

They lie beside the changes and need none: what one means to the house is told by who follows `after`, at its own pace.
"""

import secrets
from array import array
from collections.abc import Sequence
from functools import partial

from scattershot.domain.slip import Kept, Outcome, Slip, Want, seconds
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import facts, slips, slips_found

TOPIC = "slips"
"""Nudged whenever something was kept."""

AT_ONCE = 200
"""Looks at an index that a read may take on the event loop; what needs more runs aside."""
MOST_COUNTED = 100_000
"""Slips that are counted exactly."""
_KEY = "slips_key"
PORTION = 50_000
"""Items of everything that are read at a time."""
_SWEEP_SECONDS = 30.0


async def own_key(database: Database) -> bytes:
    """The private key by which this node is known where slips are exchanged, made at the first start."""

    def work(tx: Transaction) -> str:
        known = facts.get(tx, _KEY)
        if known is None:
            known = secrets.token_hex(32)
            facts.put(tx, _KEY, known)
        return known

    known = await database.read(partial(facts.get, name=_KEY))
    return bytes.fromhex(known if known is not None else await database.write(work))


class Slips:
    """The slips of one node."""

    def __init__(self, database: Database, clock: Clock, bus: Bus) -> None:
        self._database, self._clock, self._bus = database, clock, bus
        self._altered = 0

    async def put(self, some: Sequence[Slip]) -> list[Outcome]:
        """Keep them in one transaction; on disk when this returns. What became of each, in their order."""
        now = seconds(self._clock.now())
        is_slow = any(slip.burial is not None and slip.burial.until is not None for slip in some)
        outcomes = await self._database.write(lambda tx: slips.put(tx, some, now), slow=is_slow)
        if Outcome.KEPT in outcomes:
            self._altered += 1
            self._bus.nudge(TOPIC)
        return outcomes

    def note_altered(self) -> None:
        """Something was kept by another way than `put`."""
        self._altered += 1
        self._bus.nudge(TOPIC)

    async def version(self) -> tuple[int, int]:
        """Another one whenever what is kept has altered: here, or by what came at another process."""
        return self._altered, await self._database.read(slips.last)

    async def find(self, wants: Sequence[Want]) -> tuple[list[Kept], bool]:
        """What is any of these, each once, newest first within each; and whether there is more than was asked for.

        TimeoutError where it takes too long.
        """
        now = seconds(self._clock.now())

        def work(tx: Transaction) -> tuple[list[Kept], bool]:
            if len(wants) == 1:
                return slips_found.find(tx, wants[0], now)
            found: dict[int, Kept] = {}
            more = False
            for want in wants:
                page = slips_found.find(tx, want, now)
                more = more or page.more
                found |= {slip.seq: slip for slip in page.slips}
            return sorted(found.values(), key=lambda slip: (-slip.at, slip.id)), more

        return await self._database.read(work, slow=_is_slow(wants))

    async def count(self, wants: Sequence[Want]) -> tuple[int, bool]:
        """How many are any of these, and whether that is exact."""
        now = seconds(self._clock.now())
        return await self._database.read(lambda tx: slips_found.count(tx, list(wants), now, MOST_COUNTED), slow=True)

    async def items(self, want: Want, most: int) -> "tuple[array[int], bytes] | None":
        """Moments and ids of all that is wanted, oldest first; None where they are more than that."""
        now = seconds(self._clock.now())
        if slips_found.is_everything(want) and want.limit >= most:
            return await self._everything(want, most)
        return await self._database.read(lambda tx: slips_found.items(tx, want, now, most), slow=True)

    async def _everything(self, want: Want, most: int) -> "tuple[array[int], bytes] | None":
        """In portions, each a read of its own: what comes meanwhile may be in it or not."""
        moments, ids = array("q"), bytearray()
        last = ((want.since or 0) - 1, b"\xff" * 32)
        while True:
            portion = await self._database.read(partial(_portion, want=want, after=last), slow=True)
            moments.extend(portion.moments)
            ids += portion.ids
            if len(moments) > most:
                return None
            if len(portion.moments) < PORTION:
                return moments, bytes(ids)
            last = (moments[-1], bytes(ids[-32:]))

    async def newer(self, want: Want, seq: int) -> tuple[list[tuple[int, bytes]], int] | None:
        """What came behind that place, and how many there are in all; None where much came, or not all is wanted."""
        if not slips_found.is_everything(want):
            return None
        came, total = await self._database.read(partial(_newer, want=want, seq=seq), slow=True)
        return (came, total) if len(came) < PORTION else None

    async def after(self, seq: int, limit: int) -> list[Kept]:
        """What came behind that place, in the order it came."""
        return await self._database.read(lambda tx: slips.after(tx, seq, limit))

    async def step(self) -> int:
        """Drop what has expired; how many that were."""
        now = seconds(self._clock.now())
        if not await self._database.read(lambda tx: slips.has_expired(tx, now)):
            return 0
        dropped = await self._database.write(partial(slips.sweep, now=now))
        self._altered += dropped > 0
        return dropped

    async def run(self) -> None:
        """Go on dropping what expires."""
        while True:
            if not await self.step():
                await self._clock.sleep(_SWEEP_SECONDS)


def _portion(tx: Transaction, want: Want, after: tuple[int, bytes]) -> slips_found.Portion:
    return slips_found.portion(tx, want, after, PORTION)


def _newer(tx: Transaction, want: Want, seq: int) -> slips_found.Newer:
    return slips_found.newer(tx, want, seq, PORTION)


def _is_slow(wants: Sequence[Want]) -> bool:
    looks = sum(want.looks for want in wants)
    return looks > AT_ONCE or any(want.words or len(want.keys) > 1 or (want.keys and want.authors) for want in wants)
