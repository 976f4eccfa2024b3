"""Callbacks: those who asked to be told when a feed of this node has news.

They hear no change: each is owed that there is news, by dispatch as everybody else, and what it is told is made by a
herald when it is sent.
"""

from scattershot.app.searchable import is_indexable
from scattershot.app.tallies import VIA
from scattershot.domain.ids import Millis
from scattershot.domain.node import Endpoint, Standing
from scattershot.domain.post import Audience
from scattershot.domain.reading import Refused
from scattershot.domain.record import Kind, Recorded
from scattershot.domain.syndicated import OUTWARD, About, Ask, Callback, Subject, Wanted
from scattershot.domain.wire_id import FEEDS
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import callbacks, lists, nodes, posts
from scattershot.wirekit.urls import parse_url

TOPIC = "callback_asks"
"""Nudged when something is to be verified."""
MOST_ASKS = 5_000
"""So many wait to be verified at most: strangers ask."""
MOST_AT_HOST = 50
"""So many callbacks of one host are told of one feed: who wants to be told for many people tells them itself."""
TOO_MANY = Refused("too_many", "So many at that host are told of this feed that there can be no more.")

EVERYBODY = Subject(About.HERE, "")
_ALWAYS = Millis(1 << 62)
_TOLD = (Kind.POSTED, Kind.EDITED)


def subjects_of(row: posts.Row) -> list[Subject]:
    """The feeds in which the post stands; none for one that is not for everybody."""
    if row.gone or not row.audience.is_open:
        return []
    author = str(row.author)
    found = [Subject(About.THREAD, str(row.thread))]
    if row.local:
        found.append(Subject(About.REPLIES, author))
        alone = row.reply_wire is None and row.reply_author in (None, row.author)
        found += [Subject(About.MICROBLOG, author)] if alone else []
    if row.audience is Audience.PUBLIC:
        found += [Subject(About.TAG, tag.lower()) for tag in row.post.tags]
    return found


def subjects_told(tx: Transaction, recorded: Recorded) -> list[str]:
    """The feeds in which the change is news; none where nobody is called back anyway."""
    if recorded.kind not in _TOLD or recorded.post is None or recorded.via == VIA or not callbacks.exist(tx):
        return []
    row = posts.get(tx, recorded.post)
    if row is None or row.post.id.protocol == FEEDS:  # what came by a feed is not fed on
        return []
    found = subjects_of(row)
    if not row.gone and row.audience is Audience.PUBLIC:
        found += [Subject(About.LIST, str(each)) for each in lists.open_with(tx, row.author)]
    if row.local and not row.gone and row.audience is Audience.PUBLIC and is_indexable(tx, row.author):
        found.append(EVERYBODY)
    return [str(subject) for subject in found]


class Callbacks:
    """Keeps who is called back. `own` is this node's host: it does not subscribe to itself."""

    def __init__(self, database: Database, clock: Clock, bus: Bus, own: str) -> None:
        self._database, self._clock, self._bus, self._own = database, clock, bus, own

    async def problem(self, address: str, subject: Subject | None = None) -> Refused | None:
        """Why we do not deal with that address, or do not tell it of the subject; or None."""
        url = parse_url(address)
        if url is None or url.fragment is not None:
            return Refused("invalid", "The callback is no http or https address.")
        host = url.authority
        if host == self._own:
            return Refused("loop", "This node does not subscribe to itself.")

        def work(tx: Transaction) -> Refused | None:
            if nodes.standing(tx, host) is Standing.BLOCKED:
                return Refused("blocked", "This node does not deal with that one.")
            others = callbacks.others_at(tx, host, address, str(subject), MOST_AT_HOST) if subject is not None else 0
            if others >= MOST_AT_HOST:
                return TOO_MANY
            return None

        return await self._database.read(work)

    async def ask(self, mode: str, wanted: Wanted, lease: int) -> Refused | None:
        """Remember what is to be verified; back only when it is on disk."""
        now = self._clock.now()

        def work(tx: Transaction) -> Refused | None:
            if callbacks.count_asks(tx) >= MOST_ASKS:
                return Refused("busy", "Too many ask at the moment. Try again in a minute.")
            callbacks.ask(tx, mode, wanted, lease, now)
            return None

        refused = await self._database.write(work)
        self._bus.nudge(TOPIC)
        return refused

    async def due(self, limit: int) -> list[Ask]:
        """What is to be verified now."""
        now = self._clock.now()
        return await self._database.read(lambda tx: callbacks.asks_due(tx, now, limit))

    async def accept(self, ask: Ask, subject: Subject) -> Refused | None:
        """It was verified: do what was asked, unless something else was asked meanwhile."""

        def work(tx: Transaction) -> Refused | None:
            if not callbacks.drop_ask(tx, ask):
                return None
            if ask.mode == "subscribe":
                return self._put(tx, ask.wanted, subject, Millis(self._clock.now() + ask.lease * 1000))
            callbacks.drop(tx, ask.wanted)
            return None

        return await self._database.write(work)

    async def put(self, wanted: Wanted, subject: Subject, until: Millis) -> Refused | None:
        """Call back there from now on."""
        return await self._database.write(lambda tx: self._put(tx, wanted, subject, until))

    def _put(self, tx: Transaction, wanted: Wanted, subject: Subject, until: Millis) -> Refused | None:
        url = parse_url(wanted.address)
        assert url is not None
        tx.lock("callbacks")  # else two that are verified at once could both be the last one
        if callbacks.others_at(tx, url.authority, wanted.address, str(subject), MOST_AT_HOST) >= MOST_AT_HOST:
            return TOO_MANY
        callbacks.put(tx, wanted, str(subject), url.authority, until)
        return None

    async def tell_outward(self, chosen: list[Wanted]) -> None:
        """Tell those of what is written here, and no others that were chosen so before."""

        def work(tx: Transaction) -> None:
            for known in callbacks.by_ways(tx, str(EVERYBODY), list(OUTWARD)):
                if known not in chosen:
                    callbacks.drop(tx, known)
            for wanted in chosen:
                url = parse_url(wanted.address)
                assert url is not None
                callbacks.put(tx, wanted, str(EVERYBODY), url.authority, _ALWAYS)

        await self._database.write(work)

    async def drop(self, wanted: Wanted) -> None:
        """Call back there no more."""
        await self._database.write(lambda tx: callbacks.drop(tx, wanted))

    async def refuse(self, ask: Ask) -> None:
        """It was not verified."""
        await self._database.write(lambda tx: callbacks.drop_ask(tx, ask))

    async def put_off(self, ask: Ask, seconds: float) -> None:
        """It cannot be verified now."""
        due = Millis(self._clock.now() + round(seconds * 1000))
        await self._database.write(lambda tx: callbacks.put_off(tx, ask, due))

    async def told(self, endpoint: Endpoint, recorded: Recorded) -> list[Callback]:
        """What that endpoint is to be told because of the change, as its subscriptions now stand."""
        now = self._clock.now()

        def work(tx: Transaction) -> list[Callback]:
            subjects = subjects_told(tx, recorded)
            return callbacks.at_endpoint(tx, endpoint.id, subjects, now) if subjects else []

        return await self._database.read(work)

    async def drop_ended(self) -> int:
        """Forget subscriptions that ended."""
        now = self._clock.now()
        return await self._database.write(lambda tx: callbacks.drop_ended(tx, now))
