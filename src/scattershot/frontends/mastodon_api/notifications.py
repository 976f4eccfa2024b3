"""Notifications, one by one and in groups."""

from msgspec import Struct

from scattershot.app.notifications import Notifications as Told
from scattershot.domain.ids import MicroblogId
from scattershot.domain.notification import BUNDLED
from scattershot.domain.notification import Told as Kind
from scattershot.domain.window import Window
from scattershot.frontends.mastodon_api.accounts_as_json import AccountsAsJson
from scattershot.frontends.mastodon_api.calls import (
    NOT_FOUND,
    Answer,
    Call,
    Problem,
    Reply,
    paged,
    parse_id,
    window,
)
from scattershot.frontends.mastodon_api.endpoints import Endpoint
from scattershot.frontends.mastodon_api.entities.account import Account
from scattershot.frontends.mastodon_api.entities.notification import (
    Count,
    GroupedNotificationsResults,
    Notification,
)
from scattershot.frontends.mastodon_api.notification_types import kinds_asked, kinds_of
from scattershot.frontends.mastodon_api.notifications_as_json import NotificationsAsJson
from scattershot.frontends.mastodon_api.params import Nothing
from scattershot.ports.database import Transaction

USUAL, MOST = 40, 80
USUALLY_COUNTED, MOST_COUNTED = 100, 1_000


class Which(Struct, frozen=True):
    """Which notifications are asked for, and how many."""

    types: tuple[str, ...] = ()
    exclude_types: tuple[str, ...] = ()
    account_id: str | None = None
    include_filtered: bool = False
    max_id: str | None = None
    since_id: str | None = None
    min_id: str | None = None
    limit: int | None = None
    grouped_types: tuple[str, ...] = ()
    expand_accounts: str = "full"

    @property
    def kinds(self) -> frozenset[Kind] | None:
        """Of which kinds; None for all."""
        return kinds_asked(self.types, self.exclude_types)

    @property
    def sender(self) -> MicroblogId | None:
        """Of whom alone; what is no id is somebody whom nobody knows."""
        return MicroblogId(parse_id(self.account_id) or 0) if self.account_id else None

    @property
    def held(self) -> bool:
        """Whether those that wait are asked for too: who asks for one sender alone wants to see what waits of it."""
        return self.include_filtered or self.sender is not None

    @property
    def window(self) -> Window:
        """Which stretch."""
        return window(self.max_id, self.since_id, self.min_id)

    @property
    def together(self) -> frozenset[Kind]:
        """Which kinds are put together."""
        return BUNDLED & kinds_of(self.grouped_types) if self.grouped_types else BUNDLED

    def size(self, usual: int, most: int) -> int:
        """How many, within bounds."""
        return max(1, min(self.limit if self.limit is not None else usual, most))


class Notifications:
    """The notification endpoints."""

    def __init__(self, told: Told, accounts: AccountsAsJson, notifications: NotificationsAsJson) -> None:
        self._told, self._accounts, self._notifications = told, accounts, notifications

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        read, write = "read:notifications", "write:notifications"
        v1, v2 = "/api/v1/notifications", "/api/v2/notifications"
        group = f"{v2}/{{group_key}}"
        return [
            Endpoint("GET", v1, self._page, read, takes=Which, answers=list[Notification]),
            Endpoint("GET", f"{v1}/{{id}}", self._show, read, answers=Notification),
            Endpoint("GET", f"{v1}/unread_count", self._unread, read, takes=Which, answers=Count),
            Endpoint("POST", f"{v1}/clear", self._clear, write, answers=dict),
            Endpoint("POST", f"{v1}/{{id}}/dismiss", self._dismiss, write, answers=dict),
            Endpoint("GET", v2, self._groups, read, takes=Which, answers=GroupedNotificationsResults),
            Endpoint("GET", f"{v2}/unread_count", self._unread_groups, read, takes=Which, answers=Count),
            Endpoint("POST", f"{v2}/clear", self._clear, write, answers=dict),
            Endpoint("GET", group, self._group, read, answers=GroupedNotificationsResults),
            Endpoint("POST", f"{group}/dismiss", self._dismiss_group, write, answers=dict),
            Endpoint("GET", f"{group}/accounts", self._group_accounts, read, answers=list[Account]),
        ]

    # -- one by one

    async def _page(self, call: Call, which: Which) -> Reply:
        sought = self._told.sought(which.kinds, which.sender, held=which.held)

        def work(tx: Transaction) -> Answer:
            found = self._told.page_in(tx, call.who, which.window, which.size(USUAL, MOST), sought)
            body = self._notifications.page(tx, found.entries, call.who, call.now)
            return paged(call, body, found.older, found.newest)

        return await self._told.read(work)

    async def _show(self, call: Call, _: Nothing) -> Reply:
        def work(tx: Transaction) -> Reply:
            notice = self._told.get_in(tx, call.who, call.id())
            if notice is None:
                return NOT_FOUND
            return Answer(self._notifications.one(tx, notice, call.who, call.now))

        return await self._told.read(work)

    async def _unread(self, call: Call, which: Which) -> Reply:
        sought = self._told.sought(which.kinds, which.sender, held=which.held)
        size = which.size(USUALLY_COUNTED, MOST_COUNTED)
        return Answer(Count(count=await self._told.unread(call.who, size, sought)))

    async def _clear(self, call: Call, _: Nothing) -> Reply:
        await self._told.clear(call.who)
        return Answer({})

    async def _dismiss(self, call: Call, _: Nothing) -> Reply:
        return Answer({}) if await self._told.dismiss(call.who, call.id()) else NOT_FOUND

    # -- in groups

    async def _groups(self, call: Call, which: Which) -> Reply:
        if which.expand_accounts not in ("full", "partial_avatars"):
            return Problem(400, "Invalid value for 'expand_accounts', allowed values are 'full' and 'partial_avatars'")
        sought = self._told.sought(which.kinds, which.sender, held=which.held)
        partly = which.expand_accounts == "partial_avatars"

        def work(tx: Transaction) -> Answer:
            size = which.size(USUAL, MOST)
            found = self._told.groups_in(tx, call.who, which.window, size, sought, which.together)
            body = self._notifications.results(tx, found.entries, call.who, call.now, partly=partly)
            return paged(call, body, found.older, found.newest)

        return await self._told.read(work)

    async def _group(self, call: Call, _: Nothing) -> Reply:
        def work(tx: Transaction) -> Reply:
            group = self._told.group_in(tx, call.who, call.path["group_key"])
            if group is None:
                return NOT_FOUND
            return Answer(self._notifications.results(tx, [group], call.who, call.now))

        return await self._told.read(work)

    async def _group_accounts(self, call: Call, _: Nothing) -> Reply:
        def work(tx: Transaction) -> Answer:
            faces = self._told.senders_in(tx, call.who, call.path["group_key"])
            return Answer(self._accounts.list(tx, faces, call.now))

        return await self._told.read(work)

    async def _dismiss_group(self, call: Call, _: Nothing) -> Reply:
        await self._told.dismiss_group(call.who, call.path["group_key"])
        return Answer({})

    async def _unread_groups(self, call: Call, which: Which) -> Reply:
        sought = self._told.sought(which.kinds, which.sender, held=which.held)
        size = which.size(USUALLY_COUNTED, MOST_COUNTED)
        return Answer(Count(count=await self._told.unread_groups(call.who, size, sought, which.together)))
