"""Telling a recorded change again in wire ids, from the rows it changed, so that a protocol can put it into words."""

from typing import NamedTuple

from scattershot.app.apply.origin import House
from scattershot.app.other_names import author_on_activitypub, on_activitypub, post_told, profile_told
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
    Reported,
    Unblocked,
    Unboosted,
    Unfollowed,
    Unliked,
    Unpinned,
    Vanished,
    Voted,
)
from scattershot.domain.emoji import custom, of_node
from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.post import Audience
from scattershot.domain.record import Kind, Recorded
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.ports.database import Transaction
from scattershot.storage.tables import microblogs, posts, reactions, relays, reports, wire_ids


class Telling(NamedTuple):
    """A change in wire ids, and the microblogs it concerns: the author of a post liked, the target of a follow."""

    change: Change
    to: tuple[WireId, ...] = ()


def retell(tx: Transaction, recorded: Recorded, house: House) -> Telling | None:
    """The change as it can still be told; None where what it speaks of is gone since."""
    actor = _microblog(tx, recorded.actor)
    if actor is None:
        return None
    name = house.addresses.wire_id(recorded.wire_id or house.addresses.change(recorded.seq))
    if recorded.kind in _OF_POSTS:
        return _of_post(tx, recorded, actor, name)
    return _of_microblog(tx, recorded, actor, name, house)


_OF_POSTS = frozenset(
    {
        Kind.POSTED, Kind.EDITED, Kind.DELETED, Kind.BOOSTED, Kind.UNBOOSTED, Kind.LIKED, Kind.UNLIKED, Kind.VOTED,
        Kind.PINNED, Kind.UNPINNED, Kind.REISSUED, Kind.QUOTE_ASKED,
    }
)  # fmt: skip


def _microblog(tx: Transaction, microblog: MicroblogId | None) -> WireId | None:
    return wire_ids.main(tx, microblog, wire_ids.Thing.MICROBLOG) if microblog is not None else None


def _wire(value: str) -> WireId | None:
    return WireId(ACTIVITYPUB, value) if value else None


def _of_post(tx: Transaction, recorded: Recorded, actor: WireId, name: WireId) -> Telling | None:
    assert recorded.post is not None
    post = wire_ids.main(tx, recorded.post, wire_ids.Thing.POST)
    if post is None:
        return None
    author = _microblog(tx, recorded.target)
    to = (author,) if author is not None else ()
    match recorded.kind:
        case Kind.POSTED | Kind.EDITED | Kind.REISSUED | Kind.QUOTE_ASKED:
            return _with_words(tx, recorded, recorded.post, actor, name, to)
        case Kind.DELETED:
            return Telling(Deleted(actor=actor, id=name, post=post), _hearers(tx, recorded.post))
        case Kind.BOOSTED:
            boost = posts.boost(tx, recorded.boost) if recorded.boost is not None else None
            if boost is None:
                return None
            audience = Audience(boost.audience)
            told = _passed_on(tx, recorded, post, to)
            return Telling(Boosted(actor=actor, id=name, post=told.post, at=boost.at, audience=audience), told.to)
        case Kind.UNBOOSTED:
            told = _passed_on(tx, recorded, post, to)
            return Telling(Unboosted(actor=actor, id=name, post=told.post, boost=_wire(recorded.detail)), told.to)
        case Kind.LIKED:
            picture = reactions.picture_of(tx, recorded.post, recorded.detail) if custom(recorded.detail) else ""
            return Telling(Liked(actor=actor, id=name, post=post, emoji=_said(recorded.detail), picture=picture), to)
        case Kind.UNLIKED:
            like, _, emoji = recorded.detail.partition(" ")
            return Telling(Unliked(actor=actor, id=name, post=post, emoji=_said(emoji), like=_wire(like)), to)
        case Kind.VOTED:
            return Telling(Voted(actor=actor, id=name, post=post, choice=recorded.detail), to)
        case Kind.PINNED:
            return Telling(Pinned(actor=actor, id=name, post=post))
        case _:
            return Telling(Unpinned(actor=actor, id=name, post=post))


class _PassedOn(NamedTuple):
    """A post, and whoever is concerned, by names that can be passed on."""

    post: WireId
    to: tuple[WireId, ...]


def _passed_on(tx: Transaction, recorded: Recorded, post: WireId, to: tuple[WireId, ...]) -> _PassedOn:
    """What has no name of its own that can be is passed on by that of what stands in for it."""
    if post.protocol == ACTIVITYPUB or recorded.post is None or recorded.target is None:
        return _PassedOn(post, to)
    author = author_on_activitypub(tx, recorded.target)
    return _PassedOn(on_activitypub(tx, recorded.post) or post, (author,) if author is not None else ())


def _with_words(
    tx: Transaction, recorded: Recorded, post: PostId, actor: WireId, name: WireId, to: tuple[WireId, ...]
) -> Telling | None:
    """What tells the whole post, as it reads now."""
    row = posts.get(tx, post)
    if row is None or row.gone:
        return None
    match recorded.kind:
        case Kind.POSTED:
            return Telling(Posted(actor=actor, id=name, post=post_told(tx, row)))
        case Kind.QUOTE_ASKED:
            quoting = row.post
            if quoting.quote is None:
                return None
            asked = QuoteAsked(actor=actor, id=name, quoting=quoting.id, quoted=quoting.quote, post=quoting)
            return Telling(asked, to)
        case _:
            return Telling(Edited(actor=actor, id=name, post=post_told(tx, row)))


def _said(emoji: str) -> str:
    """The emoji as one says it: a node's own by its shortcode alone."""
    named = custom(emoji)
    return of_node(named[0], "") if named is not None else emoji


def _hearers(tx: Transaction, post: PostId) -> tuple[WireId, ...]:
    found = (_microblog(tx, microblog) for microblog in posts.hearers(tx, post))
    return tuple(wire_id for wire_id in found if wire_id is not None)


def _of_microblog(tx: Transaction, recorded: Recorded, actor: WireId, name: WireId, house: House) -> Telling | None:
    if recorded.kind is Kind.PROFILE_CHANGED:
        row = microblogs.get(tx, recorded.actor)
        if row is None or row.gone:
            return None
        return Telling(ProfileChanged(actor=actor, id=name, profile=profile_told(tx, row)))
    if recorded.kind is Kind.VANISHED:
        return Telling(Vanished(actor=actor, id=name))
    target = _microblog(tx, recorded.target)
    if target is None:
        return None
    change = _between(tx, recorded, actor, target, name, house)
    return Telling(change, (target,)) if change is not None else None


def _is_relay(tx: Transaction, recorded: Recorded) -> bool:
    return recorded.target is not None and relays.is_relay(tx, recorded.target)


def _between(
    tx: Transaction, recorded: Recorded, actor: WireId, target: WireId, name: WireId, house: House
) -> Change | None:
    undone = _wire(recorded.detail)
    match recorded.kind:
        case Kind.FOLLOWED:
            return Followed(actor=actor, id=name, target=target, everything=_is_relay(tx, recorded))
        case Kind.FOLLOW_ACCEPTED | Kind.FOLLOW_REJECTED:
            accepted = recorded.kind is Kind.FOLLOW_ACCEPTED
            return FollowAnswered(actor=actor, id=name, follower=target, accepted=accepted, follow=undone)
        case Kind.UNFOLLOWED:
            everything = _is_relay(tx, recorded)
            return Unfollowed(actor=actor, id=name, target=target, follow=undone, everything=everything)
        case Kind.BLOCKED:
            return Blocked(actor=actor, id=name, target=target)
        case Kind.UNBLOCKED:
            return Unblocked(actor=actor, id=name, target=target, block=undone)
        case Kind.MOVED:
            return Moved(actor=actor, id=name, target=target)
        case Kind.REPORTED:
            return _report(tx, recorded, actor, target, name)
        case Kind.QUOTE_REVOKED:
            return QuoteRevoked(actor=actor, id=name, stamp=undone) if undone is not None else None
        case Kind.QUOTE_ACCEPTED | Kind.QUOTE_REJECTED | Kind.REPLY_ACCEPTED | Kind.REPLY_REJECTED:
            return _answer(recorded, actor, name, house)
        case _:
            return None


def _answer(recorded: Recorded, actor: WireId, name: WireId, house: House) -> QuoteAnswered | ReplyAnswered | None:
    """The answer to a question from elsewhere; None where nobody asked."""
    asked, theirs, ours = map(_wire, (*recorded.detail.split(" "), "", "")[:3])
    if asked is None or theirs is None:
        return None
    post, addresses = recorded.post, house.addresses
    if recorded.kind in (Kind.QUOTE_ACCEPTED, Kind.QUOTE_REJECTED):
        accepted = recorded.kind is Kind.QUOTE_ACCEPTED
        stamp = addresses.wire_id(addresses.quote_stamp(post)) if accepted and post is not None else None
        return QuoteAnswered(
            actor=actor, id=name, accepted=accepted, quoting=theirs, quoted=ours, asked=asked, stamp=stamp
        )
    accepted = recorded.kind is Kind.REPLY_ACCEPTED
    stamp = addresses.wire_id(addresses.reply_stamp(post)) if accepted and post is not None else None
    return ReplyAnswered(actor=actor, id=name, reply=theirs, accepted=accepted, parent=ours, asked=asked, stamp=stamp)


def _report(tx: Transaction, recorded: Recorded, actor: WireId, target: WireId, name: WireId) -> Reported | None:
    report = reports.get(tx, int(recorded.detail))
    if report is None:
        return None
    found = (wire_ids.of(tx, post, wire_ids.Thing.POST) for post in report.posts)
    about = tuple(wire_id for wire_id in found if wire_id is not None)
    return Reported(actor=actor, id=name, targets=(target,), posts=about, comment=report.comment)
