"""Who asks to read: a signed GET is somebody's, any other is anybody's."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from scattershot.app.lately import Lately
from scattershot.app.senders import Sender, Senders
from scattershot.app.showing import Visitor
from scattershot.domain.ids import Millis
from scattershot.ports.clock import Clock
from scattershot.protocols.activitypub.gateway.address import Address
from scattershot.protocols.activitypub.gateway.answers import problem
from scattershot.protocols.activitypub.gateway.keyring import Keyring, NoKey, public_key
from scattershot.protocols.activitypub.wire.signatures import Trusted, Untrusted, claimed_key, verify
from scattershot.wirekit.http_message import Request as Signed
from scattershot.wirekit.urls import host_of

HEARD = 1_000
"""Milliseconds between two notes that a host is up. Short: it may go down and come back meanwhile, and is owed much."""


class Visitors:
    """Recognises visitors; with `signed_only` (authorized fetch) nobody comes in unrecognised."""

    def __init__(
        self,
        address: Address,
        clock: Clock,
        senders: Senders,
        keyring: Keyring,
        heard_from: Callable[[str], Awaitable[None]],
        *,
        signed_only: bool,
    ) -> None:
        """`heard_from` is told of each host that proved to be up, at most every second."""
        self._address, self._clock, self._senders, self._keyring = address, clock, senders, keyring
        self._heard_from, self.signed_only = heard_from, signed_only
        self._heard_at: Lately[str, Millis] = Lately(5_000)

    async def of(self, request: Request, *, needed: bool = False) -> Visitor | Response | None:
        """Who it is, None for anybody, or the answer where we show them nothing.

        A key that we do not know is fetched only where it matters (`needed`, or authorized fetch): otherwise two
        nodes that ask each other for keys would never come to an end.
        """
        must = needed or self.signed_only
        signed = self._address.request(request.scope)
        key_id = claimed_key(signed)
        if isinstance(key_id, Untrusted):
            return problem(401, key_id.reason, "Sign your request.") if self.signed_only else None
        host = host_of(key_id)
        if host is not None and await self._senders.is_blocked(host):
            return problem(403, "blocked", "This node does not deal with yours.")
        sender = await (self._keyring.holder(key_id) if must else self._senders.by_key(key_id))
        if sender is None:
            return None
        if isinstance(sender, NoKey):
            return problem(401, "no_key", f"Your key cannot be had: {sender.why}.") if self.signed_only else None
        if sender.blocked:
            return problem(403, "blocked", "This node does not deal with yours.")
        outcome = await self._verified(signed, key_id, sender)
        if isinstance(outcome, Untrusted):
            if not self.signed_only:
                return None
            return problem(401, outcome.reason, f"The signature is not believed: {outcome.detail}.")
        now = self._clock.now()
        if not 0 <= now - self._heard_at.get(sender.host, Millis(-HEARD)) < HEARD:
            self._heard_at[sender.host] = now
            await self._heard_from(sender.host)
        return Visitor(sender.microblog, sender.node if await self._senders.speaks_for_node(sender) else None)

    async def _verified(self, signed: Signed, key_id: str, sender: Sender) -> Trusted | Untrusted:
        now = self._clock.now()
        key = public_key(sender)
        if key is None:
            return Untrusted("wrong_key", "the key is of no use")
        outcome = verify(signed, key, now, host=self._address.hosts)
        if isinstance(outcome, Untrusted) and outcome.reason == "bad_signature" and self.signed_only:
            renewed = await self._keyring.renewed(key_id)
            fresh = public_key(renewed) if isinstance(renewed, Sender) else None
            return verify(signed, fresh, now, host=self._address.hosts) if fresh is not None else outcome
        return outcome
