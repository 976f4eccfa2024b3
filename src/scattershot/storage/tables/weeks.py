"""How much goes on here, week by week."""

from collections.abc import Sequence
from typing import TypeAlias

from scattershot.domain.ids import Millis, PersonId, snowflake
from scattershot.ports.database import Transaction

Visit: TypeAlias = tuple[int, PersonId]
"""A week, and somebody who was here in it."""


def note(tx: Transaction, visits: Sequence[Visit]) -> None:
    """They were here in those weeks."""
    tx.execute_many("INSERT INTO weekly_people (week, person) VALUES ($1, $2) ON CONFLICT DO NOTHING", list(visits))


def forget(tx: Transaction, before: int) -> int:
    """Drop what was noted of earlier weeks; how much."""
    return tx.execute("DELETE FROM weekly_people WHERE week < $1", before)


def people_in(tx: Transaction, week: int) -> int:
    """How many were here in the week."""
    return int(tx.value("SELECT count(*) FROM weekly_people WHERE week = $1", week))


def joined(tx: Transaction, start: Millis, end: Millis) -> int:
    """How many of those who sign in here came between the moments."""
    return int(tx.value("SELECT count(*) FROM people WHERE created >= $1 AND created < $2", start, end))


def posts(tx: Transaction, start: Millis, end: Millis) -> int:
    """How many public posts were written here between the moments and stand."""
    return int(
        tx.value(
            "SELECT count(*) FROM posts WHERE audience = 'public' AND local AND NOT gone AND id >= $1 AND id < $2",
            snowflake(start, 0),
            snowflake(end, 0),
        )
    )
