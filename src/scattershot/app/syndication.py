"""Syndication: what feeds of this node are about, and what is in them.

A feed shows what the page beside it shows to a stranger, and nothing else: open posts of a microblog kept here without
what it passed on, public posts with a tag or of those in a list, the open posts of a conversation. What came here by a
feed is not fed on: two nodes that follow such feeds of each other would never come to an end.
"""

from typing import NamedTuple

from scattershot.app.items import ALL, OPEN, Face, Item, line
from scattershot.app.open_lists import OpenLists, open_list, written_in
from scattershot.app.reading import readable
from scattershot.app.timelines import Timelines
from scattershot.domain.choosing import EVERY, Tags
from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.microblog import Handle
from scattershot.domain.post import Audience
from scattershot.domain.syndicated import About, Subject
from scattershot.domain.window import Window
from scattershot.domain.wire_id import FEEDS
from scattershot.ports.database import Transaction
from scattershot.storage.tables import microblogs, open_posts, posts, relations

PAGE = 30
"""Posts of one page of a feed."""
LONGEST_THREAD = 500
LONGEST_LIST = 10_000
"""Microblogs in the list of whom somebody follows."""
MOST_TIES = 2_000
"""Microblogs of each direction in what is told as linked data."""

_AUDIENCES = [audience.value for audience in Audience if audience.is_open]


class Leaf(NamedTuple):
    """A page of a feed, newest first; `following` is the id to go on below, None at the end. `face` is whose feed it
    is, and None for a tag's; `title` is a list's."""

    subject: Subject
    face: Face | None
    items: list[Item]
    following: PostId | None
    title: str = ""


class Syndication:
    """Reads for feeds; `domain` is the node's first."""

    def __init__(self, timelines: Timelines, domain: str) -> None:
        self._timelines, self._domain = timelines, domain

    async def microblog(self, name: str, *, replies: bool = False) -> Subject | None:
        """The feed of the microblog kept here of that name, `name` or `name@domain`."""
        face = await self._timelines.named(name)
        if face is None or not face.local:
            return None
        return Subject(About.REPLIES if replies else About.MICROBLOG, str(face.id))

    async def author(self, post: PostId) -> Face | None:
        """Who wrote the post, where that is a microblog kept here."""

        def work(tx: Transaction) -> Face | None:
            row = posts.get(tx, post)
            face = self._timelines.items.faces(tx, [row.author]).get(row.author) if row is not None else None
            return face if face is not None and face.local else None

        return await self._timelines.read(work)

    async def thread(self, name: str, post: int) -> Subject | None:
        """The feed of the conversation to which that post of the microblog kept here belongs."""
        face = await self._timelines.named(name)
        if face is None or not face.local:
            return None

        def work(tx: Transaction) -> Subject | None:
            row = posts.get(tx, PostId(post)) if 0 <= post < posts.END else None
            if row is None or row.gone or row.author != face.id or not row.audience.is_open:
                return None
            return Subject(About.THREAD, str(row.thread))

        return await self._timelines.read(work)

    async def open_list(self, name: str, list_id: int) -> Subject | None:
        """The feed of that list of the microblog kept here, where its owner shows it to anybody."""
        found = await OpenLists(self._timelines).named(name, list_id)
        return Subject(About.LIST, str(list_id)) if found is not None else None

    async def leaf(self, subject: Subject, before: int | None = None, limit: int = PAGE) -> Leaf | None:
        """A page of the feed, or None where there is none any more."""
        below = PostId(min(before, posts.END)) if before is not None else posts.END
        return await self._timelines.read(lambda tx: self._leaf(tx, subject, below, limit))

    async def news(self, subject: Subject, post: PostId) -> Leaf | None:
        """That one post as the feed shows it, be it new or altered; None where the feed does not show it."""
        leaf = await self.leaf(subject, post + 1, 1)
        return leaf if leaf is not None and [item.id for item in leaf.items] == [post] else None

    def _leaf(self, tx: Transaction, subject: Subject, below: PostId, limit: int) -> Leaf | None:
        match subject.about:
            case About.MICROBLOG | About.REPLIES:
                return self._of_microblog(tx, subject, below, limit)
            case About.TAG:
                rows = open_posts.tagged(tx, Tags((subject.key,)), EVERY, Window(below), limit + 1)
                return self._made(tx, subject, None, rows, limit)
            case About.THREAD:
                return self._of_thread(tx, subject, below, limit)
            case About.LIST:
                return self._of_list(tx, subject, below, limit)
            case About.HERE:
                return None

    def _of_microblog(self, tx: Transaction, subject: Subject, below: PostId, limit: int) -> Leaf | None:
        number = MicroblogId(int(subject.key))
        face = self._timelines.items.faces(tx, [number]).get(number)
        if face is None or not face.local:
            return None
        with_replies = subject.about is About.REPLIES
        rows = posts.by_author(tx, number, _AUDIENCES, below, limit + 1, replies=with_replies)
        return self._made(tx, subject, face, rows, limit)

    def _of_list(self, tx: Transaction, subject: Subject, below: PostId, limit: int) -> Leaf | None:
        row = open_list(tx, int(subject.key))
        face = self._timelines.items.faces(tx, [row.owner]).get(row.owner) if row is not None else None
        if row is None or face is None or not face.local:
            return None
        found, following = written_in(tx, row, Window(below), limit)
        seen = readable(tx, _own_words(found), None)
        items = self._timelines.made_in(tx, [line(each) for each in seen], None, OPEN)
        return Leaf(subject, face, items, following, row.title)

    def _of_thread(self, tx: Transaction, subject: Subject, below: PostId, limit: int) -> Leaf | None:
        rows = [row for row in posts.thread(tx, PostId(int(subject.key)), LONGEST_THREAD) if row.audience.is_open]
        if not rows:
            return None
        face = self._timelines.items.faces(tx, [rows[0].author]).get(rows[0].author)
        return self._made(tx, subject, face, [row for row in reversed(rows) if row.id < below][: limit + 1], limit)

    def _made(self, tx: Transaction, subject: Subject, face: Face | None, rows: list[posts.Row], limit: int) -> Leaf:
        seen = readable(tx, _own_words(rows[:limit]), None)
        shown = OPEN if subject.about is About.TAG else ALL
        items = self._timelines.made_in(tx, [line(row) for row in seen], None, shown)
        return Leaf(subject, face, items, rows[limit - 1].id if len(rows) > limit else None)

    async def ties(self, face: Face) -> tuple[list[Face], list[Face]]:
        """Whom a microblog kept here follows and who follows it, where it shows that to anybody; of its followers those
        who show theirs."""
        if face.profile.hides_graph:
            return [], []

        def work(tx: Transaction) -> tuple[list[Face], list[Face]]:
            following = relations.following(tx, face.id, MicroblogId(0), MOST_TIES)
            followers = relations.followers(tx, face.id, MicroblogId(0), MOST_TIES)
            shown = [each for each in self._timelines.faces_in(tx, followers) if not each.profile.hides_graph]
            return self._timelines.faces_in(tx, following), shown

        return await self._timelines.read(work)

    async def followed(self, name: str) -> tuple[Face, list[Face]] | None:
        """A microblog kept here and whom it follows, where it shows that to anybody."""
        bare, _, domain = name.partition("@")

        def work(tx: Transaction) -> tuple[Face, list[Face]] | None:
            row = microblogs.named(tx, Handle(bare, domain or self._domain))
            face = self._timelines.items.faces(tx, [row.id]).get(row.id) if row is not None else None
            if face is None or not face.local or face.profile.hides_graph:
                return None
            ids = relations.following(tx, face.id, MicroblogId(0), LONGEST_LIST)
            return face, self._timelines.faces_in(tx, ids)

        return await self._timelines.read(work)


def _own_words(rows: list[posts.Row]) -> list[posts.Row]:
    """Those that did not come by a feed."""
    return [row for row in rows if row.post.id.protocol != FEEDS]
