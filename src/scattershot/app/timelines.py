"""Timelines for people: lists of posts as one viewer sees them, threads, profiles and notifications."""

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple, TypeVar

from msgspec import Struct, structs

from scattershot.app.glimpses import Glimpses
from scattershot.app.items import ALL, OPEN, UNMUTED, Face, Item, Items, Line, Shown, line
from scattershot.app.reading import open_to, readable
from scattershot.domain.choosing import EVERY, Tags, Which
from scattershot.domain.ids import MicroblogId, NotificationId, PostId, Seq
from scattershot.domain.microblog import Handle, Voice
from scattershot.domain.post import Post
from scattershot.domain.window import FROM_THE_TOP, Window
from scattershot.domain.wire_id import WireId
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import (
    counts,
    log,
    markers,
    microblogs,
    notifications,
    open_posts,
    posts,
    relations,
    wire_ids,
)

T = TypeVar("T")

PAGE = 20
"""Posts on a page."""
COUNTED = 100
"""Nobody counts further than this what they have not looked at."""
LONGEST_THREAD = 500
"""Posts of a conversation that are looked at for one page."""


class Page(Struct, frozen=True):
    """A stretch of a list, newest first; `next` is where an older page begins, or None at the end."""

    items: list[Item]
    next: int | None = None
    place: Seq = Seq(0)
    """How far the change log was spread when it was read: what comes later is news."""


class Version(NamedTuple):
    """How a post read, and since when."""

    at: int
    post: Post


class Reply(Struct, frozen=True):
    """A reply in a thread, and how many steps below the post that the page is about."""

    item: Item
    depth: int


class Thread(Struct, frozen=True):
    """A post among those it answers, oldest first, and its replies, each followed by its own."""

    item: Item
    before: list[Item]
    replies: list[Reply]
    missing: str = ""
    """The address of the post that the first one answers, where that is not known here."""


class About(Struct, frozen=True, kw_only=True):
    """A microblog as its page shows it to one viewer."""

    face: Face
    posts: int
    followers: int
    following: int
    is_viewer: bool = False
    follows: str = ""
    """`yes`, `asked` or nothing: whether the viewer follows it."""
    follows_viewer: bool = False
    muted: bool = False
    blocked: bool = False
    blocks_viewer: bool = False
    moved_to: Face | None = None


class Timelines:
    """Reads for people; every answer holds only what the viewer may see. `domain` is the node's first."""

    def __init__(self, database: Database, clock: Clock, domain: str) -> None:
        self._database, self._clock, self._domain = database, clock, domain
        self._items = Items(domain)
        self.glimpses = Glimpses(database, self._items)

    @property
    def items(self) -> Items:
        """What makes its items, for others who show microblogs: they remember the same faces."""
        return self._items

    def stamp(self) -> int | None:
        """A number that stays the same while nothing at all is written; None where nobody knows."""
        return self._database.stamp()

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """Run several of these reads on one snapshot: those that end in `_in`, and whatever takes a transaction."""
        return await self._database.read(work)

    def _made(
        self, tx: Transaction, lines: Sequence[Line], viewer: MicroblogId | None, shown: Shown = UNMUTED
    ) -> list[Item]:
        return self._items.make(tx, lines, viewer, self._clock.now(), shown)

    def made_in(
        self, tx: Transaction, lines: Sequence[Line], viewer: MicroblogId | None, shown: Shown = UNMUTED
    ) -> list[Item]:
        """The items of lines whose posts the viewer may see, within a transaction."""
        return self._made(tx, lines, viewer, shown)

    def entries_in(
        self, tx: Transaction, entries: Sequence[PostId], viewer: MicroblogId | None, shown: Shown = UNMUTED
    ) -> list[Item]:
        """Those of the posts and boosts of these ids that the viewer may see, in the same order."""
        boosts = {boost.id: boost for boost in posts.boosts(tx, list(entries))} if entries else {}
        of = {entry: boosts[entry].post if entry in boosts else entry for entry in entries}
        known = posts.get_many(tx, list(of.values())) if entries else {}
        may = {row.id for row in readable(tx, list(known.values()), viewer)}
        lines = [
            Line(entry, known[post], boosts[entry].booster if entry in boosts else None)
            for entry, post in of.items()
            if post in may
        ]
        return self._made(tx, lines, viewer, shown)

    # -- lists of posts

    async def home(self, owner: MicroblogId, window: Window = FROM_THE_TOP, limit: int = PAGE) -> Page:
        """What came to the owner's home timeline."""
        return await self.read(lambda tx: self.home_in(tx, owner, window, limit))

    def home_in(self, tx: Transaction, owner: MicroblogId, window: Window, limit: int) -> Page:
        """The same within a transaction."""
        found = posts.at_home(tx, owner, window, limit)
        boosted = [entry for entry, row in found if entry != row.id]
        boosters = {boost.id: boost.booster for boost in posts.boosts(tx, boosted)} if boosted else {}
        lines = [Line(entry, row, boosters.get(entry)) for entry, row in found if entry == row.id or entry in boosters]
        last = found[-1].entry if len(found) == limit else None
        return Page(self._made(tx, lines, owner), last, log.cursor(tx, "fanout"))

    async def public(
        self,
        viewer: MicroblogId | None,
        window: Window = FROM_THE_TOP,
        limit: int = PAGE,
        which: Which = EVERY,
    ) -> Page:
        """Public posts known here."""
        return await self.read(lambda tx: self.public_in(tx, viewer, window, limit, which))

    def public_in(self, tx: Transaction, viewer: MicroblogId | None, window: Window, limit: int, which: Which) -> Page:
        """The same within a transaction."""
        return self._open_page(tx, open_posts.known(tx, which, window, limit), viewer, limit)

    async def tagged(
        self, tag: str, viewer: MicroblogId | None, window: Window = FROM_THE_TOP, limit: int = PAGE
    ) -> Page:
        """Public posts with the tag."""
        return await self.read(lambda tx: self.tagged_in(tx, Tags((tag.lower(),)), viewer, window, limit, EVERY))

    def tagged_in(
        self, tx: Transaction, tags: Tags, viewer: MicroblogId | None, window: Window, limit: int, which: Which
    ) -> Page:
        """Public posts with certain tags, within a transaction."""
        return self._open_page(tx, open_posts.tagged(tx, tags, which, window, limit), viewer, limit)

    def _open_page(self, tx: Transaction, found: list[posts.Row], viewer: MicroblogId | None, limit: int) -> Page:
        items = self._made(tx, [line(row) for row in readable(tx, found, viewer)], viewer, OPEN)
        return Page(items, found[-1].id if len(found) == limit else None)

    async def by(
        self, author: MicroblogId, viewer: MicroblogId | None, before: int | None = None, *, replies: bool = False
    ) -> Page:
        """What the author wrote, with or without what answers others, and what it passed on."""
        return await self.read(lambda tx: self._by(tx, author, viewer, _below(before), replies=replies))

    def _by(
        self, tx: Transaction, author: MicroblogId, viewer: MicroblogId | None, before: PostId, *, replies: bool
    ) -> Page:
        if viewer is not None and relations.blocks(tx, author, viewer):
            return Page([])
        audiences = open_to(tx, author, viewer)
        lines = [line(row) for row in posts.by_author(tx, author, audiences, before, PAGE, replies=replies)]
        boosts = posts.boosts_by(tx, author, before, PAGE)
        known = posts.get_many(tx, [boost.post for boost in boosts]) if boosts else {}
        seen = {row.id for row in readable(tx, list(known.values()), viewer)}
        lines += [Line(boost.id, known[boost.post], author) for boost in boosts if boost.post in seen]
        lines.sort(reverse=True, key=lambda each: each.entry)
        shown = lines[:PAGE]
        is_end = len(lines) <= PAGE and len(boosts) < PAGE
        return Page(self._made(tx, shown, viewer, ALL), None if is_end or not shown else shown[-1].entry)

    async def pinned(self, author: MicroblogId, viewer: MicroblogId | None) -> list[Item]:
        """What the author shows first."""

        def work(tx: Transaction) -> list[Item]:
            pins = relations.pinned(tx, author)
            known = posts.get_many(tx, pins) if pins else {}
            may = {row.id for row in readable(tx, list(known.values()), viewer)}
            return self._made(tx, [line(known[pin]) for pin in pins if pin in may], viewer, ALL)

        return await self.read(work)

    # -- one post

    async def item(self, entry: int, viewer: MicroblogId | None) -> Item | None:
        """The post or boost of that id, where the viewer may see it."""
        return await self.read(lambda tx: self.item_in(tx, entry, viewer))

    def item_in(self, tx: Transaction, entry: int, viewer: MicroblogId | None) -> Item | None:
        """The same within a transaction."""
        boost = posts.boost(tx, PostId(entry))
        row = posts.get(tx, boost.post if boost is not None else PostId(entry))
        if row is None or row.gone or not readable(tx, [row], viewer):
            return None
        booster = boost.booster if boost is not None else None
        made = self._made(tx, [Line(PostId(entry), row, booster)], viewer, ALL)
        return made[0] if made else None

    def versions_in(self, tx: Transaction, item: Item) -> list[Version]:
        """How the post of an item read from the first to now, and since when."""
        now = Version(item.post.edited or item.post.published, item.post)
        return [*(Version(each.at, each.post) for each in posts.earlier(tx, item.id)), now]

    def post_of(self, tx: Transaction, entry: PostId) -> PostId:
        """The post that an entry of a list is about: itself, or the one it passes on."""
        boost = posts.boost(tx, entry)
        return boost.post if boost is not None else entry

    def items_in(self, tx: Transaction, ids: Sequence[PostId], viewer: MicroblogId | None) -> list[Item]:
        """Those of the posts that the viewer may see, in the same order."""
        known = posts.get_many(tx, list(ids)) if ids else {}
        may = {row.id for row in readable(tx, list(known.values()), viewer)}
        return self._made(tx, [line(known[post]) for post in ids if post in may], viewer, ALL)

    def items_by_id_in(self, tx: Transaction, wanted: Collection[PostId], viewer: MicroblogId) -> dict[PostId, Item]:
        """The same by their ids."""
        return {item.id: item for item in self.items_in(tx, list(wanted), viewer)} if wanted else {}

    async def boost_by(self, who: MicroblogId, post: PostId) -> PostId | None:
        """The id under which it passed the post on."""

        def work(tx: Transaction) -> PostId | None:
            boost = posts.boost_by(tx, post, who)
            return boost.id if boost is not None else None

        return await self.read(work)

    async def thread(self, post: int, viewer: MicroblogId | None) -> Thread | None:
        """The post among those it answers and those that answer it, where the viewer may see it."""
        return await self.read(lambda tx: self._thread(tx, PostId(post), viewer))

    def _thread(self, tx: Transaction, post: PostId, viewer: MicroblogId | None) -> Thread | None:
        row = posts.get(tx, post)
        if row is None or row.gone or not readable(tx, [row], viewer):
            return None
        found = {each.id: each for each in posts.thread(tx, row.thread, LONGEST_THREAD)}
        found[post] = row
        seen = readable(tx, list(found.values()), viewer)
        made = self._made(tx, [line(each) for each in seen], viewer, ALL)
        items = {item.id: item for item in made}
        if post not in items:
            return None
        before = _ancestors(items, items[post])
        first = before[0] if before else items[post]
        asked = first.post.reply_to
        missing = asked.value if asked is not None and found[first.id].reply_to is None else ""
        return Thread(items[post], before, _descendants(items, post), missing)

    # -- microblogs

    async def named(self, name: str) -> Face | None:
        """The microblog of that name: `name` for one of here, or `name@domain`."""

        def work(tx: Transaction) -> Face | None:
            bare, _, domain = name.partition("@")
            row = microblogs.named(tx, Handle(bare, domain or self._domain))
            row = row or (microblogs.by_handle(tx, Handle(bare, domain.lower())) if domain else None)
            return self._items.faces(tx, [row.id]).get(row.id) if row is not None else None

        return await self.read(work)

    async def was_deleted(self, name: str) -> bool:
        """Whether the microblog of that name was kept here, and is no more."""

        def work(tx: Transaction) -> bool:
            bare, _, domain = name.partition("@")
            row = microblogs.named(tx, Handle(bare, domain or self._domain))
            return row is not None and row.gone

        return await self.read(work)

    def faces_called(self, tx: Transaction, names: Sequence[WireId]) -> list[Face]:
        """Those of the microblogs of these wire ids that may be shown, in the same order."""
        found = (wire_ids.find_as(tx, name, wire_ids.Thing.MICROBLOG) for name in names)
        ids = [MicroblogId(number) for number in dict.fromkeys(found) if number is not None]
        faces = self._items.faces(tx, ids)
        return [faces[number] for number in ids if number in faces]

    def faces_in(self, tx: Transaction, ids: Sequence[MicroblogId]) -> list[Face]:
        """Those of the microblogs that may be shown, in the same order."""
        faces = self._items.faces(tx, ids)
        return [faces[number] for number in ids if number in faces]

    async def face(self, microblog: int) -> Face | None:
        """The microblog of that id."""
        wanted = MicroblogId(microblog)
        return await self.read(lambda tx: self._items.faces(tx, [wanted]).get(wanted))

    async def about(self, face: Face, viewer: MicroblogId | None) -> About:
        """All that its page says of a microblog."""
        return await self.read(lambda tx: self._about(tx, face, viewer))

    def _about(self, tx: Transaction, face: Face, viewer: MicroblogId | None) -> About:
        row = microblogs.get(tx, face.id)
        moved_to = row.moved_to if row is not None else None
        figures = counts.counts(tx, [face.id])[face.id]
        about = About(
            face=face,
            posts=figures.posts,
            followers=figures.followers,
            following=figures.following,
            is_viewer=viewer == face.id,
            moved_to=self._items.faces(tx, [moved_to]).get(moved_to) if moved_to is not None else None,
        )
        if viewer is None or about.is_viewer:
            return about
        wish = relations.follow(tx, viewer, face.id)
        return structs.replace(
            about,
            follows="" if wish is None else "yes" if wish.accepted else "asked",
            follows_viewer=relations.follows(tx, face.id, viewer),
            muted=relations.mutes(tx, viewer, face.id, self._clock.now()),
            blocked=relations.blocks(tx, viewer, face.id),
            blocks_viewer=relations.blocks(tx, face.id, viewer),
        )

    async def graph(self, of: MicroblogId, after: int, *, followers: bool) -> tuple[list[Face], int | None]:
        """Those who follow it, or whom it follows, and where the next page begins."""

        def work(tx: Transaction) -> tuple[list[Face], int | None]:
            look = relations.followers if followers else relations.following
            ids = look(tx, of, MicroblogId(after), 2 * PAGE)
            faces = self._items.faces(tx, ids)
            return [faces[m] for m in ids if m in faces], ids[-1] if len(ids) == 2 * PAGE else None

        return await self.read(work)

    async def people_here(self) -> list[Face]:
        """The microblogs kept here that wish to be found."""

        def work(tx: Transaction) -> list[Face]:
            faces = self._items.faces(tx, [row.id for row in microblogs.here(tx)[:200]])
            return [
                face
                for face in faces.values()
                if face.profile.voice is not Voice.APPLICATION and face.profile.discoverable
            ]

        return await self.read(work)

    # -- notifications

    async def untold(self, owner: MicroblogId) -> int:
        """How many notifications the owner has not looked at, up to a hundred."""

        def work(tx: Transaction) -> int:
            seen = NotificationId(markers.place(tx, owner, markers.NOTIFICATIONS))
            return notifications.count_after(tx, owner, seen, COUNTED)

        return await self.read(work)

    async def looked_at(self, owner: MicroblogId, newest: NotificationId) -> None:
        """The owner has looked at its notifications up to there."""
        now = self._clock.now()
        if await self.read(lambda tx: markers.place(tx, owner, markers.NOTIFICATIONS)) < newest:
            await self._database.write(lambda tx: markers.advance(tx, owner, markers.NOTIFICATIONS, newest, now))


def _below(before: int | None) -> PostId:
    return PostId(before) if before is not None else posts.END


def _ancestors(items: dict[PostId, Item], item: Item) -> list[Item]:
    """Those it answers that are shown, oldest first; a circle, which only a liar makes, ends the walk."""
    before: list[Item] = []
    met = {item.id}
    parent = items.get(item.reply_to) if item.reply_to is not None else None
    while parent is not None and parent.id not in met:
        met.add(parent.id)
        before.append(parent)
        parent = items.get(parent.reply_to) if parent.reply_to is not None else None
    return before[::-1]


def _descendants(items: dict[PostId, Item], post: PostId) -> list[Reply]:
    children: dict[PostId, list[Item]] = {}
    for item in sorted(items.values(), key=lambda each: each.id):
        if item.reply_to is not None:
            children.setdefault(item.reply_to, []).append(item)
    found: list[Reply] = []
    met = {post}
    open_ends = [(child, 1) for child in reversed(children.get(post, []))]
    while open_ends:
        item, depth = open_ends.pop()
        if item.id in met:
            continue
        met.add(item.id)
        found.append(Reply(item, depth))
        open_ends += [(child, depth + 1) for child in reversed(children.get(item.id, []))]
    return found
