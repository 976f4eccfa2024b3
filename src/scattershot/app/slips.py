"""Slips: taken in and handed out for whatever protocol they belong to, in the transaction that answers for them.

They lie beside the changes and need none: what one means to the house is told by who follows `after`, at its own pace.
"""

from array import array
from collections.abc import Sequence
from functools import partial

from scattershot.domain.slip import Kept, Outcome, Slip, Want, seconds
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import slips, slips_found

TOPIC = "slips"
"""Nudged whenever something was kept."""

AT_ONCE = 200
"""Looks at an index that a read may take on the event loop; what needs more runs aside."""
MOST_COUNTED = 100_000
"""Slips that are counted exactly."""
_SWEEP_SECONDS = 30.0


class Slips:
    """The slips of one node."""

    def __init__(self, database: Database, clock: Clock, bus: Bus) -> None:
        self._database, self._clock, self._bus = database, clock, bus
        self.version = 0
        """Grows whenever what is kept has altered by this process."""

    async def put(self, some: Sequence[Slip]) -> list[Outcome]:
        """Keep them in one transaction; on disk when this returns. What became of each, in their order."""
        now = seconds(self._clock.now())
        is_slow = any(slip.burial is not None and slip.burial.until is not None for slip in some)
        outcomes = await self._database.write(lambda tx: slips.put(tx, some, now), slow=is_slow)
        if Outcome.KEPT in outcomes:
            self.version += 1
            self._bus.nudge(TOPIC)
        return outcomes

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
        return await self._database.read(lambda tx: slips_found.items(tx, want, now, most), slow=True)

    async def after(self, seq: int, limit: int) -> list[Kept]:
        """What came behind that place, in the order it came."""
        return await self._database.read(lambda tx: slips.after(tx, seq, limit))

    async def step(self) -> int:
        """Drop what has expired; how many that were."""
        now = seconds(self._clock.now())
        if not await self._database.read(lambda tx: slips.has_expired(tx, now)):
            return 0
        dropped = await self._database.write(partial(slips.sweep, now=now))
        self.version += dropped > 0
        return dropped

    async def run(self) -> None:
        """Go on dropping what expires."""
        while True:
            if not await self.step():
                await self._clock.sleep(_SWEEP_SECONDS)


def _is_slow(wants: Sequence[Want]) -> bool:
    looks = sum(want.looks for want in wants)
    return looks > AT_ONCE or any(want.words or len(want.keys) > 1 or (want.keys and want.authors) for want in wants)
