"""The rules of the house: what those who run the node ask of everybody who signs in here."""

from typing import TypeAlias

from scattershot.domain.reading import Refused
from scattershot.ports.database import Database
from scattershot.storage.tables import house_rules as rows

MAX_RULE, MAX_HINT = 300, 1_000
"""Characters; apps show the rule in one piece, and what it hints at below."""
MOST_RULES = 50

HouseRule: TypeAlias = rows.HouseRule


class HouseRules:
    """Keeps the rules."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def every(self) -> list[HouseRule]:
        """All of them, in the order in which they were made."""
        return await self._database.read(rows.every)

    async def add(self, text: str, hint: str = "") -> int | Refused:
        """Make another; its number."""
        text, hint = " ".join(text.split()), " ".join(hint.split())
        if not 0 < len(text) <= MAX_RULE or len(hint) > MAX_HINT:
            return Refused("invalid", f"A rule has 1 to {MAX_RULE} characters, its hint at most {MAX_HINT:,}.")
        if len(await self.every()) >= MOST_RULES:
            return Refused("invalid", f"There are {MOST_RULES} rules already; nobody reads more.")
        return await self._database.write(lambda tx: rows.add(tx, text, hint))

    async def drop(self, number: int) -> bool:
        """It is a rule no more; False where there is none of that number."""
        return await self._database.write(lambda tx: rows.drop(tx, number))
