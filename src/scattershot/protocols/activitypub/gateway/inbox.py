"""The inbox: who sends, is it proved, what does it say, may it come in; in the order of their cost.

Nothing is stored before the signature holds. Every refusal has a status, a sentence and a counted word.
"""

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple, TypeAlias

import msgspec

from scattershot.app import counters
from scattershot.app.intake import Intake
from scattershot.app.lately import Lately
from scattershot.app.senders import Sender, Senders
from scattershot.domain.change import ProfileChanged, Vanished
from scattershot.domain.ids import Millis
from scattershot.domain.reading import Arrival, Changes, Ignored, Reading, Refused
from scattershot.domain.wire_id import ACTIVITYPUB
from scattershot.ports.clock import Clock
from scattershot.protocols.activitypub.gateway.address import Address
from scattershot.protocols.activitypub.gateway.keyring import Keyring, NoKey, public_key
from scattershot.protocols.activitypub.translate.to_changes import to_changes
from scattershot.protocols.activitypub.wire import proofs
from scattershot.protocols.activitypub.wire.media_types import is_inbox_type
from scattershot.protocols.activitypub.wire.signatures import Trusted, Untrusted, claimed_key, verify
from scattershot.protocols.activitypub.wire.vocabulary import (
    MAX_BODY,
    JsonObject,
    Malformed,
    decode,
    id_of,
    object_of,
    type_of,
)
from scattershot.wirekit.http_message import Headers, Request
from scattershot.wirekit.token_bucket import Bucket, RateLimits

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]

OF_HOST = Bucket(20_000, 1_000)
"""What one proven host may send: a burst of catching up, then a thousand a second."""
OF_FAILURES = Bucket(200, 2)
"""How often one address may be refused before it must wait, so that guessing costs us no arithmetic."""

_FORBIDDEN = frozenset({"not_the_sender", "not_the_author", "other_origin"})
_STALE_KEY = frozenset({"bad_signature", "wrong_key"})

_logger = logging.getLogger(__name__)


class Verdict(NamedTuple):
    """How a knock is answered: `why` is empty where it was taken."""

    status: int
    why: str = ""
    detail: str = ""
    after: int = 0


TAKEN = Verdict(202)


class Inbox:
    """Takes activities in: an ASGI app of its own, since this is the busiest door of the house."""

    def __init__(
        self,
        address: Address,
        clock: Clock,
        senders: Senders,
        keyring: Keyring,
        intake: Intake,
        listed: Callable[[str, str, Sender], None] | None = None,
    ) -> None:
        """`listed` is told of a signed `Collection-Synchronization` header: its value, the actor, the sender."""
        self._address, self._clock, self._senders, self._keyring = address, clock, senders, keyring
        self._intake, self._listed = intake, listed
        self._of_host = RateLimits(OF_HOST)
        self._of_failures = RateLimits(OF_FAILURES)
        self._barred: Lately[str, Millis] = Lately(10_000)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one POST."""
        client = scope.get("client")
        place = client[0] if client else ""
        verdict = await self._judged(scope, receive, place)
        if verdict.why:
            counters.ARRIVALS.labels(ACTIVITYPUB, verdict.why).inc()
            _logger.debug("inbox answered %s: %s, %s", verdict.status, verdict.why, verdict.detail)
            if 400 <= verdict.status < 500 and verdict.status != 429:
                self._note_failure(place)
        said = {"error": verdict.detail or verdict.why, "reason": verdict.why}
        body = msgspec.json.encode(said) if verdict.why else b""
        headers = [
            (b"content-type", b"application/json"),
            (b"cache-control", b"no-store"),
            (b"content-length", str(len(body)).encode()),  # or every answer would be chunked, the empty one too
        ]
        if verdict.after:
            headers.append((b"retry-after", str(verdict.after).encode()))
        await send({"type": "http.response.start", "status": verdict.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _note_failure(self, place: str) -> None:
        now = self._clock.now()
        taken = self._of_failures.take(place, now)
        if not taken.allowed:
            self._barred[place] = Millis(now + int(taken.retry_after * 1000) + 1000)

    async def _judged(self, scope: Scope, receive: Receive, place: str) -> Verdict:
        now = self._clock.now()
        barred = self._barred.get(place)
        if barred is not None and barred > now:
            wait = (barred - now) // 1000 + 1
            return Verdict(429, "too_often", "Too many refused requests came from this address.", wait)
        headers = Headers((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
        content_type = headers.get("content-type") or ""
        if not is_inbox_type(content_type):
            return Verdict(415, "media_type", "Send application/activity+json.")
        body = await _body(headers, receive)
        if isinstance(body, Verdict):
            return body
        document = decode(body)
        if isinstance(document, Malformed):
            return _refusal(Refused(document.why, document.detail))
        request = Request("POST", self._address.of(scope, headers), headers, body)
        proved = await self._proved(request, document, now)
        if isinstance(proved, Verdict):
            return proved
        sender, trusted = proved
        if sender.blocked:
            return Verdict(403, "blocked", "This node does not deal with yours.")
        limit = self._of_host.take(sender.host, now)
        if not limit.allowed:
            return Verdict(429, "too_often", "Slow down.", int(limit.retry_after) + 1)
        verdict = await self._taken(document, body, sender, now)
        if self._listed is not None and "collection-synchronization" in trusted.covered:
            value = headers.get("collection-synchronization")
            if value is not None and verdict.status == 202:
                self._listed(value, id_of(document.get("actor")), sender)
        return verdict

    # -- who

    async def _proved(self, request: Request, document: JsonObject, now: Millis) -> tuple[Sender, Trusted] | Verdict:
        """Whoever signed the request, where the signature holds; a key we know is fetched once more before it fails."""
        key_id = claimed_key(request)
        if isinstance(key_id, Untrusted):
            return _unproved(key_id)
        sender: Sender | NoKey | None = self._senders.lately(key_id) or await self._senders.by_key(key_id)
        fetched = sender is None
        if sender is None:
            if _is_farewell(document):
                return TAKEN  # of somebody never heard of: there is nothing to delete, and their key is gone too
            sender = await self._keyring.holder(key_id)
        if isinstance(sender, NoKey):
            return _keyless(sender)
        outcome = self._verified(request, sender, now)
        if isinstance(outcome, Untrusted) and outcome.reason in _STALE_KEY and not fetched:
            renewed = await self._keyring.renewed(key_id)
            if isinstance(renewed, Sender):
                sender, outcome = renewed, self._verified(request, renewed, now)
        return _unproved(outcome) if isinstance(outcome, Untrusted) else (sender, outcome)

    def _verified(self, request: Request, sender: Sender, now: Millis) -> Trusted | Untrusted:
        key = public_key(sender)
        if key is None:
            return Untrusted("wrong_key", "the key is of no use")
        return verify(request, key, now, host=self._address.hosts)

    # -- what

    async def _taken(self, document: JsonObject, body: bytes, sender: Sender, now: Millis) -> Verdict:
        actor = id_of(document.get("actor"))
        is_own = actor == sender.actor.value
        proven = (not is_own or self._is_passed_on(document, actor)) and await self._bears_proof(document, actor, now)
        reading: Reading = to_changes(document, sender.actor.value, sender.host, proven=proven, at=now)
        if isinstance(reading, Refused):
            return _refusal(reading)
        if isinstance(reading, Ignored):
            counters.ARRIVALS.labels(ACTIVITYPUB, f"ignored_{reading.why}").inc()
            return TAKEN
        arrival = Arrival(ACTIVITYPUB, sender.actor, sender.host, body, now)
        taken = await self._intake.admit(arrival, reading, proven=proven)
        if taken.what == "busy":
            return Verdict(503, taken.why, "Too much of yours is waiting already.", 60)
        if isinstance(reading, Changes):
            for change in reading.changes:
                if isinstance(change, ProfileChanged | Vanished):
                    self._senders.forget(change.actor)
        return TAKEN

    def _is_passed_on(self, document: JsonObject, actor: str) -> bool:
        """Whether it answers something kept here, or takes back what may be a stamp: then its proof matters, for it may
        be passed on (see `audience`)."""
        thing = document.get("object")
        if type_of(document) == "Delete" and isinstance(thing, str):
            return thing != actor
        return id_of(object_of(document.get("object")).get("inReplyTo")).startswith(self._address.origin + "/")

    async def _bears_proof(self, document: JsonObject, actor: str, now: Millis) -> bool:
        """Whether the actor itself signed the document (FEP-8b32), however it came here."""
        key_id = proofs.verification_method_of(document) if "proof" in document else None
        if not key_id or not actor:
            return False
        owner = await self._keyring.holder(key_id)
        if isinstance(owner, NoKey) or owner.actor.value != actor or owner.blocked:
            return False
        key = public_key(owner)
        return key is not None and isinstance(proofs.check(document, key, now=now), proofs.Proven)


def _is_farewell(document: JsonObject) -> bool:
    """Whether an actor says that it is no more."""
    actor = id_of(document.get("actor"))
    return type_of(document) == "Delete" and bool(actor) and id_of(document.get("object")) == actor


def _unproved(untrusted: Untrusted) -> Verdict:
    return Verdict(401, untrusted.reason, f"The signature is not believed: {untrusted.detail}.")


def _keyless(missing: NoKey) -> Verdict:
    if missing.why == "blocked":
        return Verdict(403, "blocked", "This node does not deal with yours.")
    if missing.later:
        return Verdict(503, "key_unreachable", f"Your key cannot be fetched now: {missing.why}.", 60)
    return Verdict(401, "no_key", f"Your key cannot be had: {missing.why}.")


def _refusal(refused: Refused) -> Verdict:
    why, detail = refused
    if why == "too_large":
        return Verdict(413, why, "It is larger than 1 MB.")
    if why in _FORBIDDEN:
        return Verdict(403, why, detail)
    return Verdict(400, why, detail)


async def _body(headers: Headers, receive: Receive) -> bytes | Verdict:
    """The whole body, never more of it than is allowed."""
    too_large = Verdict(413, "too_large", "It is larger than 1 MB.")
    said = headers.get("content-length")
    if said is not None and (not said.isascii() or not said.isdecimal() or int(said[:20]) > MAX_BODY):
        return too_large
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body", False):
        return body if len(body) <= MAX_BODY else too_large
    chunks, size = [body], len(body)
    while message.get("more_body", False):
        message = await receive()
        if message["type"] == "http.disconnect":
            return Verdict(400, "cut_short", "The body was cut short.")
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > MAX_BODY:
            return too_large
        chunks.append(chunk)
    return b"".join(chunks)
