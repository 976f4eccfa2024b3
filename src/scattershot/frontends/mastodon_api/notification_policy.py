"""Whose notifications one wants: the policy, in both its versions, and those who wait to be let in."""

from msgspec import Struct, structs

from scattershot.app.notifications import Notifications as Told
from scattershot.domain.notification import Treatment, Wishes
from scattershot.frontends.mastodon_api.calls import NOT_FOUND, Answer, Call, Problem, Reply, paged, parse_id
from scattershot.frontends.mastodon_api.endpoints import Endpoint
from scattershot.frontends.mastodon_api.entities.notification import (
    Merged,
    NotificationPolicy,
    NotificationPolicyV1,
    NotificationRequest,
    Summary,
)
from scattershot.frontends.mastodon_api.notifications_as_json import NotificationsAsJson
from scattershot.frontends.mastodon_api.pages import PeoplePageParams
from scattershot.frontends.mastodon_api.params import Nothing
from scattershot.ports.database import Transaction

_NAMES = {
    "for_not_following": "not_following",
    "for_not_followers": "not_followers",
    "for_new_accounts": "new",
    "for_private_mentions": "private_mentions",
    "for_limited_accounts": "limited",
    "for_bots": "bots",
}
_V1_NAMES = {
    "filter_not_following": "not_following",
    "filter_not_followers": "not_followers",
    "filter_new_accounts": "new",
    "filter_private_mentions": "private_mentions",
}
_WORDS = {Treatment.ACCEPT: "accept", Treatment.HOLD: "filter", Treatment.DROP: "drop"}
_TREATMENTS = {word: treatment for treatment, word in _WORDS.items()}


class PolicyParams(Struct, frozen=True):
    """What is to be changed of the policy."""

    for_not_following: str | None = None
    for_not_followers: str | None = None
    for_new_accounts: str | None = None
    for_private_mentions: str | None = None
    for_limited_accounts: str | None = None
    for_bots: str | None = None


class PolicyParamsV1(Struct, frozen=True):
    """The same in the first version."""

    filter_not_following: bool | None = None
    filter_not_followers: bool | None = None
    filter_new_accounts: bool | None = None
    filter_private_mentions: bool | None = None


class Several(Struct, frozen=True):
    """Several of those who wait."""

    id: tuple[str, ...] = ()

    @property
    def numbers(self) -> list[int]:
        """Their numbers."""
        found = (parse_id(each) for each in self.id)
        return [number for number in found if number is not None]


class Policy:
    """The endpoints of the policy and of the requests that come of it."""

    def __init__(self, told: Told, notifications: NotificationsAsJson) -> None:
        self._told, self._notifications = told, notifications

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        read, write = "read:notifications", "write:notifications"
        v1, v2 = "/api/v1/notifications/policy", "/api/v2/notifications/policy"
        requests = "/api/v1/notifications/requests"
        return [
            Endpoint("GET", v2, self._show, read, answers=NotificationPolicy),
            Endpoint("GET", v1, self._show_v1, read, answers=NotificationPolicyV1),
            *(
                endpoint
                for method in ("PATCH", "PUT")
                for endpoint in (
                    Endpoint(method, v2, self._change, write, takes=PolicyParams, answers=NotificationPolicy),
                    Endpoint(method, v1, self._change_v1, write, takes=PolicyParamsV1, answers=NotificationPolicyV1),
                )
            ),
            Endpoint("GET", requests, self._requests, read, takes=PeoplePageParams, answers=list[NotificationRequest]),
            Endpoint("GET", f"{requests}/merged", self._merged, read, answers=Merged),
            Endpoint("POST", f"{requests}/accept", self._accept_several, write, takes=Several, answers=dict),
            Endpoint("POST", f"{requests}/dismiss", self._dismiss_several, write, takes=Several, answers=dict),
            Endpoint("GET", f"{requests}/{{id}}", self._request, read, answers=NotificationRequest),
            Endpoint("POST", f"{requests}/{{id}}/accept", self._accept, write, answers=dict),
            Endpoint("POST", f"{requests}/{{id}}/dismiss", self._dismiss, write, answers=dict),
        ]

    # -- the policy

    async def _show(self, call: Call, _: Nothing) -> Reply:
        wishes, waiting = await self._told.wishes(call.who)
        said = {name: _WORDS[getattr(wishes, wish)] for name, wish in _NAMES.items()}
        summary = Summary(pending_requests_count=waiting.askers, pending_notifications_count=waiting.notifications)
        return Answer(NotificationPolicy(**said, summary=summary))

    async def _show_v1(self, call: Call, _: Nothing) -> Reply:
        wishes, waiting = await self._told.wishes(call.who)
        said = {name: getattr(wishes, wish) is not Treatment.ACCEPT for name, wish in _V1_NAMES.items()}
        summary = Summary(pending_requests_count=waiting.askers, pending_notifications_count=waiting.notifications)
        return Answer(NotificationPolicyV1(**said, summary=summary))

    async def _change(self, call: Call, params: PolicyParams) -> Reply:
        changes: dict[str, Treatment] = {}
        for name, wish in _NAMES.items():
            word: str | None = getattr(params, name)
            if word is None:
                continue
            if word not in _TREATMENTS:
                return Problem(422, f"Validation failed: {name} is not one of accept, filter, drop")
            changes[wish] = _TREATMENTS[word]
        await self._put(call, changes)
        return await self._show(call, Nothing())

    async def _change_v1(self, call: Call, params: PolicyParamsV1) -> Reply:
        asked: dict[str, bool | None] = {wish: getattr(params, name) for name, wish in _V1_NAMES.items()}
        await self._put(
            call,
            {wish: Treatment.HOLD if held else Treatment.ACCEPT for wish, held in asked.items() if held is not None},
        )
        return await self._show_v1(call, Nothing())

    async def _put(self, call: Call, changes: dict[str, Treatment]) -> None:
        wishes, _ = await self._told.wishes(call.who)
        changed: Wishes = structs.replace(wishes, **changes)
        if changed != wishes:
            await self._told.put_wishes(call.who, changed)

    # -- those who wait

    async def _requests(self, call: Call, params: PeoplePageParams) -> Reply:
        def work(tx: Transaction) -> Answer:
            found = self._told.requests_in(tx, call.who, params.window, params.size)
            body = b"[" + b",".join(self._notifications.requests(tx, found.entries, call.who, call.now)) + b"]"
            return paged(call, body, found.older, found.newest)

        return await self._told.read(work)

    async def _request(self, call: Call, _: Nothing) -> Reply:
        def work(tx: Transaction) -> Reply:
            found = self._told.request_in(tx, call.who, call.id())
            if found is None:
                return NOT_FOUND
            [body] = self._notifications.requests(tx, [found], call.who, call.now)
            return Answer(body)

        return await self._told.read(work)

    async def _accept(self, call: Call, _: Nothing) -> Reply:
        return Answer({}) if await self._told.let_in(call.who, [call.id()]) else NOT_FOUND

    async def _dismiss(self, call: Call, _: Nothing) -> Reply:
        return Answer({}) if await self._told.turn_away(call.who, [call.id()]) else NOT_FOUND

    async def _accept_several(self, call: Call, several: Several) -> Reply:
        await self._told.let_in(call.who, several.numbers)
        return Answer({})

    async def _dismiss_several(self, call: Call, several: Several) -> Reply:
        await self._told.turn_away(call.who, several.numbers)
        return Answer({})

    async def _merged(self, _: Call, __: Nothing) -> Reply:
        """What is let in stands among the others at once."""
        return Answer(Merged(merged=True))
