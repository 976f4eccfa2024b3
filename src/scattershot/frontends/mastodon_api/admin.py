"""The door to what only those who run the node may do: their token's scope opens it, and that they run it."""

from typing import Any

from msgspec import Struct

from scattershot.app.moderating import Moderating
from scattershot.domain.window import Window
from scattershot.frontends.mastodon_api.calls import Call, Problem, Reply, window
from scattershot.frontends.mastodon_api.endpoints import Handler

NOT_ALLOWED = Problem(403, "This action is not allowed")
"""What Mastodon answers to whoever has the scope and not the role."""
MOST = 200


class AdminPageParams(Struct, frozen=True):
    """Which stretch of a list, and how many of it."""

    max_id: str | None = None
    since_id: str | None = None
    min_id: str | None = None
    limit: int = 100

    @property
    def window(self) -> Window:
        """The stretch."""
        return window(self.max_id, self.since_id, self.min_id)

    @property
    def size(self) -> int:
        """How many, within bounds."""
        return max(1, min(self.limit, MOST))


class AdminDoor:
    """Lets those who run the node in, and nobody else."""

    def __init__(self, moderating: Moderating) -> None:
        self._moderating = moderating

    def only(self, handle: Handler) -> Handler:
        """The handler behind this door."""

        async def guarded(call: Call, params: Any) -> Reply:
            return await handle(call, params) if await self._moderating.is_admin(call.person) else NOT_ALLOWED

        return guarded
