"""Push subscriptions: one for each token."""

from msgspec import Struct, field, structs

from scattershot.app.web_push import Wanted, WebPush
from scattershot.domain.notification import Told
from scattershot.domain.reading import Refused
from scattershot.frontends.mastodon_api.calls import NOT_FOUND, Answer, Call, Reply, refused
from scattershot.frontends.mastodon_api.door import bearer_token
from scattershot.frontends.mastodon_api.endpoints import Endpoint
from scattershot.frontends.mastodon_api.entities.notification import WebPushSubscription
from scattershot.frontends.mastodon_api.notification_types import TYPES, kinds_of
from scattershot.frontends.mastodon_api.params import Nothing


class Keys(Struct, frozen=True):
    """What a message is encrypted with."""

    p256dh: str
    auth: str


class Subscription(Struct, frozen=True):
    """Where to push; `standard` is the coding of RFC 8291, else that of the drafts before it."""

    endpoint: str
    keys: Keys
    standard: bool = False


class Alerts(Struct, frozen=True):
    """Of what to tell."""

    mention: bool = False
    status: bool = False
    reblog: bool = False
    follow: bool = False
    follow_request: bool = False
    favourite: bool = False
    poll: bool = False
    update: bool = False
    quote: bool = False
    quoted_update: bool = False
    severed_relationships: bool = False
    moderation_warning: bool = False
    sign_up: bool = field(default=False, name="admin.sign_up")
    report: bool = field(default=False, name="admin.report")

    @property
    def kinds(self) -> frozenset[Told]:
        """The kinds that are wished for."""
        wished = [each.encode_name for each in structs.fields(self) if getattr(self, each.name)]
        return kinds_of(wished)


class Data(Struct, frozen=True):
    """Of what to tell, and of whose deeds."""

    alerts: Alerts | None = None
    policy: str | None = None


class NewSubscription(Struct, frozen=True):
    """A subscription to be made."""

    subscription: Subscription
    data: Data = Data()


class ChangedSubscription(Struct, frozen=True):
    """What is to be changed of it; the policy may stand beside the data as well."""

    data: Data = Data()
    policy: str | None = None


class Push:
    """The push endpoints."""

    def __init__(self, push: WebPush) -> None:
        self._push = push

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        path, entity = "/api/v1/push/subscription", WebPushSubscription
        return [
            Endpoint("POST", path, self._subscribe, "push", takes=NewSubscription, answers=entity),
            Endpoint("GET", path, self._show, "push", answers=entity),
            Endpoint("PUT", path, self._change, "push", takes=ChangedSubscription, answers=entity),
            Endpoint("DELETE", path, self._unsubscribe, "push", answers=dict),
        ]

    async def _subscribe(self, call: Call, params: NewSubscription) -> Reply:
        assert call.caller is not None
        asked, data = params.subscription, params.data
        wanted = Wanted(
            asked.endpoint,
            asked.keys.p256dh,
            asked.keys.auth,
            asked.standard,
            data.alerts.kinds if data.alerts is not None else frozenset(),
            data.policy or "all",
        )
        made = await self._push.subscribe(call.caller.token, call.who, bearer_token(call.request), wanted)
        return refused(made) if isinstance(made, Refused) else await self._show(call, Nothing())

    async def _show(self, call: Call, _: Nothing) -> Reply:
        assert call.caller is not None
        known = await self._push.get(call.caller.token)
        if known is None:
            return NOT_FOUND
        alerts = {TYPES[kind]: kind in known.alerts for kind in Told}
        return Answer(
            WebPushSubscription(
                id=known.id,
                endpoint=known.endpoint,
                standard=known.standard,
                alerts=alerts,
                policy=known.audience,
                server_key=self._push.public_key,
            )
        )

    async def _change(self, call: Call, params: ChangedSubscription) -> Reply:
        assert call.caller is not None
        alerts = params.data.alerts.kinds if params.data.alerts is not None else None
        changed = await self._push.change(call.caller.token, alerts, params.data.policy or params.policy)
        if isinstance(changed, Refused):
            return refused(changed)
        return NOT_FOUND if changed is None else await self._show(call, Nothing())

    async def _unsubscribe(self, call: Call, _: Nothing) -> Reply:
        assert call.caller is not None
        await self._push.unsubscribe(call.caller.token)
        return Answer({})
