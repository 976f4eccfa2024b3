"""Polls whose end somebody kept here is to be told of."""

from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, Millis, PostId
from scattershot.ports.database import Transaction


class Ending(NamedTuple):
    """A poll, and when it ends."""

    post: PostId
    ends: Millis


def watch(tx: Transaction, post: PostId, ends: Millis) -> None:
    """Its end is to be told of; a poll watched already ends then instead."""
    tx.execute(
        "INSERT INTO ending_polls (post, ends) VALUES ($1, $2) ON CONFLICT (post) DO UPDATE SET ends = excluded.ends",
        post,
        ends,
    )


def is_watched(tx: Transaction, post: PostId) -> bool:
    """Whether its end is to be told of."""
    return tx.value("SELECT 1 FROM ending_polls WHERE post = $1", post) is not None


def forget(tx: Transaction, post: PostId) -> None:
    """Its end is nothing to be told of any more."""
    tx.execute("DELETE FROM ending_polls WHERE post = $1", post)


def over(tx: Transaction, now: Millis, limit: int) -> list[Ending]:
    """Those that have ended, the first first."""
    return tx.fetch(Ending, "SELECT post, ends FROM ending_polls WHERE ends <= $1 ORDER BY ends LIMIT $2", now, limit)


def next_end(tx: Transaction) -> Millis | None:
    """When the next one ends."""
    found = tx.value("SELECT ends FROM ending_polls ORDER BY ends LIMIT 1")
    return Millis(found) if found is not None else None


def voters_here(tx: Transaction, post: PostId) -> list[MicroblogId]:
    """Those kept here who voted in it."""
    rows = tx.fetch(
        lambda voter: (voter,),
        "SELECT DISTINCT v.voter FROM votes v JOIN microblogs m ON m.id = v.voter WHERE v.post = $1 AND m.local",
        post,
    )
    return [MicroblogId(voter) for (voter,) in rows]
