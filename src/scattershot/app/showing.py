"""What a node shows of the microblogs kept here to whoever may see it; what one may not see is as if it were not.

Plain functions of a transaction, for the doors of every protocol.
"""

from typing import NamedTuple

from scattershot.app.other_names import author_on_activitypub, on_activitypub, post_told, profile_told, shadow, stand_in
from scattershot.app.reading import node_as_reader, reader_of, turns_away
from scattershot.domain.change import Boosted
from scattershot.domain.ids import MicroblogId, Millis, NodeId, PostId
from scattershot.domain.microblog import Emoji, Handle, Profile
from scattershot.domain.node import Standing
from scattershot.domain.post import Audience, Form, Post
from scattershot.domain.quote import QuoteState
from scattershot.domain.visibility import may_see
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.ports.database import Transaction
from scattershot.storage.tables import belongings, house_emojis, microblogs, nodes, posts, quotes, relations, wire_ids
from scattershot.storage.tables.microblogs import Census

OUTBOX_PAGE = 20
FOLLOWERS_PAGE = 50
MAX_REPLIES = 50
MAX_CONTEXT = 500
MAX_NODE_FOLLOWERS = 10_000

_OPEN = (Audience.PUBLIC.value, Audience.UNLISTED.value)
_BIGGEST = 1 << 62


class Visitor(NamedTuple):
    """Who asks: a microblog elsewhere, and its node where it speaks for that whole node."""

    microblog: MicroblogId
    node: NodeId | None = None


class Shown(NamedTuple):
    """A microblog kept here; of one that is gone only the name is left."""

    id: MicroblogId
    profile: Profile
    gone: bool


def microblog(tx: Transaction, number: int) -> Shown | None:
    """The microblog kept here of that id."""
    row = microblogs.get(tx, MicroblogId(number)) if 0 <= number < _BIGGEST else None
    return _shown(tx, row) if row is not None and row.local else None


def actor(tx: Transaction, number: int) -> Shown | None:
    """The microblog kept here of that id, or the shadow of one of another wire."""
    row = microblogs.get(tx, MicroblogId(number)) if 0 <= number < _BIGGEST else None
    if row is None or row.local:
        return _shown(tx, row) if row is not None else None
    return _shadow(tx, row)


def shadow_of(tx: Transaction, name: WireId) -> Shown | None:
    """The shadow of whoever another wire calls so."""
    row = microblogs.by_wire_id(tx, name)
    return _shadow(tx, row) if row is not None and not row.local else None


def _shadow(tx: Transaction, row: microblogs.Row) -> Shown | None:
    stand = microblogs.stand_of(tx, row.id)
    if stand is None or Standing.BLOCKED in (stand.standing, stand.node_standing):
        return None
    profile = shadow(tx, row)
    return Shown(row.id, profile, row.gone) if profile is not None else None


def _shown(tx: Transaction, row: microblogs.Row) -> Shown | None:
    """Nobody is shown whom those who run the node have shut."""
    return Shown(row.id, profile_told(tx, row), row.gone) if row.standing is not Standing.BLOCKED else None


def named(tx: Transaction, handle: Handle) -> Shown | None:
    """The microblog kept here of that name."""
    row = microblogs.named(tx, handle)
    return _shown(tx, row) if row is not None else None


# -- posts


class ShownPost(NamedTuple):
    """A post that may be shown; `version` grows with every change of it or of its counts."""

    id: PostId
    post: Post
    version: int


class Buried(NamedTuple):
    """A post that was taken back."""

    form: Form


def post(tx: Transaction, number: int, visitor: Visitor | None) -> ShownPost | Buried | None:
    """The post written here of that id, or what stands in for one of another wire, where the visitor may see it."""
    row = posts.get(tx, PostId(number)) if 0 <= number < _BIGGEST else None
    if row is None or not _may_see(tx, row, visitor):
        return None
    if not row.local:
        return _stand_in(tx, row)
    return Buried(Form.NOTE) if row.gone else ShownPost(row.id, post_told(tx, row), row.version)


def _stand_in(tx: Transaction, row: posts.Row) -> ShownPost | Buried | None:
    if row.gone:
        return Buried(Form.NOTE) if wire_ids.of(tx, row.id, wire_ids.Thing.STAND_IN) is not None else None
    author = microblogs.stand_of(tx, row.author)
    found = stand_in(tx, row) if author is not None and author.node_standing != Standing.BLOCKED else None
    return ShownPost(row.id, found, row.version) if found is not None else None


def _may_see(tx: Transaction, row: posts.Row, visitor: Visitor | None) -> bool:
    author = microblogs.stand_of(tx, row.author)
    if author is None or author.standing == Standing.BLOCKED:
        return False
    if may_see(row.audience, reader_of(tx, row, visitor.microblog if visitor else None)):
        return True
    node = visitor.node if visitor else None
    return node is not None and may_see(row.audience, node_as_reader(tx, row, node))


class RepliesPage(NamedTuple):
    """Ids of open direct replies, and the id to go on after; None at the end."""

    ids: list[str]
    following: PostId | None


def replies(tx: Transaction, shown: ShownPost, after: int = 0) -> RepliesPage:
    """A page of them, oldest first, but the author's own before all others of the page (as Mastodon wants them)."""
    rows = posts.replies(tx, shown.id, PostId(min(max(after, 0), _BIGGEST)), MAX_REPLIES + 1)
    page = [row for row in rows[:MAX_REPLIES] if row.audience.is_open]
    page.sort(key=lambda row: row.post.author != shown.post.author)
    following = rows[MAX_REPLIES - 1].id if len(rows) > MAX_REPLIES else None
    return RepliesPage(_names(tx, page), following)


def context(tx: Transaction, shown: ShownPost) -> list[str]:
    """The open posts of its conversation known here, oldest first."""
    row = posts.get(tx, shown.id)
    if row is None:
        return []
    return _names(tx, [one for one in posts.thread(tx, row.thread, MAX_CONTEXT) if one.audience.is_open])


def _names(tx: Transaction, rows: list[posts.Row]) -> list[str]:
    """What ActivityPub calls the posts, as far as it has names for them."""
    found = (one.post.id if one.post.id.protocol == ACTIVITYPUB else on_activitypub(tx, one.id) for one in rows)
    return [name.value for name in found if name is not None]


# -- stamps


class ShownStamp(NamedTuple):
    """By which an author here proves that a post may quote or answer one of its own: the three, by name."""

    author: WireId
    interacting: WireId
    target: WireId


def quote_stamp(tx: Transaction, number: int, visitor: Visitor | None) -> ShownStamp | None:
    """The stamp for the quote that a post makes, as long as it is good and the visitor may see what is quoted."""
    quote = quotes.get(tx, PostId(number)) if 0 <= number < _BIGGEST else None
    if quote is None or quote.state is not QuoteState.ACCEPTED or quote.author == quote.quoted_author:
        return None
    return _stamp(tx, quote.post, quote.quoted, visitor)


def reply_stamp(tx: Transaction, number: int, visitor: Visitor | None) -> ShownStamp | None:
    """The stamp for an answer to a post of here: what its author does not allow was never taken in."""
    row = posts.get(tx, PostId(number)) if 0 <= number < _BIGGEST else None
    return _stamp(tx, row.id, row.reply_to, visitor) if row is not None and not row.gone else None


def _stamp(tx: Transaction, interacting: PostId, target: PostId | None, visitor: Visitor | None) -> ShownStamp | None:
    row = posts.get(tx, target) if target is not None else None
    name = wire_ids.of(tx, interacting, wire_ids.Thing.POST)
    if row is None or row.gone or not row.local or name is None or not _may_see(tx, row, visitor):
        return None
    return ShownStamp(row.post.author, name, row.post.id)


# -- outboxes


class ShownBoost(NamedTuple):
    """A boost, and whose post it passes on."""

    change: Boosted
    author: WireId | None


class OutboxPage(NamedTuple):
    """What somebody wrote and passed on, newest first, and the id to go on below; None at the end."""

    entries: list[Post | ShownBoost]
    following: PostId | None


def outbox(tx: Transaction, author: MicroblogId, visitor: Visitor | None, before: int | None) -> OutboxPage:
    """A page of it: open posts, and those for followers where the visitor is one or speaks for one."""
    below = PostId(min(max(before, 0), _BIGGEST)) if before is not None else posts.END
    if visitor is not None and turns_away(tx, author, visitor.microblog):
        return OutboxPage([], None)
    audiences = [*_OPEN, Audience.FOLLOWERS.value] if _follows(tx, author, visitor) else list(_OPEN)
    rows = posts.by_author(tx, author, audiences, below, OUTBOX_PAGE + 1)
    boosts = posts.boosts_by(tx, author, below, OUTBOX_PAGE + 1)
    merged: list[posts.Row | posts.Boost] = sorted([*rows, *boosts], key=lambda entry: entry.id, reverse=True)
    page = merged[:OUTBOX_PAGE]
    shown = [post_told(tx, entry) if isinstance(entry, posts.Row) else _boost(tx, entry) for entry in page]
    following = page[-1].id if len(merged) > OUTBOX_PAGE else None
    return OutboxPage([entry for entry in shown if entry is not None], following)


def whole_outbox(tx: Transaction, author: MicroblogId, before: PostId, limit: int) -> OutboxPage:
    """A page of all that the author wrote and passed on, for whomever: for the author alone."""
    rows = posts.by_author(tx, author, [audience.value for audience in Audience], before, limit)
    boosts = posts.boosts(tx, belongings.boosts(tx, author, before, limit))
    merged: list[posts.Row | posts.Boost] = sorted([*rows, *boosts], key=lambda entry: entry.id, reverse=True)
    page = merged[:limit]
    shown = [post_told(tx, entry) if isinstance(entry, posts.Row) else _boost(tx, entry) for entry in page]
    return OutboxPage([entry for entry in shown if entry is not None], page[-1].id if len(page) == limit else None)


def _follows(tx: Transaction, author: MicroblogId, visitor: Visitor | None) -> bool:
    if visitor is None:
        return False
    if relations.follows(tx, visitor.microblog, author):
        return True
    return visitor.node is not None and relations.node_follows(tx, visitor.node, author)


def outbox_total(tx: Transaction, author: MicroblogId) -> int:
    """How many open posts and boosts there are in all."""
    return posts.count_open_by(tx, author)


def boost(tx: Transaction, number: int, visitor: Visitor | None) -> ShownBoost | None:
    """The boost made here of that id, where the visitor may see it."""
    found = posts.boost(tx, PostId(number)) if 0 <= number < _BIGGEST else None
    stand = microblogs.stand_of(tx, found.booster) if found is not None else None
    if found is None or stand is None or not stand.local or stand.standing == Standing.BLOCKED:
        return None
    if not Audience(found.audience).is_open and not _follows(tx, found.booster, visitor):
        return None
    if visitor is not None and turns_away(tx, found.booster, visitor.microblog):
        return None
    return _boost(tx, found)


def _boost(tx: Transaction, found: posts.Boost) -> ShownBoost | None:
    name = wire_ids.of(tx, found.id, wire_ids.Thing.BOOST)
    booster = wire_ids.of(tx, found.booster, wire_ids.Thing.MICROBLOG)
    name_of_post = on_activitypub(tx, found.post)
    if name is None or booster is None or name_of_post is None:
        return None
    row = posts.get(tx, found.post)
    author = author_on_activitypub(tx, row.author) if row is not None else None
    audience = Audience(found.audience)
    return ShownBoost(Boosted(actor=booster, id=name, post=name_of_post, at=found.at, audience=audience), author)


def featured(tx: Transaction, author: MicroblogId) -> list[Post]:
    """The public posts shown first."""
    pinned = relations.pinned(tx, author)
    rows = posts.get_many(tx, pinned)
    return [post_told(tx, rows[number]) for number in pinned if number in rows and rows[number].audience.is_open]


# -- who follows whom


class GraphPage(NamedTuple):
    """Ids of followers or followed ones, and the id to go on after; None at the end."""

    ids: list[str]
    following: MicroblogId | None


def followers(tx: Transaction, number: MicroblogId, after: int) -> GraphPage:
    """A page of those who hear it."""
    start = MicroblogId(min(max(after, 0), _BIGGEST))
    return _graph_page(tx, relations.followers(tx, number, start, FOLLOWERS_PAGE + 1))


def following(tx: Transaction, number: MicroblogId, after: int) -> GraphPage:
    """A page of those it hears."""
    start = MicroblogId(min(max(after, 0), _BIGGEST))
    return _graph_page(tx, relations.following(tx, number, start, FOLLOWERS_PAGE + 1))


def _graph_page(tx: Transaction, found: list[MicroblogId]) -> GraphPage:
    page = found[:FOLLOWERS_PAGE]
    return GraphPage(_names_of(tx, page), page[-1] if len(found) > FOLLOWERS_PAGE else None)


def _names_of(tx: Transaction, numbers: list[MicroblogId]) -> list[str]:
    names = (wire_ids.of(tx, number, wire_ids.Thing.MICROBLOG, ACTIVITYPUB) for number in numbers)
    return [name.value for name in names if name is not None]


def count_followers(tx: Transaction, number: MicroblogId) -> int:
    """How many hear it."""
    return relations.count_followers(tx, number)


def count_following(tx: Transaction, number: MicroblogId) -> int:
    """How many it hears."""
    return relations.count_following(tx, number)


def node_of(tx: Transaction, visitor: Visitor) -> NodeId | None:
    """The node where the visitor lives."""
    stand = microblogs.stand_of(tx, visitor.microblog)
    return stand.node if stand is not None else None


def followers_at(tx: Transaction, number: MicroblogId, node: NodeId) -> list[str] | None:
    """All its followers who live at one node: that node may know them (FEP-8fcf). None where they are too many to be
    told, since whoever is left out of the list ceases to be a follower there."""
    found = relations.followers_at(tx, number, node)
    return _names_of(tx, found) if len(found) <= MAX_NODE_FOLLOWERS else None


# -- the node itself


def emoji(tx: Transaction, shortcode: str) -> Emoji | None:
    """One of the house's own emojis."""
    return house_emojis.pictures(tx, [shortcode]).get(shortcode)


class Figures(NamedTuple):
    """What NodeInfo tells, and how many other nodes are known."""

    microblogs: Census
    posts: int
    nodes: int


def figures(tx: Transaction, now: Millis) -> Figures:
    """How many write here and how much."""
    return Figures(microblogs.census(tx, now), posts.count_here(tx), nodes.count(tx))
