"""The firehose: what became of public posts, in the order of the change log, for whoever builds an index or a view.

The log holds no words. What is told of a post is read from its row when it is told: one taken back since is told as
deleted at every place where it was spoken of, and nothing is kept here for those who listen.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from msgspec.structs import replace

from scattershot.app.tallies import VIA
from scattershot.app.turns import Turns
from scattershot.domain.ids import MicroblogId, Millis, Seq
from scattershot.domain.node import Standing
from scattershot.domain.post import Audience, Post
from scattershot.domain.record import Kind, Recorded
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import log, microblogs, posts, wire_ids

MOST = 1_000
"""Changes told in one stretch."""
WINDOW = 2_000
"""Places of the log that one look goes over: a millisecond or two on the event loop."""
_KINDS = [Kind.POSTED, Kind.EDITED, Kind.DELETED, Kind.PROFILE_CHANGED, Kind.VANISHED]


class Word(StrEnum):
    """What is told."""

    CREATED = "created"
    EDITED = "edited"
    DELETED = "deleted"
    AUTHOR = "author"
    """An author's profile is another; whether its posts may be found may be, too."""


class Told(NamedTuple):
    """One thing told; `id` is the wire's name of the post or author. `post` is there where the post is; `indexable` and
    `gone` are said of authors."""

    seq: Seq
    at: Millis
    word: Word
    id: str
    post: Post | None = None
    indexable: bool = False
    gone: bool = False


class Stretch(NamedTuple):
    """What is told behind one place and up to another; `turn` is for `Firehose.beyond`."""

    told: list[Told]
    up_to: Seq
    turn: int = 0


class Bounds(NamedTuple):
    """The first place that is remembered and the last that is taken."""

    oldest: Seq
    newest: Seq


class Firehose:
    """Reads it; `everywhere` tells posts of other nodes too. Have `nudge` called after every step of the readers."""

    def __init__(self, database: Database, *, everywhere: bool) -> None:
        self._database, self._everywhere = database, everywhere
        self._turns = Turns()

    async def bounds(self) -> Bounds:
        """How far it reaches now."""
        return await self._database.read(lambda tx: Bounds(log.oldest(tx), log.newest(tx)))

    async def is_lost(self, seq: Seq) -> bool:
        """Whether what was told at that place is not here any more, since the store was put back to a backup."""
        return await self._database.read(lambda tx: log.is_lost(tx, seq))

    async def stretch(self, after: Seq, limit: int = MOST) -> Stretch:
        """What is told next behind that place. It ends at that place where there is no more, and may tell nothing and
        end further on: then there is more."""
        turn = self._turns.now
        return (await self._database.read(lambda tx: stretch(tx, after, limit, self._everywhere)))._replace(turn=turn)

    def nudge(self) -> None:
        """The log has grown. From the event loop."""
        self._turns.nudge()

    async def beyond(self, turn: int, seconds: float) -> bool:
        """Wait until there may be more than there was in that turn; False where there was none for so long."""
        return await self._turns.beyond(turn, seconds)


def stretch(tx: Transaction, after: Seq, limit: int, everywhere: bool) -> Stretch:
    """See `Firehose.stretch`. The end is looked up first: what comes meanwhile is for the next look."""
    behind = log.first_behind(tx, after)
    if behind is None:
        return Stretch([], after)
    last = log.last_up_to(tx, Seq(behind + WINDOW))  # a place that there is: whoever comes back names it
    batch = log.told_of(tx, _KINDS, after, last, limit, everywhere=everywhere)
    found = _Found(tx, batch)
    told = [each for each in map(found.told, batch) if each is not None]
    return Stretch(told, batch[-1].seq if len(batch) == limit else last)


class _Found:
    """The rows that a batch of changes is about."""

    def __init__(self, tx: Transaction, batch: Sequence[Recorded]) -> None:
        self._tx = tx
        self._posts = posts.with_graves(tx, list({each.post for each in batch if each.post is not None}))
        authors = {row.author for row in self._posts.values()} | {each.actor for each in batch}
        self._authors = microblogs.get_many(tx, list(authors))
        self._heard: dict[MicroblogId, bool] = {}

    def told(self, recorded: Recorded) -> Told | None:
        """What is told of a change; None where nobody is told."""
        if recorded.kind in (Kind.PROFILE_CHANGED, Kind.VANISHED):
            return self._of_author(recorded)
        row = self._posts.get(recorded.post) if recorded.post is not None else None
        if row is None or row.audience is not Audience.PUBLIC or recorded.via == VIA:
            return None
        if row.gone or recorded.kind is Kind.DELETED:
            name = wire_ids.of(self._tx, row.id, wire_ids.Thing.POST)
            return Told(recorded.seq, recorded.at, Word.DELETED, name.value) if name is not None else None
        if not self._is_told(row.author):
            return None
        post = row.post
        if self._authors[row.author].sensitive and not post.sensitive:
            post = replace(post, sensitive=True)
        word = Word.CREATED if recorded.kind is Kind.POSTED else Word.EDITED
        return Told(recorded.seq, recorded.at, word, post.id.value, post)

    def _of_author(self, recorded: Recorded) -> Told | None:
        row = self._authors.get(recorded.actor)
        if row is None:
            return None
        indexable = self._is_told(row.id)
        name = row.profile.id.value
        return Told(recorded.seq, recorded.at, Word.AUTHOR, name, indexable=indexable, gone=row.gone)

    def _is_told(self, author: MicroblogId) -> bool:
        """Whether its public posts are told: it lets them be found, and those who run the node let it be heard."""
        known = self._heard.get(author)
        if known is None:
            row, stand = self._authors.get(author), microblogs.stand_of(self._tx, author)
            known = self._heard[author] = (
                row is not None
                and stand is not None
                and not row.gone
                and row.profile.indexable
                and row.standing is Standing.NORMAL
                and stand.node_standing in (None, Standing.NORMAL)
            )
        return known
