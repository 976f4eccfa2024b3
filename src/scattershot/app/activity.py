"""Activity: what the node tells the world of itself in figures, week by week.

Who was here is noted once a week for each person, and said of nobody: only how many they were.
"""

from typing import NamedTuple

from scattershot.domain.ids import Millis, PersonId
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction, UnavailableError
from scattershot.storage.tables import weeks as rows

WEEKS = 12
"""As many as Mastodon tells of."""
EVERY = 60.0
"""Seconds between two rounds of noting who was here."""
GOOD_FOR = 600_000
"""Milliseconds for which figures are told as they were counted: strangers ask, and counting looks at many rows."""

_WEEK = 7 * 86_400_000
_MONDAY = 4 * 86_400_000
"""The first Monday since 1970-01-01, a Thursday."""


class Week(NamedTuple):
    """What went on in a week that began at that moment: public posts that stand, people who were here, and new ones."""

    start: Millis
    posts: int
    people: int
    joined: int


class Activity:
    """Notes who is here, and counts."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._noted: set[rows.Visit] = set()
        self._waiting: set[rows.Visit] = set()
        self._counted: tuple[Millis, list[Week]] | None = None

    def saw(self, person: PersonId) -> None:
        """The person is here. Called for every visit, so it only remembers."""
        visit = week_of(self._clock.now()), person
        if visit not in self._noted:
            self._waiting.add(visit)

    async def step(self) -> int:
        """Note who was here since the last round; how many of them are new in their week."""
        week = week_of(self._clock.now())
        self._noted = {visit for visit in self._noted if visit[0] == week}
        new, self._waiting = self._waiting - self._noted, set()
        if not new:
            return 0

        def work(tx: Transaction) -> None:
            rows.note(tx, sorted(new))
            rows.forget(tx, week - WEEKS)

        try:
            await self._database.write(work)
        except UnavailableError:
            self._waiting |= new
            raise
        self._noted |= new
        return len(new)

    async def run(self) -> None:
        """Do a round every minute."""
        while True:
            await self.step()
            await self._clock.sleep(EVERY)

    async def weeks(self) -> list[Week]:
        """The last weeks, this one first."""
        now = self._clock.now()
        if self._counted is None or now - self._counted[0] > GOOD_FOR:
            await self.step()
            newest = week_of(now)
            numbers = range(newest, newest - WEEKS, -1)
            self._counted = (
                now,
                await self._database.read(lambda tx: [_counted(tx, each) for each in numbers], slow=True),
            )
        return self._counted[1]


def week_of(moment: Millis) -> int:
    """Which week it is, counted from the first Monday of 1970 (UTC)."""
    return (moment - _MONDAY) // _WEEK


def start_of(week: int) -> Millis:
    """Its first moment, at midnight."""
    return Millis(week * _WEEK + _MONDAY)


def _counted(tx: Transaction, week: int) -> Week:
    start, end = start_of(week), start_of(week + 1)
    return Week(start, rows.posts(tx, start, end), rows.people_in(tx, week), rows.joined(tx, start, end))
