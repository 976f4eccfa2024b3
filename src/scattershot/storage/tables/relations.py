"""How microblogs stand to each other and to posts: follows, likes, blocks, mutes, pins."""

from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, Millis, NodeId, PostId
from scattershot.ports.database import Transaction
from scattershot.storage.tables import filters, imports


def _one(value: int) -> tuple[int]:
    return (value,)


# -- follows


class Follow(NamedTuple):
    """A wish to hear; `wire_id` is what the wire calls the wish. How it is to be heard counts for those here alone."""

    follower: MicroblogId
    followee: MicroblogId
    accepted: bool
    wire_id: str
    at: Millis
    boosts: bool = True
    """Whether boosts come too."""
    notify: bool = False
    """Whether each new post is told of."""
    languages: str = ""
    """` de en `: only posts in these come; empty: in any."""
    home: bool = True
    """Whether it comes to the home timeline; False where an exclusive list keeps it off."""


FOLLOW = "follower, followee, accepted, wire_id, at, boosts, notify, languages, home"


def follow(tx: Transaction, follower: MicroblogId, followee: MicroblogId) -> Follow | None:
    """The wish of one to hear the other."""
    return tx.fetch_one(
        Follow, f"SELECT {FOLLOW} FROM follows WHERE followee = $2 AND follower = $1", follower, followee
    )


def follow_called(tx: Transaction, wire_id: str) -> Follow | None:
    """The wish of that wire id."""
    return tx.fetch_one(Follow, f"SELECT {FOLLOW} FROM follows WHERE wire_id = $1 AND wire_id <> ''", wire_id)


def put_follow(tx: Transaction, wish: Follow) -> None:
    """Store a wish, or replace it."""
    tx.execute(
        f"INSERT INTO follows ({FOLLOW}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) "
        "ON CONFLICT (followee, follower) DO UPDATE SET accepted = excluded.accepted, wire_id = excluded.wire_id",
        *wish,
    )


def name_follow(tx: Transaction, follower: MicroblogId, followee: MicroblogId, wire_id: str) -> None:
    """Say what the wire calls the wish."""
    tx.execute("UPDATE follows SET wire_id = $3 WHERE followee = $2 AND follower = $1", follower, followee, wire_id)


def drop_follow(tx: Transaction, follower: MicroblogId, followee: MicroblogId) -> bool:
    """Forget the wish; whoever is not followed is in no list of the follower's, and not recommended by it either."""
    tx.execute("DELETE FROM list_members WHERE member = $2 AND owner = $1", follower, followee)
    tx.execute("DELETE FROM endorsements WHERE microblog = $1 AND endorsed = $2", follower, followee)
    return bool(tx.execute("DELETE FROM follows WHERE followee = $2 AND follower = $1", follower, followee))


def follows(tx: Transaction, follower: MicroblogId, followee: MicroblogId) -> bool:
    """Whether one is heard by the other with consent."""
    return (
        tx.value("SELECT 1 FROM follows WHERE followee = $2 AND follower = $1 AND accepted", follower, followee)
        is not None
    )


def followers(tx: Transaction, followee: MicroblogId, after: MicroblogId, limit: int) -> list[MicroblogId]:
    """Accepted followers by id."""
    rows = tx.fetch(
        _one,
        "SELECT follower FROM follows WHERE followee = $1 AND follower > $2 AND accepted ORDER BY follower LIMIT $3",
        followee,
        after,
        limit,
    )
    return [MicroblogId(m) for (m,) in rows]


def following(tx: Transaction, follower: MicroblogId, after: MicroblogId, limit: int) -> list[MicroblogId]:
    """Those it follows with their consent, by id."""
    rows = tx.fetch(
        _one,
        "SELECT followee FROM follows WHERE follower = $1 AND followee > $2 AND accepted ORDER BY followee LIMIT $3",
        follower,
        after,
        limit,
    )
    return [MicroblogId(m) for (m,) in rows]


def requests(tx: Transaction, followee: MicroblogId) -> list[Follow]:
    """Wishes not answered yet, oldest first."""
    return tx.fetch(
        Follow, f"SELECT {FOLLOW} FROM follows WHERE followee = $1 AND NOT accepted ORDER BY at LIMIT 500", followee
    )


def pending(tx: Transaction, follower: MicroblogId) -> list[Follow]:
    """Its own wishes not answered yet."""
    return tx.fetch(
        Follow, f"SELECT {FOLLOW} FROM follows WHERE follower = $1 AND NOT accepted ORDER BY at LIMIT 500", follower
    )


def count_followers(tx: Transaction, followee: MicroblogId) -> int:
    """How many hear it."""
    return int(tx.value("SELECT followers FROM counts WHERE microblog = $1", followee) or 0)


def count_following(tx: Transaction, follower: MicroblogId) -> int:
    """How many it hears."""
    return int(tx.value("SELECT following FROM counts WHERE microblog = $1", follower) or 0)


def followed_among(tx: Transaction, follower: MicroblogId, among: list[MicroblogId]) -> set[MicroblogId]:
    """Those of the microblogs that it follows with their consent."""
    rows = tx.fetch(
        _one, "SELECT followee FROM follows WHERE follower = $1 AND followee = ANY($2) AND accepted", follower, among
    )
    return {MicroblogId(m) for (m,) in rows}


def followers_among(tx: Transaction, followee: MicroblogId, among: list[MicroblogId]) -> set[MicroblogId]:
    """Those of the microblogs that follow it with its consent."""
    rows = tx.fetch(
        _one, "SELECT follower FROM follows WHERE followee = $1 AND follower = ANY($2) AND accepted", followee, among
    )
    return {MicroblogId(m) for (m,) in rows}


def local_followers(tx: Transaction, followee: MicroblogId, limit: int) -> list[MicroblogId]:
    """Accepted followers kept here."""
    rows = tx.fetch(
        _one,
        "SELECT f.follower FROM follows f JOIN microblogs m ON m.id = f.follower "
        "WHERE f.followee = $1 AND f.accepted AND m.local LIMIT $2",
        followee,
        limit,
    )
    return [MicroblogId(m) for (m,) in rows]


def is_heard_here(tx: Transaction, followee: MicroblogId) -> bool:
    """Whether anybody kept here follows it."""
    return bool(local_followers(tx, followee, 1))


def node_follows(tx: Transaction, node: int, followee: MicroblogId) -> bool:
    """Whether anybody at that node follows it with consent."""
    return (
        tx.value(
            "SELECT 1 FROM follows f JOIN microblogs m ON m.id = f.follower "
            "WHERE f.followee = $1 AND f.accepted AND m.node = $2 LIMIT 1",
            followee,
            node,
        )
        is not None
    )


def ties_with(tx: Transaction, nodes: list[NodeId]) -> list[tuple[MicroblogId, MicroblogId]]:
    """Every wish, answered or not, of or for somebody at one of the nodes, as follower and followee."""
    return tx.fetch(
        lambda follower, followee: (MicroblogId(follower), MicroblogId(followee)),
        "SELECT follower, followee FROM follows WHERE follower IN (SELECT id FROM microblogs WHERE node = ANY($1)) "
        "OR followee IN (SELECT id FROM microblogs WHERE node = ANY($1))",
        nodes,
    )


def followers_at(tx: Transaction, followee: MicroblogId, node: int) -> list[MicroblogId]:
    """Accepted followers at one node."""
    rows = tx.fetch(
        _one,
        "SELECT f.follower FROM follows f JOIN microblogs m ON m.id = f.follower "
        "WHERE f.followee = $1 AND f.accepted AND m.node = $2",
        followee,
        node,
    )
    return [MicroblogId(m) for (m,) in rows]


# -- likes


class Like(NamedTuple):
    """Approval of a post, with an emoji or none; `picture` is of an emoji that is a node's own."""

    post: PostId
    liker: MicroblogId
    emoji: str
    wire_id: str
    at: Millis
    picture: str = ""


_LIKE = "post, liker, emoji, wire_id, at, picture"
# Later than the liker's last one, and told apart from those of others in the same millisecond by who they are.
_PLACE = (
    "GREATEST(CAST($5 AS BIGINT) * 65536 + ($1 + $2) % 65536, "
    "(SELECT coalesce(max(place), 0) + 1 FROM likes WHERE liker = $2 AND emoji = ''))"
)


def like(tx: Transaction, post: PostId, liker: MicroblogId, emoji: str) -> Like | None:
    """The liker's like of the post."""
    return tx.fetch_one(
        Like, f"SELECT {_LIKE} FROM likes WHERE post = $1 AND liker = $2 AND emoji = $3", post, liker, emoji
    )


def like_called(tx: Transaction, wire_id: str) -> Like | None:
    """The like of that wire id."""
    return tx.fetch_one(Like, f"SELECT {_LIKE} FROM likes WHERE wire_id = $1 AND wire_id <> ''", wire_id)


def add_like(tx: Transaction, new: Like) -> bool:
    """Store a like, and count it where it is no reaction; False where it was there."""
    put = f"INSERT INTO likes ({_LIKE}, place) VALUES ($1, $2, $3, $4, $5, $6, {_PLACE}) ON CONFLICT DO NOTHING"
    if not tx.execute(put, *new):
        return False
    plain = 0 if new.emoji else 1
    tx.execute("UPDATE posts SET likes = likes + $2, version = version + 1 WHERE id = $1", new.post, plain)
    return True


def name_like(tx: Transaction, post: PostId, liker: MicroblogId, emoji: str, wire_id: str) -> None:
    """Say what the wire calls the like."""
    tx.execute(
        "UPDATE likes SET wire_id = $4 WHERE post = $1 AND liker = $2 AND emoji = $3", post, liker, emoji, wire_id
    )


def drop_like(tx: Transaction, post: PostId, liker: MicroblogId, emoji: str) -> bool:
    """Forget a like and count it off."""
    if not tx.execute("DELETE FROM likes WHERE post = $1 AND liker = $2 AND emoji = $3", post, liker, emoji):
        return False
    plain = 0 if emoji else 1
    tx.execute("UPDATE posts SET likes = likes - $2, version = version + 1 WHERE id = $1", post, plain)
    return True


class Marked(NamedTuple):
    """A post that somebody marked: by a like (`l`, or a reaction where there is an `emoji`), a boost (`b`), a bookmark
    (`k`: it keeps it), or by keeping its conversation quiet (`q`)."""

    post: PostId
    how: str
    emoji: str


def marked_among(tx: Transaction, who: MicroblogId, among: list[PostId]) -> list[Marked]:
    """Those of the posts that it likes or reacted to, passed on, keeps, or is told of no more."""
    return tx.fetch(
        Marked,
        "SELECT post, 'l', emoji FROM likes WHERE liker = $1 AND post = ANY($2) "
        "UNION ALL SELECT post, 'b', '' FROM boosts WHERE booster = $1 AND post = ANY($2) "
        "UNION ALL SELECT post, 'k', '' FROM bookmarks WHERE microblog = $1 AND post = ANY($2) "
        "UNION ALL SELECT p.id, 'q', '' FROM posts p JOIN quiet_threads q ON q.microblog = $1 AND q.thread = p.thread "
        "WHERE p.id = ANY($2)",
        who,
        among,
    )


def concerned_with(tx: Transaction, post: PostId, among: list[MicroblogId]) -> set[MicroblogId]:
    """Those of the microblogs that did something with the post or have filters, so that it looks otherwise to them than
    to others."""
    rows = tx.fetch(
        _one,
        "SELECT liker FROM likes WHERE post = $1 AND liker = ANY($2) "
        "UNION ALL SELECT booster FROM boosts WHERE post = $1 AND booster = ANY($2) "
        "UNION ALL SELECT voter FROM votes WHERE post = $1 AND voter = ANY($2) "
        "UNION ALL SELECT microblog FROM bookmarks WHERE post = $1 AND microblog = ANY($2) "
        "UNION ALL SELECT microblog FROM filters WHERE microblog = ANY($2)",
        post,
        among,
    )
    return {MicroblogId(m) for (m,) in rows}


def likers(tx: Transaction, post: PostId, limit: int) -> list[MicroblogId]:
    """Who likes the post, without an emoji."""
    sql = "SELECT liker FROM likes WHERE post = $1 AND emoji = '' LIMIT $2"
    return [MicroblogId(m) for (m,) in tx.fetch(_one, sql, post, limit)]


# -- blocks and mutes


class Block(NamedTuple):
    """One will not deal with the other."""

    blocker: MicroblogId
    blocked: MicroblogId
    wire_id: str
    at: Millis


def add_block(tx: Transaction, new: Block) -> bool:
    """Store a block; False where it was there."""
    return bool(
        tx.execute(
            "INSERT INTO blocks (blocker, blocked, wire_id, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", *new
        )
    )


def drop_block(tx: Transaction, blocker: MicroblogId, blocked: MicroblogId) -> str | None:
    """Forget a block; what the wire called it, or None where there was none."""
    wire_id: str | None = tx.value(
        "DELETE FROM blocks WHERE blocker = $1 AND blocked = $2 RETURNING wire_id", blocker, blocked
    )
    return wire_id


def block_called(tx: Transaction, wire_id: str) -> Block | None:
    """The block of that wire id."""
    return tx.fetch_one(
        Block, "SELECT blocker, blocked, wire_id, at FROM blocks WHERE wire_id = $1 AND wire_id <> ''", wire_id
    )


def name_block(tx: Transaction, blocker: MicroblogId, blocked: MicroblogId, wire_id: str) -> None:
    """Say what the wire calls the block."""
    tx.execute("UPDATE blocks SET wire_id = $3 WHERE blocker = $1 AND blocked = $2", blocker, blocked, wire_id)


def blocks(tx: Transaction, blocker: MicroblogId, blocked: MicroblogId) -> bool:
    """Whether one blocks the other."""
    return tx.value("SELECT 1 FROM blocks WHERE blocker = $1 AND blocked = $2", blocker, blocked) is not None


def blockers_among(tx: Transaction, blocked: MicroblogId, among: list[MicroblogId]) -> set[MicroblogId]:
    """Those of the microblogs that block it."""
    rows = tx.fetch(_one, "SELECT blocker FROM blocks WHERE blocked = $1 AND blocker = ANY($2)", blocked, among)
    return {MicroblogId(m) for (m,) in rows}


def hidden_among(
    tx: Transaction, viewer: MicroblogId, among: list[MicroblogId], now: Millis, *, muted: bool = True
) -> set[MicroblogId]:
    """Those of the microblogs that its lists do not show: a block stands between them, it shuns where they live, or
    (`muted`) it mutes them."""
    mutes = (
        " UNION ALL SELECT muted FROM mutes WHERE muter = $1 AND muted = ANY($2) AND (expires IS NULL OR expires > $3)"
    )
    rows = tx.fetch(
        _one,
        "SELECT blocked FROM blocks WHERE blocker = $1 AND blocked = ANY($2) "
        "UNION ALL SELECT blocker FROM blocks WHERE blocked = $1 AND blocker = ANY($2) "
        # Most shun no domain: then nothing more is looked at.
        "UNION ALL SELECT m.id FROM (SELECT 1 FROM shunned WHERE microblog = $1 LIMIT 1) shuns CROSS JOIN microblogs m "
        "WHERE m.id = ANY($2) AND m.domain IN (SELECT domain FROM shunned WHERE microblog = $1)"
        + (mutes if muted else ""),
        *((viewer, among, now) if muted else (viewer, among)),
    )
    return {MicroblogId(m) for (m,) in rows}


def hiding(tx: Transaction, author: MicroblogId, among: list[MicroblogId], now: Millis) -> set[MicroblogId]:
    """Those of the viewers whose lists do not show the author: `hidden_among`, asked the other way round."""
    rows = tx.fetch(
        _one,
        "SELECT blocker FROM blocks WHERE blocked = $1 AND blocker = ANY($2) "
        "UNION ALL SELECT blocked FROM blocks WHERE blocker = $1 AND blocked = ANY($2) "
        "UNION ALL SELECT muter FROM mutes WHERE muted = $1 AND muter = ANY($2) AND (expires IS NULL OR expires > $3) "
        "UNION ALL SELECT s.microblog FROM microblogs m JOIN shunned s ON s.domain = m.domain "
        "WHERE m.id = $1 AND s.microblog = ANY($2)",
        author,
        among,
        now,
    )
    return {MicroblogId(m) for (m,) in rows}


def mutes(tx: Transaction, muter: MicroblogId, muted: MicroblogId, now: Millis) -> bool:
    """Whether one is not shown to the other now."""
    return (
        tx.value(
            "SELECT 1 FROM mutes WHERE muter = $1 AND muted = $2 AND (expires IS NULL OR expires > $3)",
            muter,
            muted,
            now,
        )
        is not None
    )


def put_mute(
    tx: Transaction,
    muter: MicroblogId,
    muted: MicroblogId,
    expires: Millis | None,
    now: Millis,
    *,
    notifications: bool = True,
) -> None:
    """Stop showing one to the other, for ever or until then; `notifications`: nor tell what the one did."""
    tx.execute(
        "INSERT INTO mutes (muter, muted, expires, at, notifications) VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT (muter, muted) DO UPDATE SET expires = excluded.expires, notifications = excluded.notifications",
        muter,
        muted,
        expires,
        now,
        notifications,
    )


def drop_mute(tx: Transaction, muter: MicroblogId, muted: MicroblogId) -> bool:
    """Show one to the other again."""
    return bool(tx.execute("DELETE FROM mutes WHERE muter = $1 AND muted = $2", muter, muted))


def drop_ended_mutes(tx: Transaction, now: Millis) -> int:
    """Forget mutes whose time is over; how many."""
    return tx.execute("DELETE FROM mutes WHERE expires <= $1", now)


# -- pins


def pin(tx: Transaction, microblog: MicroblogId, post: PostId, now: Millis) -> bool:
    """Show the post first; False where it was already."""
    return bool(
        tx.execute(
            "INSERT INTO pins (microblog, post, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", microblog, post, now
        )
    )


def unpin(tx: Transaction, microblog: MicroblogId, post: PostId) -> bool:
    """No longer show the post first."""
    return bool(tx.execute("DELETE FROM pins WHERE microblog = $1 AND post = $2", microblog, post))


def count_pins(tx: Transaction, microblog: MicroblogId) -> int:
    """How many posts it shows first."""
    return int(tx.value("SELECT count(*) FROM pins WHERE microblog = $1", microblog))


def pinned(tx: Transaction, microblog: MicroblogId) -> list[PostId]:
    """The posts shown first, newest pin first."""
    rows = tx.fetch(_one, "SELECT post FROM pins WHERE microblog = $1 ORDER BY at DESC LIMIT 100", microblog)
    return [PostId(p) for (p,) in rows]


# -- everything of one microblog


def drop_all_of(tx: Transaction, microblog: MicroblogId) -> None:
    """Forget every relation of a microblog that is gone; its likes are counted off."""
    filters.drop_all_of(tx, microblog)
    imports.drop_all_of(tx, microblog)
    tx.execute(
        "UPDATE posts SET likes = likes - "
        "(SELECT count(*) FROM likes l WHERE l.post = posts.id AND l.liker = $1 AND l.emoji = ''), "
        "version = version + 1 WHERE id IN (SELECT post FROM likes WHERE liker = $1)",
        microblog,
    )
    for table, columns in (
        ("follows", ("follower", "followee")), ("blocks", ("blocker", "blocked")), ("mutes", ("muter", "muted")),
        ("notifications", ("owner", "sender")), ("pins", ("microblog",)), ("likes", ("liker",)),
        ("timeline", ("owner",)), ("markers", ("microblog",)), ("notification_wishes", ("microblog",)),
        ("askers", ("owner", "sender")), ("conversations", ("owner",)), ("push_subscriptions", ("microblog",)),
        ("severances", ("microblog",)), ("warnings", ("microblog",)), ("lists", ("owner",)),
        ("list_members", ("owner", "member")), ("followed_tags", ("microblog",)), ("bookmarks", ("microblog",)),
        ("shunned", ("microblog",)), ("remarks", ("microblog",)),
        ("endorsements", ("microblog", "endorsed")), ("featured_tags", ("microblog",)), ("dismissed", ("microblog",)),
        ("preferences", ("microblog",)), ("link_checks", ("microblog",)),
    ):  # fmt: skip
        for column in columns:
            tx.execute(f"DELETE FROM {table} WHERE {column} = $1", microblog)
