"""Followed authors elsewhere, up to when we surely have what they wrote, and when to ask them again."""

from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, Millis
from scattershot.ports.database import Transaction


class Watch(NamedTuple):
    """`complete_to` is the publishing time up to which nothing of the author is missing here.

    `page` is where an unfinished catch-up goes on, `page_newest` the newest post it has seen.
    """

    microblog: MicroblogId
    complete_to: Millis
    due: Millis
    failures: int
    page: str
    page_newest: Millis


_TOO_FAR = 14 * 86_400_000
"""No question is put off so far (milliseconds): what seems to be was put off by a clock that ran ahead, and is due."""

_COLUMNS = "microblog, complete_to, due, failures, page, page_newest"


def start(tx: Transaction, microblog: MicroblogId, complete_to: Millis, due: Millis) -> None:
    """Begin to watch an author who is newly followed."""
    tx.execute(
        "INSERT INTO watches (microblog, complete_to, due) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        microblog,
        complete_to,
        due,
    )


def stop(tx: Transaction, microblog: MicroblogId) -> None:
    """Nobody here follows the author any more."""
    tx.execute("DELETE FROM watches WHERE microblog = $1", microblog)


def get(tx: Transaction, microblog: MicroblogId) -> Watch | None:
    """The watch on an author."""
    return tx.fetch_one(Watch, f"SELECT {_COLUMNS} FROM watches WHERE microblog = $1", microblog)


def due(tx: Transaction, now: Millis, limit: int) -> list[Watch]:
    """Authors to be asked now."""
    return tx.fetch(
        Watch,
        f"SELECT {_COLUMNS} FROM watches WHERE due <= $1 OR due > $1 + $3 ORDER BY due LIMIT $2",
        now,
        limit,
        _TOO_FAR,
    )


def put(tx: Transaction, watch: Watch) -> None:
    """Note how asking went."""
    tx.execute(
        "UPDATE watches SET complete_to = $2, due = $3, failures = $4, page = $5, page_newest = $6 "
        "WHERE microblog = $1",
        *watch,
    )


def postpone(tx: Transaction, microblog: MicroblogId, due_: Millis, unless_after: Millis) -> None:
    """The author was heard from: there is less need to ask. Not written where the question is far off anyway."""
    tx.execute(
        "UPDATE watches SET due = $2 WHERE microblog = $1 AND failures = 0 AND page = '' AND complete_to >= 0 "
        "AND due < $3",
        microblog,
        due_,
        unless_after,
    )


def all_due_within(tx: Transaction, now: Millis, spread: int) -> int:
    """At a start everybody is to be asked, spread over so many milliseconds; how many that are."""
    return tx.execute("UPDATE watches SET due = $1 + (microblog % $2) WHERE due > $1 + $2", now, max(spread, 1))


def count(tx: Transaction) -> int:
    """How many authors are watched."""
    return int(tx.value("SELECT count(*) FROM watches"))
