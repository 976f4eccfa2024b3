"""Posts written, edited and taken back."""

from msgspec.structs import replace

from scattershot.app.apply.actors import acting
from scattershot.app.apply.origin import NOTHING_NEW, Applied, Declined, House, Lacks, Origin
from scattershot.app.apply.quoting import adopted, altered, placed, revoked
from scattershot.app.apply.standing_in import stand_in, taken_back_elsewhere
from scattershot.app.reading import asker_of
from scattershot.domain import policy
from scattershot.domain.change import Deleted, Edited, Posted, QuoteRevoked
from scattershot.domain.ids import MicroblogId, Millis, PostId
from scattershot.domain.post import Post, may_name
from scattershot.domain.record import Kind
from scattershot.domain.terms import Approval, may_reply
from scattershot.domain.wire_id import WireId
from scattershot.ports.database import Transaction
from scattershot.storage.tables import arrivals, log, microblogs, posts, quotes, relations, uploads, wire_ids

MEDIA_OUTLASTS = 86_400_000
"""How long what a deleted post showed may be shown by another, as when it is written anew (milliseconds)."""

MAX_DEPTH = 20
"""How many steps up a thread parents are fetched."""
STALE = 60_000
"""A writer's profile this old (milliseconds) is fetched anew where it does not say that it writes for the author."""


def posted(tx: Transaction, change: Posted, origin: Origin, house: House, *, quote_asked: str = "") -> Applied:
    """A post is stored with its place in its thread; one that concerns nobody here is declined, and so is an answer
    to a post of here that its terms do not allow. `quote_asked`: it came with that question."""
    author = acting(tx, change.actor)
    if isinstance(author, Lacks | Declined):
        return author
    known = wire_ids.find(tx, change.post.id)
    if known is not None:
        return Declined("deleted") if known.kind == wire_ids.Thing.TOMBSTONE else NOTHING_NEW
    post = change.post
    named, silent = _hearers(tx, post)
    parent = _parent(tx, post)
    if not author.local and not _concerns_us(tx, author.id, [*named, *silent], parent, post, origin):
        return Declined("unrelated")
    if parent is not None and parent.local and not parent.gone and not may_answer(tx, parent, author.id, post.author):
        return Declined("reply_not_allowed")
    if author.local and parent is not None:
        stand_in(tx, parent, house)
    post_id = origin.post_id or house.ids.make(tx, policy.moment(post.published, origin.now))
    _store(tx, post_id, author, post, parent, origin)
    _want_writer(tx, post, origin)
    posts.add_mentions(tx, post_id, named, silent)
    microblogs.touch(tx, author.id, policy.moment(post.published, origin.now))
    recorded = log.append(
        tx, origin.now, Kind.POSTED, author.id, local=author.local, via=origin.via, post=post_id,
        wire_id=change.id.value if change.id else "",
    )  # fmt: skip
    placed(tx, post_id, author, post, origin, house, quote_asked)
    return recorded


def may_answer(tx: Transaction, parent: posts.Row, who: MicroblogId, wire_id: WireId) -> bool:
    """Whether the terms of the post let the microblog answer. Of posts elsewhere their authors have the last word."""
    found = may_reply(parent.post.terms.replies, asker_of(tx, parent, who, wire_id))
    return found is Approval.AT_ONCE or (found is Approval.ON_REQUEST and not parent.local)


def _store(
    tx: Transaction, post_id: PostId, author: microblogs.Stand, post: Post, parent: posts.Row | None, origin: Origin
) -> None:
    place = posts.Place(
        reply_to=parent.id if parent else None,
        reply_author=parent.author if parent else None,
        reply_wire=post.reply_to.value if post.reply_to and not parent else None,
        thread=parent.thread if parent else None,
    )
    posts.add(tx, post_id, author.id, post, place, local=author.local, writer=origin.writer)
    wire_ids.add(tx, post.id, wire_ids.Thing.POST, post_id)
    if not author.local:
        posts.adopt_orphans(tx, post.id.value, post_id, author.id, place.thread or post_id)
        adopted(tx, post.id, post_id, author.id)
    if origin.depth < MAX_DEPTH:
        if post.reply_to is not None and parent is None:
            arrivals.want(tx, post.reply_to, "parent", origin.depth + 1, origin.now)
        if post.quote is not None and wire_ids.find(tx, post.quote) is None:
            arrivals.want(tx, post.quote, "quote", origin.depth + MAX_DEPTH // 4, origin.now)


def _want_writer(tx: Transaction, post: Post, origin: Origin) -> None:
    """Whoever is named as the writer must say so too, which its profile tells."""
    if post.writer is None or origin.depth >= MAX_DEPTH:
        return
    writer = microblogs.by_wire_id(tx, post.writer.id)
    if writer is None:
        arrivals.want(tx, post.writer.id, "writer", origin.depth + MAX_DEPTH // 4, origin.now)
    elif not (writer.local or may_name(post.author, writer.profile)) and writer.fetched_at < origin.now - STALE:
        arrivals.want(tx, post.writer.id, arrivals.ANEW, origin.depth + MAX_DEPTH // 4, origin.now)


def _hearers(tx: Transaction, post: Post) -> tuple[list[MicroblogId], list[MicroblogId]]:
    """Those the post is for by name who are known here: named in the text, and addressed in silence."""
    named = _known(tx, [mention.id for mention in post.mentions])
    return named, [m for m in _known(tx, list(post.addressed)) if m not in named]


def _known(tx: Transaction, ids: list[WireId]) -> list[MicroblogId]:
    found = (wire_ids.find_as(tx, wire_id, wire_ids.Thing.MICROBLOG) for wire_id in ids)
    return [MicroblogId(microblog) for microblog in dict.fromkeys(found) if microblog is not None]


def _parent(tx: Transaction, post: Post) -> posts.Row | None:
    if post.reply_to is None:
        return None
    parent = wire_ids.find_as(tx, post.reply_to, wire_ids.Thing.POST)
    return posts.get(tx, PostId(parent)) if parent is not None else None


def _concerns_us(
    tx: Transaction, author: MicroblogId, hearers: list[MicroblogId], parent: posts.Row | None, post: Post,
    origin: Origin,
) -> bool:  # fmt: skip
    """Whether a post from elsewhere is kept; a stranger cannot fill our disk with what nobody asked for."""
    if origin.asked_for or parent is not None or relations.is_heard_here(tx, author):
        return True
    if any(stand is not None and stand.local for stand in (microblogs.stand_of(tx, m) for m in hearers)):
        return True
    quoted = wire_ids.find_as(tx, post.quote, wire_ids.Thing.POST) if post.quote is not None else None
    row = posts.get(tx, PostId(quoted)) if quoted is not None else None
    return row is not None and row.local and not row.gone


def edited(tx: Transaction, change: Edited, origin: Origin, house: House) -> Applied:
    """A post now reads otherwise. An edit older than what we have changes a poll's tally at most.

    Whom a post is for never widens: the audience stays as it was when it was posted.
    """
    author = acting(tx, change.actor)
    if isinstance(author, Lacks | Declined):
        return author
    post_id = wire_ids.find_as(tx, change.post.id, wire_ids.Thing.POST)
    row = posts.get(tx, PostId(post_id)) if post_id is not None else None
    if row is None:
        return posted(tx, Posted(actor=change.actor, id=change.id, post=change.post), origin, house)
    if row.author != author.id:
        return Declined("not_the_author")
    if row.gone:
        return Declined("deleted")
    old = row.post
    if change.post.id != old.id:
        return NOTHING_NEW  # by another name of it: what counts is said under the first
    new = _merged(old, change.post, author.local)
    if new == old:
        return NOTHING_NEW
    posts.edit(tx, row, new, keep=_reads_differently(old, new))
    altered(tx, row, old, new, author, origin, house)
    named, silent = _hearers(tx, new)
    before = set(posts.hearers(tx, row.id))
    posts.put_mentions(tx, row.id, named, silent)
    newly = [m for m in named if m not in before]
    kind = Kind.REISSUED if _says_the_same(old, new) else Kind.EDITED
    return log.append(
        tx, origin.now, kind, author.id, local=author.local, via=origin.via, post=row.id,
        wire_id=change.id.value if change.id else "", detail=",".join(map(str, newly)),
    )  # fmt: skip


def _merged(old: Post, new: Post, local: bool) -> Post:
    is_newer = (new.edited or 0) > (old.edited or old.published)
    if is_newer or local:
        return replace(
            new, published=old.published, audience=old.audience, reply_to=old.reply_to, conversation=old.conversation
        )
    old = replace(old, quote_stamp=new.quote_stamp, reply_stamp=new.reply_stamp, terms=new.terms)
    same_options = (
        old.poll is not None
        and not old.poll.counted_here
        and new.poll is not None
        and [option.text for option in old.poll.options] == [option.text for option in new.poll.options]
    )
    return replace(old, poll=new.poll) if same_options else old


def _says_the_same(old: Post, new: Post) -> bool:
    """Whether nothing but terms and stamps differs."""
    around = replace(new, terms=old.terms, quote_stamp=old.quote_stamp, reply_stamp=old.reply_stamp)
    return replace(around, edited=old.edited) == old


def _reads_differently(old: Post, new: Post) -> bool:
    return (old.html, old.title, old.warning, old.attachments, old.sensitive) != (
        new.html, new.title, new.warning, new.attachments, new.sensitive,
    )  # fmt: skip


def deleted(tx: Transaction, change: Deleted, origin: Origin) -> Applied:
    """A post is taken back; one never seen is remembered as deleted, should it come late.

    Where its own node was asked for it and says that it is gone, the post itself stands for its author.
    """
    if change.actor == change.post and origin.asked_for:
        return _gone_at_its_node(tx, change, origin)
    author = acting(tx, change.actor)
    if isinstance(author, Lacks):
        return NOTHING_NEW
    if isinstance(author, Declined):
        return author
    named = wire_ids.find(tx, change.post)
    if named is None:
        if quotes.stamped(tx, change.post.value):
            return revoked(tx, QuoteRevoked(actor=change.actor, id=change.id, stamp=change.post), origin)
        wire_ids.bury(tx, change.post)
        return NOTHING_NEW
    if named.kind == wire_ids.Thing.TOMBSTONE:
        return NOTHING_NEW
    row = posts.get(tx, PostId(named.thing)) if named.kind == wire_ids.Thing.POST else None
    if row is None or row.author != author.id:
        return Declined("not_the_author")
    if row.gone:
        return NOTHING_NEW
    return buried(tx, row, change, origin)


def _gone_at_its_node(tx: Transaction, change: Deleted, origin: Origin) -> Applied:
    post = wire_ids.find_as(tx, change.post, wire_ids.Thing.POST)
    row = posts.get(tx, PostId(post)) if post is not None else None
    if row is None:
        return revoked(tx, QuoteRevoked(actor=change.actor, stamp=change.post), origin)
    if row.gone or row.local:
        return NOTHING_NEW
    return buried(tx, row, change, origin)


def buried(tx: Transaction, row: posts.Row, change: Deleted, origin: Origin) -> Applied:
    """The post is taken back, whoever says so."""
    taken_back_elsewhere(tx, row, origin)
    posts.bury(tx, row)
    quotes.bury(tx, row.id)
    if row.local:
        uploads.detach(tx, row.id, Millis(origin.now + MEDIA_OUTLASTS))
    arrivals.drop_signed_copy(tx, change.post.value)
    return log.append(
        tx, origin.now, Kind.DELETED, row.author, local=row.local, via=origin.via, post=row.id,
        wire_id=change.id.value if change.id else "",
    )  # fmt: skip
