"""Relays: microblogs elsewhere that pass on what many nodes write, and which of them are ours."""

from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, Millis
from scattershot.ports.database import Transaction


class Row(NamedTuple):
    """A relay of ours: whether it is asked still (`follows`: a no ends that), and whether it said yes."""

    microblog: MicroblogId
    asker: MicroblogId
    added: Millis
    follows: bool
    accepted: bool


def put(tx: Transaction, microblog: MicroblogId, asker: MicroblogId, now: Millis) -> None:
    """It is a relay of ours from now on."""
    tx.execute(
        "INSERT INTO relays (microblog, asker, added) VALUES ($1, $2, $3) "
        "ON CONFLICT (microblog) DO UPDATE SET asker = excluded.asker, added = excluded.added, ended = FALSE",
        microblog, asker, now,
    )  # fmt: skip


def end(tx: Transaction, microblog: MicroblogId) -> None:
    """It is none of ours any more; that it is a relay is remembered, for what it still sends."""
    tx.execute("UPDATE relays SET ended = TRUE WHERE microblog = $1", microblog)


def is_relay(tx: Transaction, microblog: MicroblogId) -> bool:
    """Whether it was ever asked to pass things on to us."""
    return tx.value("SELECT 1 FROM relays WHERE microblog = $1", microblog) is not None


def ours(tx: Transaction) -> list[Row]:
    """Those of ours, in the order in which they came, and whether each said yes."""
    return tx.fetch(
        lambda microblog, asker, added, accepted: Row(
            microblog, asker, Millis(added), accepted is not None, bool(accepted)
        ),
        "SELECT r.microblog, r.asker, r.added, f.accepted FROM relays r "
        "LEFT JOIN follows f ON f.follower = r.asker AND f.followee = r.microblog WHERE NOT r.ended ORDER BY r.added",
    )


def telling(tx: Transaction) -> list[MicroblogId]:
    """Those of ours that said yes: they are told what is for everybody."""
    return [row.microblog for row in ours(tx) if row.accepted]
