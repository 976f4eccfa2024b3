"""Applying a change: the one place where facts alter. Local and foreign changes take the same path.

Every function here is a plain function of a transaction; it looks up what it lacks before it writes anything.
"""

from scattershot.app.apply import asking, copies, entries, follows, marks, posts, profiles, quoting
from scattershot.app.apply.origin import NOTHING_NEW, Applied, House, Origin
from scattershot.domain.change import (
    Blocked,
    Boosted,
    Change,
    Deleted,
    Edited,
    FollowAnswered,
    Followed,
    Liked,
    Moved,
    Pinned,
    Posted,
    ProfileChanged,
    QuoteAnswered,
    QuoteAsked,
    QuoteRevoked,
    ReplyAnswered,
    ReplyAsked,
    Reported,
    Unblocked,
    Unboosted,
    Undone,
    Unfollowed,
    Unliked,
    Unpinned,
    Vanished,
    Voted,
)
from scattershot.domain.ids import PostId
from scattershot.domain.record import Recorded
from scattershot.domain.wire_id import FEEDS
from scattershot.ports.database import Transaction
from scattershot.storage.tables import microblogs, quotes, relations, wire_ids
from scattershot.storage.tables import posts as post_rows


def apply(tx: Transaction, change: Change, origin: Origin, house: House) -> Applied:
    """Make the change so, and give it its place in the log."""
    match change:
        case Posted() | Edited() if change.post.id.protocol == FEEDS:
            return entries.came(tx, change, origin, house)
        case Posted():
            return _posted(tx, change, origin, house)
        case Edited():
            return _edited(tx, change, origin, house)
        case Deleted():
            return copies.taken_back(tx, change, origin) or posts.deleted(tx, change, origin)
        case Boosted():
            return marks.boosted(tx, change, origin, house)
        case Unboosted():
            return marks.unboosted(tx, change, origin)
        case Liked():
            return marks.liked(tx, change, origin, house)
        case Unliked():
            return marks.unliked(tx, change, origin)
        case Voted():
            return marks.voted(tx, change, origin)
        case Pinned():
            return marks.pinned(tx, change, origin)
        case Unpinned():
            return marks.unpinned(tx, change, origin)
        case Followed():
            return follows.followed(tx, change, origin, house)
        case FollowAnswered():
            return _answered(tx, change, origin, house)
        case Unfollowed():
            return follows.unfollowed(tx, change, origin)
        case Blocked():
            return follows.blocked(tx, change, origin, house)
        case Unblocked():
            return follows.unblocked(tx, change, origin)
        case ProfileChanged():
            return profiles.changed(tx, change, origin, house)
        case Vanished():
            return profiles.vanished(tx, change, origin)
        case Moved():
            return profiles.moved(tx, change, origin)
        case Reported():
            return profiles.reported(tx, change, origin)
        case QuoteAsked():
            return asking.quote_asked(tx, change, origin, house)
        case QuoteAnswered():
            return quoting.answered(tx, change, origin, house)
        case QuoteRevoked():
            return quoting.revoked(tx, change, origin)
        case ReplyAsked():
            return asking.reply_asked(tx, change, origin, house)
        case ReplyAnswered():
            return asking.reply_answered(tx, change, origin)
        case Undone():
            return _undone(tx, change, origin, house)


def _posted(tx: Transaction, change: Posted, origin: Origin, house: House) -> Applied:
    """A post, unless it is a copy of one that is here; what a feed of its author told of it before, and copies that
    came before it, make room."""
    yielded = copies.came(tx, change, origin, house)
    if yielded is not None:
        return yielded
    outcome = posts.posted(tx, change, origin, house)
    if isinstance(outcome, Recorded) and not outcome.local and outcome.post is not None:
        entries.taken_over(tx, change.post, outcome.post, origin, house)
        copies.taken_over(tx, change.post, outcome.post, origin, house)
    return outcome


def _edited(tx: Transaction, change: Edited, origin: Origin, house: House) -> Applied:
    """An edit; of what is not known here it is the first that is heard."""
    if wire_ids.find(tx, change.post.id) is None:
        return _posted(tx, Posted(actor=change.actor, id=change.id, post=change.post), origin, house)
    return posts.edited(tx, change, origin, house)


def _answered(tx: Transaction, change: FollowAnswered, origin: Origin, house: House) -> Applied:
    """An answer that only names the question: what was asked is known here, and may have been to quote."""
    if change.follow is not None and change.follower is None and quotes.asked_as(tx, change.follow.value) is not None:
        answer = QuoteAnswered(actor=change.actor, id=change.id, accepted=change.accepted, asked=change.follow)
        return quoting.answered(tx, answer, origin, house)
    return follows.answered(tx, change, origin)


def _undone(tx: Transaction, change: Undone, origin: Origin, house: House) -> Applied:
    """Take back what is known only by its wire id, where the actor itself did it."""
    named = _named(tx, change)
    return apply(tx, named, origin, house) if named is not None else NOTHING_NEW


def _named(tx: Transaction, change: Undone) -> Unfollowed | Unliked | Unblocked | Unboosted | None:
    actor, value = change.actor, change.change.value
    stand = microblogs.stand(tx, actor)
    if stand is None:
        return None
    if (follow := relations.follow_called(tx, value)) and follow.follower == stand.id:
        target = wire_ids.of(tx, follow.followee, wire_ids.Thing.MICROBLOG, actor.protocol)
        return Unfollowed(actor=actor, target=target, id=change.id) if target else None
    if (like := relations.like_called(tx, value)) and like.liker == stand.id:
        post = wire_ids.of(tx, like.post, wire_ids.Thing.POST, actor.protocol)
        return Unliked(actor=actor, post=post, emoji=like.emoji, id=change.id) if post else None
    if (block := relations.block_called(tx, value)) and block.blocker == stand.id:
        target = wire_ids.of(tx, block.blocked, wire_ids.Thing.MICROBLOG, actor.protocol)
        return Unblocked(actor=actor, target=target, id=change.id) if target else None
    boost_id = wire_ids.find_as(tx, change.change, wire_ids.Thing.BOOST)
    boost = post_rows.boost(tx, PostId(boost_id)) if boost_id is not None else None
    if boost is not None and boost.booster == stand.id:
        post = wire_ids.of(tx, boost.post, wire_ids.Thing.POST, actor.protocol)
        return Unboosted(actor=actor, post=post, id=change.id) if post else None
    return None
