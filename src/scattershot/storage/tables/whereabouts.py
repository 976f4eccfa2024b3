"""Where this node is in the world: its origin is part of every address given out, so it is remembered from the first
start on, and may change only while nobody else has met the node."""

from typing import NamedTuple

from scattershot.ports.database import Transaction
from scattershot.storage.tables import facts


class Whereabouts(NamedTuple):
    """The origin (scheme and host), and the domain where new names are made."""

    origin: str
    domain: str


def get(tx: Transaction) -> Whereabouts | None:
    """Where the node was when it last started."""
    origin, domain = facts.get(tx, "origin"), facts.get(tx, "domain")
    return Whereabouts(origin, domain) if origin is not None and domain is not None else None


def put(tx: Transaction, where: Whereabouts) -> None:
    """Remember where the node is."""
    facts.put(tx, "origin", where.origin)
    facts.put(tx, "domain", where.domain)


def is_known_elsewhere(tx: Transaction) -> bool:
    """Whether this node has dealt with any other, so that its addresses are remembered there."""
    return tx.value("SELECT 1 FROM nodes LIMIT 1") is not None


def move(tx: Transaction, old: Whereabouts, new: Whereabouts) -> None:
    """Write every address of this node anew; only while it is not known elsewhere."""
    was, becomes = f"{old.origin}/", f"{new.origin}/"
    for table, column in (
        ("microblogs", "value"), ("posts", "value"), ("edits", "value"), ("keys", "id"), ("wire_ids", "value"),
        ("follows", "wire_id"), ("likes", "wire_id"), ("blocks", "wire_id"), ("log", "wire_id"),
    ):  # fmt: skip
        tx.execute(f"UPDATE {table} SET {column} = replace({column}, $1, $2)", was, becomes)
    if new.domain != old.domain:
        tx.execute("UPDATE names SET domain = $2 WHERE domain = $1", old.domain, new.domain)
        tx.execute(
            "UPDATE microblogs SET domain = $2, value = replace(value, $3, $4) WHERE domain = $1",
            old.domain,
            new.domain,
            f'"domain":"{old.domain}"',
            f'"domain":"{new.domain}"',
        )
    put(tx, new)
