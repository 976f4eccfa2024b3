"""How the node is doing, in figures: what waits, what grows, what it takes. Slow statements, asked for now and then."""

from typing import NamedTuple

from scattershot.domain.ids import Millis
from scattershot.ports.database import Transaction

_HOUR = 3_600_000
LOOKED_BACK = 200_000
"""Changes of the log that are counted at most; a node that makes more a day has Prometheus."""


class Waiting(NamedTuple):
    """What a host is owed, and how it answers: failed attempts in a row, since when, and when the next is."""

    host: str
    deliveries: int
    failures: int
    failing_since: Millis | None
    retry_at: Millis


def waiting(tx: Transaction, limit: int) -> list[Waiting]:
    """Hosts that are owed something, the most first."""
    return tx.fetch(
        Waiting,
        "SELECT n.host, d.owed, n.failures, n.failing_since, n.retry_at "
        "FROM (SELECT node, count(*) AS owed FROM deliveries GROUP BY node ORDER BY owed DESC, node LIMIT $1) d "
        "JOIN nodes n ON n.id = d.node ORDER BY d.owed DESC, n.host",
        limit,
    )


def owed(tx: Transaction) -> tuple[int, int]:
    """How many deliveries wait, and for how many hosts."""
    found = tx.fetch_one(_two, "SELECT count(*), count(DISTINCT node) FROM deliveries")
    return found or (0, 0)


def failing(tx: Transaction) -> int:
    """Hosts that we deal with and that did not answer when they were tried last."""
    return int(tx.value("SELECT count(*) FROM nodes WHERE failures > 0 AND standing <> 'blocked'"))


def lapsed(tx: Transaction) -> int:
    """Doors that were too long shut and will be caught up from the log once they open."""
    return int(tx.value("SELECT count(*) FROM endpoints WHERE lapsed_from IS NOT NULL AND NOT gone"))


class Watched(NamedTuple):
    """Authors elsewhere who are asked now and then what was missed: how many, how many are due by now, when the last
    of them was caught up with."""

    authors: int
    due: int
    last: Millis | None


def watched(tx: Transaction, now: Millis) -> Watched:
    """How catching up goes."""
    sql = "SELECT count(*), coalesce(sum(CASE WHEN due <= $1 THEN 1 ELSE 0 END), 0), max(complete_to) FROM watches"
    found = tx.fetch_one(_watched, sql, now)
    return found or Watched(0, 0, None)


def _watched(authors: int, due: int, last: int | None) -> Watched:
    """Nobody was asked yet where the latest moment is none after 1970."""
    return Watched(int(authors), int(due), Millis(last) if last is not None and last > 0 else None)


def pace(tx: Transaction, since: Millis) -> dict[int, int]:
    """Changes by the hour since 1970, from that moment on."""
    counted = tx.fetch(
        _two,
        f"SELECT at / {_HOUR} AS hour, count(*) FROM log WHERE at >= $1 AND seq > "
        "(SELECT coalesce(max(seq), 0) FROM log) - $2 GROUP BY hour",
        since,
        LOOKED_BACK,
    )
    return dict(counted)


def _two(first: int, second: int) -> tuple[int, int]:
    return int(first), int(second)


def kept_bytes(tx: Transaction) -> int:
    """What people here uploaded takes."""
    return int(tx.value("SELECT coalesce(sum(bytes), 0) FROM media_files"))


def cached_bytes(tx: Transaction) -> int:
    """What is kept of other nodes' pictures takes."""
    return int(tx.value("SELECT coalesce(sum(bytes), 0) FROM remote_media"))


def database_bytes(tx: Transaction) -> int:
    """What the database takes; each engine has a word of its own for that."""
    if tx.engine == "sqlite":
        return int(tx.value("SELECT c.page_count * s.page_size FROM pragma_page_count() c, pragma_page_size() s"))
    return int(tx.value("SELECT pg_database_size(current_database())"))
