"""What is overheard: activities that came by another way than an inbox, such as by a datagram or in a node's log.

Nobody who handed them over is believed. Where the author's own proof (FEP-8b32) does not hold, what they speak of is
fetched from where it lives, as after any second-hand word.
"""

from scattershot.app.intake import Intake
from scattershot.app.senders import Senders
from scattershot.domain.reading import Arrival, Changes, Needs
from scattershot.domain.wire_id import ACTIVITYPUB
from scattershot.ports.clock import Clock
from scattershot.protocols.activitypub.gateway.keyring import Keyring, NoKey, public_key
from scattershot.protocols.activitypub.translate.to_changes import to_changes
from scattershot.protocols.activitypub.wire import proofs
from scattershot.protocols.activitypub.wire.vocabulary import JsonObject, Malformed, decode, id_of
from scattershot.wirekit.urls import host_of


class Overhearing:
    """Implements `ports.protocol.Overhears`."""

    def __init__(self, origin: str, clock: Clock, senders: Senders, keyring: Keyring, intake: Intake) -> None:
        self._origin, self._clock = origin, clock
        self._senders, self._keyring, self._intake = senders, keyring, intake

    async def overhear(self, body: bytes, host: str) -> str:
        """As the port says. Whoever is not known here is asked for a key only by words that name somebody here."""
        document = decode(body)
        if isinstance(document, Malformed):
            return document.why
        actor = id_of(document.get("actor"))
        if host_of(actor) != host:
            return "other_origin"
        if await self._senders.is_blocked(host):
            return "blocked"
        key_id = proofs.verification_method_of(document) or ""
        if await self._senders.by_key(key_id) is None and f'"{self._origin}/'.encode() not in body:
            return "unrelated"
        now = self._clock.now()
        proven = await self._is_proven(document, key_id, actor)
        reading = to_changes(document, "", host, proven=proven, at=now)
        if not isinstance(reading, Changes | Needs):
            return reading.why
        taken = await self._intake.admit(Arrival(ACTIVITYPUB, None, host, body, now), reading, proven=proven)
        return taken.why if taken.what == "declined" else taken.what

    async def _is_proven(self, document: JsonObject, key_id: str, actor: str) -> bool:
        if not key_id:
            return False
        owner = await self._keyring.holder(key_id)
        if isinstance(owner, NoKey) or owner.actor.value != actor or owner.blocked:
            return False
        key = public_key(owner)
        return key is not None and isinstance(proofs.check(document, key, now=self._clock.now()), proofs.Proven)


def bears_proof(body: bytes) -> bool:
    """Whether an activity bears a proof by which it could be believed, whoever hands it over."""
    document = decode(body)
    return not isinstance(document, Malformed) and proofs.verification_method_of(document) is not None
