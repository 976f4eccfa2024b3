"""Profiles whose links are to be looked at for one that leads back, and when."""

from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, Millis
from scattershot.ports.database import Transaction


class LinkCheck(NamedTuple):
    """`attempts` counts how often the links were looked at since the profile changed; `checked` is when last."""

    microblog: MicroblogId
    due: Millis
    checked: Millis
    attempts: int


def want(tx: Transaction, microblog: MicroblogId, now: Millis, rest: int) -> None:
    """The profile has changed: look at its links soon, but not again within `rest` milliseconds."""
    tx.execute(
        "INSERT INTO link_checks (microblog, due) VALUES ($1, $2) ON CONFLICT (microblog) DO UPDATE "
        "SET due = GREATEST($2, link_checks.checked + $3), attempts = 0",
        microblog,
        now,
        rest,
    )


def due(tx: Transaction, now: Millis, limit: int) -> list[LinkCheck]:
    """Whose links are to be looked at now, the longest due first."""
    return tx.fetch(
        LinkCheck,
        "SELECT microblog, due, checked, attempts FROM link_checks WHERE due <= $1 ORDER BY due LIMIT $2",
        now,
        limit,
    )


def lease(tx: Transaction, microblog: MicroblogId, until: Millis) -> None:
    """The links are being looked at: they are due again at that moment should it come to nothing."""
    tx.execute("UPDATE link_checks SET due = $2 WHERE microblog = $1", microblog, until)


def put(tx: Transaction, check: LinkCheck, leased_until: Millis) -> None:
    """Note how looking went; where the profile has changed since the lease, it is due when that said."""
    tx.execute(
        "UPDATE link_checks SET due = CASE WHEN due = $5 THEN $2 ELSE due END, checked = $3, "
        "attempts = CASE WHEN due = $5 THEN $4 ELSE attempts END WHERE microblog = $1",
        *check,
        leased_until,
    )


def drop(tx: Transaction, microblog: MicroblogId) -> None:
    """There is nothing to look at any more."""
    tx.execute("DELETE FROM link_checks WHERE microblog = $1", microblog)
