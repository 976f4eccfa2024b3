"""What a microblog's keepers think of others: remarks for their own eyes, and endorsements for everybody's."""

from scattershot.domain.ids import MicroblogId, Millis
from scattershot.ports.database import Transaction


def put_remark(tx: Transaction, microblog: MicroblogId, about: MicroblogId, text: str) -> None:
    """Note something of another one; an empty text forgets the note."""
    if not text:
        tx.execute("DELETE FROM remarks WHERE microblog = $1 AND about = $2", microblog, about)
        return
    tx.execute(
        "INSERT INTO remarks (microblog, about, text) VALUES ($1, $2, $3) "
        "ON CONFLICT (microblog, about) DO UPDATE SET text = excluded.text",
        microblog,
        about,
        text,
    )


def endorse(tx: Transaction, microblog: MicroblogId, endorsed: MicroblogId, now: Millis) -> bool:
    """Show another one on its page; False where it was shown."""
    return bool(
        tx.execute(
            "INSERT INTO endorsements (microblog, endorsed, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            microblog,
            endorsed,
            now,
        )
    )


def unendorse(tx: Transaction, microblog: MicroblogId, endorsed: MicroblogId) -> bool:
    """Show another one on its page no more; False where it was not shown."""
    return bool(tx.execute("DELETE FROM endorsements WHERE microblog = $1 AND endorsed = $2", microblog, endorsed))


def count_endorsed(tx: Transaction, microblog: MicroblogId) -> int:
    """How many it shows on its page."""
    return int(tx.value("SELECT count(*) FROM endorsements WHERE microblog = $1", microblog))
