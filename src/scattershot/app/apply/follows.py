"""Follows, their answers, and blocks."""

from scattershot.app.apply.actors import acting
from scattershot.app.apply.origin import NOTHING_NEW, Applied, Declined, House, Lacks, Origin
from scattershot.app.apply.profiles import REST
from scattershot.domain.change import Blocked, FollowAnswered, Followed, Unblocked, Unfollowed
from scattershot.domain.ids import Millis
from scattershot.domain.node import Standing
from scattershot.domain.record import Kind, Recorded
from scattershot.domain.wire_id import ASKING, FEEDS, WireId
from scattershot.ports.database import Transaction
from scattershot.storage.tables import (
    link_checks,
    log,
    microblogs,
    relations,
    relays,
    shunned,
    sources,
    watches,
    wire_ids,
)

NEVER_ASKED = Millis(-1)
"""The mark of a watch on an author whose back posts were not read yet."""


def _target(tx: Transaction, wire_id: WireId) -> microblogs.Stand | Lacks | Declined:
    target = microblogs.stand(tx, wire_id)
    if target is None:
        return Lacks((wire_id,)) if wire_ids.find(tx, wire_id) is None else Declined("stand_in")
    return Declined("gone") if target.gone else target


def _append(
    tx: Transaction, kind: Kind, actor: microblogs.Stand, target: microblogs.Stand, wire_id: WireId | None,
    origin: Origin, *, detail: str = "",
) -> Recorded:  # fmt: skip
    return log.append(
        tx, origin.now, kind, actor.id, local=actor.local, via=origin.via, target=target.id,
        wire_id=wire_id.value if wire_id else "", detail=detail,
    )  # fmt: skip


def followed(tx: Transaction, change: Followed, origin: Origin, house: House) -> Applied:
    """One wishes to hear the other. A microblog kept here answers at once unless it is locked.

    A wish repeated is answered again: the other side may have lost the first answer.
    """
    follower, target = acting(tx, change.actor), _target(tx, change.target)
    if isinstance(follower, Lacks | Declined):
        return follower
    if isinstance(target, Lacks | Declined):
        return target
    if follower.id == target.id or (not follower.local and not target.local):
        return Declined("unrelated")
    if Standing.BLOCKED in (target.standing, target.node_standing):
        return Declined("blocked_node")
    if relations.blocks(tx, target.id, follower.id) or shunned.shuns(tx, target.id, follower.id):
        return _refuse(tx, change, follower, target, origin) if not follower.local else Declined("blocked")
    if follower.local and shunned.shuns(tx, follower.id, target.id):
        return Declined("shunned")
    before = relations.follow(tx, follower.id, target.id)
    if before is not None and before.accepted and follower.local:
        return NOTHING_NEW
    wire_id = change.id.value if change.id else ""
    accepted = target.local and (not target.locked or (before is not None and before.accepted))
    just_listens = not target.local and change.target.protocol not in ASKING
    since = before.at if before else origin.now
    wish = relations.Follow(follower.id, target.id, accepted or just_listens, wire_id, since)
    relations.put_follow(tx, wish)
    recorded = _append(tx, Kind.FOLLOWED, follower, target, change.id, origin)
    if follower.local:
        relations.name_follow(tx, follower.id, target.id, house.addresses.change(recorded.seq))
    if accepted or just_listens:
        _accepted(tx, follower, target, origin)
    if just_listens:
        if change.target.protocol == FEEDS:
            sources.listen(tx, target.id, origin.now)
        else:
            watches.start(tx, target.id, NEVER_ASKED, origin.now)
    return recorded


def _accepted(tx: Transaction, follower: microblogs.Stand, target: microblogs.Stand, origin: Origin) -> Recorded:
    wish = relations.follow(tx, follower.id, target.id)
    return _append(
        tx, Kind.FOLLOW_ACCEPTED, target, follower, None, origin, detail=wish.wire_id if wish is not None else ""
    )


def _refuse(
    tx: Transaction, change: Followed, follower: microblogs.Stand, target: microblogs.Stand, origin: Origin
) -> Recorded:
    detail = change.id.value if change.id else ""
    return _append(tx, Kind.FOLLOW_REJECTED, target, follower, None, origin, detail=detail)


def answered(tx: Transaction, change: FollowAnswered, origin: Origin) -> Applied:
    """The one to be heard says yes or no; an answer to a wish never made is declined."""
    followee = acting(tx, change.actor)
    if isinstance(followee, Lacks | Declined):
        return followee
    wish = _wish(tx, change, followee)
    if wish is None:
        return Declined("no_such_follow")
    follower = microblogs.stand_of(tx, wish.follower)
    if follower is None or (wish.accepted and change.accepted):
        return NOTHING_NEW
    if not change.accepted:
        relations.drop_follow(tx, wish.follower, followee.id)
        _unwatch(tx, followee)
        return _append(tx, Kind.FOLLOW_REJECTED, followee, follower, change.id, origin, detail=wish.wire_id)
    relations.put_follow(tx, wish._replace(accepted=True))
    if follower.local and not followee.local and not relays.is_relay(tx, followee.id):
        watches.start(tx, followee.id, NEVER_ASKED, origin.now)
        link_checks.want(tx, followee.id, origin.now, REST)
    return _append(tx, Kind.FOLLOW_ACCEPTED, followee, follower, change.id, origin, detail=wish.wire_id)


def _wish(tx: Transaction, change: FollowAnswered, followee: microblogs.Stand) -> relations.Follow | None:
    if change.follow is not None:
        wish = relations.follow_called(tx, change.follow.value)
        if wish is not None:
            return wish if wish.followee == followee.id else None
    follower = microblogs.stand(tx, change.follower) if change.follower is not None else None
    return relations.follow(tx, follower.id, followee.id) if follower is not None else None


def _unwatch(tx: Transaction, followee: microblogs.Stand) -> None:
    if not followee.local and not relations.is_heard_here(tx, followee.id):
        watches.stop(tx, followee.id)
        sources.rest(tx, followee.id)


def unfollowed(tx: Transaction, change: Unfollowed, origin: Origin) -> Applied:
    """One no longer wishes to hear the other."""
    follower, target = acting(tx, change.actor), _target(tx, change.target)
    if isinstance(follower, Lacks | Declined):
        return follower
    if isinstance(target, Lacks | Declined):
        return NOTHING_NEW
    wish = relations.follow(tx, follower.id, target.id)
    if wish is None:
        return NOTHING_NEW
    relations.drop_follow(tx, follower.id, target.id)
    _unwatch(tx, target)
    return _append(tx, Kind.UNFOLLOWED, follower, target, change.id, origin, detail=wish.wire_id)


def blocked(tx: Transaction, change: Blocked, origin: Origin, house: House) -> Applied:
    """One will not deal with the other: both stop hearing each other."""
    blocker, target = acting(tx, change.actor), _target(tx, change.target)
    if isinstance(blocker, Lacks | Declined):
        return blocker
    if isinstance(target, Lacks | Declined):
        return target
    wire_id = change.id.value if change.id else ""
    if blocker.id == target.id or not (blocker.local or target.local):
        return Declined("unrelated")
    if not relations.add_block(tx, relations.Block(blocker.id, target.id, wire_id, origin.now)):
        return NOTHING_NEW
    for one, other in ((blocker, target), (target, blocker)):
        if relations.drop_follow(tx, one.id, other.id):
            _unwatch(tx, other)
    recorded = _append(tx, Kind.BLOCKED, blocker, target, change.id, origin)
    if blocker.local:
        relations.name_block(tx, blocker.id, target.id, house.addresses.change(recorded.seq))
    return recorded


def unblocked(tx: Transaction, change: Unblocked, origin: Origin) -> Applied:
    """One deals with the other again."""
    blocker, target = acting(tx, change.actor), _target(tx, change.target)
    if isinstance(blocker, Lacks | Declined):
        return blocker
    if isinstance(target, Lacks | Declined):
        return NOTHING_NEW
    wire_id = relations.drop_block(tx, blocker.id, target.id)
    if wire_id is None:
        return NOTHING_NEW
    return _append(tx, Kind.UNBLOCKED, blocker, target, change.id, origin, detail=wire_id)
