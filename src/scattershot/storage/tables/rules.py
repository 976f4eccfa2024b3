"""What those who run the node said of hosts: how we stand to each and those below it, and what is not taken from there.

How we stand to the nodes that are known follows from these (`nodes.set_rule`).
"""

from collections.abc import Iterable
from typing import NamedTuple

from scattershot.domain.ids import Millis
from scattershot.domain.node import EVERYWHERE, HostRule, Standing
from scattershot.domain.window import FROM_THE_TOP, Window
from scattershot.ports.database import Transaction

_COLUMNS = "id, at, host, standing, allows, rejects_media, rejects_reports, private_comment, public_comment, obfuscated"

_END = 1 << 62


class Row(NamedTuple):
    """A rule as stored, by the number that programs know it by."""

    id: int
    at: Millis
    rule: HostRule


def _row(
    id_: int, at: int, host: str, standing: str, allows: bool, media: bool, reports: bool, private: str, public: str,
    obfuscated: bool,
) -> Row:  # fmt: skip
    rule = HostRule(
        host, Standing(standing), bool(allows), bool(media), bool(reports), private, public, bool(obfuscated)
    )
    return Row(id_, Millis(at), rule)


def get(tx: Transaction, number: int) -> Row | None:
    """The rule of that number."""
    return tx.fetch_one(_row, f"SELECT {_COLUMNS} FROM rules WHERE id = $1", number)


def of(tx: Transaction, host: str) -> Row | None:
    """What was said of that very host."""
    return tx.fetch_one(_row, f"SELECT {_COLUMNS} FROM rules WHERE host = $1", host)


def of_hosts(tx: Transaction, hosts: Iterable[str]) -> list[HostRule]:
    """What was said of these very hosts."""
    rows = tx.fetch(_row, f"SELECT {_COLUMNS} FROM rules WHERE host = ANY($1)", list(hosts))
    return [row.rule for row in rows]


def page(tx: Transaction, *, allows: bool, window: Window = FROM_THE_TOP, limit: int = 1_000_000) -> list[Row]:
    """Those made to let a host in, or the others: the newest first."""
    found = tx.fetch(
        _row,
        f"SELECT {_COLUMNS} FROM rules WHERE allows = $1 AND id < $2 AND id > $3 "
        f"ORDER BY id {'ASC' if window.nearest else 'DESC'} LIMIT $4",
        allows,
        _END if window.below is None else window.below,
        window.above or 0,
        limit,
    )
    return found[::-1] if window.nearest else found


def concerning(tx: Transaction, host: str) -> list[HostRule]:
    """What was said of the host and every domain above it; where nothing was, what was said of everywhere else."""
    rows = tx.fetch(_row, f"SELECT {_COLUMNS} FROM rules WHERE host = ANY($1)", [*and_above(host), EVERYWHERE])
    own = [row.rule for row in rows if row.rule.host != EVERYWHERE]
    return own or [row.rule for row in rows]


def and_above(host: str) -> list[str]:
    """The host and every domain above it, the last label left out."""
    labels = host.partition(":")[0].split(".")
    return [host, *(".".join(labels[i:]) for i in range(len(labels) - 1))]


def hosts(tx: Transaction) -> list[str]:
    """Every host of which something was said."""
    return tx.fetch(str, "SELECT host FROM rules")


def put(tx: Transaction, rule: HostRule, now: Millis) -> int:
    """Say that of its host, in place of what was said before; the rule's number."""
    return int(
        tx.value(
            "INSERT INTO rules (host, standing, allows, rejects_media, rejects_reports, private_comment, "
            "public_comment, obfuscated, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) "
            "ON CONFLICT (host) DO UPDATE SET standing = excluded.standing, allows = excluded.allows, "
            "rejects_media = excluded.rejects_media, rejects_reports = excluded.rejects_reports, "
            "private_comment = excluded.private_comment, public_comment = excluded.public_comment, "
            "obfuscated = excluded.obfuscated RETURNING id",
            *rule,
            now,
        )
    )


def drop(tx: Transaction, host: str) -> None:
    """Nothing is said of that host by itself any more."""
    tx.execute("DELETE FROM rules WHERE host = $1", host)
