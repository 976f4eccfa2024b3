"""Home timelines: rows written by fan-out, read by people."""

from typing import NamedTuple

from scattershot.domain.follows import ways_to_name
from scattershot.domain.ids import MicroblogId, Millis, PostId, Seq
from scattershot.ports.database import Transaction

LENGTH = 800
"""Entries kept per home timeline; further back a page is read from what the followed wrote."""

_MAY_HEAR = (
    "f.accepted AND f.home AND m.local AND NOT m.gone"
    " AND NOT EXISTS (SELECT 1 FROM mutes u WHERE u.muter = f.follower AND u.muted = $2"
    " AND (u.expires IS NULL OR u.expires > $4))"
)


class Entry(NamedTuple):
    """A line of a timeline: the post, and the boost by which it came (the post's own id where it came by itself)."""

    entry: PostId
    post: PostId


_PUT_POST = (
    "INSERT INTO timeline (owner, entry, post) SELECT f.follower, $1, $1 FROM follows f "
    f"JOIN microblogs m ON m.id = f.follower WHERE f.followee = $2 AND {_MAY_HEAR} "
    "AND (CAST($3 AS BIGINT) IS NULL OR $3 = $2 OR f.follower = $3 OR EXISTS "
    "(SELECT 1 FROM follows g WHERE g.follower = f.follower AND g.followee = $3 AND g.accepted)) "
)
_IN_THEIR_LANGUAGES = "AND (f.languages = '' OR f.languages LIKE $5 OR f.languages LIKE $6) "
_ONCE = "ON CONFLICT DO NOTHING"


def put_post(
    tx: Transaction,
    post: PostId,
    author: MicroblogId,
    reply_author: MicroblogId | None,
    now: Millis,
    language: str = "",
) -> int:
    """Put a post on the home timelines of its author's followers here; how many it came to.

    A reply comes only to those who also follow whom it answers, or are answered. With a language it comes only to those
    who want posts in that one or in all.
    """
    if not language:
        return tx.execute(_PUT_POST + _ONCE, post, author, reply_author, now)
    names = (f"%{name}%" for name in ways_to_name(language))
    return tx.execute(_PUT_POST + _IN_THEIR_LANGUAGES + _ONCE, post, author, reply_author, now, *names)


def put_own(tx: Transaction, post: PostId, author: MicroblogId) -> int:
    """Put a post on its author's own home timeline, where the author is kept here."""
    return tx.execute(
        "INSERT INTO timeline (owner, entry, post) SELECT id, $2, $2 FROM microblogs WHERE id = $1 AND local "
        "ON CONFLICT DO NOTHING",
        author,
        post,
    )


def put_for(tx: Transaction, post: PostId, author: MicroblogId, hearers: list[MicroblogId], now: Millis) -> int:
    """Put a post for a few on the home timelines of those of them here who follow the author."""
    return tx.execute(
        "INSERT INTO timeline (owner, entry, post) SELECT f.follower, $1, $1 FROM follows f "
        f"JOIN microblogs m ON m.id = f.follower WHERE f.followee = $2 AND {_MAY_HEAR} AND f.follower = ANY($3) "
        "ON CONFLICT DO NOTHING",
        post,
        author,
        hearers,
        now,
    )


def put_boost(
    tx: Transaction, boost: PostId, booster: MicroblogId, post: PostId, author: MicroblogId, now: Millis
) -> int:
    """Put a boost on the home timelines of the booster's followers here who do not have the post there already."""
    return tx.execute(
        "INSERT INTO timeline (owner, entry, post) SELECT f.follower, $1, $3 FROM follows f "
        f"JOIN microblogs m ON m.id = f.follower WHERE f.followee = $2 AND {_MAY_HEAR} AND f.boosts "
        "AND f.follower <> $5 "
        "AND NOT EXISTS (SELECT 1 FROM mutes w WHERE w.muter = f.follower AND w.muted = $5 "
        "AND (w.expires IS NULL OR w.expires > $4)) "
        "AND NOT EXISTS (SELECT 1 FROM shunned s JOIN microblogs a ON a.domain = s.domain "
        "WHERE s.microblog = f.follower AND a.id = $5) "
        "AND NOT EXISTS (SELECT 1 FROM blocks b WHERE (b.blocker = f.follower AND b.blocked = $5) "
        "OR (b.blocker = $5 AND b.blocked = f.follower)) "
        "AND NOT EXISTS (SELECT 1 FROM timeline t WHERE t.owner = f.follower AND t.entry = $3) "
        "AND NOT EXISTS (SELECT 1 FROM boosts o JOIN timeline t ON t.owner = f.follower AND t.entry = o.id "
        "WHERE o.post = $3) ON CONFLICT DO NOTHING",
        boost,
        booster,
        post,
        now,
        author,
    )


def owners_of(tx: Transaction, entry: PostId, among: list[MicroblogId]) -> list[MicroblogId]:
    """Which of these have the entry on their home timeline."""
    return [
        MicroblogId(owner)
        for (owner,) in tx.fetch(_one, "SELECT owner FROM timeline WHERE owner = ANY($2) AND entry = $1", entry, among)
    ]


def _one(value: int) -> tuple[int]:
    return (value,)


def page(tx: Transaction, owner: MicroblogId, before: PostId | None, after: PostId | None, limit: int) -> list[Entry]:
    """Entries newest first: those below `before`, above `after`."""
    return tx.fetch(
        Entry,
        "SELECT entry, post FROM timeline WHERE owner = $1 AND entry < $2 AND entry > $3 ORDER BY entry DESC LIMIT $4",
        owner,
        before if before is not None else (1 << 62),
        after if after is not None else 0,
        limit,
    )


class News(NamedTuple):
    """What a change did to a home timeline: an entry came, was edited, or went."""

    seq: Seq
    kind: str
    entry: PostId
    post: PostId


def news(tx: Transaction, owner: MicroblogId, after: Seq, up_to: Seq, limit: int) -> list[News]:
    """What happened to one home timeline between two places of the log; what went was perhaps not there."""
    return tx.fetch(
        News,
        "SELECT l.seq, l.kind, coalesce(l.boost, l.post), l.post FROM log l "
        "LEFT JOIN timeline t ON t.owner = $1 AND t.entry = coalesce(l.boost, l.post) "
        "WHERE l.seq > $2 AND l.seq <= $3 AND l.post IS NOT NULL AND (l.kind IN ('deleted', 'unboosted') "
        "OR (t.entry IS NOT NULL AND l.kind IN "
        "('posted', 'boosted', 'edited', 'reissued', 'quote_accepted', 'quote_rejected', 'quote_revoked'))) "
        "ORDER BY l.seq LIMIT $4",
        owner,
        after,
        up_to,
        limit,
    )


def drop_entry(tx: Transaction, entry: PostId) -> None:
    """Take an entry off every home timeline."""
    tx.execute("DELETE FROM timeline WHERE entry = $1 AND owner IN (SELECT id FROM microblogs WHERE local)", entry)


def drop_authors(tx: Transaction, owner: MicroblogId, authors: list[MicroblogId]) -> None:
    """Take what these authors wrote or passed on off one home timeline."""
    tx.execute(
        "DELETE FROM timeline WHERE owner = $1 AND "
        "(EXISTS (SELECT 1 FROM posts p WHERE p.id = timeline.post AND p.author = ANY($2)) "
        "OR EXISTS (SELECT 1 FROM boosts b WHERE b.id = timeline.entry AND b.booster = ANY($2)))",
        owner,
        authors,
    )


def drop_boosts(tx: Transaction, owner: MicroblogId, booster: MicroblogId) -> None:
    """Take what somebody passed on off one home timeline."""
    tx.execute(
        "DELETE FROM timeline WHERE owner = $1 AND entry <> post "
        "AND EXISTS (SELECT 1 FROM boosts b WHERE b.id = timeline.entry AND b.booster = $2)",
        owner,
        booster,
    )


def backfill(tx: Transaction, owner: MicroblogId, author: MicroblogId, limit: int) -> int:
    """Put what is already known of a newly followed author on a home timeline, so that it does not start empty."""
    return tx.execute(
        "INSERT INTO timeline (owner, entry, post) SELECT $1, id, id FROM posts WHERE author = $2 AND NOT gone "
        "AND audience IN ('public', 'unlisted') AND (reply_author IS NULL OR reply_author = author) "
        "ORDER BY id DESC LIMIT $3 ON CONFLICT DO NOTHING",
        owner,
        author,
        limit,
    )


def put_these(tx: Transaction, owner: MicroblogId, posts: list[PostId]) -> None:
    """Put these posts on a home timeline."""
    tx.execute_many(
        "INSERT INTO timeline (owner, entry, post) VALUES ($1, $2, $2) ON CONFLICT DO NOTHING",
        [(owner, post) for post in posts],
    )


def drop_second_ways(tx: Transaction, owner: MicroblogId, authors: list[MicroblogId]) -> None:
    """Take boosts of these authors' posts that stand by themselves off a home timeline."""
    tx.execute(
        "DELETE FROM timeline WHERE owner = $1 AND entry <> post AND EXISTS (SELECT 1 FROM timeline t "
        "JOIN posts p ON p.id = t.entry WHERE t.owner = $1 AND t.entry = timeline.post AND p.author = ANY($2))",
        owner,
        authors,
    )


def trim(tx: Transaction, owner: MicroblogId) -> int:
    """Drop entries beyond the length kept."""
    return tx.execute(
        "DELETE FROM timeline WHERE owner = $1 AND entry < "
        "(SELECT entry FROM timeline WHERE owner = $1 ORDER BY entry DESC LIMIT 1 OFFSET $2)",
        owner,
        LENGTH - 1,
    )
