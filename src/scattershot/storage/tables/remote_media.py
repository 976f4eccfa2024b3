"""Remote media: pictures, sounds and films of other nodes that were looked at here lately, and where they are kept."""

from collections.abc import Sequence
from typing import NamedTuple

from scattershot.domain.ids import Millis
from scattershot.ports.database import Transaction


class Row(NamedTuple):
    """A file of another node, as it is kept here."""

    address: str
    file: str
    media_type: str
    bytes: int
    used: Millis


_COLUMNS = "address, file, media_type, bytes, used"


def get(tx: Transaction, address: str) -> Row | None:
    """What is kept of that address."""
    return tx.fetch_one(Row, f"SELECT {_COLUMNS} FROM remote_media WHERE address = $1", address)


def put(tx: Transaction, row: Row) -> None:
    """Name a file before it is put in its place; one kept before under another name must be gone."""
    tx.execute(
        f"INSERT INTO remote_media ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (address) DO UPDATE "
        "SET file = excluded.file, media_type = excluded.media_type, bytes = excluded.bytes, used = excluded.used",
        *row,
    )


def touch(tx: Transaction, used: dict[str, Millis]) -> None:
    """Somebody looked at these then."""
    tx.execute_many("UPDATE remote_media SET used = $2 WHERE address = $1 AND used < $2", list(used.items()))


def forget(tx: Transaction, addresses: Sequence[str]) -> None:
    """Their files are no more."""
    tx.execute("DELETE FROM remote_media WHERE address = ANY($1)", list(addresses))


def total(tx: Transaction) -> int:
    """Bytes of all that is kept."""
    return int(tx.value("SELECT coalesce(sum(bytes), 0) FROM remote_media"))


def least_used(tx: Transaction, limit: int) -> list[Row]:
    """What nobody looked at for the longest."""
    return tx.fetch(Row, f"SELECT {_COLUMNS} FROM remote_media ORDER BY used LIMIT $1", limit)
