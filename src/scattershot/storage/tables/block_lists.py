"""Lists of hosts that are followed, and which rules stand for the sake of each."""

from collections.abc import Iterable
from typing import NamedTuple

from scattershot.domain.block_list import Said
from scattershot.domain.ids import Millis
from scattershot.domain.node import Standing
from scattershot.ports.database import Transaction

_COLUMNS = "id, address, by_itself, due, checked, said, tag, problem"


class Row(NamedTuple):
    """A list as it was last read (`checked`; 0: never); `by_itself`: it is done as it says without anybody looking."""

    id: int
    address: str
    by_itself: bool
    due: Millis
    checked: Millis
    said: str
    tag: str
    problem: str


def _row(
    id_: int, address: str, by_itself: bool, due: int, checked: int, said: str, tag: str, problem: str
) -> Row:  # fmt: skip
    return Row(id_, address, bool(by_itself), Millis(due), Millis(checked), said, tag, problem)


def add(tx: Transaction, address: str, now: Millis, *, by_itself: bool) -> int | None:
    """Follow a list; its number, or None where it is followed already."""
    number: int | None = tx.value(
        "INSERT INTO block_lists (address, by_itself, due) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING id",
        address, by_itself, now,
    )  # fmt: skip
    return number


def every(tx: Transaction) -> list[Row]:
    """All of them, in the order in which they came."""
    return tx.fetch(_row, f"SELECT {_COLUMNS} FROM block_lists ORDER BY id")


def get(tx: Transaction, number: int) -> Row | None:
    """The one of that number."""
    return tx.fetch_one(_row, f"SELECT {_COLUMNS} FROM block_lists WHERE id = $1", number)


def due(tx: Transaction, now: Millis) -> list[Row]:
    """Those that are to be read."""
    return tx.fetch(_row, f"SELECT {_COLUMNS} FROM block_lists WHERE due <= $1 ORDER BY due LIMIT 8", now)


def put(tx: Transaction, row: Row) -> None:
    """It stands so now; a list that is followed no more is not made anew by that."""
    tx.execute(
        "UPDATE block_lists SET by_itself = $2, due = $3, checked = $4, said = $5, tag = $6, problem = $7 "
        "WHERE id = $1",
        row.id, row.by_itself, row.due, row.checked, row.said, row.tag, row.problem,
    )  # fmt: skip


def postpone(tx: Transaction, number: int, until: Millis) -> None:
    """Read it again then."""
    tx.execute("UPDATE block_lists SET due = $2 WHERE id = $1", number, until)


def wake_others(tx: Transaction, number: int, now: Millis) -> None:
    """Have the others read at once: one may still say what this one says no more."""
    tx.execute("UPDATE block_lists SET due = $2 WHERE id <> $1", number, now)


def drop(tx: Transaction, number: int) -> None:
    """Follow it no more; rules that stood for its sake stand by themselves."""
    tx.execute("DELETE FROM brought_rules WHERE list = $1", number)
    tx.execute("DELETE FROM block_lists WHERE id = $1", number)


# -- what they brought


def brought(tx: Transaction, number: int) -> dict[str, Said]:
    """What the list put here, by host, as it put it."""
    found = tx.fetch(
        lambda host, standing, media, reports: (host, Said(Standing(standing), bool(media), bool(reports))),
        "SELECT host, standing, rejects_media, rejects_reports FROM brought_rules WHERE list = $1",
        number,
    )
    return dict(found)


def bring(tx: Transaction, number: int, host: str, said: Said) -> None:
    """A rule was put for the list's sake."""
    tx.execute(
        "INSERT INTO brought_rules (host, list, standing, rejects_media, rejects_reports) VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT (host) DO UPDATE SET list = excluded.list, standing = excluded.standing, "
        "rejects_media = excluded.rejects_media, rejects_reports = excluded.rejects_reports",
        host, number, said.standing.value, said.rejects_media, said.rejects_reports,
    )  # fmt: skip


def forget(tx: Transaction, number: int, hosts: Iterable[str]) -> None:
    """These stand for the list's sake no more."""
    tx.execute("DELETE FROM brought_rules WHERE list = $1 AND host = ANY($2)", number, list(hosts))
