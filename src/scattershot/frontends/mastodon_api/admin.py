"""The door to what only those who run the node may do: their token's scope opens it, and that they run it."""

from typing import Any, ClassVar

from scattershot.app.moderating import Moderating
from scattershot.frontends.mastodon_api.calls import Call, Problem, Reply
from scattershot.frontends.mastodon_api.endpoints import Handler
from scattershot.frontends.mastodon_api.pages import PageParams

NOT_ALLOWED = Problem(403, "This action is not allowed")
"""What Mastodon answers to whoever has the scope and not the role."""


class AdminPageParams(PageParams, frozen=True):
    """Which stretch of a list that those who run the node look at, and how many."""

    most: ClassVar[int] = 200

    limit: int = 100


class AdminDoor:
    """Lets those who run the node in, and nobody else."""

    def __init__(self, moderating: Moderating) -> None:
        self._moderating = moderating

    def only(self, handle: Handler) -> Handler:
        """The handler behind this door."""

        async def guarded(call: Call, params: Any) -> Reply:
            return await handle(call, params) if await self._moderating.is_admin(call.person) else NOT_ALLOWED

        return guarded
