"""Feeds that are followed: asked when they are due, and told of by hubs and clouds where they have such.

What comes is an arrival like any other and takes the same stair. Who tells us is believed by the secret that we gave
it; everything else that calls back says at most that it may be worth asking, and is heeded so often and no more.
"""

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Collection
from functools import partial
from typing import NamedTuple

from msgspec.structs import replace

from scattershot.app import counters
from scattershot.app.intake import Intake
from scattershot.domain.change import Edited, Posted, ProfileChanged
from scattershot.domain.ids import MicroblogId, Millis
from scattershot.domain.microblog import Field
from scattershot.domain.node import Standing
from scattershot.domain.reading import Arrival, Changes
from scattershot.domain.source import FIRST, FIRST_UNDATED, UNDATED_WITHIN, Offer, Source, next_question
from scattershot.domain.wire_id import FEEDS, WireId
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction, UnavailableError
from scattershot.ports.protocol import Tongue
from scattershot.ports.sources import Ended, Failed, Gatherer, News, NoNews
from scattershot.storage.tables import microblogs, nodes, sources, wire_ids
from scattershot.wirekit.dates import rfc3339
from scattershot.wirekit.urls import host_of

TOPIC = "sources"
"""Nudged when a feed is to be asked before it was due."""
AT_ONCE = 48
"""Feeds asked side by side."""
AT_ONE_HOST = 4
"""Of those, at one host."""
WINDOW = 4 * AT_ONCE
"""Feeds looked at when some are to be asked."""
CROWDED = 5_000
"""Where so many of one host are due that they fill the window, those that cannot be asked yet make room for others for
so long (milliseconds)."""
BETWEEN_PINGS = 10_000
"""However often we are told that there is news, a feed is asked no more often than so (milliseconds)."""
TO_VERIFY = 600_000
"""So long somebody has to verify what we asked of it, before another is asked (milliseconds)."""
ASK_AGAIN = 3_600_000
"""Where nobody would tell us, they are asked again no sooner than this (milliseconds)."""
_DAY = 86_400_000

_logger = logging.getLogger(__name__)


class Sources:
    """Asks feeds, and hears those who tell of them."""

    def __init__(
        self, database: Database, clock: Clock, bus: Bus, intake: Intake, tongue: Tongue, gatherer: Gatherer
    ) -> None:
        self._database, self._clock, self._bus, self._intake = database, clock, bus, intake
        self._tongue, self._gatherer = tongue, gatherer
        self._asking: dict[MicroblogId, tuple[str, asyncio.Task[None]]] = {}

    async def step(self) -> int:
        """Ask the feeds that are due; how many that were."""
        started = await self._start_due()
        await asyncio.gather(*(task for _, task in self._asking.values()))
        return started + await self._leave()

    async def run(self) -> None:
        """Ask feeds as they fall due; one that is slow holds up nobody else."""
        while True:
            started = await self._start_due()
            if len(self._asking) >= AT_ONCE:
                await asyncio.wait([task for _, task in self._asking.values()], return_when=asyncio.FIRST_COMPLETED)
            elif not started and not await self._leave():
                await self._bus.wait(TOPIC, 1.0)

    async def stop(self) -> None:
        """Let go of what is under way: it is asked again at the next start."""
        tasks = [task for _, task in self._asking.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _start_due(self) -> int:
        now = self._clock.now()
        hosts = Counter(host for host, _ in self._asking.values())
        chosen = await self._database.read(
            lambda tx: _chosen(tx, now, hosts, self._asking.keys(), AT_ONCE - len(self._asking))
        )
        if chosen.crowd:
            await self._database.write(lambda tx: sources.put_off(tx, chosen.crowd, Millis(now + CROWDED)))
        for source, host, is_blocked in chosen.asked:
            task = asyncio.create_task(self._ask(source, is_blocked=is_blocked))
            self._asking[source.microblog] = host, task
            task.add_done_callback(lambda _, microblog=source.microblog: self._asking.pop(microblog, None))  # type: ignore[misc]
        return len(chosen.asked)

    async def _ask(self, source: Source, *, is_blocked: bool) -> None:
        try:
            if is_blocked:
                await self._put(source, _DAY)
            else:
                await self._ask_one(source)
        except UnavailableError:
            raise
        except Exception:  # nor must it be asked all the time, nor keep others from being asked
            _logger.exception("asking feed %s failed", source.microblog)
            await self._put(source._replace(failures=source.failures + 1), 0)

    async def _ask_one(self, source: Source) -> None:
        gathered = await self._gatherer.gather(source)
        counters.SOURCES.labels("asked", type(gathered).__name__.lower()).inc()
        now = self._clock.now()
        match gathered:
            case News():
                await self._took(source, gathered, now)
            case NoNews(rest):
                await self._be_told(source._replace(checked=now, failures=0), (), rest)
            case Ended():
                await self._end(source)
            case Failed(why, after):
                _logger.info("the feed at %s could not be asked: %s", host_of(source.address), why)
                await self._put(source._replace(failures=source.failures + 1), after)

    async def _took(self, source: Source, news: News, now: Millis) -> None:
        arrival = Arrival(FEEDS, WireId(FEEDS, source.name), host_of(news.address) or "", news.body, now)
        reading = self._tongue.read(arrival)
        if not isinstance(reading, Changes):
            why = getattr(reading, "why", "unreadable")
            _logger.info("the feed at %s cannot be read: %s", arrival.host, why)
            await self._put(source._replace(failures=source.failures + 1, tag="", modified="", digest=""), news.rest)
            return
        past: list[WireId] = []
        if not source.checked:
            reading, past = _first(reading, now)
        await self._intake.admit(arrival, reading)
        await self._database.write(partial(_settled, source=source, address=news.address, past=past))
        newest = _newest(reading, source.newest)
        unheard = source.checked and source.is_told(now) and source.heard < source.checked and newest != source.newest
        source = source._replace(
            address=news.address, checked=now, failures=0, tag=news.tag, modified=news.modified, digest=news.digest,
            pace=news.pace, newest=newest,
        )  # fmt: skip
        if unheard:
            _logger.info("the feed at %s had news of which nobody told us", arrival.host)
            source = source._replace(told_until=Millis(0), attempts=source.attempts + 1, asked=Millis(0))
        await self._be_told(source, news.offers, _DAY if news.ended else news.rest)

    async def _be_told(self, source: Source, offers: tuple[Offer, ...], rest: int) -> None:
        """Note how it went; and where nobody tells us, or not for long any more, ask somebody to."""
        now = self._clock.now()
        wanted = offers or ((source.offer,) if source.offer is not None else ())
        if not wanted:
            await self._put(source._replace(offer=None, told_until=Millis(0)), rest)
            return
        if source.is_told(now):
            is_settled = source.offer in wanted and source.renewal > now
        else:
            is_settled = now - source.asked < (TO_VERIFY if source.offer is not None else ASK_AGAIN)
            if not is_settled and source.offer is not None:
                source = source._replace(attempts=source.attempts + 1, offer=None)
        await self._put(source, rest)
        if is_settled:
            return
        for turn in range(len(wanted)):
            offer = wanted[(source.attempts + turn) % len(wanted)]
            asked = source._replace(
                offer=offer, token=source.token or secrets.token_urlsafe(18),
                secret=source.secret or secrets.token_urlsafe(32), attempts=source.attempts + turn,
                told_until=source.told_until if offer == source.offer else Millis(0), asked=now,
            )  # fmt: skip
            await self._database.write(partial(sources.put_asked, source=asked))
            promised = await self._gatherer.subscribe(asked, offer)
            counters.SOURCES.labels(offer.way, "refused" if promised is None else "subscribed").inc()
            if promised is None:
                continue
            if promised:
                await self.promised(asked, promised)
            return
        await self._database.write(
            lambda tx: sources.put_asked(tx, source._replace(offer=None, told_until=Millis(0), asked=now))
        )

    async def _put(self, source: Source, rest: int) -> None:
        due = next_question(source, self._clock.now(), rest)
        await self._database.write(partial(sources.put, source=source._replace(due=due)))

    async def _end(self, source: Source) -> None:
        """It is gone for good: it is asked no more, and says so; what it said stays."""
        row = await self._database.read(lambda tx: microblogs.get(tx, source.microblog))
        if row is not None:
            day = _day(self._clock.now())
            fields = (*(field for field in row.profile.fields if field.name != "Ended"), Field("Ended", day))
            profile = replace(row.profile, fields=fields)
            change = ProfileChanged(actor=profile.id, profile=profile)
            arrival = Arrival(FEEDS, profile.id, host_of(source.address) or "", b"", self._clock.now())
            await self._intake.admit(arrival, Changes((change,), f"{source.name} ended {day}"))
        await self._database.write(lambda tx: sources.end(tx, source.microblog))

    # -- who tells us

    async def _leave(self) -> int:
        """Leave those who tell us of what nobody follows any more; whom that does not reach learns it by our 410."""
        left = await self._database.read(lambda tx: sources.left(tx, AT_ONCE))
        await asyncio.gather(*map(self._leave_one, left))
        return len(left)

    async def _leave_one(self, source: Source) -> None:
        assert source.offer is not None
        now = self._clock.now()
        await self._database.write(lambda tx: sources.put_left(tx, source.microblog, now))
        if not await self._gatherer.leave(source, source.offer):
            await self.has_left(source)

    async def leaving(self, token: str) -> Source | None:
        """The feed of that callback, which nobody here follows any more and which we asked to leave."""
        return await self._database.read(lambda tx: sources.left_by(tx, token)) if token else None

    async def has_left(self, source: Source) -> None:
        """Nobody tells us of it any more, or will not for long."""
        await self._database.write(lambda tx: sources.put_left(tx, source.microblog, None))

    async def called_back(self, token: str) -> Source | None:
        """The followed feed of that callback."""
        return await self._database.read(lambda tx: sources.called_back(tx, token)) if token else None

    async def promised(self, source: Source, lasts: int) -> None:
        """Somebody tells us of the feed from now on, for so many milliseconds."""
        now = self._clock.now()
        told = source._replace(told_until=Millis(now + lasts))
        due = next_question(told, now)
        await self._database.write(lambda tx: sources.put_told(tx, source.microblog, told.told_until, due))

    async def denied(self, source: Source) -> None:
        """Whoever was to tell us does not, or no more: the next one is asked, and the feed itself meanwhile."""
        now = self._clock.now()
        again = source._replace(told_until=Millis(0), attempts=source.attempts + 1, asked=Millis(0))
        await self._database.write(partial(sources.put_asked, source=again))
        await self._database.write(
            lambda tx: sources.put_told(tx, source.microblog, Millis(0), next_question(again, now))
        )

    async def spoken_of(self, addresses: list[str]) -> int:
        """Anybody says that there is news at these addresses: of those that are feeds followed here, or where such a
        feed lives now, how many."""

        def work(tx: Transaction) -> list[Source]:
            found = [wire_ids.find_as(tx, WireId(FEEDS, each), wire_ids.Thing.MICROBLOG) for each in addresses]
            known = [sources.get(tx, MicroblogId(each)) for each in dict.fromkeys(found) if each is not None]
            return [each for each in known if each is not None and each.due]

        heard = await self._database.read(work)
        for source in heard:
            await self.pinged(source)
        return len(heard)

    async def pinged(self, source: Source) -> None:
        """Somebody says that there is news: the feed is asked at once, or when it was not asked for a moment."""
        now = self._clock.now()
        counters.SOURCES.labels("told", "ping").inc()
        soon = Millis(max(now, min(source.checked, now) + BETWEEN_PINGS))
        await self._database.write(lambda tx: sources.put_heard(tx, source.microblog, now, source.newest, soon))
        self._bus.nudge(TOPIC)

    async def pushed(self, source: Source, body: bytes) -> None:
        """A hub sent what is new, signed with our secret; what cannot be read is looked for in the feed itself."""
        now = self._clock.now()
        arrival = Arrival(FEEDS, WireId(FEEDS, source.name), host_of(source.address) or "", body, now)
        reading = self._tongue.read(arrival)
        if not isinstance(reading, Changes):
            await self.pinged(source)
            return
        counters.SOURCES.labels("told", "push").inc()
        entries = tuple(change for change in reading.changes if not isinstance(change, ProfileChanged))
        await self._intake.admit(arrival, Changes(entries, reading.name))
        heard = source._replace(newest=_newest(reading, source.newest))
        due = max(source.due, next_question(heard, now))
        await self._database.write(lambda tx: sources.put_heard(tx, source.microblog, now, heard.newest, due))


class _Chosen(NamedTuple):
    """The feeds to be asked now, each with its host and whether that is blocked; and those that make room."""

    asked: list[tuple[Source, str, bool]]
    crowd: list[MicroblogId]


def _chosen(tx: Transaction, now: Millis, hosts: Counter[str], asking: Collection[MicroblogId], room: int) -> _Chosen:
    due = sources.due(tx, now, WINDOW) if room > 0 else []
    asked, crowd = list[tuple[Source, str, bool]](), list[MicroblogId]()
    for source in due:
        host = host_of(source.address) or ""
        if source.microblog in asking:
            continue
        if hosts[host] >= AT_ONE_HOST:
            crowd.append(source.microblog)
        elif len(asked) < room:
            hosts[host] += 1
            asked.append((source, host, nodes.standing(tx, host) is Standing.BLOCKED))
    return _Chosen(asked, crowd if len(due) == WINDOW else [])


def _settled(tx: Transaction, source: Source, address: str, past: list[WireId]) -> None:
    """What is not taken of a feed that is new here is not taken later either; where it lives now is a name of it."""
    for name in past:
        wire_ids.bury(tx, name)
    if address not in (source.address, source.name):
        wire_ids.add(tx, WireId(FEEDS, address), wire_ids.Thing.MICROBLOG, source.microblog)


def _first(reading: Changes, now: Millis) -> tuple[Changes, list[WireId]]:
    """Of a feed that is new here its newest entries, and the names of all others."""
    posted = [change for change in reading.changes if isinstance(change, Posted | Edited)]
    newest = sorted(posted, key=lambda change: -change.post.published)
    undated = [change for change in newest if now - change.post.published < UNDATED_WITHIN]
    past = {change.post.id for change in (*undated[FIRST_UNDATED:], *newest[FIRST:])}
    taken = tuple(
        change for change in reading.changes if not (isinstance(change, Posted | Edited) and change.post.id in past)
    )
    return reading._replace(changes=taken), list(past)


def _newest(reading: Changes, known: Millis | None) -> Millis | None:
    """When the newest entry was written that we know of."""
    moments = [change.post.published for change in reading.changes if isinstance(change, Posted | Edited)]
    return max([*moments, *([known] if known is not None else [])], default=None)


def _day(now: Millis) -> str:
    return rfc3339(now)[:10]
