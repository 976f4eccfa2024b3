"""Lists of microblogs page by page, the newest first: followers, followed, wishes, blocks, mutes, shunned domains."""

from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, Millis
from scattershot.ports.database import Transaction


class Place(NamedTuple):
    """Where an entry stands in its list: by time, and by id among those of one moment."""

    at: Millis
    id: MicroblogId


class Stretch(NamedTuple):
    """Which entries are asked for: those below `before`, above `after`; `upwards`: the oldest above it, not the newest.

    The answer is newest first in any case.
    """

    limit: int
    before: Place | None = None
    after: Place | None = None
    upwards: bool = False


class Roster(NamedTuple):
    """A list: its table, whose it is, whom it lists, and what else must hold."""

    table: str
    owner: str
    listed: str
    condition: str = ""


FOLLOWERS = Roster("follows", "followee", "follower", "AND accepted")
FOLLOWING = Roster("follows", "follower", "followee", "AND accepted")
REQUESTS = Roster("follows", "followee", "follower", "AND NOT accepted")
BLOCKED = Roster("blocks", "blocker", "blocked")
MUTED = Roster("mutes", "muter", "muted", "AND (expires IS NULL OR expires > $7)")
ENDORSED = Roster("endorsements", "microblog", "endorsed")

_LAST = Place(Millis(1 << 62), MicroblogId(1 << 62))
_FIRST = Place(Millis(-1), MicroblogId(-1))


def page(tx: Transaction, roster: Roster, owner: MicroblogId, stretch: Stretch, now: Millis) -> list[Place]:
    """A stretch of the list, newest first."""
    table, whose, listed, condition = roster
    direction = "ASC" if stretch.upwards else "DESC"
    found = tx.fetch(
        _place,
        f"SELECT at, {listed} FROM {table} WHERE {whose} = $1 AND (at, {listed}) < ($2, $3) "
        f"AND (at, {listed}) > ($4, $5) {condition} ORDER BY at {direction}, {listed} {direction} LIMIT $6",
        owner,
        *(stretch.before or _LAST),
        *(stretch.after or _FIRST),
        stretch.limit,
        *((now,) if "$7" in condition else ()),
    )
    return found[::-1] if stretch.upwards else found


def _place(at: int, microblog: int) -> Place:
    return Place(Millis(at), MicroblogId(microblog))


class Shun(NamedTuple):
    """A domain shunned."""

    at: Millis
    domain: str


def shunned(
    tx: Transaction, owner: MicroblogId, before: int | None, after: int | None, limit: int, *, upwards: bool = False
) -> list[Shun]:
    """The domains it shuns, the latest first, below and above those moments; no two have the same."""
    direction = "ASC" if upwards else "DESC"
    found = tx.fetch(
        Shun,
        f"SELECT at, domain FROM shunned WHERE microblog = $1 AND at < $2 AND at > $3 ORDER BY at {direction} LIMIT $4",
        owner,
        min(before, 1 << 62) if before is not None else 1 << 62,
        min(after, 1 << 62) if after is not None else -1,
        limit,
    )
    return found[::-1] if upwards else found


COUNTED = 1_000
"""Nobody counts further than this who waits."""


def count_requests(tx: Transaction, owner: MicroblogId) -> int:
    """How many wait for an answer, at most `COUNTED`."""
    # The order leads SQLite to the index of those who wait; else it counts its way through all followers.
    return int(
        tx.value(
            "SELECT count(*) FROM (SELECT 1 FROM follows WHERE followee = $1 AND NOT accepted ORDER BY at LIMIT $2) w",
            owner,
            COUNTED,
        )
    )


def familiar(tx: Transaction, viewer: MicroblogId, other: MicroblogId, limit: int) -> list[MicroblogId]:
    """Those whom the viewer follows and who follow the other one, the latest followed first."""
    # CROSS JOIN: SQLite keeps to this order, for the viewer follows hundreds and the other may have all the world.
    rows = tx.fetch(
        _place,
        "SELECT mine.at, mine.followee FROM follows mine CROSS JOIN follows theirs WHERE mine.follower = $1 "
        "AND mine.accepted AND theirs.followee = $2 AND theirs.follower = mine.followee AND theirs.accepted "
        "ORDER BY mine.at DESC, mine.followee DESC LIMIT $3",
        viewer,
        other,
        limit,
    )
    return [place.id for place in rows]
