"""Presenting: how a microblog kept here presents itself is changed as its keepers type it."""

from scattershot.app import counters, readers
from scattershot.app.apply.change import apply
from scattershot.app.apply.origin import Declined, House, Lacks, Origin
from scattershot.app.refusals import NO_SUCH_MICROBLOG, refusal
from scattershot.app.wording import with_emojis
from scattershot.domain.change import ProfileChanged
from scattershot.domain.ids import MicroblogId
from scattershot.domain.microblog import Profile
from scattershot.domain.presentation import Presentation, presented, problem_of
from scattershot.domain.reading import Refused
from scattershot.domain.record import Recorded
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import microblogs


class Presenting:
    """Changes profiles; nothing is changed where any part of a wish cannot be."""

    def __init__(self, database: Database, clock: Clock, bus: Bus, house: House) -> None:
        self._database, self._clock, self._bus, self._house = database, clock, bus, house

    async def change(self, who: MicroblogId, wish: Presentation, via: str) -> Profile | Refused:
        """Let a microblog kept here present itself as wished; its profile as it reads now."""
        if problem := problem_of(wish):
            return Refused("invalid", problem)
        origin = Origin(self._clock.now(), via, asked_for=True)

        def work(tx: Transaction) -> tuple[Profile, Recorded | None] | Refused:
            row = microblogs.get(tx, who)
            if row is None or row.gone or not row.local:
                return NO_SUCH_MICROBLOG
            profile = with_emojis(tx, presented(row.profile, wish, self._house.addresses.origin))
            match apply(tx, ProfileChanged(actor=profile.id, profile=profile), origin, self._house):
                case Declined(why):
                    return refusal(why)
                case Lacks():
                    return NO_SUCH_MICROBLOG
                case applied:
                    now_so = microblogs.get(tx, who)
                    assert now_so is not None
                    return now_so.profile, applied if isinstance(applied, Recorded) else None

        done = await self._database.write(work)
        if isinstance(done, Refused):
            return done
        profile, recorded = done
        if recorded is not None:
            counters.changed(recorded.kind, "yes").inc()
            self._bus.nudge(readers.TOPIC)
        return profile
