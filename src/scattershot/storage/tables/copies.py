"""Copies of posts: who waits for the original, and what is handed on when it comes."""

from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.wire_id import WireId
from scattershot.ports.database import Transaction
from scattershot.storage.tables import quiet_threads

MOST = 500
"""Of what hangs on one copy (answers, boosts), so much is handed on."""


def wait_for(tx: Transaction, original: WireId, post: PostId) -> None:
    """Remember that the post says it is a copy of that, which is not here."""
    tx.execute("INSERT INTO copies (protocol, value, post) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", *original, post)


def waiting(tx: Transaction, original: WireId) -> list[PostId]:
    """A few of the posts that say they are copies of that, which is not here, oldest first."""
    sql = "SELECT post FROM copies WHERE protocol = $1 AND value = $2 ORDER BY post LIMIT 4"
    return [PostId(post) for post in tx.fetch(int, sql, *original)]


def take_waiting(tx: Transaction, original: WireId) -> list[PostId]:
    """The posts that say they are copies of that, oldest first; they wait no more."""
    found = tx.fetch(
        int, "SELECT post FROM copies WHERE protocol = $1 AND value = $2 ORDER BY post LIMIT $3", *original, MOST
    )
    if found:
        tx.execute("DELETE FROM copies WHERE protocol = $1 AND value = $2", *original)
    return [PostId(post) for post in found]


def hand_on_answers(tx: Transaction, old: PostId, new: PostId, author: MicroblogId, thread: PostId) -> None:
    """Let what answered one post, or stood in the conversation that it began, do so with another."""
    answers = tx.execute("UPDATE posts SET reply_to = $2, reply_author = $3 WHERE reply_to = $1", old, new, author)
    tx.execute("UPDATE posts SET replies = replies + $2, version = version + 1 WHERE id = $1", new, answers)
    tx.execute("UPDATE posts SET thread = $2 WHERE thread = $1 AND id <> $1", old, thread)
    quiet_threads.join(tx, old, thread)


def hand_on_marks(tx: Transaction, old: PostId, new: PostId) -> list[PostId]:
    """Let who liked, kept or passed on one post have done so with another; the boosts that now are of the other."""
    tx.execute(
        "INSERT INTO likes (post, liker, emoji, wire_id, at, picture, place) "
        "SELECT CAST($2 AS BIGINT), liker, emoji, wire_id, at, picture, place FROM likes WHERE post = $1 "
        "ON CONFLICT DO NOTHING",
        old, new,
    )  # fmt: skip
    tx.execute(
        "INSERT INTO bookmarks (microblog, post) SELECT microblog, CAST($2 AS BIGINT) FROM bookmarks WHERE post = $1 "
        "ON CONFLICT DO NOTHING",
        old, new,
    )  # fmt: skip
    moved = tx.fetch(
        int,
        "SELECT b.id FROM boosts b WHERE b.post = $1 AND NOT EXISTS "
        "(SELECT 1 FROM boosts o WHERE o.post = $2 AND o.booster = b.booster) ORDER BY b.id LIMIT $3",
        old, new, MOST,
    )  # fmt: skip
    tx.execute("UPDATE boosts SET post = $2 WHERE id = ANY($1)", moved, new)
    tx.execute(
        "UPDATE posts SET version = version + 1, boosts = (SELECT count(*) FROM boosts WHERE post = $1), "
        "likes = (SELECT count(*) FROM likes WHERE post = $1 AND emoji = '') WHERE id = $1",
        new,
    )
    return [PostId(boost) for boost in moved]
