"""Streams: live pages told of what came to them. They follow the change log behind fan-out and keep nothing on disk.

An event carries ids, never a text: what a page shows of it, it asks for, so that the rules of seeing are in one place.
"""

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import NamedTuple

from msgspec import json

from scattershot.app import counters
from scattershot.app.soon import Soon
from scattershot.domain.ids import MicroblogId, NotificationId, Seq
from scattershot.domain.record import ALTERING, Kind
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import log, notifications, timelines

BACKLOG = 100
"""Events that wait for one listener; one slower than that is let go, comes back and is told what it missed."""
BATCH = 200
"""Changes looked at in one read."""
FARTHEST = 5_000
"""How many changes back a listener that returns is told of; a page older than that is better loaded anew."""


class Event(NamedTuple):
    """One thing to tell a page, already as server-sent event; `seq` is its place in the change log."""

    seq: Seq
    body: bytes


def event(seq: Seq, kind: str, **data: int) -> Event:
    """An event of `entry`, `edited`, `deleted`, `notified` or `stale`; ids go as text, for JavaScript's numbers end."""
    text = json.encode({name: str(value) for name, value in data.items()}).decode()
    return Event(seq, f"id: {seq}\nevent: {kind}\ndata: {text}\n\n".encode())


class Listener:
    """One live page of an owner; leave it with `with`."""

    def __init__(self, streams: "Streams", owner: MicroblogId) -> None:
        self.owner = owner
        self._streams = streams
        self._waiting: asyncio.Queue[Event | None] = asyncio.Queue(BACKLOG + 1)

    def __enter__(self) -> "Listener":
        self._streams.add(self)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._streams.drop(self)

    def tell(self, news: Event) -> bool:
        """Queue an event; False where too many wait already."""
        if self._waiting.qsize() >= BACKLOG:
            return False
        self._waiting.put_nowait(news)
        return True

    def end(self) -> None:
        """Let the listener go; it hears what waits, then that this is the end."""
        if not self._waiting.full():
            self._waiting.put_nowait(None)

    async def next(self, seconds: float) -> Event | None:
        """The next event, or None at the end; TimeoutError where nothing happened for so long."""
        async with asyncio.timeout(seconds):
            return await self._waiting.get()


class _Told(NamedTuple):
    """What a step found: events for owners, and for everybody who listens."""

    up_to: Seq
    to_owners: list[tuple[MicroblogId, Event]]
    to_all: list[Event]
    told: frozenset[MicroblogId]
    newest: NotificationId


class Streams:
    """Who listens, and how far they were told. Have `nudge` called after every step of the readers."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listening: dict[MicroblogId, set[Listener]] = {}
        self._seq: Seq | None = None
        self._newest = NotificationId(0)
        self._soon = Soon(self.step, "live pages were not told")

    # -- who listens

    def listen(self, owner: MicroblogId) -> Listener:
        """A listener for the owner's home, to be entered with `with`."""
        return Listener(self, owner)

    def add(self, listener: Listener) -> None:
        """From now on the listener is told."""
        self._listening.setdefault(listener.owner, set()).add(listener)
        counters.LISTENERS.inc()

    def drop(self, listener: Listener) -> None:
        """The listener has gone, or was let go."""
        theirs = self._listening.get(listener.owner)
        if theirs is None or listener not in theirs:
            return
        theirs.discard(listener)
        counters.LISTENERS.dec()
        if not theirs:
            del self._listening[listener.owner]

    def count(self, owner: MicroblogId) -> int:
        """How many pages of the owner listen."""
        return len(self._listening.get(owner, ()))

    def close(self) -> None:
        """Let everybody go, so that the server can stop."""
        for listener in [each for theirs in self._listening.values() for each in theirs]:
            self.drop(listener)
            listener.end()

    # -- telling

    def nudge(self) -> None:
        """The readers have come further: tell who listens, soon. From the event loop."""
        if not self._listening:
            self._seq = None
        else:
            self._soon.nudge()

    async def step(self) -> int:
        """Tell of one batch of changes; how many were looked at."""
        if self._seq is None:
            start = await self._database.read(_start)
            self._seq, self._newest = start[0], start[1]
        after, owners, newest = self._seq, list(self._listening), self._newest
        told = await self._database.read(lambda tx: _look(tx, after, newest, owners))
        self._seq, self._newest = told.up_to, told.newest
        for news in told.to_all:
            for owner in owners:
                self._tell(owner, news)
        for owner, news in told.to_owners:
            self._tell(owner, news)
        for owner in told.told:
            self._tell(owner, event(told.up_to, "notified"))
        return told.up_to - after + (told.newest > newest)

    def _tell(self, owner: MicroblogId, news: Event) -> None:
        for listener in list(self._listening.get(owner, ())):
            if not listener.tell(news):
                self.drop(listener)
                listener.end()

    async def missed(self, owner: MicroblogId, after: Seq | None) -> "Missed":
        """What came to the owner since that place, for one who just began to listen; what comes later it is told."""
        missed = await self._database.read(lambda tx: _missed(tx, owner, after))
        if self._seq is None:
            self._seq, self._newest = missed.up_to, missed.newest
        return missed


class Missed(NamedTuple):
    """What one who was away is told: the events, and the place up to which they speak."""

    up_to: Seq
    newest: NotificationId
    events: list[Event]


def _start(tx: Transaction) -> tuple[Seq, NotificationId]:
    return _spread_up_to(tx), notifications.newest(tx)


def _spread_up_to(tx: Transaction) -> Seq:
    return log.cursor(tx, "fanout")


_WORDS = {Kind.POSTED: "entry", Kind.BOOSTED: "entry"} | dict.fromkeys(ALTERING, "edited")


def _look(tx: Transaction, after: Seq, newest: NotificationId, owners: Sequence[MicroblogId]) -> _Told:
    spread = _spread_up_to(tx)
    batch = [each for each in log.after(tx, after, BATCH) if each.seq <= spread]
    notified = notifications.since(tx, newest, BATCH)
    up_to = notified[-1].id if notified else newest
    told = _Told(batch[-1].seq if batch else after, [], [], frozenset(each.owner for each in notified), up_to)
    for recorded in batch:
        if recorded.post is None:
            continue
        entry = recorded.boost or recorded.post
        if recorded.kind in _WORDS:
            news = event(recorded.seq, _WORDS[recorded.kind], entry=entry, post=recorded.post)
            told.to_owners.extend((owner, news) for owner in timelines.owners_of(tx, entry, list(owners)))
        elif recorded.kind in (Kind.DELETED, Kind.UNBOOSTED):
            # The rows that said whom it had reached are gone; a bare id tells the others nothing.
            told.to_all.append(event(recorded.seq, "deleted", entry=entry))
    return told


def _missed(tx: Transaction, owner: MicroblogId, after: Seq | None) -> Missed:
    spread, newest = _start(tx)
    if after is None:
        return Missed(spread, newest, [])
    near = spread - after <= FARTHEST
    found = timelines.news(tx, owner, after, spread, BACKLOG) if near else []
    if not near or len(found) == BACKLOG:
        return Missed(spread, newest, [event(spread, "stale")])
    events = [event(seq, _WORDS.get(Kind(kind), "deleted"), entry=entry, post=post) for seq, kind, entry, post in found]
    return Missed(spread, newest, [*events, event(spread, "notified")] if spread > after else events)
