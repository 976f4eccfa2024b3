"""Conversations of which a microblog is told no more."""

from scattershot.domain.ids import MicroblogId, PostId
from scattershot.ports.database import Transaction


def put(tx: Transaction, who: MicroblogId, thread: PostId, *, quiet: bool) -> None:
    """Keep the conversation quiet for it, or no longer."""
    if quiet:
        tx.execute("INSERT INTO quiet_threads (microblog, thread) VALUES ($1, $2) ON CONFLICT DO NOTHING", who, thread)
    else:
        tx.execute("DELETE FROM quiet_threads WHERE microblog = $1 AND thread = $2", who, thread)


def among(tx: Transaction, who: MicroblogId, posts: list[PostId]) -> set[PostId]:
    """Those of the posts whose conversation is quiet for it."""
    rows = tx.fetch(
        _one,
        "SELECT p.id FROM posts p JOIN quiet_threads q ON q.microblog = $1 AND q.thread = p.thread "
        "WHERE p.id = ANY($2)",
        who,
        posts,
    )
    return {PostId(post) for (post,) in rows}


def join(tx: Transaction, old: PostId, new: PostId) -> None:
    """Two conversations turned out to be one: who did not want to hear of the one does not want to hear of it."""
    tx.execute(
        "INSERT INTO quiet_threads (microblog, thread) SELECT microblog, $2 FROM quiet_threads WHERE thread = $1 "
        "ON CONFLICT DO NOTHING",
        old,
        new,
    )
    tx.execute("DELETE FROM quiet_threads WHERE thread = $1", old)


def _one(value: int) -> tuple[int]:
    return (value,)
