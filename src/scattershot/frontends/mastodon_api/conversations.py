"""Conversations: private posts, by thread and by who takes part."""

from collections.abc import Awaitable, Callable
from functools import partial

from msgspec import Struct

from scattershot.app.notifications import Notifications
from scattershot.domain.window import Window
from scattershot.frontends.mastodon_api.calls import NOT_FOUND, Answer, Call, Reply, paged, window
from scattershot.frontends.mastodon_api.endpoints import Endpoint
from scattershot.frontends.mastodon_api.entities.notification import Conversation
from scattershot.frontends.mastodon_api.notifications_as_json import NotificationsAsJson
from scattershot.frontends.mastodon_api.params import Nothing
from scattershot.ports.database import Transaction

MOST = 40


class ConversationsParams(Struct, frozen=True):
    """Which stretch of the conversations, by the ids of their last posts."""

    max_id: str | None = None
    since_id: str | None = None
    min_id: str | None = None
    limit: int = 20

    @property
    def window(self) -> Window:
        """The stretch."""
        return window(self.max_id, self.since_id, self.min_id)


class Conversations:
    """The conversation endpoints."""

    def __init__(self, notifications: Notifications, rendered: NotificationsAsJson) -> None:
        self._notifications, self._rendered = notifications, rendered

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        path, write = "/api/v1/conversations", "write:conversations"
        return [
            Endpoint("GET", path, self._page, "read:statuses", takes=ConversationsParams, answers=list[Conversation]),
            Endpoint("DELETE", f"{path}/{{id}}", self._put_away, write, answers=dict),
            Endpoint("POST", f"{path}/{{id}}/read", self._mark(unread=False), write, answers=Conversation),
            Endpoint("POST", f"{path}/{{id}}/unread", self._mark(unread=True), write, answers=Conversation),
        ]

    async def _page(self, call: Call, params: ConversationsParams) -> Reply:
        def work(tx: Transaction) -> Answer:
            size = max(1, min(params.limit, MOST))
            found = self._notifications.conversations_in(tx, call.who, params.window, size)
            body = b"[" + b",".join(self._rendered.conversations(tx, found.entries, call.who, call.now)) + b"]"
            return paged(call, body, found.older, found.newest)

        return await self._notifications.read(work)

    async def _put_away(self, call: Call, _: Nothing) -> Reply:
        return Answer({}) if await self._notifications.put_away(call.who, call.id()) else NOT_FOUND

    def _mark(self, *, unread: bool) -> Callable[[Call, Nothing], Awaitable[Reply]]:
        async def handle(call: Call, _: Nothing) -> Reply:
            await self._notifications.read_conversation(call.who, call.id(), unread=unread)
            return await self._notifications.read(partial(self._one, call=call))

        return handle

    def _one(self, tx: Transaction, call: Call) -> Reply:
        found = self._notifications.conversation_in(tx, call.who, call.id())
        if found is None:
            return NOT_FOUND
        return Answer(self._rendered.conversation(tx, found, call.who, call.now))
