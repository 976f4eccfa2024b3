"""What those who run the node do about microblogs: limiting them, shutting them and letting them be again."""

from scattershot.domain.ids import PersonId
from scattershot.domain.people import Role
from scattershot.ports.database import Database
from scattershot.storage.tables import people


class Moderating:
    """Deeds of those who run the node."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def is_admin(self, person: PersonId) -> bool:
        """Whether the person runs the node."""
        found = await self._database.read(lambda tx: people.get(tx, person))
        return found is not None and found.role is Role.ADMIN and not found.disabled
