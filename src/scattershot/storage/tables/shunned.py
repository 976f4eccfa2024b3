"""Domains that a microblog shuns: it hears nothing of whoever lives there, and does not deal with them."""

from scattershot.domain.ids import MicroblogId, Millis
from scattershot.ports.database import Transaction


def add(tx: Transaction, microblog: MicroblogId, domain: str, now: Millis) -> bool:
    """Shun a normalised domain; False where it was shunned. No two have the same moment, so that they can be paged."""
    return bool(
        tx.execute(
            "INSERT INTO shunned (microblog, domain, at) VALUES ($1, $2, GREATEST($3, coalesce("
            "(SELECT max(at) + 1 FROM shunned WHERE microblog = $1), 0))) ON CONFLICT DO NOTHING",
            microblog,
            domain,
            now,
        )
    )


def drop(tx: Transaction, microblog: MicroblogId, domain: str) -> bool:
    """Deal with the domain again; False where it was not shunned."""
    return bool(tx.execute("DELETE FROM shunned WHERE microblog = $1 AND domain = $2", microblog, domain))


def shuns(tx: Transaction, microblog: MicroblogId, other: MicroblogId) -> bool:
    """Whether the microblog shuns the domain where the other one lives."""
    return (
        tx.value(
            "SELECT 1 FROM shunned s JOIN microblogs m ON m.domain = s.domain WHERE s.microblog = $1 AND m.id = $2",
            microblog,
            other,
        )
        is not None
    )


def ties(tx: Transaction, microblog: MicroblogId, domain: str) -> list[tuple[MicroblogId, MicroblogId]]:
    """The microblog's follows, answered or not, of and by whoever lives at the domain, as follower and followee."""
    return tx.fetch(
        lambda follower, followee: (MicroblogId(follower), MicroblogId(followee)),
        "SELECT f.follower, f.followee FROM follows f JOIN microblogs m ON m.id = f.followee "
        "WHERE f.follower = $1 AND m.domain = $2 "
        "UNION ALL SELECT f.follower, f.followee FROM follows f JOIN microblogs m ON m.id = f.follower "
        "WHERE f.followee = $1 AND m.domain = $2",
        microblog,
        domain,
    )


def drop_notifications(tx: Transaction, owner: MicroblogId, domain: str) -> None:
    """Untell the owner what those who live at the domain did."""
    tx.execute(
        "DELETE FROM notifications WHERE owner = $1 AND sender IN (SELECT id FROM microblogs WHERE domain = $2)",
        owner,
        domain,
    )
