"""How one microblog stands to many others at once, in a handful of looks however many they are."""

from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, Millis
from scattershot.domain.relations import FollowOptions, Relationship
from scattershot.ports.database import Transaction

_TIES = (
    "SELECT followee, CASE WHEN accepted THEN 'follows' ELSE 'asked' END FROM follows "
    "WHERE follower = $1 AND followee = ANY($2) "
    "UNION ALL SELECT follower, CASE WHEN accepted THEN 'followed_by' ELSE 'asked_by' END FROM follows "
    "WHERE followee = $1 AND follower = ANY($2) "
    "UNION ALL SELECT blocked, 'blocks' FROM blocks WHERE blocker = $1 AND blocked = ANY($2) "
    "UNION ALL SELECT blocker, 'blocked_by' FROM blocks WHERE blocked = $1 AND blocker = ANY($2) "
    "UNION ALL SELECT endorsed, 'endorses' FROM endorsements WHERE microblog = $1 AND endorsed = ANY($2) "
    "UNION ALL SELECT id, 'shuns_domain' FROM microblogs WHERE id = ANY($2) "
    "AND domain IN (SELECT domain FROM shunned WHERE microblog = $1)"
)
"""Each tie as the other one and what the flag in `Relationship` is called."""
_MUTES = (
    "SELECT muted, notifications, expires FROM mutes WHERE muter = $1 AND muted = ANY($2) "
    "AND (expires IS NULL OR expires > $3)"
)
_REMARKS = "SELECT about, text FROM remarks WHERE microblog = $1 AND about = ANY($2)"
_UNSAID = FollowOptions()


def between(
    tx: Transaction, viewer: MicroblogId, others: list[MicroblogId], now: Millis
) -> dict[MicroblogId, Relationship]:
    """How the viewer stands to each of the others, also to those it has nothing to do with."""
    if not others:
        return {}
    ties: dict[MicroblogId, set[str]] = {other: set() for other in others}
    for other, tie in tx.fetch(_pair, _TIES, viewer, others):
        ties[other].add(tie)
    followed = [other for other in others if ties[other] & {"follows", "asked"}]
    wishes = follow_options(tx, viewer, followed) if followed else {}
    mutes = {mute.muted: mute for mute in tx.fetch(_mute, _MUTES, viewer, others, now)}
    remarks = dict(tx.fetch(_pair, _REMARKS, viewer, others))
    return {
        other: Relationship(
            follows="follows" in tie,
            asked="asked" in tie,
            options=wishes.get(other, _UNSAID),
            followed_by="followed_by" in tie,
            asked_by="asked_by" in tie,
            blocks="blocks" in tie,
            blocked_by="blocked_by" in tie,
            mutes=other in mutes,
            mutes_notifications=other in mutes and mutes[other].notifications,
            mute_ends=mutes[other].expires if other in mutes else None,
            shuns_domain="shuns_domain" in tie,
            endorses="endorses" in tie,
            remark=remarks.get(other, ""),
        )
        for other, tie in ties.items()
    }


class _Mute(NamedTuple):
    muted: MicroblogId
    notifications: bool
    expires: Millis | None


def _pair(other: MicroblogId, text: str) -> tuple[MicroblogId, str]:
    return other, text


def _mute(muted: MicroblogId, notifications: bool, expires: Millis | None) -> _Mute:
    return _Mute(muted, bool(notifications), expires)


def follow_options(
    tx: Transaction, follower: MicroblogId, followees: list[MicroblogId]
) -> dict[MicroblogId, FollowOptions]:
    """What the follower wishes of each of those it follows or asked to follow."""
    rows = tx.fetch(
        _options,
        "SELECT followee, boosts, notify, languages FROM follows WHERE follower = $1 AND followee = ANY($2)",
        follower,
        followees,
    )
    return dict(rows)


def _options(followee: MicroblogId, boosts: bool, notify: bool, languages: str) -> tuple[MicroblogId, FollowOptions]:
    return followee, FollowOptions(bool(boosts), bool(notify), tuple(languages.split()))
