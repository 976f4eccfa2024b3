"""The node's condition, said honestly: to everybody in a few figures, to those who run it host by host."""

from msgspec import Struct

from scattershot.domain.ids import Millis
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import condition, log, microblogs, nodes, people, sign_ups
from scattershot.storage.tables import reports as complaints

GOOD_FOR = 30_000
"""Milliseconds for which figures are given as they were: however many ask, they are counted twice a minute at most."""
HOSTS = 20
"""Hosts that are named."""
HOURS = 24
_HOUR = 3_600_000


class Outline(Struct, frozen=True):
    """What anybody may know: `last_caught_up` is up to when we surely have what somebody elsewhere wrote."""

    at: Millis
    people: int
    nodes: int
    waiting: int
    waiting_hosts: int
    failing: int
    lapsed: int
    authors: int
    due: int
    last_caught_up: Millis | None


class Host(Struct, frozen=True):
    """A host that is owed deliveries."""

    host: str
    deliveries: int
    failures: int
    failing_since: Millis | None
    retry_at: Millis


class Inside(Struct, frozen=True):
    """What those who run the node see besides; `pace` is changes by hour, the oldest first, the last still going on."""

    hosts: list[Host]
    pace: list[int]
    log: int
    kept_bytes: int
    cached_bytes: int
    database_bytes: int
    reports: int
    applicants: int
    microblogs: int


class Condition:
    """Knows how the node is doing."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._outline: Outline | None = None

    async def outline(self) -> Outline:
        """The few figures for everybody, as they were half a minute ago at most."""
        now = self._clock.now()
        known = self._outline
        if known is not None and 0 <= now - known.at < GOOD_FOR:
            return known
        self._outline = await self._database.read(lambda tx: _outline(tx, now), slow=True)
        return self._outline

    async def inside(self) -> Inside:
        """All the rest, as it is now."""
        now = self._clock.now()
        return await self._database.read(lambda tx: _inside(tx, now), slow=True)


def _outline(tx: Transaction, now: Millis) -> Outline:
    waiting, hosts = condition.owed(tx)
    watched = condition.watched(tx, now)
    return Outline(
        now,
        people.count(tx),
        nodes.count(tx),
        waiting,
        hosts,
        condition.failing(tx),
        condition.lapsed(tx),
        watched.authors,
        watched.due,
        watched.last,
    )


def _inside(tx: Transaction, now: Millis) -> Inside:
    hour = now // _HOUR
    counted = condition.pace(tx, Millis((hour - HOURS + 1) * _HOUR))
    return Inside(
        [Host(*each) for each in condition.waiting(tx, HOSTS)],
        [counted.get(each, 0) for each in range(hour - HOURS + 1, hour + 1)],
        log.newest(tx),
        condition.kept_bytes(tx),
        condition.cached_bytes(tx),
        condition.database_bytes(tx),
        len(complaints.unresolved(tx, 100)),
        sign_ups.count_applicants(tx),
        len(microblogs.here(tx)),
    )
