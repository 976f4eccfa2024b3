"""Posts asked for under a name of the sender's own, so that one sent twice is made once."""

from scattershot.domain.ids import MicroblogId, Millis, PostId
from scattershot.ports.database import Transaction


def post(tx: Transaction, author: MicroblogId, once: str) -> PostId | None:
    """The post that was made under that name."""
    found: PostId | None = tx.value("SELECT post FROM sent WHERE author = $1 AND once = $2", author, once)
    return found


def add(tx: Transaction, author: MicroblogId, once: str, post_id: PostId, now: Millis) -> None:
    """Remember under which name a post was asked for."""
    tx.execute("INSERT INTO sent (author, once, post, at) VALUES ($1, $2, $3, $4)", author, once, post_id, now)


def forget(tx: Transaction, before: Millis) -> int:
    """Drop what nobody will send again."""
    return tx.execute("DELETE FROM sent WHERE at < $1", before)
