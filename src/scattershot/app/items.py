"""Items: posts as one viewer sees them, with all that a page needs, looked up for a whole list at once.

What is decoded (profiles, posts) is remembered under what it was decoded from, so that a stale one cannot be shown.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from msgspec import Struct, structs

from scattershot.app.lately import Lately
from scattershot.app.reading import readable
from scattershot.domain.addresses import Addresses
from scattershot.domain.ids import MicroblogId, Millis, PostId
from scattershot.domain.microblog import Profile
from scattershot.domain.node import Standing
from scattershot.domain.post import Post, may_name
from scattershot.ports.database import Transaction
from scattershot.storage.tables import microblogs, posts, relations, wire_ids

_PATHS = Addresses("")


class Face(Struct, frozen=True):
    """A microblog as lists show it; `page` is the path of its page here."""

    id: MicroblogId
    profile: Profile
    local: bool
    page: str
    limited: bool = False

    @property
    def handle(self) -> str:
        """`@name@domain`."""
        return str(self.profile.handle)

    @property
    def address(self) -> str:
        """Its page at its own node, for people."""
        return self.profile.url or self.profile.id.value


class Quote(Struct, frozen=True):
    """A post shown within another."""

    id: PostId
    post: Post
    author: Face
    page: str


class Item(Struct, frozen=True, kw_only=True):
    """A post as one viewer sees it. `entry` is what lists are paged by: a boost's id where it came by one."""

    entry: PostId
    id: PostId
    post: Post
    author: Face
    writer: Face | None = None
    """Who of the author's keepers wrote it, where the author names them and they agree."""
    page: str
    likes: int
    boosts: int
    replies: int
    reply_to: PostId | None = None
    answers: Face | None = None
    """Whose post it answers, where that is known here."""
    boosted_by: Face | None = None
    quote: Quote | None = None
    liked: bool = False
    boosted: bool = False
    may_reply: bool = False
    may_boost: bool = False
    mine: bool = False
    pinned: bool = False
    """Of one's own: whether one's page shows it first."""
    votes: tuple[int, ...] = ()

    @property
    def address(self) -> str:
        """Its page at its own node, for people."""
        return self.post.url or self.post.id.value


class Line(NamedTuple):
    """A post that is to be shown, and by whose boost it came."""

    entry: PostId
    row: posts.Row
    booster: MicroblogId | None = None


class Shown(NamedTuple):
    """Whom a list shows: not the muted unless it says `muted`, and if `open` not those whom the node has limited."""

    muted: bool = False
    open: bool = False


UNMUTED, ALL, OPEN = Shown(), Shown(muted=True), Shown(open=True)


def line(row: posts.Row) -> Line:
    """A post that came by itself."""
    return Line(row.id, row)


class _Marks(NamedTuple):
    """What the viewer did with posts, and whom it does not see."""

    liked: frozenset[PostId] = frozenset()
    boosted: frozenset[PostId] = frozenset()
    hidden: frozenset[MicroblogId] = frozenset()
    pinned: frozenset[PostId] = frozenset()


class _Plain(NamedTuple):
    """An item that holds nothing of its viewer, and the version of the post it was made from."""

    version: int
    item: Item


class Items:
    """Makes items; `domain` is the node's first, whose names stand without it in paths."""

    def __init__(self, domain: str, remembered: int = 5_000) -> None:
        self._domain = domain
        self._faces: Lately[MicroblogId, tuple[microblogs.Glance, Face | None]] = Lately(remembered)
        self._plain: Lately[PostId, _Plain] = Lately(remembered)

    def faces(self, tx: Transaction, ids: Iterable[MicroblogId]) -> dict[MicroblogId, Face]:
        """Those of the microblogs that may be shown at all: known, not gone, not blocked by the node."""
        wanted = list(ids)
        shown: dict[MicroblogId, Face] = {}
        new: list[microblogs.Glance] = []
        for glance in microblogs.glances(tx, wanted) if wanted else ():
            known = self._faces.get(glance.id)
            if known is None or known[0] != glance:
                new.append(glance)
            elif known[1] is not None:
                shown[glance.id] = known[1]
        if new:
            rows = microblogs.get_many(tx, [glance.id for glance in new])
            for glance in new:
                face = self._face(glance, rows[glance.id].profile)
                self._faces[glance.id] = glance, face
                if face is not None:
                    shown[glance.id] = face
        return shown

    def _face(self, glance: microblogs.Glance, profile: Profile) -> Face | None:
        standings = (glance.standing, glance.node_standing)
        if glance.gone or Standing.BLOCKED in standings:
            return None
        page = _PATHS.page(profile.handle, self._domain)
        return Face(glance.id, profile, bool(glance.local), page, Standing.LIMITED in standings)

    def make(
        self,
        tx: Transaction,
        lines: Sequence[Line],
        viewer: MicroblogId | None,
        now: Millis,
        shown: Shown = UNMUTED,
    ) -> list[Item]:
        """The items of lines whose posts the viewer may see, in the same order, without those it is not shown."""
        if not lines:
            return []
        quoted = self._quoted(tx, lines, viewer)
        concerned = {row.author for row in quoted.values()}
        for _, row, booster in lines:
            concerned.add(row.author)
            if row.reply_author is not None:
                concerned.add(row.reply_author)
            if booster is not None:
                concerned.add(booster)
        faces = self.faces(tx, concerned)
        marks = _marks(tx, lines, viewer, list(concerned), now, shown)
        items = [
            self._item(each, faces, marks, quoted, viewer)
            for each in lines
            if _is_shown(each, faces, marks.hidden, viewer, shown)
        ]
        items = self._with_writers(tx, items)
        return items if viewer is None else _with_votes(tx, items, viewer)

    def _with_writers(self, tx: Transaction, items: list[Item]) -> list[Item]:
        """The items with whoever wrote them for another; most name nobody."""
        claims = {item.post.writer.id for item in items if item.post.writer is not None}
        if not claims:
            return items
        known = {claim: wire_ids.find_as(tx, claim, wire_ids.Thing.MICROBLOG) for claim in claims}
        faces = self.faces(tx, [MicroblogId(number) for number in known.values() if number is not None])
        writers = {claim: faces.get(MicroblogId(number)) for claim, number in known.items() if number is not None}
        return [_signed(item, writers.get(item.post.writer.id) if item.post.writer else None) for item in items]

    def _item(
        self,
        each: Line,
        faces: dict[MicroblogId, Face],
        marks: _Marks,
        quoted: dict[PostId, posts.Row],
        viewer: MicroblogId | None,
    ) -> Item:
        """The item, made anew only where something in it is the viewer's own or not as it was."""
        entry, row, booster = each
        author, post = faces[row.author], row.id
        answers = faces.get(row.reply_author) if row.reply_author is not None else None
        plain = self._plain.get(post)
        if (
            plain is None
            or plain.version != row.version
            or plain.item.author is not author
            or plain.item.answers is not answers
            or plain.item.replies != row.replies
            or plain.item.reply_to != row.reply_to
        ):
            plain = self._plain[post] = _Plain(row.version, self._plainly(row, author, answers))
        quote = quoted.get(row.quote) if row.quote is not None else None
        liked, boosted, mine = post in marks.liked, post in marks.boosted, row.author == viewer
        if viewer is not None and entry == post and not (liked or boosted or mine) and quote is None:
            return plain.item
        return structs.replace(
            plain.item,
            entry=entry,
            boosted_by=faces.get(booster) if booster is not None else None,
            quote=self._quote(quote, faces, marks.hidden) if quote is not None else None,
            liked=liked,
            boosted=boosted,
            may_reply=viewer is not None,
            may_boost=viewer is not None and row.audience.is_open,
            mine=mine,
            pinned=mine and post in marks.pinned,
        )

    def _plainly(self, row: posts.Row, author: Face, answers: Face | None) -> Item:
        """The post as somebody of here sees it who has nothing to do with it."""
        return Item(
            entry=row.id,
            id=row.id,
            post=row.post,
            author=author,
            page=f"{author.page}/{row.id}",
            likes=row.likes,
            boosts=row.boosts,
            replies=row.replies,
            reply_to=row.reply_to,
            answers=answers,
            may_reply=True,
            may_boost=row.audience.is_open,
        )

    def _quoted(self, tx: Transaction, lines: Sequence[Line], viewer: MicroblogId | None) -> dict[PostId, posts.Row]:
        wanted = [row.quote for _, row, _ in lines if row.quote is not None]
        if not wanted:
            return {}
        return {row.id: row for row in readable(tx, list(posts.get_many(tx, wanted).values()), viewer)}

    def _quote(self, row: posts.Row, faces: dict[MicroblogId, Face], hidden: frozenset[MicroblogId]) -> Quote | None:
        author = faces.get(row.author)
        if author is None or row.author in hidden:
            return None
        return Quote(row.id, row.post, author, f"{author.page}/{row.id}")


def _signed(item: Item, writer: Face | None) -> Item:
    if writer is None or not may_name(item.post.author, writer.profile):
        return item
    return structs.replace(item, writer=writer)


def _marks(
    tx: Transaction,
    lines: Sequence[Line],
    viewer: MicroblogId | None,
    concerned: list[MicroblogId],
    now: Millis,
    shown: Shown,
) -> _Marks:
    if viewer is None:
        return _Marks()
    marked = relations.marked_among(tx, viewer, [row.id for _, row, _ in lines])
    return _Marks(
        frozenset(post for post, boosted in marked if not boosted),
        frozenset(post for post, boosted in marked if boosted),
        frozenset(relations.hidden_among(tx, viewer, concerned, now, muted=not shown.muted)),
        frozenset(relations.pinned(tx, viewer) if any(row.author == viewer for _, row, _ in lines) else ()),
    )


def _is_shown(
    each: Line, faces: dict[MicroblogId, Face], hidden: frozenset[MicroblogId], viewer: MicroblogId | None, shown: Shown
) -> bool:
    _, row, booster = each
    author = faces.get(row.author)
    if author is None or row.author in hidden or booster in hidden:
        return False
    if booster is not None and booster not in faces:
        return False
    return not (shown.open and author.limited and row.author != viewer)


def _with_votes(tx: Transaction, items: list[Item], viewer: MicroblogId) -> list[Item]:
    polls = [item.id for item in items if item.post.poll is not None]
    if not polls:
        return items
    chosen: dict[int, list[int]] = {}
    for post, choice in posts.votes_among(tx, viewer, polls):
        chosen.setdefault(post, []).append(choice)
    return [
        structs.replace(item, votes=tuple(sorted(chosen[item.id]))) if item.id in chosen else item for item in items
    ]
