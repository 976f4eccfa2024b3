"""The rules of the house, to which those who sign in here agree."""

from typing import NamedTuple

from scattershot.ports.database import Transaction


class HouseRule(NamedTuple):
    """One of them; the hint says more."""

    id: int
    text: str
    hint: str


def every(tx: Transaction) -> list[HouseRule]:
    """All of them, in the order in which they were made."""
    return tx.fetch(HouseRule, "SELECT id, text, hint FROM house_rules ORDER BY id")


def add(tx: Transaction, text: str, hint: str) -> int:
    """A new one, after the others; its number."""
    return int(tx.value("INSERT INTO house_rules (text, hint) VALUES ($1, $2) RETURNING id", text, hint))


def drop(tx: Transaction, number: int) -> bool:
    """It is a rule no more; False where it was none."""
    return bool(tx.execute("DELETE FROM house_rules WHERE id = $1", number))
