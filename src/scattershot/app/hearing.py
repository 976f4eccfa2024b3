"""Hearing: what comes as slips is looked at for what it means to the house, in the order in which it came.

Most slips concern nobody here: one look for a whole batch says which do. Those climb the usual stair, by the intake,
each in a transaction that remembers it by its name; how far this came is written after that. So a kill loses nothing.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from scattershot.app import dispatch
from scattershot.app import slips as slips_room
from scattershot.app.discover import Discover
from scattershot.app.intake import Intake
from scattershot.app.letters import bring_after
from scattershot.app.slips import Slips
from scattershot.app.wells import note_whereabouts
from scattershot.domain.change import Change, Edited, Followed, Posted, ProfileChanged, Unfollowed
from scattershot.domain.ids import Seq
from scattershot.domain.reading import Arrival, Changes, Needs
from scattershot.domain.slip import Kept
from scattershot.domain.well import Whereabouts
from scattershot.domain.wire_id import WireId
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.ports.protocol import Tongue
from scattershot.ports.slips import Glance, Listener
from scattershot.storage.tables import log, microblogs, signets

BATCH = 200
"""Slips that are looked at together."""
_CURSOR = "hearing"


class _Concern(NamedTuple):
    """What is known here of what a batch speaks of."""

    known: set[WireId]
    here: set[str]


class Hearing:
    """Follows the slips of one wire."""

    def __init__(
        self, database: Database, clock: Clock, bus: Bus, slips: Slips, intake: Intake, discover: Discover,
        tongue: Tongue, listener: Listener,
    ) -> None:  # fmt: skip
        self._moved: Callable[[], None] = lambda: None
        self._open: Callable[[Kept, WireId], Awaitable[bool]] = _left_sealed
        self._own: Callable[[Arrival, WireId], Awaitable[None]] = _left_unsaid
        self._database, self._clock, self._bus, self._slips = database, clock, bus, slips
        self._intake, self._discover, self._tongue, self._listener = intake, discover, tongue, listener

    def when_moved(self, call: Callable[[], None]) -> None:
        """Have something told whenever somebody says that they are met elsewhere."""
        self._moved = call

    def open_letters(self, opened: Callable[[Kept, WireId], Awaitable[bool]]) -> None:
        """Have what is sealed to somebody here opened."""
        self._open = opened

    def take_own_words(self, take: Callable[[Arrival, WireId], Awaitable[None]]) -> None:
        """Have what somebody says elsewhere by a key of here taken as theirs."""
        self._own = take

    async def step(self) -> int:
        """Look at the next slips; how many that were."""
        after = await self._database.read(lambda tx: log.cursor(tx, _CURSOR))
        batch = await self._slips.after(after, BATCH)
        if not batch:
            return 0
        told = [told for slip in batch if (told := self._listener.whereabouts(slip)) is not None]
        if told:
            await self._remember(told)
        glances = [(slip, glance) for slip in batch if (glance := self._listener.glance(slip)) is not None]
        done = batch[-1].seq
        if glances:
            concern = await self._database.read(lambda tx: self._concern(tx, [glance for _, glance in glances]))
            for slip, glance in glances:
                if not await self._hear(slip, glance, concern):
                    done = slip.seq - 1
                    break
        if done > after:
            await self._database.write(lambda tx: log.set_cursor(tx, _CURSOR, Seq(done)))
        return len(batch) if done > after else 0

    async def run(self) -> None:
        """Look at slips as they come."""
        while True:
            if not await self.step():
                await self._bus.wait(slips_room.TOPIC, 5.0)

    async def _remember(self, told: Sequence[Whereabouts]) -> None:
        """Where somebody is met from now on."""

        def work(tx: Transaction) -> int:
            news = [each for each in told if note_whereabouts(tx, each)]
            owed = sum(bring_after(tx, each, self._clock.now()) for each in news if each.letters)
            return len(news) + owed

        if await self._database.write(work):
            self._moved()
            self._bus.nudge(dispatch.TOPIC)

    def _concern(self, tx: Transaction, glances: Sequence[Glance]) -> _Concern:
        names = [name for glance in glances for name in (glance.author, *glance.names)]
        names += [glance.copy_of for glance in glances if glance.copy_of is not None]
        people = {glance.author.value for glance in glances}
        people |= {each.value for glance in glances for each in glance.follows or ()}
        people |= {each.value for glance in glances for each in glance.sealed_to}
        here = signets.kept_here_among(tx, self._listener.name, list(people))
        return _Concern(signets.known_among(tx, names), here)

    async def _hear(self, slip: Kept, glance: Glance, concern: _Concern) -> bool:
        """False where it is to be looked at again later: too much waits already."""
        if glance.sealed_to:
            readers = [each for each in glance.sealed_to if each.value in concern.here]
            return all([await self._open(slip, reader) for reader in readers])
        arrival = Arrival(self._listener.name, glance.author, glance.author.value, slip.body, self._clock.now())
        if glance.author.value in concern.here:
            if glance.follows is None and not (glance.names and glance.names[0] in concern.known):
                await self._own(arrival, glance.author)
            return True  # what we said ourselves has a name here
        is_copy = glance.copy_of is not None and glance.copy_of in concern.known
        if glance.follows is not None:
            await self._follows(slip, glance, glance.follows, concern, arrival)
            return True
        concerns = is_copy or glance.author in concern.known or any(name in concern.known for name in glance.names)
        reading = self._tongue.read(arrival, proven=True) if concerns else None
        if not isinstance(reading, Changes | Needs) or (is_copy and not _may_be_a_copy(reading)):
            return True
        taken = await self._intake.admit(arrival, reading)
        # what the next of the batch speaks of may have come with this one
        concern.known.update(glance.names[:1])
        return taken.what != "busy"

    async def _follows(
        self, slip: Kept, glance: Glance, follows: tuple[WireId, ...], concern: _Concern, arrival: Arrival
    ) -> None:
        """Whom somebody elsewhere follows from now on, as far as it is a matter of this node."""
        wanted = [each for each in follows if each.value in concern.here]
        if not wanted and glance.author not in concern.known:
            return
        if glance.author not in concern.known and await self._discover.fetch(glance.author):
            return
        before = await self._database.read(lambda tx: self._followed_before(tx, glance.author))
        changes: list[Change] = [
            Followed(actor=glance.author, target=each) for each in wanted if each.value not in before
        ]
        names = {each.value for each in wanted}
        changes += [
            Unfollowed(actor=glance.author, target=WireId(self._listener.name, gone)) for gone in before - names
        ]
        if changes:
            await self._intake.admit(arrival, Changes(tuple(changes), slip.id.hex()))

    def _followed_before(self, tx: Transaction, author: WireId) -> set[str]:
        stand = microblogs.stand(tx, author)
        return set(signets.followed_here(tx, stand.id, self._listener.name)) if stand is not None else set()


def _may_be_a_copy(reading: Changes | Needs) -> bool:
    """Posts and profiles may have another name; of deeds that are known already, a copy would be a second one."""
    return isinstance(reading, Changes) and all(
        isinstance(change, Posted | Edited | ProfileChanged) for change in reading.changes
    )


async def _left_unsaid(arrival: Arrival, author: WireId) -> None:
    """Where nobody takes own words they lie at the relay alone."""
    del arrival, author


async def _left_sealed(slip: Kept, reader: WireId) -> bool:
    """Where nobody opens letters they stay as they are."""
    del slip, reader
    return True
