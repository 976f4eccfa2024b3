"""Topics: what programs may listen to, and who listens. What happens is rendered once for all who hear it.

They follow the change log behind fan-out, like `streams` does for pages; nothing is kept on disk, and whoever was away
asks the lists instead.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import NamedTuple, Protocol

from scattershot.app.filters import Filters
from scattershot.app.items import Item
from scattershot.app.notifications import Conversation, Notice, Notifications
from scattershot.app.shelves import Said, is_listed
from scattershot.app.soon import Soon
from scattershot.app.timelines import Timelines
from scattershot.domain.ids import MicroblogId, Millis, NotificationId, PostId, Seq
from scattershot.domain.post import Audience
from scattershot.domain.record import ALTERING, Kind, Recorded
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import log, notifications, posts, relations, timelines

BATCH = 200
"""Changes looked at in one read."""


class About(Enum):
    """What sort of topic it is."""

    HOME = "home"
    PUBLIC = "public"
    TAG = "tag"
    TOLD = "told"
    """What the owner is told."""
    PRIVATE = "private"
    """The owner's private conversations."""
    LIST = "list"
    """A list of the owner."""


_OF_OWNERS = (About.HOME, About.LIST)
"""Topics whose posts their owner sees."""


class Topic(NamedTuple):
    """One thing to listen to. `owner` is whose home, notifications, conversations or `list` it is; of public posts
    `local` says whether those of here (None: both), and `media` that only those with attachments; `tag` is in small
    letters."""

    about: About
    owner: MicroblogId | None = None
    local: bool | None = None
    media: bool = False
    tag: str = ""
    list: int = 0


class Event(Enum):
    """What happened: to a post, but for the last seven."""

    NEW = "new"
    EDITED = "edited"
    DELETED = "deleted"
    NOTIFIED = "notified"
    CONVERSED = "conversed"
    LET_IN = "let_in"
    """Notifications that waited stand among the others now."""
    FILTERED = "filtered"
    """The filters of whose home it is are others now; there is nothing more to say."""
    ANNOUNCED = "announced"
    """Those who run the node say something."""
    REACTED = "reacted"
    """Somebody put an emoji beneath that."""
    WITHDRAWN = "withdrawn"
    """It is said no more."""


class News(NamedTuple):
    """What is told on a topic: a post, a notification, a conversation or an announcement, ready as its listeners get
    it, or of a deleted post its id."""

    topic: Topic
    event: Event
    body: bytes


class Hearer(Protocol):
    """Somebody who listens. `viewer` is as whom, so that nobody hears those whom it does not want to."""

    viewer: MicroblogId | None

    def hear(self, news: News) -> None:
        """Take the news, at once; what cannot be taken is the hearer's affair."""
        ...


Render = Callable[[Transaction, Item, MicroblogId | None, Millis], bytes]
"""A post as JSON, as the viewer sees it; None is anyone."""


class RenderTold(Protocol):
    """Puts what somebody is told into words."""

    def one(self, tx: Transaction, notice: Notice, owner: MicroblogId, now: Millis) -> bytes:
        """A notification as JSON."""
        ...

    def conversation(self, tx: Transaction, found: Conversation, owner: MicroblogId, now: Millis) -> bytes:
        """A conversation as JSON."""
        ...


class Topics:
    """Who listens to what. Have `nudge` called after every step of the readers."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        reads: Timelines,
        told: Notifications,
        filters: Filters,
        render: Render,
        render_told: RenderTold,
    ) -> None:
        self._database, self._clock, self._reads, self._told = database, clock, reads, told
        self._filters = filters
        filters.on_change(self._filtered)
        self._render, self._render_told = render, render_told
        self._hearers: dict[Topic, dict[Hearer, None]] = {}
        self._seq: Seq | None = None
        self._newest = NotificationId(0)
        self._soon = Soon(self.step, "listening programs were not told")
        self._one_at_a_time = asyncio.Lock()

    # -- who listens

    def add(self, topic: Topic, hearer: Hearer) -> None:
        """From now on the hearer is told of it."""
        self._hearers.setdefault(topic, {})[hearer] = None

    def drop(self, topic: Topic, hearer: Hearer) -> None:
        """The hearer is told of it no more."""
        theirs = self._hearers.get(topic)
        if theirs is not None:
            theirs.pop(hearer, None)
            if not theirs:
                del self._hearers[topic]

    def __len__(self) -> int:
        return len(self._hearers)

    # -- telling

    def nudge(self) -> None:
        """The readers have come further: tell who listens, soon. From the event loop."""
        if not self._hearers:
            self._seq = None
        else:
            self._soon.nudge()

    async def begin(self) -> None:
        """Note where the log stands, so that what comes after somebody began to listen is told."""
        if self._seq is None:
            start = await self._database.read(lambda tx: (log.cursor(tx, "fanout"), notifications.newest(tx)))
            self._seq, self._newest = start[0], start[1]

    async def step(self) -> int:
        """Tell of one batch of changes; how many were looked at. One at a time, or two would tell the same."""
        async with self._one_at_a_time:
            await self.begin()
            after, newest = self._seq, self._newest
            assert after is not None
            told = await self._database.read(lambda tx: self._look(tx, after, newest))
            self._seq, self._newest = told.up_to, told.newest
            for each in told.heard:
                for hearer in list(self._hearers.get(each.news.topic, ())):
                    if hearer.viewer not in each.deaf and each.only in (None, hearer.viewer):
                        hearer.hear(each.news)
            return told.up_to - after + (told.newest > newest)

    def let_in(self, owner: MicroblogId) -> None:
        """What waited stands among the owner's notifications now."""
        self._tell(News(Topic(About.TOLD, owner), Event.LET_IN, b"1"))

    def tell_homes(self, event: Event, body: bytes) -> None:
        """Tell something to all who listen to their home."""
        for topic in [topic for topic in self._hearers if topic.about is About.HOME]:
            self._tell(News(topic, event, body))

    def _filtered(self, owner: MicroblogId) -> None:
        self._tell(News(Topic(About.HOME, owner), Event.FILTERED, b""))

    def _tell(self, news: News) -> None:
        for hearer in list(self._hearers.get(news.topic, ())):
            hearer.hear(news)

    def _look(self, tx: Transaction, after: Seq, newest: NotificationId) -> "_Told":
        spread = log.cursor(tx, "fanout")
        batch = [each for each in log.after(tx, after, BATCH) if each.seq <= spread]
        notified = notifications.since(tx, newest, BATCH)
        heard = [each for one in notified for each in self._notified(tx, one)]
        told = _Told(batch[-1].seq if batch else after, notified[-1].id if notified else newest, heard)
        for recorded in batch:
            if recorded.post is not None:
                told.heard.extend(self._heard(tx, recorded, recorded.post))
        return told

    def _notified(self, tx: Transaction, told: notifications.Told) -> "Iterable[_Heard]":
        topic = Topic(About.TOLD, told.owner)
        notice = self._told.get_in(tx, told.owner, told.id) if topic in self._hearers else None
        if notice is None:
            return []
        body = self._render_told.one(tx, notice, told.owner, self._clock.now())
        return [_Heard(News(topic, Event.NOTIFIED, body), frozenset())]

    def _conversed(self, tx: Transaction, row: posts.Row) -> "Iterable[_Heard]":
        for topic in self._hearers:
            if topic.about is About.PRIVATE and topic.owner is not None:
                found = self._told.conversation_with_in(tx, topic.owner, row.id)
                if found is not None:
                    body = self._render_told.conversation(tx, found, topic.owner, self._clock.now())
                    yield _Heard(News(topic, Event.CONVERSED, body), frozenset())

    def _heard(self, tx: Transaction, recorded: Recorded, post: PostId) -> "Iterable[_Heard]":
        entry = recorded.boost or post
        match recorded.kind:
            case kind if kind is Kind.POSTED or kind in ALTERING:
                event = Event.NEW if recorded.kind is Kind.POSTED else Event.EDITED
                row = posts.get(tx, post)
                if row is None or row.gone:
                    return []
                topics = [*self._homes(tx, entry), *(self._public(row) if row.audience is Audience.PUBLIC else ())]
                topics += self._lists(tx, entry, row.author, row.author)
                private = self._conversed(tx, row) if row.audience is Audience.MENTIONED else ()
                return [*self._rendered(tx, event, entry, row.author, topics), *private]
            case Kind.BOOSTED:
                topics = self._homes(tx, entry)
                if recorded.target is not None:
                    topics += self._lists(tx, entry, recorded.actor, recorded.target)
                return self._rendered(tx, Event.NEW, entry, recorded.actor, topics)
            case Kind.DELETED | Kind.UNBOOSTED:
                # The rows that said whom it had reached are gone; a bare id tells the others nothing.
                everywhere = recorded.kind is Kind.DELETED
                body = str(entry).encode()
                return [
                    _Heard(News(topic, Event.DELETED, body), frozenset())
                    for topic in self._hearers
                    if topic.about in _OF_OWNERS or (everywhere and topic.about in (About.PUBLIC, About.TAG))
                ]
            case _:
                return []

    def _homes(self, tx: Transaction, entry: PostId) -> list[Topic]:
        """The homes that are listened to and have the entry."""
        owners = [topic.owner for topic in self._hearers if topic.about is About.HOME and topic.owner is not None]
        reached = timelines.owners_of(tx, entry, owners) if owners else []
        return [Topic(About.HOME, owner) for owner in reached]

    def _lists(self, tx: Transaction, entry: PostId, speaker: MicroblogId, author: MicroblogId) -> list[Topic]:
        """The lists that are listened to and show the entry."""
        now = self._clock.now()
        return [
            topic
            for topic in self._hearers
            if topic.about is About.LIST
            and topic.owner is not None
            and is_listed(tx, topic.owner, topic.list, Said(entry, speaker, author), now)
        ]

    def _public(self, row: posts.Row) -> list[Topic]:
        """The topics that are listened to and have a public post."""
        tags = {tag.lower() for tag in row.post.tags}
        with_media = bool(row.post.attachments)
        return [
            topic
            for topic in self._hearers
            if topic.about in (About.PUBLIC, About.TAG)
            and (topic.local is None or topic.local == row.local)
            and (with_media or not topic.media)
            and (topic.about is About.PUBLIC or topic.tag in tags)
        ]

    def _rendered(
        self, tx: Transaction, event: Event, entry: PostId, speaker: MicroblogId, topics: Sequence[Topic]
    ) -> "Iterable[_Heard]":
        """The post for each topic: once for anyone, once for all at home who have had nothing to do with it, and anew
        for each who has."""
        if not topics:
            return []
        now = self._clock.now()
        anyone = self._reads.item_in(tx, entry, None) if any(topic.owner is None for topic in topics) else None
        owners = [topic.owner for topic in topics if topic.owner is not None]
        post = self._reads.post_of(tx, entry)
        concerned = relations.concerned_with(tx, post, owners) if owners else set()
        plain: bytes | None = None
        heard = []
        deaf = self._deaf(tx, speaker, topics, now)
        for topic in topics:
            viewer = topic.owner
            alike = viewer is not None and viewer != speaker and viewer not in concerned
            if alike and plain is not None:
                heard.append(_Heard(News(topic, event, plain), frozenset()))
                continue
            item = anyone if viewer is None else self._reads.item_in(tx, entry, viewer)
            if item is None:
                continue
            body = self._render(tx, item, viewer, now)
            plain = body if alike else plain
            if viewer is not None:
                heard.append(_Heard(News(topic, event, body), frozenset()))
                continue
            meeting = self._meeting(tx, item, topic, now) - deaf
            heard.append(_Heard(News(topic, event, body), deaf | meeting))
            for one in meeting:
                own = self._reads.item_in(tx, entry, one)
                if own is not None:
                    heard.append(_Heard(News(topic, event, self._render(tx, own, one, now)), frozenset(), one))
        return heard

    def _meeting(self, tx: Transaction, item: Item, topic: Topic, now: Millis) -> frozenset[MicroblogId]:
        """Those who listen to a public topic and have a filter that the post meets: they are to be told so with it."""
        found = set()
        for viewer in {hearer.viewer for hearer in self._hearers[topic] if hearer.viewer is not None}:
            sieve = self._filters.sieve(tx, viewer, now)
            if sieve is not None and sieve.met(item.entry, item.id, item.post):
                found.add(viewer)
        return frozenset(found)

    def _deaf(
        self, tx: Transaction, speaker: MicroblogId, topics: Sequence[Topic], now: Millis
    ) -> frozenset[MicroblogId | None]:
        """Those who listen to what is public and do not want to hear the speaker; homes are sorted out already."""
        viewers = {
            hearer.viewer
            for topic in topics
            if topic.about not in _OF_OWNERS
            for hearer in self._hearers[topic]
            if hearer.viewer is not None
        }
        return frozenset(relations.hiding(tx, speaker, list(viewers), now)) if viewers else frozenset()


class _Heard(NamedTuple):
    """News, and those listeners whom it is not told, or the one who alone is told."""

    news: News
    deaf: frozenset[MicroblogId | None]
    only: MicroblogId | None = None


class _Told(NamedTuple):
    up_to: Seq
    newest: NotificationId
    heard: list[_Heard]
