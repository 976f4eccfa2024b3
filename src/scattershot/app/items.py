"""Items: posts as one viewer sees them, with all that a page needs, looked up for a whole list at once.

What is decoded (profiles, posts) is remembered under what it was decoded from, so that a stale one cannot be shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from msgspec import Struct, json, structs

from scattershot.app.lately import Lately
from scattershot.app.reading import readable
from scattershot.domain.addresses import Addresses
from scattershot.domain.ids import MicroblogId, Millis, PostId
from scattershot.domain.microblog import Profile
from scattershot.domain.node import Standing
from scattershot.domain.post import Post, may_name
from scattershot.domain.preview import Preview
from scattershot.domain.quote import QuoteState, quote_rule
from scattershot.domain.quote import may_quote as may_be_quoted
from scattershot.domain.terms import ONLY_THE_AUTHOR, Approval, Asker, Circle, Rule, approval
from scattershot.domain.terms import may_reply as may_answer
from scattershot.domain.wire_id import WireId
from scattershot.ports.database import Transaction
from scattershot.storage.tables import microblogs, posts, preferences, previews, reactions, relations, wire_ids

_PATHS = Addresses("")
_preview = json.Decoder(Preview).decode


class Face(Struct, frozen=True):
    """A microblog as lists show it; `page` is the path of its page here."""

    id: MicroblogId
    profile: Profile
    local: bool
    page: str
    limited: bool = False
    sensitive: bool = False
    """All it posts is shown as sensitive: those who run the node say so."""
    names_programs: bool = True
    """Whether others are told by which program it writes."""

    @property
    def handle(self) -> str:
        """`@name@domain`."""
        return str(self.profile.handle)

    @property
    def address(self) -> str:
        """Its page at its own node, for people."""
        return self.profile.url or self.profile.id.value


class Quote(Struct, frozen=True):
    """A post quoted by another. `item` is there where it may be shown, and where it was accepted but the viewer has
    muted or blocked its author; what it quotes itself is told by state and id alone."""

    state: QuoteState
    id: PostId | None = None
    item: "Item | None" = None


class Reaction(Struct, frozen=True):
    """One emoji with which a post was reacted to, by how many; `picture` is of one that is a node's own."""

    emoji: str
    number: int
    picture: str = ""
    mine: bool = False


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
    quotes: int = 0
    reactions: tuple[Reaction, ...] = ()
    reply_to: PostId | None = None
    answers: Face | None = None
    """Whose post it answers, where that is known here."""
    boosted_by: Face | None = None
    quote: Quote | None = None
    liked: bool = False
    boosted: bool = False
    kept: bool = False
    """Whether the viewer has a bookmark at it."""
    quiet: bool = False
    """Whether the viewer is told of its conversation no more."""
    may_reply: bool = False
    may_boost: bool = False
    may_quote: Approval = Approval.NEVER
    asks: bool = False
    """Whether its terms tell people apart."""
    mine: bool = False
    pinned: bool = False
    """Of one's own: whether one's page shows it first."""
    votes: tuple[int, ...] = ()
    preview: Preview | None = None
    """What the page it links to first says of itself."""

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
    reacted: Mapping[PostId, frozenset[str]] = MappingProxyType({})
    boosted: frozenset[PostId] = frozenset()
    kept: frozenset[PostId] = frozenset()
    quiet: frozenset[PostId] = frozenset()
    hidden: frozenset[MicroblogId] = frozenset()
    blocked: frozenset[MicroblogId] = frozenset()
    """Of the hidden those with whom a block stands between."""
    pinned: frozenset[PostId] = frozenset()
    touched: frozenset[PostId] = frozenset()
    """Those with which the viewer has anything to do."""
    askers: Mapping[PostId, Asker] = MappingProxyType({})
    """How the viewer stands to those posts whose terms tell people apart."""


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
            silent = preferences.reticent(tx, [glance.id for glance in new if glance.local])
            for glance in new:
                face = self._face(glance, rows[glance.id], glance.id not in silent)
                self._faces[glance.id] = glance, face
                if face is not None:
                    shown[glance.id] = face
        return shown

    def every_face(self, tx: Transaction, ids: Iterable[MicroblogId]) -> dict[MicroblogId, Face]:
        """Those of the microblogs that are known, whether or not they are shown to anybody else."""
        rows = microblogs.get_many(tx, list(ids))
        return {
            row.id: Face(row.id, row.profile, row.local, _PATHS.page(row.profile.handle, self._domain))
            for row in rows.values()
        }

    def _face(self, glance: microblogs.Glance, row: microblogs.Row, names_programs: bool) -> Face | None:
        standings = (glance.standing, glance.node_standing)
        if glance.gone or Standing.BLOCKED in standings:
            return None
        return Face(
            glance.id,
            row.profile,
            row.local,
            _PATHS.page(row.profile.handle, self._domain),
            Standing.LIMITED in standings,
            row.sensitive,
            names_programs,
        )

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
        quoted = _quoted(tx, lines, viewer)
        shown_rows = [*lines, *map(line, quoted.values())] if quoted else lines
        concerned: set[MicroblogId] = set()
        for _, row, booster in shown_rows:
            concerned.add(row.author)
            if row.reply_author is not None:
                concerned.add(row.reply_author)
            if booster is not None:
                concerned.add(booster)
        faces = self.faces(tx, concerned)
        plain = self._plain_of(tx, shown_rows, faces)
        marks = _marks(tx, shown_rows, viewer, list(concerned), now, shown, plain)
        inner = [self._item(line(row), faces, marks, plain, viewer, None) for row in quoted.values() if row.id in plain]
        within = {item.id: item for item in self._with_writers(tx, inner)}
        items = [
            self._item(each, faces, marks, plain, viewer, within)
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

    def _plain_of(self, tx: Transaction, lines: Sequence[Line], faces: dict[MicroblogId, Face]) -> dict[PostId, _Plain]:
        """What any viewer sees of the posts, made anew only where something in it is not as it was."""
        found: dict[PostId, _Plain] = {}
        stale: list[tuple[posts.Row, Face, Face | None]] = []
        remembered = self._plain
        for _, row, _ in lines:
            author = faces.get(row.author)
            if author is None:
                continue
            answers = faces.get(row.reply_author) if row.reply_author is not None else None
            plain = remembered.get(row.id)
            if (
                plain is None
                or plain.version != row.version
                or plain.item.author is not author
                or plain.item.answers is not answers
                or plain.item.replies != row.replies
                or plain.item.reply_to != row.reply_to
            ):
                stale.append((row, author, answers))
            else:
                found[row.id] = plain
        if stale:
            tallies = reactions.among(tx, [row.id for row, _, _ in stale])
            shown = previews.of_posts(tx, [row.id for row, _, _ in stale])
            for row, author, answers in stale:
                plain = _plainly(row, author, answers, tallies.get(row.id, ()), shown.get(row.id))
                found[row.id] = remembered[row.id] = plain
        return found

    def _item(
        self,
        each: Line,
        faces: dict[MicroblogId, Face],
        marks: _Marks,
        plains: dict[PostId, _Plain],
        viewer: MicroblogId | None,
        within: dict[PostId, Item] | None,
    ) -> Item:
        """The item as the viewer sees it; one with nothing of the viewer's own is handed out as it is. `within`: the
        posts that may be shown quoted; None for one that is quoted itself."""
        entry, row, booster = each
        post, plain = row.id, plains[row.id]
        is_mine, quotes_nothing = row.author == viewer, row.quoting in _NO_QUOTE
        if viewer is not None and entry == post and quotes_nothing and not is_mine and post not in marks.touched:
            return plain.item
        reacted, may_reply, may_quote = marks.reacted.get(post), plain.item.may_reply, plain.item.may_quote
        if is_mine:
            may_reply, may_quote = True, Approval.AT_ONCE
        elif (asker := marks.askers.get(post)) is not None:
            may_reply = may_answer(plain.item.post.terms.replies, asker) is not Approval.NEVER
            may_quote = may_be_quoted(plain.item.post, asker, local=row.local)
        return structs.replace(
            plain.item,
            entry=entry,
            boosted_by=faces.get(booster) if booster is not None else None,
            quote=None if quotes_nothing else _quote(row, within, marks),
            reactions=_with_mine(plain.item.reactions, reacted) if reacted else plain.item.reactions,
            liked=post in marks.liked,
            boosted=post in marks.boosted,
            kept=post in marks.kept,
            quiet=post in marks.quiet,
            may_reply=viewer is not None and may_reply,
            may_boost=viewer is not None and row.audience.is_open,
            may_quote=may_quote if viewer is not None else Approval.NEVER,
            mine=is_mine,
            pinned=is_mine and post in marks.pinned,
        )


_NO_QUOTE = (QuoteState.NONE, QuoteState.UNASKED)
_SOMEBODY = Asker(WireId("", ""))


def _plainly(
    row: posts.Row, author: Face, answers: Face | None, tallies: Sequence[reactions.Tally], preview: str | None
) -> _Plain:
    """The post as somebody of here sees it who has nothing to do with it."""
    post = row.post if row.post.sensitive or not author.sensitive else structs.replace(row.post, sensitive=True)
    quote, reply = quote_rule(post, local=row.local), post.terms.replies
    item = Item(
        entry=row.id,
        id=row.id,
        post=post,
        author=author,
        page=f"{author.page}/{row.id}",
        likes=row.likes,
        boosts=row.boosts,
        replies=row.replies,
        quotes=row.quotes,
        reactions=tuple(Reaction(tally.emoji, tally.number, tally.picture) for tally in tallies),
        reply_to=row.reply_to,
        answers=answers,
        may_reply=may_answer(reply, _SOMEBODY) is not Approval.NEVER,
        may_boost=row.audience.is_open,
        may_quote=approval(quote, _SOMEBODY),
        preview=_preview(preview) if preview else None,
        asks=_tells_apart(quote) or (reply is not None and Circle.EVERYONE not in reply.at_once),
    )
    return _Plain(row.version, item)


def _tells_apart(rule: Rule) -> bool:
    """Whether it must be known who asks."""
    if Circle.EVERYONE in rule.at_once and not rule.named_on_request:
        return False
    return rule != ONLY_THE_AUTHOR


def _with_mine(found: tuple[Reaction, ...], mine: frozenset[str]) -> tuple[Reaction, ...]:
    return tuple(structs.replace(each, mine=True) if each.emoji in mine else each for each in found)


def _quoted(tx: Transaction, lines: Sequence[Line], viewer: MicroblogId | None) -> dict[PostId, posts.Row]:
    """The posts quoted with consent that the viewer may see."""
    wanted = [row.quote for _, row, _ in lines if row.quote is not None and row.quoting is QuoteState.ACCEPTED]
    if not wanted:
        return {}
    return {row.id: row for row in readable(tx, list(posts.get_many(tx, wanted).values()), viewer)}


def _quote(row: posts.Row, within: dict[PostId, Item] | None, marks: _Marks) -> Quote:
    """How the quote stands to whoever looks."""
    if row.quoting is not QuoteState.ACCEPTED or within is None:
        return Quote(row.quoting, row.quote)
    item = within.get(row.quote) if row.quote is not None else None
    if item is None:
        return Quote(QuoteState.UNAUTHORIZED, row.quote)
    if item.author.id in marks.blocked:
        return Quote(QuoteState.BLOCKED, item.id, item)
    return Quote(QuoteState.MUTED if item.author.id in marks.hidden else QuoteState.ACCEPTED, item.id, item)


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
    plain: dict[PostId, _Plain],
) -> _Marks:
    if viewer is None:
        return _Marks()
    reacted: dict[PostId, set[str]] = {}
    liked: set[PostId] = set()
    boosted: set[PostId] = set()
    kept: set[PostId] = set()
    quiet: set[PostId] = set()
    sorts = {"l": liked, "b": boosted, "k": kept, "q": quiet}
    for post, how, emoji in relations.marked_among(tx, viewer, [row.id for _, row, _ in lines]):
        if emoji:
            reacted.setdefault(post, set()).add(emoji)
        else:
            sorts[how].add(post)
    hidden = relations.hidden_among(tx, viewer, concerned, now, muted=not shown.muted)
    asking = {post for post, each in plain.items() if each.item.asks}
    askers = _askers(tx, viewer, [row for _, row, _ in lines if row.id in asking]) if asking else {}
    return _Marks(
        liked=frozenset(liked),
        reacted={post: frozenset(emoji) for post, emoji in reacted.items()},
        boosted=frozenset(boosted),
        kept=frozenset(kept),
        quiet=frozenset(quiet),
        hidden=frozenset(hidden),
        blocked=frozenset(relations.hidden_among(tx, viewer, list(hidden), now, muted=False) if hidden else ()),
        pinned=frozenset(relations.pinned(tx, viewer) if any(row.author == viewer for _, row, _ in lines) else ()),
        touched=frozenset((*liked, *boosted, *kept, *quiet, *reacted, *askers)),
        askers=askers,
    )


def _askers(tx: Transaction, viewer: MicroblogId, rows: list[posts.Row]) -> dict[PostId, Asker]:
    """How the viewer stands to the posts of others, in few looks; whoever is blocked does not see them at all."""
    others = [row for row in rows if row.author != viewer]
    if not others:
        return {}
    authors = list({row.author for row in others})
    follows = relations.followed_among(tx, viewer, authors)
    followed = relations.followers_among(tx, viewer, authors)
    named = posts.for_by_name(tx, viewer, [row.id for row in others])
    this = wire_ids.of(tx, viewer, wire_ids.Thing.MICROBLOG) or _SOMEBODY.id
    return {
        row.id: Asker(this, False, row.author in follows, row.author in followed, row.id in named) for row in others
    }


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
