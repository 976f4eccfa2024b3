"""What the node knows of itself, by name."""

from scattershot.ports.database import Transaction


def get(tx: Transaction, name: str) -> str | None:
    """The fact, or None."""
    value: str | None = tx.value("SELECT value FROM facts WHERE name = $1", name)
    return value


def put(tx: Transaction, name: str, value: str) -> None:
    """Set the fact."""
    tx.execute(
        "INSERT INTO facts (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        name,
        value,
    )
