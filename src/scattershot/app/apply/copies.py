"""Copies: what bridges, or authors who speak on several wires, say of one post under several names.

A post that says it is a copy of another yields to it, whichever comes first: its name leads there, and its author
passes the original on to whoever follows that author alone. That claim hides nothing but the copy itself, so that it
needs no proof. To be another **name** of a post, so that what is said there is said by that name, takes both: each must
say that it is the other, or both must be of one microblog. Two copies of what cannot be had are one where they read the
same.
"""

from scattershot.app.apply import marks
from scattershot.app.apply import posts as posting
from scattershot.app.apply.actors import acting
from scattershot.app.apply.origin import NOTHING_NEW, Applied, Declined, House, Lacks, Origin
from scattershot.domain.change import Boosted, Deleted, Posted, Unboosted
from scattershot.domain.ids import PostId
from scattershot.domain.post import Post
from scattershot.domain.record import Kind
from scattershot.domain.wire_id import WireId
from scattershot.ports.database import Transaction
from scattershot.storage.tables import arrivals, copies, log, microblogs, posts, relations, timelines, wire_ids
from scattershot.wirekit.html import plain_text

ALSO, ORIGINAL = "also", "original"
"""Why a post under another name is wanted: to see whether it says the same; and what a copy says that it is one of."""
_HALF_WAY = posting.MAX_DEPTH // 2


def came(tx: Transaction, change: Posted, origin: Origin, house: House) -> Applied | None:
    """The post is one that is here already; None where it is not, so that it stands by itself."""
    post = change.post
    if (post.copy_of is None and not post.also) or wire_ids.find(tx, post.id) is not None:
        return None
    if post.copy_of is not None and _was_deleted(tx, post.copy_of):
        return Declined("deleted")
    told = _told(tx, post) or _sibling(tx, post)
    if told is None or told.post.copy_of == post.id:
        return None
    stand = microblogs.stand(tx, change.actor)
    same_voice = stand is not None and stand.id == told.author
    _name(tx, post, told, own=same_voice or told.post.claims(post.id))
    _let_yield(tx, post.id, told, origin, house)
    if stand is None or same_voice:
        return Declined("copy")
    if told.local:
        return Declined("copy_of_ours")
    return _pass_on(tx, change.actor, post, told, origin, house)


def _was_deleted(tx: Transaction, original: WireId) -> bool:
    named = wire_ids.find(tx, original)
    if named is None or named.kind != wire_ids.Thing.POST:
        return named is not None and named.kind == wire_ids.Thing.TOMBSTONE
    row = posts.get(tx, PostId(named.thing))
    return row is not None and row.gone


def _told(tx: Transaction, post: Post) -> posts.Row | None:
    """The post that it says it is, as far as that is here: for alternates, only where that says the same."""
    for name in (post.copy_of, *post.also):
        found = wire_ids.find_as(tx, name, wire_ids.Thing.POST) if name is not None else None
        row = posts.get(tx, PostId(found)) if found is not None else None
        if row is not None and not row.gone and (name == post.copy_of or row.post.claims(post.id)):
            return row
    return None


def _sibling(tx: Transaction, post: Post) -> posts.Row | None:
    """Another copy of the same original, which is not here; one that reads otherwise may be a stranger's lie."""
    if post.copy_of is None:
        return None
    for waiting in copies.waiting(tx, post.copy_of):
        row = posts.get(tx, waiting)
        if row is not None and not row.gone and row.audience is post.audience and _words(row.post) == _words(post):
            return row
    return None


def _words(post: Post) -> list[str]:
    return plain_text(post.html).casefold().split()


def _name(tx: Transaction, post: Post, told: posts.Row, *, own: bool) -> None:
    """Let the name of the copy lead to the original, and whoever answered the copy answer that."""
    is_own = own and wire_ids.of(tx, told.id, wire_ids.Thing.POST, post.id.protocol) is None
    wire_ids.add(tx, post.id, wire_ids.Thing.POST if is_own else wire_ids.Thing.COPY, told.id)
    posts.adopt_orphans(tx, post.id.value, told.id, told.author, told.thread)


def _pass_on(tx: Transaction, actor: WireId, post: Post, told: posts.Row, origin: Origin, house: House) -> Applied:
    """Whoever hears the one that copied has it from there; an answer to somebody else is not spread by that."""
    stand = acting(tx, actor)
    if isinstance(stand, Lacks | Declined):
        return stand
    answers_another = told.reply_wire is not None or told.reply_author not in (None, told.author)
    if answers_another or not relations.is_heard_here(tx, stand.id):
        return Declined("copy")
    return marks.boosted(tx, Boosted(actor=actor, post=post.id, at=post.published), origin, house)


def taken_over(tx: Transaction, post: Post, made: PostId, origin: Origin, house: House) -> None:
    """A post has come: copies of it that came before make room, and what it says are its other names is looked at."""
    row = posts.get(tx, made)
    assert row is not None
    _let_yield(tx, post.id, row, origin, house)
    if post.copy_of is not None and wire_ids.find(tx, post.copy_of) is None:
        copies.wait_for(tx, post.copy_of, made)
    if origin.depth < posting.MAX_DEPTH:
        depth = origin.depth + _HALF_WAY
        for name, why in ((post.copy_of, ORIGINAL), *((name, ALSO) for name in post.also)):
            if name is not None and wire_ids.find(tx, name) is None:
                arrivals.want(tx, name, why, depth, origin.now)


def _let_yield(tx: Transaction, name: WireId, row: posts.Row, origin: Origin, house: House) -> None:
    """Copies of what has that name came before it."""
    for waiting in copies.take_waiting(tx, name):
        copy = posts.get(tx, waiting)
        if copy is not None and not copy.gone and not copy.local and copy.id != row.id:
            _yield(tx, copy, row, origin, house)


def _yield(tx: Transaction, copy: posts.Row, row: posts.Row, origin: Origin, house: House) -> None:
    said = copy.post
    copies.hand_on_answers(tx, copy.id, row.id, row.author, row.thread)
    moved = copies.hand_on_marks(tx, copy.id, row.id)
    posting.buried(tx, copy, Deleted(actor=said.author, post=said.id), origin)
    wire_ids.hand_on(tx, copy.id, row.id)
    if row.post.claims(said.id) or copy.author == row.author:
        wire_ids.own(tx, said.id, row.id)
    for boost_id in moved:
        boost = posts.boost(tx, boost_id)
        if boost is not None:  # told to nobody else: those who heard of the copy by it are to have the original
            timelines.drop_entry(tx, boost.id)
            log.append(
                tx, origin.now, Kind.BOOSTED, boost.booster, local=False, via=origin.via, post=row.id,
                target=row.author, boost=boost.id,
            )  # fmt: skip
    if copy.author != row.author:
        _pass_on(tx, said.author, said, row, origin, house)


def taken_back(tx: Transaction, change: Deleted, origin: Origin) -> Applied | None:
    """Whoever copied a post takes the copy back: they no longer pass it on; None where it is no copy."""
    if not wire_ids.is_copy(tx, change.post):
        return None
    told = marks.standing_post(tx, change.post)
    stand = microblogs.stand(tx, change.actor)
    if told is None or stand is None or stand.id == told.author:
        return NOTHING_NEW
    return marks.unboosted(tx, Unboosted(actor=change.actor, post=change.post), origin)
