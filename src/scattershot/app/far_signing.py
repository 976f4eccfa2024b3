"""Microblogs whose key is kept elsewhere: what they say is signed there, and until it is it waits, in its order.

The name of what waits is known already, since it does not depend on the signature: so nothing is said twice, and what
answers it can name it.
"""

import secrets
from collections.abc import Callable
from typing import NamedTuple

from scattershot.app import readers
from scattershot.app.signets import Signets
from scattershot.app.slips import Slips
from scattershot.domain.ids import MicroblogId, Millis
from scattershot.domain.reading import Refused
from scattershot.domain.slip import Slip, seconds
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.ports.slips import FarSigner
from scattershot.storage.tables import far_keys, slips

AT_ONCE = 20
_FIRST_WAIT, _LONGEST_WAIT = 15_000, 3_600_000
"""A signer that did not answer is asked again after so many milliseconds, later more rarely."""


class Far(NamedTuple):
    """How it stands with a key kept elsewhere: how much waits to be signed, and why."""

    waiting: int
    problem: str
    in_browser: bool = False
    """A browser holds the key, so that things are signed when a page of ours is open in it."""


class FarSigning:
    """Has signed elsewhere what waits for it."""

    def __init__(
        self, database: Database, clock: Clock, bus: Bus, signets: Signets, slips_: Slips, signer: FarSigner
    ) -> None:
        self._database, self._clock, self._bus = database, clock, bus
        self._signets, self._slips, self._signer = signets, slips_, signer
        self.tell: Callable[[list[bytes]], None] = lambda _: None
        """Lets those who listen have what was signed."""

    async def take_on(self, microblog: MicroblogId, link: str) -> Refused | None:
        """Let a microblog speak by the key that the signer of the link holds, from now on."""
        met = await self._signer.meet(link)
        if isinstance(met, Refused):
            return met
        found = met

        def work(tx: Transaction) -> Refused | None:
            return self._signets.put_far(tx, microblog, found.public, found.told)

        refused = await self._database.write(work)
        self._bus.nudge(readers.TOPIC)
        return refused

    async def leave(self, microblog: MicroblogId) -> None:
        """Let it speak by a key made here again; what waits is said by nobody."""
        await self._database.write(lambda tx: self._signets.drop_far(tx, microblog))

    async def about(self, microblog: MicroblogId) -> Far | None:
        """How it stands; None for one whose key is kept here."""

        def work(tx: Transaction) -> Far | None:
            known = self._signets.far_key(tx, microblog)
            if known is None:
                return None
            return Far(far_keys.count(tx, microblog), known.problem, known.in_browser)

        return await self._database.read(work)

    async def step(self) -> int:
        """Ask for the first of each microblog that is due; how many were signed."""
        now = self._clock.now()
        due = await self._database.read(lambda tx: far_keys.first_due(tx, now, AT_ONCE))
        signed = [await self._sign(waiting) for waiting in due]
        return sum(signed)

    async def run(self) -> None:
        """Go on asking."""
        while True:
            if not await self.step():
                await self._bus.wait(readers.TOPIC, 5.0)

    async def _sign(self, waiting: far_keys.Waiting) -> bool:
        told = await self._database.read(lambda tx: self._signets.far_told(tx, waiting.microblog))
        found = await self._signer.sign(told, waiting.body) if told is not None else Refused("lost", "Its key is lost.")
        if isinstance(found, Refused):
            refused = found
            await self._database.write(lambda tx: self._try_later(tx, waiting, refused))
            return False
        return await self.keep(waiting, found)

    async def keep(self, waiting: far_keys.Waiting, slip: Slip) -> bool:
        """Keep and tell what waited, now that it is signed; False where it was taken back or signed meanwhile."""

        def work(tx: Transaction) -> bool:
            if not far_keys.signed(tx, waiting.id):
                return False
            slips.put(tx, [slip], seconds(self._clock.now()))
            far_keys.note_problem(tx, waiting.microblog, waiting.protocol, "")
            return True

        if not await self._database.write(work):
            return False
        self.tell([slip.body])
        self._slips.note_altered()
        return True

    def _try_later(self, tx: Transaction, waiting: far_keys.Waiting, refused: Refused) -> None:
        wait = min(_FIRST_WAIT * 2**waiting.attempts, _LONGEST_WAIT)
        spread = secrets.randbelow(wait // 10)
        far_keys.later(tx, waiting.id, Millis(self._clock.now() + wait + spread))
        far_keys.note_problem(tx, waiting.microblog, waiting.protocol, refused.detail)
